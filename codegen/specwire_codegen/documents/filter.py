"""Selection of operations by tag or id; `normalize` prunes what they do not need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.documents.document import Document
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.methods import METHODS


def select(document: Document, tags: Collection[str], operations: Collection[str]) -> Document:
    """Return the document with only the operations that have one of the tags or ids; all if none is given.

    Raises `SpecwireCodegenError` for a tag or an id that no operation has.
    """
    if not tags and not operations:
        return document
    paths = {path: _followed(document, item) for path, item in document.data.get("paths", {}).items()}
    present = [operation for item in paths.values() for operation in _operations(item)]
    _require("tag", tags, {tag for operation in present for tag in operation.get("tags", ())})
    _require("operation", operations, {operation["operationId"] for operation in present if "operationId" in operation})

    def wanted(operation: Mapping[str, Any]) -> bool:
        return bool(set(operation.get("tags", ())) & set(tags)) or operation.get("operationId") in operations

    kept = {path: _kept(item, wanted) for path, item in paths.items()}
    return attrs.evolve(document, data={**document.data, "paths": {path: item for path, item in kept.items() if item}})


def _followed(document: Document, item: Any) -> Any:
    """Return a path item with its references followed, as far as they can be resolved."""
    seen: set[str] = set()
    while isinstance(item, Mapping) and isinstance(item.get("$ref"), str) and item["$ref"] not in seen:
        seen.add(item["$ref"])
        try:
            target = pointers.get(document.data, pointers.from_fragment(item["$ref"]))
        except (KeyError, ValueError):
            return item
        siblings = {key: value for key, value in item.items() if key != "$ref"}
        item = {**target, **siblings} if isinstance(target, Mapping) else item
    return item


def _operations(item: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(item, Mapping):
        yield from (value for key, value in item.items() if key in METHODS and isinstance(value, Mapping))
        yield from (value for value in item.get("additionalOperations", {}).values() if isinstance(value, Mapping))


def _kept(item: Any, wanted: Any) -> dict[str, Any] | None:
    if not isinstance(item, Mapping) or not any(wanted(operation) for operation in _operations(item)):
        return None
    kept = {key: value for key, value in item.items() if key not in METHODS or wanted(value)}
    if "additionalOperations" in kept:
        more = kept["additionalOperations"]
        kept["additionalOperations"] = {key: value for key, value in more.items() if wanted(value)}
    return kept


def _require(what: str, names: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        there = ", ".join(sorted(known)) or "none"
        raise SpecwireCodegenError(f"no operation has the {what} {', '.join(map(repr, unknown))}; available: {there}")
