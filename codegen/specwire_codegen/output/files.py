"""Single files on disk, replaced together: all or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from specwire_codegen.diagnostics import Location, SpecwireCodegenError, failure
from specwire_codegen.output.swap import Move, discard, swap


def replace_file(path: Path, text: str) -> None:
    """Write a file atomically: the old one is replaced once the new text is on disk."""
    replace_files({path: text.encode()})


def replace_files(contents: Mapping[Path, bytes | None]) -> None:
    """Write several files, and remove those without contents: all or none.

    The files are replaced in order, once all new contents are on disk.
    """
    here = next(iter(contents))
    moves: list[Move] = []
    added: list[Path] = []
    try:
        for path, data in contents.items():
            here = path
            added += _make_folder(path.parent)
            moves.append(staged_file(path, data) if data is not None else _removal(path))
        swap(moves)
    except BaseException as problem:
        for move in moves:
            discard(move.new)
        for folder in reversed(added):
            with suppress(OSError):
                folder.rmdir()
        if isinstance(problem, OSError):
            raise unwritable(problem, here) from problem
        raise
    for move in moves:
        move.old.unlink(missing_ok=True)


def _make_folder(folder: Path) -> list[Path]:
    """Create a folder, and return those that did not exist, the outermost first."""
    missing = [each for each in (*reversed(folder.parents), folder) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def staged_file(path: Path, data: bytes) -> Move:
    """Write the new contents of a file next to it, and return the move that puts them in place."""
    _require_file(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        staged.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
    except BaseException:
        discard(staged)
        raise
    return Move(staged, path, staged.with_name(f"{staged.name}-old"))


def _removal(path: Path) -> Move:
    """Return the move that removes a file."""
    _require_file(path)
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    aside.rmdir()
    return Move(aside, path, aside.with_name(f"{aside.name}-old"), removes=True)


def _require_file(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        help = "move it: it would be replaced"
        raise failure("output-not-a-file", "this is not a regular file", Location(str(path)), help)


def unwritable(problem: OSError, path: Path) -> SpecwireCodegenError:
    """Return the error for a path that cannot be written."""
    place = Location(str(problem.filename or path))
    return failure("not-writable", f"this cannot be written: {problem.strerror}", place, "check path and permissions")
