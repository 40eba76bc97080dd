"""Ownership of files in an output folder: specwire owns only files that the manifest lists with their hash."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import attrs

from specwire_codegen.output.manifest import MANIFEST, Manifest, read_manifest
from specwire_codegen.output.paths import digest

_CACHE = "__pycache__"


@attrs.frozen
class Survey:
    """The contents of an output folder, as paths relative to it."""

    manifest: Manifest | None = None
    """None if specwire has not written the folder."""
    own: frozenset[str] = frozenset()
    """Unchanged generated files."""
    edited: frozenset[str] = frozenset()
    """Generated files with other contents."""
    caches: frozenset[str] = attrs.field(default=frozenset(), eq=False)
    """Bytecode that Python derived from modules."""
    foreign: frozenset[str] = frozenset()
    """Everything else; a name with a slash is a folder with all its contents."""


def survey(folder: Path) -> Survey:
    """Return the contents of an output folder; symbolic links are not followed."""
    if not folder.is_dir():
        return Survey()
    known = read_manifest(folder)
    outputs = known.outputs if known is not None else {}
    parents = {str(parent) for name in outputs for parent in PurePosixPath(name).parents}
    found: dict[str, set[str]] = {kind: set() for kind in ("own", "edited", "caches", "foreign")}
    for path, name, mode in _entries(folder, "", parents):
        found[_kind(path, name, mode, known)].add(f"{name}/" if stat.S_ISDIR(mode) else name)
    return Survey(known, **{kind: frozenset(names) for kind, names in found.items()})


def _entries(folder: Path, prefix: str, parents: set[str]) -> Iterator[tuple[Path, str, int]]:
    """Yield path, name and mode of files, and of folders without generated files."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name, mode = f"{prefix}{entry.name}", entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode) and (name in parents or entry.name == _CACHE):
                yield from _entries(Path(entry.path), f"{name}/", parents)
            else:
                yield Path(entry.path), name, mode


def _kind(path: Path, name: str, mode: int, known: Manifest | None) -> str:
    if not stat.S_ISREG(mode):
        return "foreign"
    if path.parent.name == _CACHE and path.suffix == ".pyc":
        return "caches"
    if known is None:
        return "foreign"
    if name == MANIFEST:
        return "own"
    if name not in known.outputs:
        return "foreign"
    return "own" if is_unchanged(path.read_bytes(), known.outputs[name]) else "edited"


def is_unchanged(data: bytes, hashed: str) -> bool:
    """Return whether a file is unchanged, ignoring Windows line endings from version control."""
    return hashed in (digest(data), digest(data.replace(b"\r\n", b"\n")))
