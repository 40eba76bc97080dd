"""Pages of a live list: no item is repeated or skipped, and no page is longer than asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from specwire.errors import SpecwireError

from specwire_codegen.contract.client.calls import Clients
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.finding import Side
from specwire_codegen.ir import Operation
from specwire_codegen.openapi.pointer import split

_PAGES = 3
"""Maximum number of pages to read."""


def size_of(subject: Subject, operation: Operation) -> str | None:
    """Return the argument for the size of a page, or None if a list has no pages, or no size."""
    if operation.pagination is None:
        return None
    stated = subject.raw(operation.id).get("x-specwire-pagination", {})
    if stated.get("in") == "body":
        return None
    sizes = (one.name for one in operation.parameters if one.place == "query" and one.wire_name == stated.get("size"))
    return next(sizes, None)


def page_problems(
    subject: Subject, clients: Clients, operation: Operation, size: str, answered: Sequence[Exchange]
) -> Iterator[tuple[Side, str]]:
    """Yield side and message of each problem of the pages of a list.

    `answered` are the exchanges of the run; the latest one is that of the list without arguments.
    """
    items = _reader(subject.raw(operation.id)["x-specwire-pagination"]["items"])
    whole = items(answered[-1])
    if len(whole) < 2:
        return
    count = max(1, len(whole) // 2)
    before = len(answered)
    method = clients.method(clients.sync, operation, "items")
    try:
        for _ in islice(method(**{size: count}), _PAGES * count):
            pass
    except SpecwireError as error:
        yield "server", f"the pages cannot be followed: {type(error).__name__}: {error}"
        return
    pages = [items(exchange) for exchange in answered[before:]]
    for number, page in enumerate(pages, 1):
        if len(page) > count:
            yield "server", f"page {number} has {len(page)} items, though {size} is {count}: it is ignored"
            return
    read = [item for page in pages for item in page]
    repeated = [item for number, item in enumerate(read) if item in read[:number]]
    if repeated:
        yield "server", f"the pages repeat an item: {_shown(repeated[0])}"
    expected = whole[: len(read)]
    skipped = [item for item in expected if item not in read]
    if skipped:
        yield "server", f"the pages skip an item: {_shown(skipped[0])}"


def _reader(pointer: str) -> Callable[[Exchange], list[Any]]:
    """Return a function from a response to its items."""

    def items(exchange: Exchange) -> list[Any]:
        try:
            value = json.loads(exchange.response_body)
        except (ValueError, RecursionError):
            return []
        for step in split(pointer):
            value = value.get(step) if isinstance(value, dict) else None
        return value if isinstance(value, list) else []

    return items


def _shown(item: Any) -> str:
    text = json.dumps(item.get("id", item) if isinstance(item, dict) else item)
    return text if len(text) < 100 else f"{text[:100]}..."
