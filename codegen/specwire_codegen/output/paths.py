"""Paths inside an output folder, and digests of files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from specwire_codegen.diagnostics import SpecwireCodegenError


def inside(root: Path, name: str) -> Path:
    """Return a path below `root`; raise for a name that leads out of it."""
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise SpecwireCodegenError(f"{name!r} leads out of the output folder")
    return path


def below(root: Path, name: str) -> Path:
    """Return a path below a new folder, which holds no links; raise for a name that leads out of it."""
    path = Path(name)
    if path.anchor or ".." in path.parts:
        raise SpecwireCodegenError(f"{name!r} leads out of the output folder")
    return root / path


def fill(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a new folder, which holds no links."""
    paths = {below(root, name): text for name, text in files.items()}
    for folder in {path.parent for path in paths}:
        folder.mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        path.write_bytes(text.encode())


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
