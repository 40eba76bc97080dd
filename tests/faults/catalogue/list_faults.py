"""Failures of lists and jobs, which take several calls; tests check the table, `docs/faults.md` shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from specwire.errors import PaginationError, SpecwireError, UnknownStatusError

from tests.support.server import Received, reply

Serve = Callable[[Received, int], Any]
"""Returns the response to a request, given the number of earlier requests."""
CAP = 10
COUNT = 23


class ListFault(msgspec.Struct, frozen=True):
    """One failure between the pages of a list, or the polls of a job."""

    what: str
    method: str
    serve: Serve
    raises: type[SpecwireError] | None = None
    message: str = ""
    requests: int = 0
    """Maximum number of requests; 0 for that of the list."""

    @property
    def outcome(self) -> str:
        """Result, as shown on the page."""
        return f"`{self.raises.__name__}`" if self.raises is not None else "every item, once"


def query_number(received: Received, name: str, default: int) -> int:
    """Return a number of the query."""
    return int(parse_qs(urlsplit(received.target).query).get(name, [str(default)])[0])


def slice_of(received: Received, method: str) -> tuple[list[dict[str, str]], int]:
    """Return the items that a request asks for, at most as many as the server returns, and where they end."""
    if method == "by_offset":
        start = query_number(received, "offset", 0)
        size = min(query_number(received, "limit", CAP), CAP)
    else:
        size = min(query_number(received, "size", CAP), CAP)
        start = query_number(received, "page", 0) * size
    return [{"id": str(number)} for number in range(start, min(COUNT, start + size))], start + size


def _capped(method: str, **facts: Callable[[list[dict[str, str]]], Any]) -> Serve:
    def serve(received: Received, _: int) -> Any:
        found, _end = slice_of(received, method)
        return reply({"data": found, **{name: fact(found) for name, fact in facts.items()}})

    return serve


def _first_page(_: Received, number: int) -> Any:
    return reply({"data": [{"id": "0"}], "total": 1000, "time": number})


def _cursors(*names: str, items: bool = True) -> Serve:
    def serve(_: Received, number: int) -> Any:
        return reply({"data": [{"id": str(number)}] if items else [], "next": names[number % len(names)]})

    return serve


def _empty(_: Received, number: int) -> Any:
    return reply({"data": [], "next": f"c{number}", "more": True})


def _statuses(*statuses: Any) -> Serve:
    return lambda _, number: reply({"id": "j", "status": statuses[min(number, len(statuses) - 1)]})


LISTS = (
    ListFault("fewer items per page than requested, no total", "list", _capped("list")),
    ListFault("fewer items per page than requested, by offset", "by_offset", _capped("by_offset")),
    ListFault("a total that is the length of the page", "list", _capped("list", total=len)),
    ListFault("a total that is too small", "by_offset", _capped("by_offset", total=lambda _: 7)),
    ListFault("a total that is too large", "list", _capped("list", total=lambda _: 10_000)),
    ListFault("the same page for every page number", "list", _first_page, PaginationError, "same page again", 2),
    ListFault("the same page for every offset", "by_offset", _first_page, PaginationError, "same page again", 2),
    ListFault(
        "a repeated cursor",
        "by_cursor",
        _cursors("a", "b"),
        PaginationError,
        "links to a page that was already read",
        3,
    ),
    ListFault("endless new cursors without items", "by_cursor", _empty, PaginationError, "empty", 100),
    ListFault(
        "`has_more` without a cursor",
        "by_cursor",
        lambda *_: reply({"data": [{"id": "0"}], "more": True}),
        PaginationError,
        "but no next page",
        1,
    ),
    ListFault("a job without a status", "wait", _statuses("RUNNING", None), UnknownStatusError, "unknown status", 2),
    ListFault("a job with an unknown status", "wait", _statuses(""), UnknownStatusError, "unknown status ''", 1),
)


def numbered(serve: Serve) -> Callable[[Received], Any]:
    """Return a function that serves each request by its number."""
    numbers: Iterator[int] = count()
    return lambda received: serve(received, next(numbers))
