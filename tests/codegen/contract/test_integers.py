"""Drawn integers include ones that are lost where numbers are doubles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from specwire_codegen.contract.strategies.property_check import explore
from specwire_codegen.contract.strategies.schemas import values


def integers(value: Any) -> Iterator[int]:
    """Yield the integers in a value."""
    match value:
        case bool():
            return
        case int():
            yield value
        case list() | dict():
            for one in value.values() if isinstance(value, dict) else value:
                yield from integers(one)


def drawn(schema: Any, examples: int) -> list[Any]:
    """Return values of a schema."""
    found: list[Any] = []
    explore(values({"N": {"type": "integer"}}, schema), examples, lambda value: found.append(value) or [])
    return found


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "integer"}, "minItems": 2},
        {
            "type": "object",
            "required": ["a", "b"],
            "properties": {k: {"type": "integer", "format": "int64"} for k in "ab"},
        },
        {"type": "array", "items": {"type": ["integer", "null"], "description": "Count."}, "minItems": 3},
        {"type": "array", "items": {"$ref": "#/components/schemas/N"}, "minItems": 2},
        {"type": "array", "items": {"type": "integer", "example": 3, "x-note": "n"}, "minItems": 2},
    ],
)
def test_few_values_have_small_and_inexact_integers(schema: Any) -> None:
    """Within 64 bits; a client or server that rounds them is found with few examples."""
    found = [*integers(drawn(schema, 20))]
    assert any(int(float(one)) != one for one in found)
    assert any(abs(one) < 2000 for one in found)
    assert all(-(2**63) <= one < 2**63 for one in found)


@pytest.mark.parametrize(
    ("schema", "least", "most"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, 1, 9),
        ({"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}, -(2**31), 2**31 - 1),
        ({"type": "integer", "enum": [3, 4]}, 3, 4),
    ],
)
def test_limits_of_integers_are_kept(schema: Any, least: int, most: int) -> None:
    """Whatever else is drawn."""
    found = [*integers(drawn({"type": "array", "items": schema, "minItems": 2}, 10))]
    assert found and all(least <= one <= most for one in found)


def test_null_is_still_drawn() -> None:
    """A union with null has both."""
    found = drawn({"type": "array", "items": {"type": ["integer", "null"]}, "minItems": 3}, 20)
    assert any(None in one for one in found) and [*integers(found)]


def test_read_only_integers_are_not_sent() -> None:
    """As before: annotations stay where they are."""
    schema = {"type": "object", "properties": {"a": {"type": "integer", "readOnly": True}, "b": {"type": "integer"}}}
    assert all("a" not in one for one in drawn({**schema, "required": ["b"]}, 20))
