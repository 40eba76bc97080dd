"""Paths inside an output folder, and digests of files."""

from __future__ import annotations

import hashlib
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


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
