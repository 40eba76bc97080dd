"""Pagination: every item once, in order, with no request too many or too few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trio
from specwire import PagedRequest
from specwire._pagination import pagination
from specwire.errors import InvalidRequestError, NotFoundError
from specwire.support import JsonPayload, Operation

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Page
from tests.support.server import Received, Server, reply

Serve = Callable[[Received], Any]


def things(start: int, end: int) -> list[dict[str, str]]:
    """Return things with ids from start up to end."""
    return [{"id": str(number)} for number in range(start, end)]


def query(received: Received) -> dict[str, str]:
    """Return the query parameters of a request."""
    return {name: values[0] for name, values in parse_qs(urlsplit(received.target).query).items()}


def numbered(count: int, *, cap: int = 100, total: bool = True) -> Serve:
    """Serve `count` things by page number or offset, at most `cap` per page."""

    def serve(received: Received) -> Any:
        asked = query(received)
        size = min(cap, int(asked.get("size", asked.get("limit", "10"))))
        start = int(asked.get("offset", int(asked.get("page", "0")) * size))
        body: dict[str, Any] = {"data": things(start, min(count, start + size))}
        return reply({**body, "total": count} if total else body)

    return serve


def ids(caller: Caller, items: Any) -> list[int]:
    """Return the ids of all items."""
    return [int(item.id) for item in caller.list(items)]


@pytest.mark.parametrize("method", ["list", "by_offset"])
@pytest.mark.parametrize(
    ("count", "size", "cap", "total", "requests"),
    [
        (25, None, 100, True, 3),
        (30, None, 100, True, 4),
        (25, 10, 100, True, 3),
        (20, 10, 100, True, 3),
        (25, 10, 100, False, 3),
        (20, 10, 100, False, 3),
        (25, None, 100, False, 3),
        (0, None, 100, True, 1),
        (0, 10, 100, False, 1),
        (250, 1000, 100, True, 3),
        (1, 1, 100, True, 2),
    ],
)
def test_all_items_are_returned_once_and_in_order(
    caller: Caller,
    client: Any,
    server: Server,
    method: str,
    count: int,
    size: int | None,
    cap: int,
    total: bool,
    requests: int,
) -> None:
    """By page number and by offset, also if the server returns fewer per page than requested."""
    server.respond = numbered(count, cap=cap, total=total)
    name = "size" if method == "list" else "limit"
    arguments = {} if size is None else {name: size}
    assert list(range(count)) == ids(caller, getattr(client.things, method).iter(**arguments))
    assert requests == len(server.received)


def test_iteration_may_start_in_the_middle(caller: Caller, client: Any, server: Server) -> None:
    """It starts at the given page number or offset and still ends correctly."""
    server.respond = numbered(25)
    assert list(range(20, 25)) == ids(caller, client.things.list.iter(page=2, size=10))
    assert 2 == len(server.received)
    assert list(range(18, 25)) == ids(caller, client.things.by_offset.iter(offset=18, limit=10))
    assert 4 == len(server.received)


def test_pages_returns_typed_pages(caller: Caller, client: Any, server: Server) -> None:
    """`pages()` yields each page as the document's type; a plain call returns one page."""
    server.respond = numbered(15)
    pages = caller.list(client.things.list.pages())
    assert [Page, Page] == list(map(type, pages))
    assert [10, 5] == [len(page.data) for page in pages]
    assert 15 == caller.run(client.things.list()).total
    assert 3 == len(server.received)


def test_cursors_are_followed(caller: Caller, client: Any, server: Server) -> None:
    """The cursor of each page requests the next, also after an empty page."""
    server.play(
        reply({"data": things(0, 2), "next": "c/1"}),
        reply({"data": [], "next": "c 2", "more": True}),
        reply({"data": things(2, 3), "next": None}),
    )
    assert [0, 1, 2] == ids(caller, client.things.by_cursor.iter())
    assert [{}, {"after": "c/1"}, {"after": "c 2"}] == [query(received) for received in server.received]


@pytest.mark.parametrize("last", [{"next": ""}, {}, {"next": "x", "more": False}])
def test_a_missing_or_empty_cursor_is_the_end(
    caller: Caller, client: Any, server: Server, last: dict[str, Any]
) -> None:
    """So is `more: false`."""
    server.play(reply({"data": things(0, 1), **last}))
    assert [0] == ids(caller, client.things.by_cursor.iter(after="here"))
    assert 1 == len(server.received)


def test_the_last_item_may_be_the_cursor(caller: Caller, client: Any, server: Server) -> None:
    """If the document declares it, the id of the last item requests the next page; an empty page is the end."""
    server.play(
        reply({"data": things(0, 2), "more": True}), reply({"data": things(2, 3)}), reply({"data": [], "more": True})
    )
    assert [0, 1, 2] == ids(caller, client.things.by_last.iter())
    assert [{}, {"after": "1"}, {"after": "2"}] == [query(received) for received in server.received]


def test_pages_are_fetched_as_needed(caller: Caller, client: Any, server: Server) -> None:
    """No page is requested before its items are."""
    server.respond = numbered(100)
    items = client.things.list.iter()
    assert 0 == len(server.received)
    for _ in range(10):
        caller.next(items)
    assert 1 == len(server.received)
    caller.next(items)
    assert 2 == len(server.received)


def test_an_error_on_a_later_page_is_raised_there(caller: Caller, client: Any, server: Server) -> None:
    """Items of earlier pages are returned; a busy server is retried for that page."""
    server.play(reply({"data": things(0, 1), "next": "a"}), reply({}, status=503), reply({}, status=404))
    items = client.things.by_cursor.iter()
    assert "0" == caller.next(items).id
    with pytest.raises(NotFoundError, match="HTTP 404 after 2 attempts"):
        caller.next(items)


def test_options_apply_to_every_page(caller: Caller, client: Any, server: Server) -> None:
    """`with_options` applies to each request."""
    server.respond = numbered(15)
    caller.list(client.things.list.with_options(headers={"x-team": "blue"}).iter())
    assert ["blue", "blue"] == [received.headers["x-team"] for received in server.received]


def test_a_page_that_drifted_ends_the_iteration(caller: Caller, client: Any, server: Server) -> None:
    """Items that are not a list are reported, and count as none."""
    server.play(reply({"data": "none", "total": 5}))
    with pytest.warns(UserWarning, match=r"\$\.data: expected array, got string"):
        assert [] == ids(caller, client.things.list.iter())


def test_iterating_an_operation_without_pages_is_an_error() -> None:
    """Going through the pages of an operation that has none is refused."""
    operation = Operation(id="one", method="GET", path="/", returns=JsonPayload(Page))
    request: PagedRequest[Any, Any] = PagedRequest(operation)
    with pytest.raises(InvalidRequestError, match="one is not paginated"):
        pagination.Trail(request)


def test_leaving_an_asynchronous_iteration_causes_no_warnings(server: Server) -> None:
    """Under trio too."""
    server.respond = numbered(100)

    async def main() -> str:
        async with AsyncSample(KEY, base_url=server.url) as client:
            items = client.things.list.iter()
            found = await anext(items)
            del items
            await trio.lowlevel.checkpoint()
            return found.id

    assert "0" == trio.run(main)
