"""Selection of operations by tag, id or route; `normalize` prunes what they do not need."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, SpecwireCodegenError, error, raise_errors
from specwire_codegen.documents.document import Document
from specwire_codegen.documents.routes import Routed, Routes
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.methods import METHODS
from specwire_codegen.openapi.walk import operations_of

Wanted = Callable[[tuple[str, str], Mapping[str, Any]], bool]
"""Test of an operation by its path and method, and its content."""


def select(document: Document, tags: Collection[str], operations: Collection[str]) -> Document:
    """Return the document with only the operations that have one of the tags or ids; all if none is given.

    Raises `SpecwireCodegenError` for a tag or an id that no operation has.
    """
    if not tags and not operations:
        return document
    paths = _paths(document)
    present = [operation for item in paths.values() for _, operation in _operations(item)]
    _require("tag", tags, {tag for operation in present for tag in operation.get("tags", ())})
    _require("operation", operations, {operation["operationId"] for operation in present if "operationId" in operation})

    def wanted(_: tuple[str, str], operation: Mapping[str, Any]) -> bool:
        return bool(set(operation.get("tags", ())) & set(tags)) or operation.get("operationId") in operations

    return _with_paths(document, {path: _kept(item, path, wanted) for path, item in paths.items()})


def _id(operation: Mapping[str, Any]) -> str | None:
    stated = operation.get("operationId")
    return stated if isinstance(stated, str) else None


def _paths(document: Document) -> dict[str, Any]:
    """Return the path items of a document, followed."""
    stated = document.data.get("paths")
    return {path: _followed(document, item) for path, item in stated.items()} if isinstance(stated, Mapping) else {}


def _with_paths(document: Document, paths: Mapping[str, Any]) -> Document:
    return attrs.evolve(document, data={**document.data, "paths": {path: item for path, item in paths.items() if item}})


def without(document: Document, omitted: Mapping[str, Location], *, missing_ok: bool = False) -> Document:
    """Return the document without these operations, named by id or route.

    Raise `DiagnosticError` for unknown ones, unless these may be missing.
    """
    if not omitted:
        return document
    paths = _paths(document)
    present = Routes(
        [
            Routed(_id(raw), method, path, (path, method))
            for path, item in paths.items()
            for method, raw in _operations(item)
        ]
    )
    findings: list[Diagnostic] = []
    gone: set[tuple[str, str]] = set()
    for key, place in omitted.items():
        found = present.find(key)
        if len(found) > 1 or not (found or missing_ok):
            what = "no operation has this id or route" if not found else f"{len(found)} operations are named so"
            message = f"[operations] {key}: {what}"
            findings.append(error("unused-name", message, place, present.help(key, len(found))))
        gone |= {each.item for each in found}
    raise_errors(findings)
    changed = {path for path, _ in gone}
    kept = {path: _kept(paths[path], path, lambda each, _: each not in gone) for path in changed}
    return _with_paths(document, {**document.data["paths"], **kept})


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


def _operations(item: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield method and operation of a path item."""
    if isinstance(item, dict):
        for _, tokens, operation in operations_of(item):
            if isinstance(operation, Mapping):
                yield str(tokens[-1]), operation


def _kept(item: Any, path: str, wanted: Wanted) -> dict[str, Any] | None:
    """Return a path item with the wanted operations, or None if there are none."""
    kept = {method for method, operation in _operations(item) if wanted((path, method), operation)}
    if not kept:
        return None
    found = {key: value for key, value in item.items() if key not in METHODS or key in kept}
    if "additionalOperations" in found:
        more = found["additionalOperations"]
        found["additionalOperations"] = {key: value for key, value in more.items() if key in kept}
    return found


def _require(what: str, names: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        there = ", ".join(sorted(known)) or "none"
        raise SpecwireCodegenError(f"no operation has the {what} {', '.join(map(repr, unknown))}; available: {there}")
