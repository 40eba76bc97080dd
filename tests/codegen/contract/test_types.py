"""Declared types of values, and Python values for drawn JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from specwire.support import IntText
from specwire_codegen.contract.values.types import EquivalentText, Types
from specwire_codegen.ir import ListOf, Literals, MapOf, ModelRef, Nullable, Primitive, TypeExpr, UnionOf

from tests.support.generated_client import generated_client

DOCUMENT = """\
openapi: 3.1.0
info: {title: Typed, version: '1'}
paths:
  /pets:
    post:
      operationId: addPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: {type: string}
        born: {type: string, format: date-time}
        friends: {type: array, items: {$ref: '#/components/schemas/Pet'}}
        kind: {type: string, enum: [cat, dog]}
"""


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Types]:
    """Types of a small client."""
    folder = tmp_path_factory.mktemp("typed")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield Types(generated_client(DOCUMENT, "typed", folder))


PET = ModelRef("Pet")


def test_a_model_and_its_fields_are_compared_with_their_types(types: Types) -> None:
    """Dictionaries for models, texts for datetimes, unknown constants and missing fields are reported."""
    good = types.given(PET, {"name": "a", "born": "2026-01-02T03:04:05Z", "friends": [{"name": "b"}], "kind": "cat"})
    pet = good.value
    assert type(pet).__name__ == "Pet"
    pet.kind = "cat"
    assert list(types.problems(PET, pet)) == []
    pet.friends.append({"name": "c"})
    pet.born = "2026-01-02T03:04:05Z"
    pet.kind = "cow"
    del pet.friends[0]
    assert sorted(types.problems(PET, pet)) == [
        "$.born: datetime expected, not str '2026-01-02T03:04:05Z'",
        "$.friends[0]: Pet expected, not dict {'name': 'c'}",
        "$.kind: one of ('cat', 'dog') expected, not str 'cow'",
    ]
    assert list(types.problems(PET, {"name": "a"})) == ["$: Pet expected, not dict {'name': 'a'}"]


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (Primitive("int"), 1, True),
        (Primitive("int"), 1, 1.0),
        (Primitive("float"), 1, "1"),
        (Primitive("date"), date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)),
        (Primitive("bytes"), b"a", "YQ=="),
        (Primitive("UUID"), UUID(int=1), str(UUID(int=1))),
        (Nullable(Primitive("str")), None, 1),
        (ListOf(Primitive("str")), ["a"], ("a",)),
        (MapOf(Primitive("int")), {"a": 1}, {"a": "1"}),
        (Literals((1, "a")), "a", True),
        (UnionOf((Primitive("int"), Primitive("str"))), "a", 1.5),
    ],
)
def test_every_type_accepts_its_values_only(types: Types, type_: TypeExpr, good: Any, bad: Any) -> None:
    """A value of the type passes, and one with the same JSON or an equal one does not."""
    assert list(types.problems(type_, good)) == []
    assert len(list(types.problems(type_, bad))) == 1


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (Primitive("datetime"), "2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (Primitive("datetime"), "2026-01-02T03:04:05", "2026-01-02T03:04:05"),
        (Primitive("date"), "2026-01-02", date(2026, 1, 2)),
        (Primitive("timedelta"), "PT1M", timedelta(minutes=1)),
        (Primitive("timedelta"), "P1M", "P1M"),
        (Primitive("UUID"), str(UUID(int=1)), UUID(int=1)),
        (Primitive("Decimal"), "1.50", Decimal("1.50")),
        (Primitive("IntText"), "-12", IntText(-12)),
        (Primitive("IntText"), "012", "012"),
        (Primitive("bytes"), "YQ==", b"a"),
        (Primitive("bytes"), "YR==", "YR=="),
        (UnionOf((Primitive("int"), Primitive("date"))), "2026-01-02", date(2026, 1, 2)),
    ],
)
def test_drawn_texts_become_values_of_their_format(types: Types, type_: TypeExpr, text: str, value: object) -> None:
    """A text that does not match its format stays a text."""
    given = types.given(type_, text)
    assert (type(given.value), given.value, given.expected) == (type(value), value, text)


def test_drawn_constants_become_members_of_their_enum(types: Types) -> None:
    """A constant becomes a member that has its value."""
    given = types.given(Literals(("a", 1)), "a").value
    assert isinstance(given, Enum) and given.value == "a"


def test_equivalent_texts_are_equal() -> None:
    """The offset of a datetime may be written in any way; another instant, or none, differs."""
    noon = EquivalentText("2026-01-02T12:00:00Z")
    assert noon == "2026-01-02T13:00:00+01:00"
    assert noon != "2026-01-02T12:00:00"
    assert noon != "2026-01-02T13:00:00Z"
