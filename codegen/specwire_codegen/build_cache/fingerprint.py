"""Fingerprints of files, of folders and of the generator itself."""

from __future__ import annotations

import os
import stat
import sys
from hashlib import sha256

TYPE_CHECKING = False  # `typing` would take longer to import than this module
if TYPE_CHECKING:
    from collections.abc import Iterator

_BESIDE = ("mock", "contract")
"""Subpackages that do not affect generated code."""


def digest(text: str) -> str:
    """Return the SHA-256 of text with the names of files, in hexadecimal."""
    return sha256(os.fsencode(text)).hexdigest()


def fingerprint(path: str) -> str:
    """Return the digest of a file, or of a folder with all files in it but bytecode; nothing if it cannot be read."""
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return _of_tree(path)
        return _of_file(path) if stat.S_ISREG(mode) else ""
    except (OSError, ValueError):
        return ""


def names_fingerprint(folder: str) -> str:
    """Return the digest of the names in a folder and in its folders, whatever the files contain."""
    return digest("\0".join(_names(folder, 2)))


def generator_fingerprint() -> str:
    """Return the digest of the generator's modules and templates, of Python and of the installed distributions."""
    here = os.path.dirname(os.path.dirname(__file__))
    installed = sorted({name for folder in sys.path for name in _names(folder, 1) if name.endswith(".dist-info")})
    return digest("\0".join((_of_tree(here, _BESIDE), sys.version, *installed)))


def _of_file(path: str) -> str:
    with open(path, "rb", buffering=0) as file:
        return sha256(file.read()).hexdigest()


def _of_tree(folder: str, without: tuple[str, ...] = ()) -> str:
    """Return the digest of a folder without bytecode and some of its folders; links to folders are not followed."""
    hashed = sha256()
    for name, entry in _entries(folder, "", ("__pycache__", *without)):
        content = _of_file(entry.path) if entry.is_file() else "link" if entry.is_symlink() else "other"
        hashed.update(os.fsencode(f"{name}\0{content}\0"))
    return hashed.hexdigest()


def _entries(folder: str, prefix: str, without: tuple[str, ...]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{prefix}{entry.name}"
        if not entry.is_dir(follow_symlinks=False):
            yield name, entry
        elif entry.name not in without:
            yield from _entries(entry.path, f"{name}/", ("__pycache__",))


def _names(folder: str, depth: int) -> list[str]:
    try:
        found = sorted(os.listdir(folder or "."))
    except OSError:
        return []
    inner = ([f"{name}/{each}" for each in _names(os.path.join(folder, name), depth - 1)] for name in found)
    return [*found, *(each for names in inner for each in names)] if depth > 1 else found
