"""Pages of a live list: no item is repeated, skipped or lost at the end, and sizes and totals are as documented."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from specwire.errors import SpecwireError

from specwire_codegen.contract.client.arguments import Arguments
from specwire_codegen.contract.client.calls import Clients, unfitting
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.finding import Side
from specwire_codegen.ir import Operation
from specwire_codegen.openapi.pointer import split

_PAGES = 3
"""Maximum number of pages to read."""
_LARGEST = 200
"""Longest page that is asked for."""
_TOTALS = ("total", "total_count", "totalCount", "total_items", "totalItems")
"""Names of the number of all items."""


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
    stated = subject.raw(operation.id)["x-specwire-pagination"]
    items = _reader(stated["items"])
    usual = items(answered[-1])
    limits = _limits(subject, operation, stated["size"])
    default = limits.get("default")
    if isinstance(default, int) and len(usual) > default:
        yield "server", f"the list has {len(usual)} items, though {size} is {default} by default"
        return
    if len(usual) < 2:
        return
    count = max(1, len(usual) // 2)
    before = len(answered)
    try:
        method = clients.method(clients.sync, operation, "items")
        taken = sum(1 for _ in islice(method(**{size: count}), _PAGES * count))
    except (AttributeError, TypeError) as problem:
        yield "document" if subject.stale else "client", str(unfitting(operation, problem))
        return
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
        return
    most = limits.get("maximum")
    longest, refusal = _longest(clients, operation, size, most, answered, items)
    if refusal:
        yield "server", refusal
        return
    whole = max(usual, longest, key=len)
    ended = taken < _PAGES * count
    skipped = [item for item in whole[: len(read)] if item not in read]
    if skipped:
        yield "server", f"the pages skip an item: {_shown(skipped[0])}"
    elif ended and len(read) < len(whole):
        yield "server", f"the pages end early: they have {len(read)} of {len(whole)} items"
    total = _total(stated, answered[before])
    known = len(read) if ended else len(longest) if isinstance(most, int) and len(longest) < most else None
    if known is not None and total is not None and known != total:
        yield "server", f"the pages have {known} items, though the total is {total}"


def _limits(subject: Subject, operation: Operation, size: str) -> Mapping[str, Any]:
    """Return the schema of the parameter for the size of a page."""
    parameters = subject.raw(operation.id).get("parameters", ())
    return next((subject.resolve(one.get("schema", {})) for one in parameters if one.get("name") == size), {})


def _longest(
    clients: Clients,
    operation: Operation,
    size: str,
    most: Any,
    answered: Sequence[Exchange],
    items: Callable[[Exchange], list[Any]],
) -> tuple[list[Any], str]:
    """Return the items of the longest page that the document allows, and why it is refused, if it is."""
    if not isinstance(most, int) or most > _LARGEST:
        return [], ""
    before = len(answered)
    clients.call(operation, Arguments((), {size: most}))
    if len(answered) == before:
        return [], ""
    status = answered[-1].status or 0
    if status in (400, 422):
        return [], f"{size} may be at most {most} in the document, and {most} is rejected with {status}"
    return items(answered[-1]), ""


def _total(stated: Mapping[str, Any], exchange: Exchange) -> int | None:
    """Return the number of all items that a page states, or None."""
    value = _value(exchange)
    pointers = [stated["total"]] if "total" in stated else [f"/{name}" for name in _TOTALS]
    found = (_at(value, pointer) for pointer in pointers)
    return next((one for one in found if isinstance(one, int) and not isinstance(one, bool)), None)


def _reader(pointer: str) -> Callable[[Exchange], list[Any]]:
    """Return a function from a response to its items."""

    def items(exchange: Exchange) -> list[Any]:
        value = _at(_value(exchange), pointer)
        return value if isinstance(value, list) else []

    return items


def _value(exchange: Exchange) -> Any:
    try:
        return json.loads(exchange.response_body)
    except (ValueError, RecursionError):
        return None


def _at(value: Any, pointer: str) -> Any:
    for step in split(pointer):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _shown(item: Any) -> str:
    text = json.dumps(item.get("id", item) if isinstance(item, dict) else item)
    return text if len(text) < 100 else f"{text[:100]}..."
