"""Documents of mock servers: of a client's class, by name, or given."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from specwire_codegen.clients.included import INCLUDED, document_beside, read_json
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock import provider, sources
from specwire_codegen.mock.provider import Provider
from specwire_codegen.output.manifest import MANIFEST

Document: TypeAlias = str | Path | Mapping[str, Any] | type
"""A provider's name, the path of a document, a normalized document, or the class of a client."""

_SKIPPED = ("node_modules", "site-packages", "build", "dist")
_MOST_FOLDERS = 2000
"""Maximum number of folders to search for the document of a client."""


def played(document: Document, root: Path, keys: tuple[str, ...], seed: int) -> Provider:
    """Return the mock of a document; the mock of a document on disk is built once."""
    if isinstance(document, Mapping):
        return provider.build(dict(document), keys, seed, None)
    if isinstance(document, type):
        path = document_of_client(document, root)
        return _built(str(path), root, path.stat().st_mtime_ns, keys, seed)
    path = root / document
    if path.is_file():
        return _built(str(path), root, path.stat().st_mtime_ns, keys, seed)
    return _built(str(document), root, 0, keys, seed)


@lru_cache(maxsize=32)
def _built(source: str, root: Path, changed: int, keys: tuple[str, ...], seed: int) -> Provider:
    if Path(source).name == INCLUDED:
        return provider.build(read_json(Path(source)), keys, seed, None)
    return provider.build(sources.read(root, source).document, keys, seed, None)


def document_of_client(client: type, root: Path) -> Path:
    """Return the document of a client's class: next to it, or below `root` with the digest in its manifest.

    Raise SpecwireCodegenError if there is none.
    """
    module = sys.modules.get(client.__module__.rpartition(".")[0] or client.__module__)
    file = getattr(module, "__file__", None)
    if file is not None:
        package = Path(file).parent
        known = document_beside(package)
        if known is not None:
            return known
        digests = _inputs(package / MANIFEST)
        for path in _files(root, {Path(name).name for name in digests}):
            if hashlib.sha256(path.read_bytes()).hexdigest() in digests.values():
                return path
    raise SpecwireCodegenError(
        f"the document that {client.__name__} was generated from is not below {root}: pass its path, as in "
        f'mock_client({client.__name__}, document="openapi.yaml")'
    )


def _inputs(manifest: Path) -> dict[str, str]:
    """Return the documents among the inputs of a package, with their digests."""
    try:
        inputs = json.loads(manifest.read_text("utf-8"))["inputs"]
        return {name: digest for name, digest in inputs.items() if name.endswith((".yaml", ".yml", ".json"))}
    except (OSError, ValueError, KeyError, AttributeError):
        return {}


def _files(root: Path, names: set[str]) -> Iterator[Path]:
    """Yield the files with these names below a folder, without hidden folders and environments."""
    waiting, count = [root], 0
    while waiting and count < _MOST_FOLDERS:
        folder, count = waiting.pop(0), count + 1
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not path.is_symlink():
                if not path.name.startswith(".") and path.name not in _SKIPPED and not (path / "pyvenv.cfg").exists():
                    waiting.append(path)
            elif path.name in names:
                yield path
