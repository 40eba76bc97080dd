"""Records of targets: whether inputs, generator and output are as the last run left them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from specwire_codegen.build_cache import fingerprint
from specwire_codegen.build_cache.records import is_unchanged, read_record, record_path, watched, write_record
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access
from specwire_codegen.output.paths import digest
from specwire_codegen.project import Target


def is_current(target: Target, access: Access) -> bool:
    """Return whether inputs, generator and output are unchanged since the last run; remote documents never are."""
    record = read_record(target_record(target))
    return (
        record.get("options") == options_of(target, access)
        and record.get("generator") == fingerprint.generator_fingerprint()
        and is_unchanged(record.get("watched"))
    )


def record(target: Target, dependencies: Sequence[str], access: Access, started: float) -> None:
    """Record a run that has just finished, unless it read what cannot be watched, or what was written since it started."""
    inputs = [*_watched_inputs(target, dependencies), *_runtime()]
    if target.url or any(map(fetch.is_remote, dependencies)) or any(_is_newer(path, started) for path in inputs):
        return
    output = [target.output, *([target.normalized] if target.normalized is not None else [])]
    write_record(
        target_record(target),
        {
            "generator": fingerprint.generator_fingerprint(),
            "options": options_of(target, access),
            "watched": watched([*inputs, *output]),
        },
    )


def target_record(target: Target) -> str | None:
    """Return the path of the record of a target, or None for a user without a home folder."""
    return record_path("target", str(target.output.resolve()))


def options_of(target: Target, access: Access) -> str:
    """Return the digest of what decides the output except files: names, paths, selection and access."""
    hook = target.hook and (target.hook.file.absolute(), target.hook.function)
    paths = (target.spec, target.config, target.overlay, *target.overlays, target.normalized, target.overrides)
    stated = (
        target.name,
        target.url,
        [path and os.path.abspath(path) for path in paths],
        hook,
        target.only_tags,
        target.only_operations,
        target.foreign,
        access.within,
        access.copies,
        sorted(access.hosts),
    )
    return fingerprint.digest(repr(stated))


def inputs_of(target: Target, dependencies: Sequence[str] = ()) -> dict[str, str]:
    """Return the SHA-256 of every file that the output depends on, by a name without machine paths.

    `dependencies` are the paths of the documents that the target's document refers to.
    """
    parts = list(_files(target, dependencies))
    if target.overrides is not None:
        parts += sorted(target.overrides.glob("*.py"))
    if target.override_pins is not None:
        parts += sorted(target.override_pins.glob("*.json"))
    present = [path for path in parts if path.is_file()]
    home = target.spec.resolve().parent
    found: dict[str, str] = {}
    for path in present:
        name = _name(path, home)
        if name in found:
            name = Path(os.path.relpath(path.resolve(), home)).as_posix()
        found[name] = digest(path.read_bytes())
    return found


def _name(path: Path, home: Path) -> str:
    """Return a path relative to the document's folder, or with only its own folder if it is elsewhere."""
    resolved = path.resolve()
    inner = resolved.relative_to(home) if resolved.is_relative_to(home) else Path()
    return f"{home.name}/{inner.as_posix()}" if len(inner.parts) > 1 else f"{path.parent.name}/{path.name}"


def _files(target: Target, dependencies: Sequence[str]) -> Iterator[Path]:
    """Yield the files that state a target, except for its overrides."""
    hook = None if target.hook is None else target.hook.file
    stated = (target.spec, *map(Path, dependencies), target.config, target.overlay, *target.overlays, hook)
    yield from (path for path in stated if path is not None)


def _watched_inputs(target: Target, dependencies: Sequence[str]) -> Iterator[Path]:
    """Yield the files and folders that a run reads, and those that it would read if they existed."""
    yield from _files(target, dependencies)
    yield target.source
    yield from (each for each in (target.overrides, target.override_pins) if each is not None)
    if target.overlay is None:
        yield target.spec.parent / "overlay.yaml"


def _runtime() -> Iterator[Path]:
    """Yield the modules of the runtime that the generator uses."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "specwire" and getattr(module, "__file__", None):
            yield Path(str(module.__file__))


def _is_newer(path: Path, started: float) -> bool:
    """Return whether a file was written since a time of the system's clock."""
    try:
        return path.is_file() and path.stat().st_mtime >= started
    except (OSError, ValueError):
        return False
