"""Comparison of JSON values and of responses by meaning, and drawn integers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.contract.client.calls import Outcome
from specwire_codegen.contract.drawn_responses import DrawnResponse, problems
from specwire_codegen.contract.strategies.property_check import explore
from specwire_codegen.contract.strategies.schemas import closed_schema, values
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.json_diff import differences, same_meaning
from specwire_codegen.contract.values.types import Types

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_a_value_is_equal_to_itself(value: Any) -> None:
    """Also after a round trip through JSON."""
    assert list(differences(value, json.loads(json.dumps(value)))) == []


@pytest.mark.parametrize(
    ("expected", "actual", "found"),
    [
        (1, 1.0, []),
        (1, True, ["$: 1 expected, not True"]),
        (0, None, ["$: 0 expected, not None"]),
        ("1", 1, ["$: '1' expected, not 1"]),
        ({"a": 1}, {}, ["$.a: 1 is missing"]),
        ({}, {"a": None}, ["$.a: None is not expected"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["$.a[1]: 2 expected, not 3"]),
        ([1], [], ["$: 1 items expected, not 0"]),
    ],
)
def test_differences_are_named_by_their_place(expected: Any, actual: Any, found: list[str]) -> None:
    """With their JSON path; numbers are equal by value, and true is not 1."""
    assert list(differences(expected, actual)) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00", True),
        ("2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.123456Z", True),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", False),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05.0", False),
        ("497F6ECA-6276-4993-BFEB-53CBBBBA6F09", "497f6eca-6276-4993-bfeb-53cbbbba6f09", True),
        ("PT271M", "PT16260S", True),
        ("P1W", "P7D", True),
        ("-P1DT1.5S", "-PT86401.5S", True),
        ("PT1M", "-PT1M", False),
        ("P1M", "P30D", False),
        ("P", "PT", False),
        ("a", "A", False),
    ],
)
def test_texts_are_compared_by_their_format(one: str, other: str, same: bool) -> None:
    """Datetimes and UUIDs may be spelled differently, other texts may not."""
    assert same_meaning(one, other) is same


def test_objects_are_closed_and_maps_are_not() -> None:
    """A closed schema allows its named properties, without those of requests only."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "object", "additionalProperties": True}, "secret": {"writeOnly": True}},
        "required": ["a", "secret"],
    }
    assert closed_schema(schema) == {
        "type": "object",
        "properties": {"a": {"type": "object", "additionalProperties": True}},
        "required": ["a"],
        "additionalProperties": False,
    }


def test_a_wrongly_returned_response_is_reported(moonshot: Subject) -> None:
    """A lost field, an error that was not sent and an error that was not raised."""
    types, operation = Types(moonshot), next(one for one in moonshot.api.operations if one.id == "get_balance")
    good = DrawnResponse(200, "application/json", (), {"code": 0})
    assert problems(types, operation, good, Outcome({})) == ["$.code: 0 is missing"]
    assert problems(types, operation, DrawnResponse(400, "application/json", (), {}), Outcome({})) == [
        "status 400 did not raise an error"
    ]


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

    def keep(value: Any) -> list[str]:
        found.append(value)
        return []

    explore(values({"N": {"type": "integer"}}, schema), examples, keep)
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
