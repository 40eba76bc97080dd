"""Stable names: unrelated changes of a document do not rename anything."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings, strategies as st
from specwire_codegen.config import default_config
from specwire_codegen.documents.document import Document
from specwire_codegen.ir import Api, FormBody, JsonBody, MultipartBody, ObjectModel, Operation
from specwire_codegen.lower import lower
from specwire_codegen.normalize import normalize

from tests.codegen.hostile.document import base

Names: TypeAlias = dict[tuple[str, ...], str]

WORDS = st.sampled_from("zebra Yak_list xylem WombatPage home city kind Name".split())
"""New names, some of which are elsewhere in the base document."""
PROSE = st.text(st.characters(codec="ascii", categories=["L", "P", "Z"]), max_size=40)


def api_of(data: dict[str, Any]) -> Api:
    """Return the client of a document."""
    document = Document(data, "spec.yaml")
    return lower(Document(normalize(document).data, "spec.yaml"), default_config("sample"), "sample")


def names_of(api: Api) -> Names:
    """Return every name of a client by what it names."""
    found: Names = {}
    for operation in api.operations:
        key = ("operation", operation.http_method, operation.path, type(operation.payload).__name__)
        found[key] = ".".join(operation.method)
        found[*key, "module"] = api.modules[operation.resource]
        found |= {(*key, wire): name for wire, name in _arguments(operation)}
    for model in api.models:
        found["class", model.name] = model.name
        for field in model.fields if isinstance(model, ObjectModel) else ():
            found["field", model.name, field.wire_name] = field.name
    return found


@cache
def names_before() -> Names:
    """Return the names of the client before the change."""
    return names_of(api_of(base()))


def _arguments(operation: Operation) -> list[tuple[str, str]]:
    found = [(f"{one.place} {one.wire_name}", one.name) for one in operation.parameters]
    match operation.body:
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            return [*found, *((f"body {field.wire_name}", field.name) for field in fields)]
        case MultipartBody(parts):
            return [*found, *((f"body {part.wire_name}", part.name) for part in parts)]
        case _:
            return found


def shuffled(value: Any, order: random.Random) -> Any:
    """Return a document with its maps in another order."""
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    if not isinstance(value, dict):
        return value
    items = [(key, shuffled(item, order)) for key, item in value.items()]
    order.shuffle(items)
    return dict(items)


def with_schema(document: dict[str, Any], word: str, prose: str) -> None:
    """Add a schema and an operation that needs it."""
    schema = {
        "type": "object",
        "description": prose,
        "properties": {word: {"type": "object", "properties": {word: {}}}},
    }
    document["components"]["schemas"][word] = schema
    response = {
        "description": prose,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{word}"}}},
    }
    document["paths"][f"/{word}/things"] = {"get": {"operationId": f"{word}-get", "responses": {"200": response}}}


def with_operation(document: dict[str, Any], word: str, prose: str) -> None:
    """Add an operation with an inline body under its own tag, before all others."""
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}}
    operation = {"tags": [word], "summary": prose, "requestBody": body, "responses": {"200": {"description": prose}}}
    document["paths"] = {f"/{word}/{{id}}": {"post": operation}, **document["paths"]}


def with_property(document: dict[str, Any], word: str, prose: str) -> None:
    """Add a property with its own class to a schema that many use."""
    property_ = {"type": "object", "description": prose, "properties": {word: {"type": "string"}}}
    properties = document["components"]["schemas"]["Problem"]["properties"]
    document["components"]["schemas"]["Problem"]["properties"] = {word: property_, **properties}


def with_prose(document: dict[str, Any], word: str, prose: str) -> None:
    """Change all descriptions."""
    document["info"]["description"] = document["info"]["title"] = f"{word} {prose}"
    for name, schema in document["components"]["schemas"].items():
        schema["description"] = f"{prose} {word} {name}"
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["summary"] = operation["description"] = f"{prose} {word}"


CHANGES: tuple[Callable[[dict[str, Any], str, str], None], ...] = (
    with_schema,
    with_operation,
    with_property,
    with_prose,
)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from(CHANGES), WORDS, PROSE), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_additions_rename_nothing(
    changes: list[tuple[Callable[[dict[str, Any], str, str], None], str, str]], order: random.Random
) -> None:
    """Additions, other descriptions and another order keep all names."""
    before = names_before()
    document = base()
    for change, word, prose in changes:
        change(document, word, prose)
    after = names_of(api_of(shuffled(document, order)))
    assert before == {key: after.get(key) for key in before}


@pytest.mark.parametrize("path", sorted(base()["paths"]))
def test_removals_rename_nothing(path: str) -> None:
    """If any path is removed, the rest keeps its names."""
    before = names_before()
    document = base()
    del document["paths"][path]
    after = names_of(api_of(document))
    assert after == {key: before.get(key) for key in after}
