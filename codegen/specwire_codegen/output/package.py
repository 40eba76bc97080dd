"""Packages on disk: comparison, protection of foreign files, and atomic writing."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from unicodedata import normalize

from specwire_codegen.diagnostics import Diagnostic, Location, SpecwireCodegenError, error, failure, raise_errors
from specwire_codegen.output.files import staged_file, unwritable
from specwire_codegen.output.manifest import MANIFEST, is_conflicted
from specwire_codegen.output.paths import fill
from specwire_codegen.output.survey import Survey, is_unchanged, survey
from specwire_codegen.output.swap import Move, discard, swap

_SHOWN = 10
"""Number of files that a message lists."""


def compare(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return the changes that writing would make, and the files that prevent it."""
    found = survey(folder)
    changes = [
        f"{'change' if (folder / name).exists() else 'create'} {name}"
        for name, text in sorted(files.items())
        if not holds(folder / name, text)
    ]
    changes += [f"remove {name}" for name in sorted((found.own | found.edited) - set(files))]
    return changes + [f"not generated: {name}" for name in sorted(found.foreign)]


def differences(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Yield the unified diff of each file that writing would change."""
    found = survey(folder)
    for name in sorted({*files, *found.own, *found.edited}):
        path = folder / name
        before = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        after = files.get(name)
        if before != (None if after is None else after.encode()):
            yield unified_diff(path.as_posix(), before, after)


def unified_diff(path: str, before: bytes | None, after: str | None) -> str:
    """Return the difference of two versions of a file, of which one may not exist."""
    old, new = (b"" if before is None else before).decode("utf-8", "replace"), after or ""
    one, other = "/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}"
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), one, other, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def write(
    folder: Path,
    files: Mapping[str, str],
    *,
    normalized: tuple[Path, str] | None = None,
    force: bool = False,
    ready: Path | None = None,
) -> list[str]:
    """Make a folder hold exactly these files, all or nothing; return the changes.

    `normalized` is a file outside the folder that is written together with it. `ready` is a folder with exactly these
    files except the manifest, which is moved if possible, instead of writing them again. Raises DiagnosticError if the
    folder contains files that specwire did not write, or edited generated files; `force` replaces the latter.
    """
    _require_distinct(files)
    try:
        _require_place(folder)
        found = survey(folder)
        raise_errors([*_foreign(folder, found), *(() if force else _edited(folder, found, files, normalized))])
        changes = compare(folder, files)
        stale = normalized if normalized is not None and not holds(*normalized) else None
        if changes or stale is not None:
            _replace(folder, found, files if changes else {}, stale, ready)
    except OSError as problem:
        raise unwritable(problem, folder) from problem
    return changes if stale is None else [*changes, f"write {stale[0].as_posix()}"]


def _require_distinct(files: Collection[str]) -> None:
    """Raise for names that collide on file systems that ignore case or Unicode composition."""
    seen: dict[str, str] = {}
    for name in files:
        other = seen.setdefault(normalize("NFC", name).casefold(), name)
        if other != name:
            raise SpecwireCodegenError(f"{other} and {name} are the same file on some systems: rename one of them")


def _require_place(folder: Path) -> None:
    """Raise if a package cannot be created at a path."""
    if folder.is_symlink():
        help = "use the folder that it links to, or remove the link"
        raise failure("output-is-a-link", "the package would replace a symbolic link", Location(str(folder)), help)
    for path in (folder, *folder.parents):
        if path.is_dir():
            return
        if os.path.lexists(path):
            help = "use another folder (--output) or package name"
            raise failure("output-not-a-folder", "this is not a folder", Location(str(path)), help)


def _foreign(folder: Path, found: Survey) -> Iterator[Diagnostic]:
    if not found.foreign:
        return
    if found.manifest is None and is_conflicted(folder):
        message = f"a merge left conflict marks in {MANIFEST}, so the files that specwire wrote are unknown"
        help = (
            "take the whole folder from one side (git checkout --ours, or --theirs), or delete it; then generate again"
        )
        yield error("merge-conflict", message, Location(str(folder)), help)
        return
    message = f"the folder contains files that specwire did not write: {_listed(found.foreign)}"
    help = "move them out of the package: specwire never deletes them"
    if found.manifest is None:
        help = "use another folder (--output) or package name"
    yield error("foreign-files", message, Location(str(folder)), help)


def _edited(
    folder: Path, found: Survey, files: Mapping[str, str], normalized: tuple[Path, str] | None
) -> Iterator[Diagnostic]:
    help = "move the change to the document, overlay.yaml or overrides/; --force discards it"
    edited = [name for name in found.edited if name not in files or not holds(folder / name, files[name])]
    if edited:
        message = f"generated files were edited: {_listed(edited)}"
        yield error("edited-files", message, Location(str(folder)), help)
    if normalized is not None and normalized[0].exists() and not holds(*normalized):
        path, _ = normalized
        recorded = found.manifest.normalized if found.manifest is not None else None
        if path.is_file() and (recorded is None or not is_unchanged(path.read_bytes(), recorded)):
            message = f"this file differs from the one that specwire wrote, according to {MANIFEST}"
            yield error("edited-files", message, Location(path.as_posix()), help)


def _listed(names: Collection[str]) -> str:
    shown = ", ".join(sorted(names)[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def holds(path: Path, text: str) -> bool:
    """Return whether a regular file has exactly this text."""
    return path.is_file() and not path.is_symlink() and path.read_bytes() == text.encode()


def _replace(
    folder: Path, found: Survey, files: Mapping[str, str], stale: tuple[Path, str] | None, ready: Path | None
) -> None:
    missing = [parent for parent in folder.parents if not parent.exists()]
    moves: list[Move] = []
    try:
        if files:
            moves.append(_staged_folder(folder, files, ready))
        if stale is not None:
            moves.append(staged_file(stale[0], stale[1].encode()))
        swap(moves)
    except BaseException:
        for move in moves:
            discard(move.new)
        for parent in missing:
            with suppress(OSError):
                parent.rmdir()
        raise
    if files:
        _discard_package(moves[0].old, folder, found)
    if stale is not None:
        moves[-1].old.unlink(missing_ok=True)


def _staged_folder(folder: Path, files: Mapping[str, str], ready: Path | None) -> Move:
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        moved = ready is not None and _moved(ready, staged)
        fill(staged, {MANIFEST: files[MANIFEST]} if moved else files)
        staged.chmod(folder.stat().st_mode & 0o7777 if folder.exists() else 0o755)
    except BaseException:
        discard(staged)
        raise
    return Move(staged, folder, staged.with_name(f"{staged.name}-old"))


def _moved(folder: Path, place: Path) -> bool:
    """Move a folder in place of an empty one; return False if that takes a copy, as to another file system."""
    try:
        os.replace(folder, place)
    except OSError:
        return False
    return True


def _discard_package(old: Path, folder: Path, found: Survey) -> None:
    """Remove the previous package, unless files were added to it meanwhile."""
    if not old.is_dir():
        return
    if survey(old) != found:
        raise SpecwireCodegenError(f"{folder} was changed while it was generated: the previous contents are in {old}")
    shutil.rmtree(old)
