"""Reach: the local files that a document may read.

A document is untrusted. It may read its own folder, the repository of that folder, the working directory if it contains
the document, and paths that the user named. Symbolic links are resolved first.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

_REPOSITORY = (".git", ".hg")


@attrs.frozen
class Reach:
    """The folders that one document may read."""

    document: Path
    """The folder of the document, links resolved."""
    open: tuple[Path, ...]
    """Folders that are readable by default, except their hidden files."""
    named: tuple[Path, ...]
    """Folders and files that the user named."""

    def refusal(self, path: Path) -> tuple[str, str] | None:
        """Return the reason why a resolved path may not be read, with help; None if it may."""
        roots = [root for root in (*self.open, *self.named) if path.is_relative_to(root)]
        if any(not _hidden(path.relative_to(root)) for root in roots):
            return None
        option = f"--refs-within {_option(self._suggested(path))}"
        if roots:
            hidden = next(part for part in path.relative_to(roots[0]).parts if part.startswith("."))
            return (
                f"leads into {hidden!r}: hidden files and folders are never read",
                f"to allow it, use {option}",
            )
        rule = "leads out of the folder of the document, its repository and the working directory"
        return rule, f"copy the file next to the document, or allow it with {option}"

    def _suggested(self, path: Path) -> Path:
        """Return the smallest folder to allow: the first on the path to the file that does not contain the document."""
        hidden = [index for index, part in enumerate(path.parts) if index and part.startswith(".")]
        shared = os.path.commonpath([self.document, path]) if self.document.anchor == path.anchor else path.anchor
        depth = len(Path(shared).parts) + 1
        if hidden and hidden[-1] + 1 > depth:
            depth = hidden[-1] + 1
        return Path(*path.parts[:depth])


def reach(document: Path, named: Iterable[Path]) -> Reach:
    """Return the reach of a document at a path."""
    folder = document.resolve().parent
    above = _too_wide()
    repository = next((each for each in (folder, *folder.parents) if _holds_repository(each)), folder)
    wider = [each for each in (repository, Path.cwd().resolve()) if folder.is_relative_to(each) and each not in above]
    return Reach(folder, tuple(dict.fromkeys([folder, *wider])), tuple(each.resolve() for each in named))


def is_near(place: Path, config: Path) -> bool:
    """Return whether the configuration of a document may allow a path; it is as untrusted as the document.

    The path must share a folder with it that is neither a home folder nor a whole disk, and must not be hidden.
    """
    there, here = place.resolve(), config.resolve().parent
    if there.anchor != here.anchor:
        return False
    shared = Path(os.path.commonpath([there, here]))
    return shared not in _too_wide() and shared != Path(shared.anchor) and not _hidden(there.relative_to(shared))


def is_within(place: Path, config: Path) -> bool:
    """Return whether the configuration of a project may name a path to write to: in its folder or its repository."""
    there, here = place.resolve(), config.resolve().parent
    folders = (here, *(each for each in here.parents if _holds_repository(each)))
    return any(there.is_relative_to(each) and not _hidden(there.relative_to(each)) for each in folders)


def _holds_repository(folder: Path) -> bool:
    return any((folder / name).exists() for name in _REPOSITORY)


def _too_wide() -> frozenset[Path]:
    """Return the home folder and its parents, which contain private files."""
    home = Path(os.path.expanduser("~")).resolve()
    return frozenset((home, *home.parents))


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _option(path: Path) -> str:
    """Return a path for use in a shell command, relative to the working directory if that is shorter."""
    try:
        text = min(Path(os.path.relpath(path, Path.cwd())).as_posix(), path.as_posix(), key=len)
    except ValueError:  # another drive
        text = path.as_posix()
    return f"'{text}'" if any(each in text for each in " \t()&;$'\"") else text


def listed(folder: Path) -> Iterator[str]:
    """Yield the names in a folder that are not hidden; nothing if it cannot be read."""
    try:
        yield from (name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return
