"""Numeric bounds; unusable ones are removed because every validator would fail on them."""

from __future__ import annotations

import math
from typing import Any

from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import SCHEMAS_ONLY, rebuild

_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_COUNTS = frozenset("minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains".split())
_LARGEST_COUNT = 2**63


def apply(data: Node, report: Report) -> Node:
    """Return the document without unusable bounds, multiples, counts and defaults."""

    def visit(node: Node, _kind: ObjectType, _trail: Trail) -> Node:
        wrong = {key: why for key, value in node.items() if (why := _flaw(key, value))}
        for key, why in wrong.items():
            place = pointers.join(origin_of(node), key)
            report.warning("useless-number", f"{key!r} {why}; ignored", place, "write a finite number, or remove it")
        return {key: value for key, value in node.items() if key not in wrong} if wrong else node

    settled: Node = rebuild(data, "openapi", visit, kinds=SCHEMAS_ONLY)
    return settled


def is_finite(value: Any) -> bool:
    """Return whether a value is a number that fits into a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _flaw(key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if key == "multipleOf" and is_finite(value) and value <= 0:
        return "is not greater than 0"
    if key in _BOUNDS or key in ("multipleOf", "default"):
        return "" if is_finite(value) else "is not a finite number"
    if key in _COUNTS and not 0 <= value < _LARGEST_COUNT:
        return "is not a valid count" if value < 0 or value != value else "is too large"
    return ""
