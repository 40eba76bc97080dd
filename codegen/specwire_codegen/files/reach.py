"""Reach: which files of this machine a document may read.

A document is somebody else's text. It may read what lies in its own folder, in the repository that holds that folder,
in the working directory if the document is in there, and in what the user named; links are resolved first.
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
    """The folders that are open without being named; nothing hidden in them is."""
    named: tuple[Path, ...]
    """The folders and files that the user named."""

    def refusal(self, path: Path) -> tuple[str, str] | None:
        """Return why a file, links resolved, may not be read, and what to do about it; None if it may."""
        roots = [root for root in (*self.open, *self.named) if path.is_relative_to(root)]
        if any(not _hidden(path.relative_to(root)) for root in roots):
            return None
        option = f"--refs-within {_option(self._suggested(path))}"
        if roots:
            hidden = next(part for part in path.relative_to(roots[0]).parts if part.startswith("."))
            return (
                f"leads into {hidden!r}: hidden files and folders are never read",
                f"name it, if it is meant: {option}",
            )
        rule = "leads out of the folder of the document, its repository and the working directory"
        return rule, f"copy the file next to the document, or allow it: {option}"

    def _suggested(self, path: Path) -> Path:
        """Return the smallest folder to name: the first one on the way to a file that does not hold the document."""
        hidden = [index for index, part in enumerate(path.parts) if index and part.startswith(".")]
        shared = os.path.commonpath([self.document, path]) if self.document.anchor == path.anchor else path.anchor
        depth = len(Path(shared).parts) + 1
        if hidden and hidden[-1] + 1 > depth:
            depth = hidden[-1] + 1
        return Path(*path.parts[:depth])


def reach(document: Path, named: Iterable[Path]) -> Reach:
    """Return what a document at a path may read."""
    folder = document.resolve().parent
    above = _too_wide()
    found = [folder]
    repository = next((each for each in (folder, *folder.parents) if _holds_repository(each)), None)
    for wider in (repository, Path.cwd().resolve()):
        if wider is not None and folder.is_relative_to(wider) and wider not in above:
            found.append(wider)
    return Reach(folder, tuple(dict.fromkeys(found)), tuple(each.resolve() for each in named))


def is_near(place: Path, config: Path) -> bool:
    """Tell whether a file that came with a document may open a place: it may come from anybody, as the document does.

    What both are in is narrower than a home folder or a whole disk, and nothing on the way from there is hidden.
    """
    there, here = place.resolve(), config.resolve().parent
    if there.anchor != here.anchor:
        return False
    shared = Path(os.path.commonpath([there, here]))
    return shared not in _too_wide() and shared != Path(shared.anchor) and not _hidden(there.relative_to(shared))


def _holds_repository(folder: Path) -> bool:
    return any((folder / name).exists() for name in _REPOSITORY)


def _too_wide() -> frozenset[Path]:
    """Return the home folder and what is above it: everybody's documents and secrets are in there."""
    home = Path(os.path.expanduser("~")).resolve()
    return frozenset((home, *home.parents))


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _option(path: Path) -> str:
    """Return a path as it can be pasted behind an option: from the working directory, unless that is longer."""
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
