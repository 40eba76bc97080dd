"""Loading: one document in memory from files or URLs; errors have a location."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from specwire_codegen.diagnostics import Location, failure
from specwire_codegen.documents.document import Document, Place
from specwire_codegen.documents.parse import parse
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access
from specwire_codegen.files.bundle import bundle
from specwire_codegen.files.disk import disk
from specwire_codegen.files.library import Library, Part, Shelf
from specwire_codegen.normalize.operations.stream_envelopes import entitle

__all__ = ["Document", "load", "load_from", "load_overlay"]

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
    return load_from(Library(disk(source, access)))


def load_from(library: Library) -> Document:
    """Return the OpenAPI document of a library."""
    root = _root(library.shelf)
    library.add(root)
    if not isinstance(root.value, dict):
        said = "is empty" if root.value is None else f"holds {_kind(root.value)}"
        raise failure("not-an-object", f"the document {said}, not an object", Location(root.name, "", 1, 1), _START)
    _require_version(root)
    return bundle(root, library)


def load_overlay(source: str | Path) -> Document:
    """Return the OpenAPI Overlay document at a path."""
    name = str(source)
    value, text = parse(fetch.read_file(Path(source), name), name)
    if not isinstance(value, dict):
        raise failure(
            "not-an-object", f"the overlay holds {_kind(value)}, not an object", Location(name, "", 1, 1), _START
        )
    version = value.get("overlay")
    if not isinstance(version, str) or not re.fullmatch(r"1\.[01](\.\d+)?", version):
        said = "has no 'overlay' version" if version is None else f"has the unsupported overlay version {version!r}"
        help = "start it with `overlay: 1.0.0`"
        raise failure("overlay-version", f"the document {said}", text.locate("/overlay"), help)
    return Document(value, name, (Place("", text, ""),))


def _root(shelf: Shelf) -> Part:
    raw, name, address = shelf.root()
    value, source = parse(raw, name)
    return Part(address, name, raw, entitle(value), source)


def _kind(value: Any) -> str:
    return {list: "a list", str: "a string", bool: "a boolean"}.get(type(value), "a number")


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
        help = "this is an overlay: give the path of the OpenAPI document, with the overlay in the same folder"
    elif "swaggerVersion" in data:
        help = "this is Swagger 1: convert it to OpenAPI 3 first"
    elif isinstance(data.get("$ref"), str):
        help = f"give the path of the document itself, {fetch.shown_ref(data['$ref'])}, or repeat its version here"
    raise failure("no-version", "the document has no 'openapi' key", root.source.locate(""), help)
