"""Pages whose cursor or number is a field of the request's body, or whose next cursor is in a header."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx2
import msgspec
import pytest
from specwire._pagination.pagination import Trail
from specwire.errors import InvalidRequestError, PaginationError
from specwire.support import (
    UNSET,
    Cursor,
    FormBody,
    JsonBody,
    JsonPayload,
    Offset,
    Operation,
    PagedRequest,
    PageNumber,
    Unset,
    WireModel,
    json_body,
)

from tests.support.sample import Sample

Asked = dict[str, Any]


class Page(msgspec.Struct):
    """A page of numbers."""

    items: list[int]
    next: str | None = None


class Server:
    """A server of five numbers, two per page."""

    def __init__(self, response: Callable[[Asked], tuple[Asked, Mapping[str, str]]]) -> None:
        self.asked: list[Asked] = []
        self._response = response
        transport = httpx2.MockTransport(self._take)
        self.client = Sample(api_key="k", base_url="https://api.test", http_client=httpx2.Client(transport=transport))

    def items(self, request: PagedRequest[Any, int]) -> list[int]:
        """Return the items of all pages."""
        return list(self.client._session.items(request))

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        body: Asked = msgspec.json.decode(request.read() or b"{}")
        self.asked.append({**request.url.params, **body})
        content, headers = self._response(self.asked[-1])
        return httpx2.Response(200, json=content, headers=headers)


def paged(pagination: Any, body: JsonBody | None = None, kind: Any = Page) -> PagedRequest[Any, int]:
    """Return the request of a list."""
    operation = Operation(
        id="list", method="POST", path="/list", returns=JsonPayload(kind), pagination=pagination, secure=False
    )
    return PagedRequest(operation, body=body)


def by_cursor(asked: Asked) -> tuple[Asked, Mapping[str, str]]:
    """Return the page after a cursor."""
    start = int(asked.get("cursor") or 0)
    more = start + 2 < 5
    return {"items": [*range(start, min(start + 2, 5))], "next": str(start + 2) if more else None}, {}


def test_the_cursor_is_a_field_of_the_body() -> None:
    """The other fields stay as they are."""
    server = Server(by_cursor)
    pagination = Cursor("cursor", ("items",), next=("next",), in_body=True)
    request = paged(pagination, json_body({"filter": "x"}))
    assert [*range(5)] == server.items(request)
    assert [{"filter": "x"}, {"filter": "x", "cursor": "2"}, {"filter": "x", "cursor": "4"}] == server.asked


class Search(WireModel, kw_only=True):
    """A body as a model, whose field has another name on the wire."""

    only_open: bool | Unset = msgspec.field(default=UNSET, name="onlyOpen")
    text: str | Unset = UNSET


@dataclass
class Text:
    """A body as a dataclass."""

    text: str


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({"text": "x"}, {"text": "x"}),
        (MappingProxyType({"text": "x"}), {"text": "x"}),
        (Search(only_open=True), {"onlyOpen": True}),
        (Text("x"), {"text": "x"}),
    ],
)
def test_the_other_fields_of_any_body_are_sent_with_every_page(value: Any, fields: Asked) -> None:
    """A body may be a mapping, a model or a value of another library."""
    server = Server(by_cursor)
    pagination = Cursor("cursor", ("items",), next=("next",), in_body=True)
    assert [*range(5)] == server.items(paged(pagination, JsonBody(value)))
    assert [fields, {**fields, "cursor": "2"}, {**fields, "cursor": "4"}] == server.asked


@pytest.mark.parametrize("body", [JsonBody([1]), JsonBody("x"), FormBody({"text": "x"})])
def test_a_body_without_fields_has_no_second_page(body: Any) -> None:
    """Nothing is sent without the caller's own values."""
    server = Server(by_cursor)
    pagination = Cursor("cursor", ("items",), next=("next",), in_body=True)
    with pytest.raises(InvalidRequestError, match="by a field of the body: give an object"):
        server.items(msgspec.structs.replace(paged(pagination), body=body))


def test_a_list_without_a_body_gets_one_for_its_second_page() -> None:
    """An optional body is left out of the first request."""
    server = Server(by_cursor)
    pagination = Cursor("cursor", ("items",), next=("next",), in_body=True)
    assert [*range(5)] == server.items(paged(pagination))
    assert [{}, {"cursor": "2"}, {"cursor": "4"}] == server.asked


@pytest.mark.parametrize(
    ("pagination", "numbers"),
    [
        (PageNumber("page", ("items",), first=1, in_body=True), [None, 2, 3]),
        (Offset("offset", ("items",), in_body=True), [None, 2, 4]),
    ],
)
def test_numbers_are_fields_of_the_body(pagination: Any, numbers: list[int | None]) -> None:
    """They count up from the first."""

    def respond(asked: Asked) -> tuple[Asked, Mapping[str, str]]:
        start = asked.get("offset", (asked.get("page", 1) - 1) * 2)
        return {"items": [*range(start, min(start + 2, 5))]}, {}

    server = Server(respond)
    assert [*range(5)] == server.items(paged(pagination, json_body({})))
    assert numbers == [each.get(pagination.__struct_fields__[0]) for each in server.asked]


def test_a_number_in_the_body_must_be_one() -> None:
    """The message names the field."""
    with pytest.raises(InvalidRequestError, match="list: field 'page': must be a whole number"):
        Trail(paged(PageNumber("page", ("items",), in_body=True), json_body({"page": "two"})))


def test_the_next_cursor_is_in_a_header() -> None:
    """Of a response that is an array; without the header, the list ends."""

    def respond(asked: Asked) -> tuple[Any, Mapping[str, str]]:
        start = int(asked.get("cursor") or 0)
        return [*range(start, min(start + 2, 5))], {"X-Next": str(start + 2)} if start + 2 < 5 else {}

    server = Server(respond)
    request = paged(Cursor("cursor", (), header="X-Next"), kind=list[int])
    assert [*range(5)] == server.items(request)
    assert [{}, {"cursor": "2"}, {"cursor": "4"}] == server.asked


@pytest.mark.parametrize("where", [{"next": ("next",)}, {"header": "X-Next"}])
@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"]])
def test_a_cursor_that_comes_twice_is_an_error(cursors: list[str], where: dict[str, Any]) -> None:
    """In the body or in a header, the list neither repeats nor goes on for ever."""
    left = iter(cursors * 20)

    def respond(asked: Asked) -> tuple[Asked, Mapping[str, str]]:
        cursor = next(left)
        return {"items": [len(server.asked)], "next": cursor}, {"X-Next": cursor}

    server = Server(respond)
    with pytest.raises(PaginationError, match="already read"):
        server.items(paged(Cursor("cursor", ("items",), in_body=True, **where), json_body({})))
    assert len(cursors) == len(server.asked)
