"""Source map: during normalization, every object carries the pointer of its source."""

from __future__ import annotations

from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, error, warning
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize.guess import Guess, Inference
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild

ORIGIN = "x-\0origin"
HINT = "x-\0hint"
"""Private keys; they look like extensions to every walk and cannot occur in a document."""

PRIVATE = frozenset({ORIGIN, HINT})
_NESTED = (dict, list)


def annotate(data: Node, kind: ObjectType = "openapi", pointer: str = "") -> Node:
    """Return a copy whose objects carry their pointers; existing origins stay."""

    def visit(node: Node, _kind: ObjectType, here: Trail) -> Node:
        return node if ORIGIN in node else {**node, ORIGIN: pointers.of(here)}

    stamped: Node = rebuild(data, kind, visit, pointer)
    return stamped


def strip(value: Any) -> Any:
    """Return a copy without private keys."""
    if isinstance(value, dict):
        copy = {key: strip(each) if isinstance(each, _NESTED) else each for key, each in value.items()}
        for key in PRIVATE:
            copy.pop(key, None)
        return copy
    return [strip(each) if isinstance(each, _NESTED) else each for each in value] if isinstance(value, list) else value


def origin_of(node: Any, otherwise: Trail = "") -> str:
    """Return the source pointer of a node, or of another place if it has none."""
    origin = node.get(ORIGIN) if isinstance(node, dict) else None
    return pointers.of(otherwise) if origin is None else str(origin)


def origin_at(data: Node, pointer: str) -> str:
    """Return the source pointer of a place in stamped data, relative to the nearest origin above it."""
    value: Any = data
    found = ""
    for token in pointers.split(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif (at := pointers.item(value, token)) is not None:
            value = value[at]
        else:
            return found
        found = origin_of(value, pointers.join(found, token))
    return found


@attrs.frozen
class Report:
    """Collector of the diagnostics of a normalization."""

    document: Document
    diagnostics: list[Diagnostic] = attrs.field(factory=list)
    doubts: list[tuple[str, str]] = attrs.field(factory=list)
    """Messages and pointers of what was invalid before later passes."""
    inference: Inference = Inference()
    guesses: list[Guess] = attrs.field(factory=list)
    """Guesses, applied or not."""

    def error(self, code: str, message: str, place: Trail, help: str | None = None) -> None:
        """Record an error at a place of the source."""
        self.diagnostics.append(error(code, message, self.locate(place), help))

    def warning(self, code: str, message: str, place: Trail, help: str | None = None) -> None:
        """Record a warning at a place of the source."""
        self.diagnostics.append(warning(code, message, self.locate(place), help))

    def locate(self, place: Trail) -> Location:
        """Return the location of a place of the source."""
        return self.document.locate(pointers.of(place))
