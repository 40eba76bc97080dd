"""Suggestions for references whose file or target does not exist."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from specwire_codegen.files.reach import listed
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.suggest import nearest

_ENDINGS = (".yaml", ".yml", ".json")
_MOST_NAMES = 2000
"""Maximum number of names in a folder to compare."""


@cache
def _names(folder: str, _changed: int) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()


def is_spelt_so(path: Path, root: Path) -> bool:
    """Return whether the spelling of an existing path is exact, also on case-insensitive file systems.

    Folders above `root` are not part of the document and not checked.
    """
    for part in (path, *path.parents):
        if root.is_relative_to(part):
            return True
        folder = part.parent
        try:
            names = _names(str(folder), folder.stat().st_mtime_ns)
        except OSError:
            continue
        if part.name and part.name != ".." and names and part.name not in names:
            return False
    return True


def file(path: Path, root: Path) -> Path | None:
    """Return the file that a nonexistent path probably means, in a document whose folder is `root`."""
    for ending in _ENDINGS:
        with_ending = path.with_name(path.name + ending)
        if path.name and with_ending.is_file() and is_spelt_so(with_ending, root):
            return with_ending
    near = _respelt(path, root)
    if near is not None:
        return near
    # The path can be relative to the folder of the root document instead of its own file.
    parts = path.parts
    for start in range(len(root.parts), len(parts)):
        meant = root.joinpath(*parts[start:])
        if meant != path and meant.is_file() and is_spelt_so(meant, root):
            return meant
    return None


def _respelt(path: Path, root: Path) -> Path | None:
    """Return a file whose path differs from a given one only in spelling."""
    here = root if path.is_relative_to(root) else path.parent
    parts = path.relative_to(here).parts
    for index, part in enumerate(parts):
        names = sorted(listed(here))[:_MOST_NAMES]
        if part not in names:
            stems = [
                name for name in names if Path(name).suffix in _ENDINGS and Path(name).stem.lower() == part.lower()
            ]
            last = index == len(parts) - 1
            part = (stems[0] if stems and last else nearest(part, names, 0.75)) or ""
            if not part:
                return None
        here /= part
    return here if here.is_file() else None


def place(value: Any, pointer: str) -> str | None:
    """Return the pointer that a nonexistent one probably means, or None if nothing is similar."""
    try:
        tokens = pointers.split(pointer)
    except ValueError:
        tokens = (pointer,)
    here = ""
    for index, token in enumerate(tokens):
        if isinstance(value, dict):
            keys = [str(key) for key in value]
            near = token if token in value else nearest(token, keys[:_MOST_NAMES])
            if near is None:
                return None
            value, here = value[near], pointers.below(here, near)
        elif (at := pointers.item(value, token)) is not None:
            value, here = value[at], pointers.below(here, token)
        else:
            return None
        if index == len(tokens) - 1:
            return here if here != pointer else None
    return None
