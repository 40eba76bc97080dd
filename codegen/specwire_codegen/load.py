"""Load: files or addresses in, one document in memory out; every mistake of the text is named with its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from specwire_codegen import bundle, fetch
from specwire_codegen.diagnostics import Location, failure
from specwire_codegen.document import Document
from specwire_codegen.text import parse

__all__ = ["Document", "load", "load_overlay"]

_VERSION = re.compile(r"3\.[012](\.\d+)?(-.+)?")


def load(source: str | Path, *, allow_remote: bool = False) -> Document:
    """Return the OpenAPI document at a path or address, with the documents that it refers to bundled in.

    Raises DiagnosticError for whatever keeps the text from being an OpenAPI or Swagger document.
    """
    document = _read(source, allow_remote=allow_remote)
    _require_version(document)
    return bundle.bundle(document, source, allow_remote=allow_remote)


def load_overlay(source: str | Path) -> Document:
    """Return the OpenAPI Overlay document at a path."""
    document = _read(source, allow_remote=False)
    version = document.data.get("overlay")
    if not isinstance(version, str) or not re.fullmatch(r"1\.[01](\.\d+)?", version):
        said = "has no 'overlay' version" if version is None else f"says overlay version {version!r}"
        help = "start it with `overlay: 1.0.0`"
        raise failure("overlay-version", f"the document {said}", document.locate("/overlay"), help)
    return document


def _read(source: str | Path, *, allow_remote: bool) -> Document:
    name = fetch.shown(source)
    value, text = parse(fetch.read(source, allow_remote=allow_remote), name)
    if not isinstance(value, dict):
        said = "is empty" if value is None else f"holds {_kind(value)}"
        raise failure("not-an-object", f"the document {said}, not an object", Location(name, "", 1, 1))
    return Document(value, name, text.places())


def _kind(value: Any) -> str:
    return {list: "a list", str: "a string", bool: "a boolean"}.get(type(value), "a number")


def _require_version(document: Document) -> None:
    data = document.data
    for key, known in (("openapi", _VERSION), ("swagger", re.compile(r"2(\.0)*"))):
        if key in data:
            if known.fullmatch(str(data[key]).strip().removeprefix("v")):
                return
            message = f"{key} version {data[key]!r} is not supported"
            help = "use Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2"
            raise failure("unsupported-version", message, document.locate(f"/{key}"), help)
    help = "start it with `openapi: 3.2.0`"
    if "overlay" in data:
        help = "this is an overlay: name the OpenAPI document, and put the overlay beside it"
    elif "swaggerVersion" in data:
        help = "this is Swagger 1: convert it to OpenAPI 3 first"
    raise failure("no-version", "the document has no 'openapi' key", document.locate(""), help)
