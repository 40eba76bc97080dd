"""`MANIFEST.json`: inputs of a package, and the hash of every generated file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

import attrs
import specwire

from specwire_codegen.output.paths import digest

MANIFEST = "MANIFEST.json"
_GENERATORS = ("specwire", "datamodel-code-generator")


@attrs.frozen
class Manifest:
    """Output of the last run, by SHA-256."""

    outputs: Mapping[str, str]
    """Files of the package, by their path in it."""
    normalized: str | None = None
    """The normalized document, which is stored next to the specification."""


def manifest(files: Mapping[str, str], inputs: Mapping[str, str], normalized: str | None = None) -> str:
    """Return the text of a manifest: the generator's version, and the SHA-256 of every input and output."""
    from specwire_codegen.classes.emitter import emitter_version

    versions = (specwire.__version__, emitter_version())
    content = {
        "generator": dict(zip(_GENERATORS, versions, strict=True)),
        "inputs": dict(sorted(inputs.items())),
        **({} if normalized is None else {"normalized": digest(normalized.encode())}),
        "outputs": {name: digest(text.encode()) for name, text in sorted(files.items())},
    }
    return json.dumps(content, indent=2) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a package, or None if it is missing or not by specwire."""
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    generator, outputs, normalized = content.get("generator"), content.get("outputs"), content.get("normalized")
    ours = isinstance(generator, dict) and all(isinstance(generator.get(name), str) for name in _GENERATORS)
    if not ours or not _is_hashes(outputs) or not (normalized is None or isinstance(normalized, str)):
        return None
    return Manifest(outputs, normalized)


def _is_hashes(value: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(each, str) and len(each) == 64 for each in value.values())


def is_conflicted(folder: Path) -> bool:
    """Return whether the manifest of a package contains merge conflict markers."""
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        return False
    return any(line.startswith((b"<<<<<<< ", b">>>>>>> ")) for line in path.read_bytes().splitlines())
