"""Python values for a generated call: instants, dates, UUIDs, bytes, enum members and models instead of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.contract.values.case import Body, Case, File
from specwire_codegen.contract.values.types import Given, Types
from specwire_codegen.ir import FormBody, JsonBody, JsonLinesBody, ListOf, MultipartBody, Operation, TypeExpr


@attrs.frozen
class Written:
    """Arguments of a method and the expected values on the wire."""

    given: Case
    expected: Case


def written(types: Types, operation: Operation, case: Case) -> Written:
    """Return a call with Python values for the parameter and body types that have some."""
    places: dict[str, Given] = {}
    for place, values in case.places.items():
        known = {one.wire_name: one.type for one in operation.parameters if one.place == place}
        places[place] = _named(types, known, values)
    body = _body(types, operation, case.body) if case.body is not None else Given(None, None)
    return Written(
        Case(**{place: one.value for place, one in places.items()}, body=body.value),
        Case(**{place: one.expected for place, one in places.items()}, body=body.expected),
    )


def _named(types: Types, known: Mapping[str, TypeExpr], values: Mapping[str, Any]) -> Given:
    given = {
        name: types.given(known[name], value) if name in known else Given(value, value)
        for name, value in values.items()
    }
    return Given({name: one.value for name, one in given.items()}, {name: one.expected for name, one in given.items()})


def _body(types: Types, operation: Operation, body: Body) -> Given:
    match operation.body:
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            given = _named(types, {field.wire_name: field.type for field in fields}, body.value)
        case JsonBody(type_):
            given = types.given(type_, body.value)
        case MultipartBody(parts):
            files = {
                name
                for name, one in body.value.items()
                if isinstance(one[0] if isinstance(one, list) and one else one, File)
            }
            texts = {part.wire_name: part.type for part in parts if part.wire_name not in files}
            given = _named(types, texts, body.value)
        case JsonLinesBody(item):
            given = types.given(ListOf(item), body.value)
        case _:
            given = Given(body.value, body.value)
    return Given(attrs.evolve(body, value=given.value), attrs.evolve(body, value=given.expected))
