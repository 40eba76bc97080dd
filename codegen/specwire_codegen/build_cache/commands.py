"""Records of commands: the same command in the same folder, with nothing changed since, needs no import of the generator."""

from __future__ import annotations

import os
from time import monotonic

from specwire_codegen.build_cache.fingerprint import generator_fingerprint, names_fingerprint
from specwire_codegen.build_cache.records import is_unchanged, read_record, record_path, watched, write_record

TYPE_CHECKING = False  # `typing` would take longer to import than this module
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FOLDERS = ("specs", os.path.join("overrides", "specwire_overrides"))
"""Folders of a project whose names state clients."""
_SECONDS = "seconds"


def unchanged_lines(arguments: Sequence[str]) -> list[str] | None:
    """Return what a command prints if nothing has changed since its last run; None if something has, or may have."""
    record = read_record(_path(arguments))
    targets, lines = record.get("targets"), record.get("lines")
    if not isinstance(targets, dict) or not isinstance(lines, list):
        return None
    if record.get("project") != _project(str(record.get("root"))):
        return None
    generator = generator_fingerprint()
    seconds = [_SECONDS]
    for path, options in targets.items():
        started, target = monotonic(), read_record(path)
        if target.get("generator") != generator or target.get("options") != options:
            return None
        if not is_unchanged(target.get("watched")):
            return None
        seconds.append(f"{monotonic() - started:.2f}")
    return [f"{line}  {cell:>{len(_SECONDS)}}" for line, cell in zip(lines, seconds, strict=False)]


def record_command(
    arguments: Sequence[str], root: str, targets: Mapping[str | None, str], lines: Sequence[str]
) -> None:
    """Record a command that has just finished.

    `targets` are the records of its targets with their options, `lines` what it prints without changes: a heading and a
    line for each target, to which the seconds are added.
    """
    if None not in targets:
        root = os.path.abspath(root)
        record = {"root": root, "project": _project(root), "targets": dict(targets), "lines": list(lines)}
        write_record(_path(arguments), record)


def _path(arguments: Sequence[str]) -> str | None:
    try:
        return record_path("command", "\0".join((os.getcwd(), *arguments)))
    except OSError:  # the working directory was removed
        return None


def _project(root: str) -> dict[str, str]:
    """Return the fingerprints of what states the clients of a project."""
    names = {folder: names_fingerprint(os.path.join(root, folder)) for folder in _FOLDERS}
    return {**watched([os.path.join(root, "pyproject.toml")]), **names}
