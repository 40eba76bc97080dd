"""Unusual servers: whatever pages a server sends, all items are returned once, or an error has the reason."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2
import msgspec
import pytest
from specwire import UNSET, PagedRequest, Unset, WireModel
from specwire._operations.operation import Pagination
from specwire._pagination.pagination import EMPTY_PAGES
from specwire.errors import ConfigurationError, InvalidRequestError, NotFoundError, PaginationError
from specwire.support import Cursor, JsonPayload, NextURL, Offset, Operation, PageNumber

from tests.support.sample import AsyncSample, Sample

CAP = 10
ITEMS = [str(number) for number in range(23)]
Query = Mapping[str, str]
HTTPResponse = tuple[Any, Mapping[str, str]]
Serve = Callable[[Query], HTTPResponse]

STYLES: dict[str, Pagination] = {
    "zero-based": PageNumber("page", ("items",), "size", 0),
    "one-based": PageNumber("page", ("items",), "size", 1),
    "zero-based, unknown": PageNumber("page", ("items",), "size", None),
    "one-based, unknown": PageNumber("page", ("items",), "size", None),
    "one-based, total": PageNumber("page", ("items",), "size", 1, ("total",)),
    "one-based, pages": PageNumber("page", ("items",), "size", 1, None, ("pages",)),
    "zero-based, pages": PageNumber("page", ("items",), "size", 0, None, ("pages",)),
    "one-based, more": PageNumber("page", ("items",), "size", 1, more=("more",)),
    "offset": Offset("offset", ("items",), "size"),
    "offset, total": Offset("offset", ("items",), "size", ("total",)),
    "offset, more": Offset("offset", ("items",), "size", more=("more",)),
    "cursor": Cursor("cursor", ("items",), ("next",)),
    "cursor, more": Cursor("cursor", ("items",), ("next",), None, ("more",)),
    "nested cursor": Cursor("cursor", ("data", "items"), ("data", "page", "next")),
    "last item": Cursor("cursor", ("items",), None, ()),
    "last item, more": Cursor("cursor", ("items",), None, (), ("more",)),
    "url": NextURL(("items",), ("next",)),
    "link": NextURL(()),
}


def well_behaved(style: str, items: list[str], cap: int = CAP) -> Serve:
    """Serve items as documented, at most `cap` per page."""
    pagination = STYLES[style]

    def serve(query: Query) -> HTTPResponse:
        size = min(int(query.get("size", 5)), cap)
        first = 0 if style.startswith("zero") else 1
        match pagination:
            case PageNumber():
                start = (int(query.get("page", first)) - first) * size
            case Offset():
                start = int(query.get("offset", 0))
            case Cursor(last=None):
                start = int(query.get("cursor", "c0")[1:])
            case Cursor():
                start = items.index(query["cursor"]) + 1 if "cursor" in query else 0
            case _:
                start = int(query.get("start", 0))
        found, end = items[start : start + size], start + size
        more = end < len(items)
        following = f"/list?start={end}&size={size}" if isinstance(pagination, NextURL) else f"c{end}"
        body: Any = {
            "items": found,
            "total": len(items),
            "pages": -(-len(items) // size),
            "more": more,
            "next": following if more else None,
        }
        headers: dict[str, str] = {}
        if style == "nested cursor":
            body = {"data": {"items": found, "page": {"next": body["next"]}}}
        if style == "link":
            body = found
            if more:
                headers = {"link": f'<{following}>; title="x, y"; rel="next", </list>; rel=first'}
        return body, headers

    return serve


class Wire:
    """Scripted server of a client, which counts requests and ends an endless test."""

    def __init__(self, serve: Serve) -> None:
        self.serve = serve
        self.queries: list[dict[str, str]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.queries.append(dict(request.url.params))
        assert len(self.queries) < 500, "the list has no end"
        found = self.serve(self.queries[-1])
        if found[0] is None:
            return httpx2.Response(404, json={"error": "no such page"})
        return httpx2.Response(200, json=found[0], headers=dict(found[1]))

    async def asynchronous(self, request: httpx2.Request) -> httpx2.Response:
        return self(request)


def listing(
    wire: Wire, pagination: Pagination, query: Mapping[str, Any], mode: str, max_pages: int | None = None
) -> Iterator[Any]:
    """Yield the items of a list from a client of either kind."""
    operation = Operation(id="list", method="GET", path="/list", returns=JsonPayload(Any), pagination=pagination)
    request: PagedRequest[Any, Any] = PagedRequest(operation, query=query)
    transport = httpx2.MockTransport(wire if mode == "sync" else wire.asynchronous)
    if mode == "sync":
        client = Sample("key", base_url="http://test", http_client=httpx2.Client(transport=transport))
        yield from client._session.changed({"max_pages": max_pages}).items(request)
        return
    found: list[Any] = []

    async def main() -> None:
        http = httpx2.AsyncClient(transport=transport)
        async with AsyncSample("key", base_url="http://test", http_client=http) as client:
            async for item in client._session.changed({"max_pages": max_pages}).items(request):
                found.append(item)

    try:
        asyncio.run(main())
    finally:
        yield from found


def outcome(wire: Wire, style: str, query: Mapping[str, Any], mode: str = "sync") -> list[Any] | PaginationError:
    """Return all items, or the error at the end."""
    try:
        return list(listing(wire, STYLES[style], query, mode))
    except PaginationError as error:
        assert len(str(error)) < 300
        return error


SIZES: list[Mapping[str, Any]] = [{}, {"size": 1}, {"size": 3}, {"size": 10}, {"size": 20}, {"size": 100}]


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("style", STYLES)
def test_all_items_are_returned_if_the_server_caps_its_pages(style: str, mode: str) -> None:
    """For each style, page size, and list length around multiples of the page size."""
    for query, count in itertools.product(SIZES, (0, 1, 5, 9, 10, 11, 20, 23)):
        items = ITEMS[:count]
        wire = Wire(well_behaved(style, items))
        assert items == outcome(wire, style, query, mode), (query, count)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("fixed", [1, 7, 23, 50])
def test_all_items_are_returned_if_the_server_ignores_the_page_size(style: str, fixed: int) -> None:
    """However many items are asked for, each page has as many as the server likes."""
    serve = well_behaved(style, ITEMS, cap=fixed)
    for query in SIZES:
        wire = Wire(lambda query: serve({**query, "size": str(fixed)}))
        assert ITEMS == outcome(wire, style, query), query


def _changed(serve: Serve, **facts: Any) -> Serve:
    def changed(query: Query) -> HTTPResponse:
        body, headers = serve(query)
        if isinstance(body, dict):
            body = {**body, **{name: fact(body) if callable(fact) else fact for name, fact in facts.items()}}
        return body, headers

    return changed


LIES: dict[str, Callable[[Serve], Serve]] = {
    "total of the page": lambda serve: _changed(serve, total=lambda body: len(body["items"])),
    "total of the pages": lambda serve: _changed(serve, total=lambda body: body["pages"]),
    "total too small": lambda serve: _changed(serve, total=7),
    "total too large": lambda serve: _changed(serve, total=10_000),
    "total as text": lambda serve: _changed(serve, total=lambda body: str(body["total"])),
    "no total": lambda serve: _changed(serve, total=None),
    "negative total": lambda serve: _changed(serve, total=-1),
    "true as total": lambda serve: _changed(serve, total=True),
    "one page": lambda serve: _changed(serve, pages=1),
    "no pages": lambda serve: _changed(serve, pages=0),
    "too few pages": lambda serve: _changed(serve, pages=2),
    "too many pages": lambda serve: _changed(serve, pages=99),
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("style", [name for name in STYLES if STYLES[name].__class__ in (PageNumber, Offset)])
def test_a_wrong_total_does_not_change_the_items(style: str, lie: str) -> None:
    """A total or page count that the pages contradict is ignored."""
    for query in SIZES:
        assert ITEMS == outcome(Wire(LIES[lie](well_behaved(style, ITEMS))), style, query), query


def ignore_position(serve: Serve) -> Serve:
    """Return the first page for every request."""
    return lambda query: serve({name: value for name, value in query.items() if name == "size"})


def _echo(serve: Serve) -> Serve:
    """Return the first page with the time and the request."""
    count = itertools.count()
    first = ignore_position(serve)
    return lambda query: _changed(first, asked=dict(query), time=next(count))(query)


def alternate(serve: Serve) -> Serve:
    """Return two pages in turn."""
    turns = itertools.cycle([{}, {"page": "2", "offset": "5", "cursor": "c5", "start": "5"}])

    def serve_by_turns(query: Query) -> HTTPResponse:
        turn = next(turns)
        return serve({**turn, **({"size": query["size"]} if "size" in query else {})})

    return serve_by_turns


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("habit", [ignore_position, _echo, alternate])
@pytest.mark.parametrize("style", [name for name in STYLES if "last item" not in name])
def test_a_repeated_page_is_an_error(style: str, habit: Callable[[Serve], Serve], mode: str) -> None:
    """A server that ignores the position, or repeats a cycle of pages, returns no item twice."""
    wire = Wire(habit(well_behaved(style, ITEMS)))
    got: list[Any] = []
    with pytest.raises(PaginationError, match="again"):
        for item in listing(wire, STYLES[style], {"size": 5}, mode):
            got.append(item)
    if mode == "sync":
        assert len(got) == len(set(got))
    assert len(wire.queries) < 6


CURSORS = [name for name in STYLES if name in ("cursor", "cursor, more", "url")]


@pytest.mark.parametrize("style", CURSORS)
@pytest.mark.parametrize("period", [1, 2, 3])
def test_a_repeated_cursor_is_an_error(style: str, period: int) -> None:
    """Cursors and URLs are remembered for cycles of any length."""
    count = itertools.count()

    def serve(query: Query) -> HTTPResponse:
        number = next(count)
        following = f"/list?start={number % period}" if style == "url" else f"c{number % period}"
        return {"items": [f"new {number}"], "next": following, "more": True}, {}

    found = outcome(Wire(serve), style, {})
    assert isinstance(found, PaginationError) and "already read" in str(found)


@pytest.mark.parametrize("style", CURSORS)
def test_a_cursor_repeated_by_an_empty_page_is_the_end(style: str) -> None:
    """Some services return the last cursor until there are new items."""

    def serve(query: Query) -> HTTPResponse:
        following = "/list?start=1" if style == "url" else "c1"
        return {"items": [] if query else ["a"], "next": following}, {}

    assert ["a"] == outcome(Wire(serve), style, {})


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("style", [*CURSORS, "one-based, more"])
def test_endless_empty_pages_are_an_error(style: str, mode: str) -> None:
    """A search may have many empty pages; `max_pages` limits them."""
    count = itertools.count(1)

    def serve(query: Query) -> HTTPResponse:
        number = next(count)
        return {"items": [], "next": f"/list?start={number}" if style == "url" else f"c{number}", "more": True}, {}

    wire = Wire(serve)
    assert isinstance(outcome(wire, style, {}, mode), PaginationError)
    assert EMPTY_PAGES == len(wire.queries)
    wire = Wire(serve)
    with pytest.raises(PaginationError, match="max_pages"):
        list(listing(wire, STYLES[style], {}, mode, max_pages=EMPTY_PAGES + 20))
    assert EMPTY_PAGES + 20 == len(wire.queries)


@pytest.mark.parametrize("style", ["cursor", "cursor, more", "url"])
def test_empty_pages_with_a_next_page_are_skipped(style: str) -> None:
    """They do not end the list."""
    pages = [["a"], [], [], ["b"], []]

    def serve(query: Query) -> HTTPResponse:
        number = int((query.get("start") or query.get("cursor", "c0")[1:]) or 0)
        more = number + 1 < len(pages)
        following = f"/list?start={number + 1}" if style == "url" else f"c{number + 1}"
        return {"items": pages[number], "next": following if more else "", "more": more}, {}

    assert ["a", "b"] == outcome(Wire(serve), style, {})


@pytest.mark.parametrize("style", [name for name in STYLES if name.endswith("more")])
def test_has_more_false_is_the_end(style: str) -> None:
    """Other fields of the page do not matter."""
    serve = _changed(well_behaved(style, ITEMS), more=False, next="c5")
    wire = Wire(serve)
    assert ITEMS[:5] == outcome(wire, style, {"size": 5})
    assert 1 == len(wire.queries)


def test_a_missing_cursor_with_has_more_is_an_error() -> None:
    """The list is not assumed to be complete."""
    serve = _changed(well_behaved("cursor, more", ITEMS), more=True, next=None)
    found = outcome(Wire(serve), "cursor, more", {})
    assert isinstance(found, PaginationError) and "reports more items" in str(found)


def _strict(serve: Serve) -> Serve:
    def strict(query: Query) -> HTTPResponse:
        body, headers = serve(query)
        return (None, {}) if query and not body["items"] else (body, headers)

    return strict


@pytest.mark.parametrize("style", ["one-based, total", "offset, total", "one-based, pages", "one-based", "offset"])
def test_a_404_after_the_last_page_is_the_end_without_a_total(style: str) -> None:
    """Some servers answer 404 to the request after the last page."""
    for count, query in itertools.product((1, 5, 10, 20, 23), SIZES):
        items = ITEMS[:count]
        assert items == outcome(Wire(_strict(well_behaved(style, items))), style, query), (count, query)


def test_pages_may_be_counted_from_zero() -> None:
    """If page 1 does not exist, there is one page."""
    for style in ("zero-based, unknown", "one-based, unknown"):
        assert ITEMS[:3] == outcome(Wire(_strict(well_behaved(style, ITEMS[:3]))), style, {"size": 5})


@pytest.mark.parametrize("lie", ["total of the page", "total too small"])
def test_a_contradicted_total_does_not_hide_an_error(lie: str) -> None:
    """A total that the pages contradict makes no error harmless."""
    serve = LIES[lie](well_behaved("offset, total", ITEMS))
    wire = Wire(lambda query: (None, {}) if query.get("offset") == "15" else serve(query))
    with pytest.raises(NotFoundError, match="HTTP 404"):
        list(listing(wire, STYLES["offset, total"], {"size": 5}, "sync"))


def test_an_error_on_a_later_page_is_raised() -> None:
    """An incomplete list never ends without an error."""
    serve = well_behaved("offset, total", ITEMS)
    wire = Wire(lambda query: (None, {}) if query.get("offset") == "10" else serve(query))
    with pytest.raises(NotFoundError, match="HTTP 404"):
        list(listing(wire, STYLES["offset, total"], {"size": 5}, "sync"))


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_max_pages_is_an_error_only_if_more_pages_follow(mode: str) -> None:
    """The allowed pages are complete."""
    pagination = STYLES["cursor"]
    assert ITEMS == list(listing(Wire(well_behaved("cursor", ITEMS)), pagination, {}, mode, max_pages=5))
    got: list[Any] = []
    with pytest.raises(PaginationError, match="more pages follow after 2"):
        for item in listing(Wire(well_behaved("cursor", ITEMS)), pagination, {}, mode, max_pages=2):
            got.append(item)
    assert ITEMS[:10] == got
    with pytest.raises(ConfigurationError, match="max_pages is 0"):
        list(listing(Wire(well_behaved("cursor", ITEMS)), pagination, {}, mode, max_pages=0))


@pytest.mark.parametrize("style", [name for name in STYLES if name.startswith(("zero", "one"))])
@pytest.mark.parametrize("begin", [0, 1, 2])
def test_a_list_may_start_on_any_page(style: str, begin: int) -> None:
    """Earlier pages are not read, and do not end the list."""
    first = 0 if style.startswith("zero") else 1
    for query in SIZES[1:]:
        size = min(query["size"], CAP)
        wire = Wire(well_behaved(style, ITEMS))
        asked = {**query, "page": begin + first}
        assert ITEMS[begin * size :] == outcome(wire, style, asked), asked


def test_a_page_number_must_be_an_integer() -> None:
    """Other values are rejected."""
    with pytest.raises(InvalidRequestError, match="query parameter 'page': must be a whole number"):
        list(listing(Wire(well_behaved("one-based", ITEMS)), STYLES["one-based"], {"page": "x"}, "sync"))


def test_a_cursor_must_be_text() -> None:
    """An object is an error."""
    found = outcome(Wire(lambda query: ({"items": ["a"], "next": {"after": 1}}, {})), "cursor", {})
    assert isinstance(found, PaginationError) and "not text" in str(found)


class Bare(WireModel, kw_only=True):
    """Item with few declared fields."""

    title: str | Unset = UNSET


class Listing(WireModel, kw_only=True):
    """Page of such items."""

    found: list[Bare] = msgspec.field(name="items", default_factory=list)


def test_pages_that_differ_in_unknown_fields_are_different() -> None:
    """Items without declared fields are kept as received."""

    def serve(query: Query) -> HTTPResponse:
        number = int(query.get("page", 1))
        return {"items": [{"id": number}] if number < 4 else []}, {}

    pagination = PageNumber("page", ("found",), None, 1)
    operation = Operation(id="list", method="GET", path="/", returns=JsonPayload(Listing), pagination=pagination)
    request: PagedRequest[Listing, Bare] = PagedRequest(operation)
    http = httpx2.Client(transport=httpx2.MockTransport(Wire(serve)))
    client = Sample("key", base_url="http://test", http_client=http, on_drift="ignore")
    found: list[Any] = list(client._session.items(request))
    assert [{"id": 1}, {"id": 2}, {"id": 3}] == found
