"""Regular expressions of a document, which are passed on as text and never executed."""

from __future__ import annotations

from typing import Any

from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild

_PATTERNS = frozenset({"pattern", "patternProperties"})


def forget(data: Node, kind: ObjectType = "openapi") -> Node:
    """Return an object without patterns; some need exponential time for thirty characters."""

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Any:
        if _PATTERNS.isdisjoint(node):
            return node
        return {key: value for key, value in node.items() if key not in _PATTERNS}

    found: Node = rebuild(data, kind, visit, kinds=SCHEMAS_ONLY)
    return found
