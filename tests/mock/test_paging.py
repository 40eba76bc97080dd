"""Pages of lists, for every style of pagination."""

from typing import Any

import pytest
from specwire_codegen.mock.app import build
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.load_operations import read
from specwire_codegen.mock.document.operations import Operation, Pagination
from specwire_codegen.mock.state.paging import cut, fill, following, matches
from starlette.testclient import TestClient

ITEMS = [{"id": f"i{number}"} for number in range(7)]


def operation(**facts: Any) -> tuple[Pagination, Operation]:
    """Return a list operation with these facts and a default page size of 3."""
    size = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 3}}
    node = {"get": {"parameters": [size], "responses": {}, "x-specwire-pagination": {"size": "limit", **facts}}}
    (one,) = read(Document({"paths": {"/": node}}))
    assert one.pagination is not None
    return one.pagination, one


@pytest.mark.parametrize(
    ("facts", "query", "start", "count"),
    [
        ({"style": "page", "page": "p", "first": 0}, {}, 0, 3),
        ({"style": "page", "page": "p", "first": 0}, {"p": 2}, 6, 1),
        ({"style": "page", "page": "p", "first": 1}, {"p": 1, "limit": 5}, 0, 5),
        ({"style": "page", "page": "p", "first": 1}, {"p": 0}, 0, 3),
        ({"style": "offset", "offset": "o"}, {"o": 5}, 5, 2),
        ({"style": "offset", "offset": "o"}, {"o": 50}, 50, 0),
        ({"style": "cursor", "cursor": "c", "next_from_last_item": "/id"}, {"c": "i1"}, 2, 3),
        ({"style": "cursor", "cursor": "c", "next": "/next"}, {"c": "i6"}, 7, 0),
    ],
)
def test_a_page_has_the_requested_position_and_size(
    facts: dict[str, Any], query: dict[str, Any], start: int, count: int
) -> None:
    """The query has both."""
    pagination, one = operation(items="/data", **facts)
    page = cut(pagination, one, query, ITEMS)
    assert (page.start, page.items) == (start, tuple(ITEMS[start : start + count]))


def test_the_next_cursor_leads_to_the_next_page() -> None:
    """It is null on the last page."""
    pagination, one = operation(items="/data", style="cursor", cursor="c", next="/meta/next", more="/more", total="/n")
    first = fill(pagination, "/data", {}, cut(pagination, one, {"limit": 5}, ITEMS), lambda value: True)
    assert first == {"data": ITEMS[:5], "meta": {"next": "i4"}, "more": True, "n": 7}
    last = fill(pagination, "/data", {}, cut(pagination, one, {"c": "i4"}, ITEMS), lambda value: True)
    assert last == {"data": ITEMS[5:], "meta": {"next": None}, "more": False, "n": 7}


def test_a_cursor_that_cannot_be_null_is_omitted_on_the_last_page() -> None:
    """On the last page a cursor that may not be null is absent."""
    pagination, one = operation(items="/data", style="cursor", cursor="c", next="/next")
    page = cut(pagination, one, {"c": "i4"}, ITEMS)
    assert fill(pagination, "/data", {"next": "x"}, page, lambda value: value.get("next", "") is not None) == {
        "data": ITEMS[5:]
    }


def test_fields_next_to_a_list_match_it() -> None:
    """Totals, flags and the like."""
    body = {"has_more": True, "first_id": "x", "last_id": "y", "total": 99}
    page = cut(None, operation(items="/data", style="offset", offset="o")[1], {}, ITEMS)
    assert fill(None, "/data", body, page, lambda value: True) == {
        "data": ITEMS,
        "has_more": False,
        "first_id": "i0",
        "last_id": "i6",
        "total": 7,
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": ["A", "B"]}, True),
        ({"status": "B"}, False),
        ({"status": None}, True),
        ({"meta": {"k": "v"}}, True),
        ({"meta": {"k": "w"}}, False),
        ({"unknown": 1}, True),
    ],
)
def test_a_filter_on_a_field_must_match(filters: dict[str, Any], expected: bool) -> None:
    """Other filters are ignored."""
    assert matches({"status": "A", "meta": {"k": "v", "l": "m"}}, filters) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"after": "2"}, [3]),
        ({"after": "3"}, []),
        ({"after": "9"}, [1, 2, 3]),
        ({"x": "1"}, [1, 2, 3]),
    ],
)
def test_a_list_without_pages_ends_for_clients_that_ask_for_more(query: dict[str, str], expected: list[int]) -> None:
    """They name the id of the last item that they know; other undeclared parameters are ignored."""
    assert expected == [item["id"] for item in following([{"id": 1}, {"id": 2}, {"id": 3}], query)]


@pytest.mark.parametrize("cursor", ["itemId", "id"])
def test_items_of_a_list_differ_where_its_cursor_is(cursor: str) -> None:
    """Without examples too, so that every page has a cursor of its own."""
    item = {"type": "object", "required": [cursor, "name"], "properties": {cursor: {"type": "string"}, "name": {}}}
    page = {"type": "object", "properties": {"data": {"type": "array", "items": item}, "more": {"type": "boolean"}}}
    document = {
        "openapi": "3.2.0",
        "info": {"title": "Lists", "version": "1"},
        "paths": {
            "/items": {
                "get": {
                    "operationId": "listItems",
                    "parameters": [{"name": "after", "in": "query", "schema": {"type": "string"}}],
                    "x-specwire-pagination": {
                        "style": "cursor",
                        "cursor": "after",
                        "items": "/data",
                        "next_from_last_item": f"/{cursor}",
                        "more": "/more",
                    },
                    "responses": {"200": {"description": "d", "content": {"application/json": {"schema": page}}}},
                }
            }
        },
    }
    with TestClient(build(document)) as client:
        first = client.get("/items").json()
        second = client.get("/items", params={"after": first["data"][-1][cursor]}).json()
    assert (True, False) == (first["more"], second["more"])
    assert len({one[cursor] for one in (*first["data"], *second["data"])}) == 7


@pytest.mark.parametrize("turned", [False, True])
def test_a_media_type_without_parameters_comes_before_the_same_with_them(turned: bool) -> None:
    """As clients ask for it."""
    media = {"application/json; profile=old": {"example": ["old"]}, "application/json": {"example": {"new": 1}}}
    content = dict(sorted(media.items(), reverse=turned))
    responses = {"200": {"description": "d", "content": content}}
    document = {
        "openapi": "3.2.0",
        "info": {"title": "Versions", "version": "1"},
        "paths": {"/version": {"get": {"operationId": "getVersion", "responses": responses}}},
    }
    with TestClient(build(document)) as client:
        assert {"new": 1} == client.get("/version", headers={"accept": "application/json"}).json()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_search_has_pages_that_end_whatever_its_method(method: str) -> None:
    """A client that fetches all pages ends."""
    found = {"type": "object", "properties": {"hits": {"type": "array", "items": {"type": "object"}}}}
    number = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    operation = {
        "operationId": "search",
        "parameters": [number],
        "x-specwire-pagination": {"style": "page", "page": "page", "first": 1, "items": "/hits"},
        "responses": {"200": {"description": "d", "content": {"application/json": {"schema": found}}}},
    }
    document = {"openapi": "3.2.0", "info": {"title": "S", "version": "1"}, "paths": {"/search": {method: operation}}}
    with TestClient(build(document)) as client:
        sizes = [len(client.request(method, "/search", params={"page": page}).json()["hits"]) for page in range(1, 100)]
    assert sizes[0] > 0 == sizes[-1]
