"""Generic schemas: `$dynamicRef` to anchors that the schemas that use a generic one override."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize import normalize

from tests.codegen.files.folder import facts, write

Json = dict[str, Any]
ITEM = {"$dynamicRef": "#item"}
PROPERTIES = {"items": {"type": "array", "items": ITEM}, "next": {"$ref": "#/components/schemas/Page"}}
PAGE = {
    "type": "object",
    "properties": PROPERTIES,
    "$defs": {"item": {"$dynamicAnchor": "item", "not": {}}},
}
USER = {"type": "object", "properties": {"name": {"type": "string"}}}
ORDER = {"type": "object", "properties": {"total": {"type": "integer"}}}
FILES = """--- # x.yaml
paths:
  /Numbers: {get: {operationId: getNumbers, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Numbers'}}}}}}}
  /Texts: {get: {operationId: getTexts, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Texts'}}}}}}}
  /Truths: {get: {operationId: getTruths, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Truths'}}}}}}}
  /Counts: {get: {operationId: getCounts, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Counts'}}}}}}}
components:
  schemas:
    Page:
      $id: https://x.test/page
      type: object
      properties: {rows: {type: array, items: {$dynamicRef: 'page#T'}}}
      $defs: {T: {$dynamicAnchor: T}}
    Numbers: {$id: https://x.test/numbers, $ref: page, $defs: {T: {$dynamicAnchor: T, type: number}}}
    Texts: {$id: https://x.test/texts, $ref: 'https://x.test/page', $defs: {T: {$dynamicAnchor: T, type: string}}}
    Truths: {$ref: more.yaml, $defs: {T: {$dynamicAnchor: T, type: boolean}}}
    Counts: {$ref: ./more.yaml, $defs: {T: {$dynamicAnchor: T, type: integer}}}
--- # more.yaml
type: object
properties: {rows: {type: array, items: {$dynamicRef: '#T'}}}
$defs: {T: {$dynamicAnchor: T}}
"""


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def argument(schema: Json, name: str = "item") -> Json:
    """Return the `$defs` that override an anchor."""
    return {"$defs": {name: {"$dynamicAnchor": name, **schema}}}


def resolved(*used: str | Json, **schemas: Json) -> tuple[Json, list[str]]:
    """Return the normalized schemas, and the codes of the warnings, of a document whose operations use some schemas."""
    paths = {
        f"/{index}": {
            "get": {
                "operationId": f"get{index}",
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {"application/json": {"schema": ref(each) if isinstance(each, str) else each}},
                    }
                },
            }
        }
        for index, each in enumerate(used)
    }
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "https://x.test"}]}
    found = normalize(Document({**head, "paths": paths, "components": {"schemas": schemas}}, "x.yaml"))
    return found.data["components"]["schemas"], [each.code for each in found.warnings]


@pytest.mark.parametrize("default", [True, False], ids=["with a default", "without a default"])
@pytest.mark.parametrize("kind", ["$ref", "allOf", "inline"])
def test_each_use_of_a_generic_schema_has_its_own_type(kind: str, default: bool) -> None:
    """Two pages that share a generic one have the items that they state, wherever they are written."""
    page = PAGE if default else {key: value for key, value in PAGE.items() if key != "$defs"}
    base = {"allOf": [ref("Page")]} if kind == "allOf" else ref("Page")
    users, orders = ({**base, **argument(ref(name))} for name in ("User", "Order"))
    if kind == "inline":
        found, codes = resolved(users, orders, Page=page, User=USER, Order=ORDER)
        pages = [found["Get0Response"], found["Get1Response"]]
    else:
        found, codes = resolved(
            "UserPage", "OrderPage", Page=page, User=USER, Order=ORDER, UserPage=users, OrderPage=orders
        )
        pages = [found["UserPage"], found["OrderPage"]]

    assert [] == codes
    assert ["User", "Order"] == [each["properties"]["items"]["items"]["$ref"].rpartition("/")[2] for each in pages]
    nexts = [found[each["properties"]["next"]["$ref"].rpartition("/")[2]] for each in pages]
    assert ["User", "Order"] == [each["properties"]["items"]["items"]["$ref"].rpartition("/")[2] for each in nexts]
    assert "Page" not in found


def test_a_copy_reaches_what_the_generic_schema_refers_to() -> None:
    """An anchor that is referred to further inside is overridden too; the next page is the same type."""
    page: Json = {**PAGE, "properties": {**PROPERTIES, "cursor": ref("Cursor")}}
    cursor = {"type": "object", "properties": {"after": ITEM}}
    users = {**ref("Page"), **argument(ref("User"))}
    orders = {**ref("Page"), **argument(ref("Order"))}
    found, codes = resolved(
        "UserPage", "OrderPage", Page=page, Cursor=cursor, User=USER, Order=ORDER, UserPage=users, OrderPage=orders
    )

    assert [] == codes
    assert ref("UserPage") == found["UserPage"]["properties"]["next"]
    assert ref("UserPageCursor") == found["UserPage"]["properties"]["cursor"]
    assert ref("User") == found["UserPageCursor"]["properties"]["after"]
    assert ref("Order") == found["OrderPageCursor"]["properties"]["after"]


def test_an_argument_may_refer_to_its_page() -> None:
    """A schema that refers back to the page of itself is not copied."""
    user = {"type": "object", "properties": {"friends": ref("UserPage")}}
    found, codes = resolved("UserPage", "User", Page=PAGE, User=user, UserPage={**ref("Page"), **argument(ref("User"))})

    assert ([], {"User", "UserPage"}) == (codes, set(found))


def test_two_arguments_are_independent() -> None:
    """A generic schema in another one with an anchor of its own has both overrides."""
    envelope = {"type": "object", "properties": {"data": {"$dynamicRef": "#data"}}, **argument({}, "data")}
    whole = {**ref("Envelope"), **argument(ref("UserPage"), "data")}
    pages = {
        "UserPage": {**ref("Page"), **argument(ref("User"))},
        "OrderPage": {**ref("Page"), **argument(ref("Order"))},
    }
    found, codes = resolved(
        "Whole", "OrderPage", Envelope=envelope, Page=PAGE, User=USER, Order=ORDER, Whole=whole, **pages
    )

    assert [] == codes
    assert ref("UserPage") == found["Whole"]["properties"]["data"]
    assert ref("User") == found["UserPage"]["properties"]["items"]["items"]


def test_recursive_schemas_may_be_extended_twice() -> None:
    """Each extension of a tree has children of its own type; the tree itself keeps its own."""
    tree = {
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    }
    more = {"Numbers": "Tree", "Texts": "Tree", "Strict": "Numbers"}
    others = {
        name: {"$dynamicAnchor": "node", **ref(base), "properties": {name: {"type": "string"}}}
        for name, base in more.items()
    }
    found, codes = resolved("Tree", *more, Tree=tree, **others)

    assert [] == codes
    assert {name: ref(name) for name in ("Tree", *more)} == {
        name: node["properties"]["children"]["items"] for name, node in found.items()
    }
    assert {"children", "Numbers", "Strict"} == set(found["Strict"]["properties"])


def test_an_ambiguous_anchor_is_any_value_and_is_reported() -> None:
    """A generic schema without a default accepts any items; none of several candidates is guessed."""
    page = {"type": "object", "properties": {"items": {"type": "array", "items": ITEM}}}
    pages = {f"{name}Page": {**ref("Page"), **argument(ref(name))} for name in ("User", "Order")}
    found, codes = resolved("Page", "OrderPage", Page=page, User=USER, Order=ORDER, **pages)

    assert ["ambiguous-anchor"] == codes
    assert {} == found["Page"]["properties"]["items"]["items"]
    assert ref("Order") == found["OrderPage"]["properties"]["items"]["items"]


def test_an_override_in_another_one_is_used() -> None:
    """Pages of pages, and pages of schemas that refer to other pages, have the items that each page states."""
    user = {"type": "object", "properties": {"orders": ref("OrderPage")}}
    arguments = {"UserPage": "User", "OrderPage": "Order", "Pages": "UserPage"}
    pages = {name: {**ref("Page"), **argument(ref(each))} for name, each in arguments.items()}
    found, codes = resolved("Pages", Page=PAGE, User=user, Order=ORDER, **pages)

    assert [] == codes
    assert {"Pages", "UserPage", "OrderPage", "User", "Order"} == set(found)
    assert {name: ref(each) for name, each in arguments.items()} == {
        name: found[name]["properties"]["items"]["items"] for name in arguments
    }


def test_generic_schemas_may_have_identifiers_and_files(tmp_path: Path) -> None:
    """References by `$id` and to other files reach the generic schema, and each use keeps its type."""
    schemas = facts(write(tmp_path, FILES))["components"]["schemas"]

    assert {"Numbers": "number", "Texts": "string", "Truths": "boolean", "Counts": "integer"} == {
        name: node["properties"]["rows"]["items"]["type"] for name, node in schemas.items()
    }


def test_pages_of_schemas_that_refer_to_pages_take_linear_time() -> None:
    """Two hundred pages, each of which reaches all others, are resolved once."""
    schemas = {}
    for index in range(200):
        links = {f"p{step}": ref(f"M{(index * 7 + step) % 200}") for step in range(5)}
        schemas[f"M{index}"] = {"type": "object", "properties": {**links, "page": ref(f"P{(index + 1) % 200}")}}
        schemas[f"P{index}"] = {**ref("Page"), **argument(ref(f"M{index}"))}
    started = time.process_time()
    found, codes = resolved("P0", Page=PAGE, **schemas)

    assert ([], set(schemas)) == (codes, set(found))
    assert time.process_time() - started < 10


def test_hostile_anchors_take_bounded_time() -> None:
    """Anchors that combine in exponentially many ways are refused."""
    size = 24
    links = {f"p{index}": ref(f"S{index}") for index in range(size)}
    schemas = {
        f"S{index}": {
            "$dynamicAnchor": f"a{index}",
            "type": "object",
            "properties": {**links, "own": {"$dynamicRef": f"#a{index}"}},
            **argument({"$ref": "#/components/schemas/S0"}, f"a{(index + 1) % size}"),
        }
        for index in range(size)
    }
    started = time.process_time()
    with pytest.raises(DiagnosticError, match="more than 100,000 ways"):
        resolved("S0", **schemas)
    assert time.process_time() - started < 20


@pytest.mark.parametrize("value", [None, 1, [], {}, "", "#", "#/", "#/x", "x#item", "#a b"])
def test_odd_anchors_are_no_crash(value: Any) -> None:
    """Values of any type may be in the place of an anchor or a reference to it."""
    schema = {
        "type": "object",
        "$dynamicAnchor": value,
        "properties": {"a": {"$dynamicRef": value}, "b": ITEM},
        "$defs": value,
    }
    try:
        resolved("Root", Root=schema, Page=PAGE)
    except DiagnosticError as problem:
        assert problem.diagnostics
