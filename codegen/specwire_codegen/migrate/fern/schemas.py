"""Names of schemas: `x-fern-type-name`."""

from __future__ import annotations

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.migrate.description import Description, Model
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import pascal
from specwire_codegen.openapi.walk import walk

_COMPONENTS = "/components/schemas"


def read_schemas(subject: Subject, description: Description, findings: list[Diagnostic]) -> None:
    """Add the class names that schemas state; schemas inside others get them as titles."""
    taken: set[str] = set()
    for schema, kind, trail in walk(subject.document.data, "openapi"):
        stated = schema.get("x-fern-type-name") if kind == "schema" else None
        if not isinstance(stated, str) or not stated:
            continue
        pointer = pointers.of(trail)
        node = Node(stated, subject.document, pointers.join(pointer, "x-fern-type-name"), findings)
        name = pascal(stated)
        parent, _, component = pointer.rpartition("/")
        if parent == _COMPONENTS and name not in taken:
            taken.add(name)
            description.models[pointers.unescape(component)] = Model(name, node)
        elif parent != _COMPONENTS and "title" not in schema:
            subject.update(pointer, {"title": name}, node, "x-fern-type-name")
