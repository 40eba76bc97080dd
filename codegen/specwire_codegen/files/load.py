"""Loading: one document in memory from files or URLs; errors have a location."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import attrs

from specwire_codegen.diagnostics import Location, failure, warning
from specwire_codegen.documents.document import Document, Place
from specwire_codegen.documents.parse import parse
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access
from specwire_codegen.files.bundle import bundle
from specwire_codegen.files.disk import disk
from specwire_codegen.files.library import Library, Part, Shelf, UnreachableFileError
from specwire_codegen.normalize.operations.stream_envelopes import entitle
from specwire_codegen.openapi.json_types import noun_of

__all__ = ["Document", "load", "load_from", "load_overlay", "with_overlays"]

_START = "start it with `openapi: 3.2.0`, or an overlay with `overlay: 1.0.0`"
_VERSION = re.compile(r"3\.[012](\.\d+)?(-.+)?")


def load(source: str | Path, access: Access | None = None) -> Document:
    """Return the OpenAPI document at a path or URL, bundled with the documents that it refers to.

    Raises DiagnosticError if the text is not an OpenAPI or Swagger document.
    """
    access = access or Access()
    name = fetch.shown(source)
    if fetch.is_remote(source) and not str(source).lower().startswith(("http://", "https://")):
        raise failure("unknown-scheme", "only http and https URLs can be fetched", Location(name))
    if "\0" in name:
        raise failure("not-readable", "a path cannot hold a NUL character", Location(name), "check the path")
    if fetch.is_remote(source) and not access.hosts:
        help = "save a copy, or allow its host: --allow-remote HOST"
        raise failure("remote-not-allowed", "remote documents are not fetched by default", Location(name), help)
    library = Library(disk(source, access))
    root = _opened(library)
    if "overlay" not in root.value or "extends" not in root.value:
        return _bundled(root, library)
    overlays, base = _extended(root, library)
    if base is None:
        help = "correct `extends`, or pass the document and its overlay: --overlay FILE"
        message = f"the overlay extends {root.value['extends']!r}, which cannot be read"
        raise failure("overlay-extends", message, root.source.locate("/extends"), help)
    document = load(base if fetch.is_remote(base) else library.shelf.dependency(base), access)
    return _overlaid(attrs.evolve(document, dependencies=(*document.dependencies, document.file)), overlays)


def load_from(library: Library) -> Document:
    """Return the OpenAPI document of a library."""
    return _bundled(_opened(library), library)


def with_overlays(document: Document, files: Sequence[Path], spec: str | Path, access: Access) -> Document:
    """Return the document at `spec` with overlays applied in order, each after the overlays that it extends."""
    for file in files:
        library = Library(disk(file, access))
        root = _opened(library)
        overlays, base = _extended(root, library)
        document = _overlaid(document, overlays)
        if base is not None and not fetch.is_remote(base) and base != os.path.realpath(spec):
            message = f"the overlay extends {root.value['extends']!r}, and is applied to {Path(spec).name}"
            help = "correct `extends`, or leave it out"
            finding = warning("overlay-extends", message, root.source.locate("/extends"), help)
            document = attrs.evolve(document, findings=(*document.findings, finding))
    return document


def _extended(root: Part, library: Library) -> tuple[list[Document], str | None]:
    """Return an overlay after those that it extends, and the address of the document that the first one extends.

    The address is None if the first one extends none, or one that cannot be read.
    """
    chain, part, address = [_overlay(root)], root, None
    seen = {root.address}
    while isinstance(stated := part.value.get("extends"), str):
        try:
            address = library.shelf.address(stated, part.address)
            found = library.part(address, part.address)
        except (ValueError, UnreachableFileError):
            return chain, None
        if not isinstance(found.value, dict) or "overlay" not in found.value:
            return chain, found.address
        if found.address in seen:
            help = "remove one of the `extends`"
            raise failure("overlay-extends", "overlays extend each other", found.source.locate("/extends"), help)
        seen.add(found.address)
        chain.insert(0, _overlay(found))
        part = found
    return chain, None


def _overlaid(document: Document, overlays: Sequence[Document]) -> Document:
    from specwire_codegen.documents.overlay import apply

    return reduce(apply, overlays, document)


def load_overlay(source: str | Path) -> Document:
    """Return the OpenAPI Overlay document at a path."""
    return _overlay(_opened(Library(disk(source, Access()))))


def _overlay(part: Part) -> Document:
    version = part.value.get("overlay")
    if not re.fullmatch(r"1\.[0-2](\.\d+)?", str(version)):
        flaw = "has no 'overlay' version" if version is None else f"has the unsupported overlay version {version!r}"
        help = "start it with `overlay: 1.0.0`"
        raise failure("overlay-version", f"the document {flaw}", part.source.locate("/overlay"), help)
    return Document(part.value, part.name, (Place("", part.source, ""),))


def _opened(library: Library) -> Part:
    """Return the document of a library, which is an object."""
    root = _root(library.shelf)
    library.add(root)
    if not isinstance(root.value, dict):
        flaw = "is empty" if root.value is None else f"holds {noun_of(root.value)}"
        raise failure("not-an-object", f"the document {flaw}, not an object", Location(root.name, "", 1, 1), _START)
    return root


def _bundled(root: Part, library: Library) -> Document:
    _require_version(root)
    return bundle(root, library)


def _root(shelf: Shelf) -> Part:
    raw, name, address = shelf.root()
    value, source = parse(raw, name)
    return Part(address, name, raw, entitle(value), source)


def _require_version(root: Part) -> None:
    data = root.value
    for key, known in (("openapi", _VERSION), ("swagger", re.compile(r"2(\.0)*"))):
        if key in data:
            if known.fullmatch(str(data[key]).strip().removeprefix("v")):
                return
            message = f"{key} version {data[key]!r} is not supported"
            help = "use Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2"
            raise failure("unsupported-version", message, root.source.locate(f"/{key}"), help)
    help = "start it with `openapi: 3.2.0`"
    if "overlay" in data:
        help = "this is an overlay: name the OpenAPI document that it `extends`, or pass it with --overlay"
    elif "swaggerVersion" in data:
        help = "this is Swagger 1: convert it to OpenAPI 3 first"
    elif isinstance(data.get("$ref"), str):
        help = f"give the path of the document itself, {fetch.shown_ref(data['$ref'])}, or repeat its version here"
    raise failure("no-version", "the document has no 'openapi' key", root.source.locate(""), help)
