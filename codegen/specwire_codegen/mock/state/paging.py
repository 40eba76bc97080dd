"""Pages of lists, with counts, cursors and flags to match."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from specwire_codegen.mock.document.operations import Operation, Pagination
from specwire_codegen.mock.document.pointers import ABSENT, drop, find, place

DEFAULT_SIZE: Final = 5
"""Default page size, small enough for two pages of seeds."""

AFTER: Final = ("after", "starting_after", "last_id")
"""Usual names of the id after which a list continues."""

Fits = Callable[[Any], bool]


@attrs.frozen
class Page:
    """A slice of a list."""

    items: tuple[Any, ...]
    start: int
    total: int
    size: int = 0
    """Maximum number of items on a page; 0 for all."""

    @property
    def end(self) -> int:
        """Index after the last item."""
        return self.start + len(self.items)

    @property
    def pages(self) -> int:
        """Number of pages."""
        return -(-self.total // self.size) if self.size else 1

    @property
    def more(self) -> bool:
        """True if more items follow."""
        return bool(self.items) and self.end < self.total


def cut(pagination: Pagination | None, operation: Operation, query: Mapping[str, Any], items: Sequence[Any]) -> Page:
    """Return the requested page; without pagination, all items."""
    if pagination is None or pagination.parameter is None:
        return Page(tuple(items), 0, len(items))
    size = _size(pagination, operation, query)
    asked = query.get(pagination.parameter)
    start = 0
    match pagination.style:
        case "page":
            start = (asked - pagination.first) * size if isinstance(asked, int) else 0
        case "offset":
            start = asked if isinstance(asked, int) else 0
        case "cursor":
            start = _after(pagination, asked, items)
    start = max(start, 0)
    return Page(tuple(items[start : start + size]), start, len(items), size)


def following(items: Sequence[Any], undeclared: Mapping[str, str]) -> list[Any]:
    """Return the items of a list without pages that a client has not seen yet.

    Some clients ask every list for more by the id of the last item. The list ends for them too.
    """
    ids = [str(item["id"]) if isinstance(item, dict) and "id" in item else None for item in items]
    seen = next((ids.index(last) + 1 for name in AFTER if (last := undeclared.get(name)) in ids), 0)
    return [*items[seen:]]


def _size(pagination: Pagination, operation: Operation, query: Mapping[str, Any]) -> int:
    asked = query.get(pagination.size) if pagination.size else None
    if isinstance(asked, int) and not isinstance(asked, bool):
        return max(asked, 1)
    schema = next((one.schema for one in operation.parameters if one.name == pagination.size), True)
    default = schema.get("default") if isinstance(schema, dict) else None
    return default if isinstance(default, int) else DEFAULT_SIZE


def _after(pagination: Pagination, cursor: Any, items: Sequence[Any]) -> int:
    if cursor is None:
        return 0
    for index, item in enumerate(items):
        if str(cursor) == _cursor(pagination, item, index):
            return index + 1
    # An unknown cursor ends the list, so that a client that sends one does not loop.
    return len(items)


def _cursor(pagination: Pagination, item: Any, index: int) -> str:
    value = find(item, pagination.next_from_last_item or "/id")
    return f"cursor-{index + 1}" if value is ABSENT else str(value)


def fill(pagination: Pagination | None, pointer: str, body: Any, page: Page, fits: Fits) -> Any:
    """Return the list response with the page's items and with matching counts, cursor and flag."""
    value = place(body, pointer, list(page.items))
    if pagination is None:
        return _described(value, page, fits)
    if pagination.total is not None:
        value = place(value, pagination.total, page.total)
    if pagination.pages is not None:
        value = place(value, pagination.pages, page.pages)
    if pagination.more is not None:
        value = place(value, pagination.more, page.more)
    if pagination.next is not None:
        cursor = _cursor(pagination, page.items[-1], page.end - 1) if page.more else None
        forms = (place(value, pagination.next, cursor), drop(value, pagination.next), place(value, pagination.next, ""))
        value = forms[0] if cursor is not None else next((form for form in forms if fits(form)), forms[0])
    return _described(value, page, fits)


def _described(value: Any, page: Page, fits: Fits) -> Any:
    """Update the usual siblings of a list to match it, if the response has them."""
    if not isinstance(value, dict):
        return value
    ids = [item.get("id") if isinstance(item, dict) else None for item in page.items]
    facts: dict[str, Any] = {
        "has_more": page.more,
        "total": page.total,
        "first_id": ids[0] if ids else None,
        "last_id": ids[-1] if ids else None,
    }
    for name, fact in facts.items():
        if name in value and fits(changed := {**value, name: fact}):
            value = changed
    return value


def meant(filters: Mapping[str, Any], items: Sequence[Any]) -> dict[str, Any]:
    """Return the filters that match a field of some item; a free-form filter collects every unknown query key."""
    return {
        name: {key: each for key, each in wanted.items() if any(_has(item, name, key) for item in items)}
        if isinstance(wanted, dict)
        else wanted
        for name, wanted in filters.items()
    }


def _has(item: Any, name: str, key: str) -> bool:
    held = item.get(name) if isinstance(item, dict) else None
    return isinstance(held, dict) and key in held


def matches(item: Any, filters: Mapping[str, Any]) -> bool:
    """Return True if an item matches the query parameters that share a name with its fields."""
    if not isinstance(item, dict):
        return True
    return all(_passes(item[name], wanted) for name, wanted in filters.items() if name in item)


def _passes(value: Any, wanted: Any) -> bool:
    match wanted:
        case None:
            return True
        case list():
            return value in wanted
        case dict():
            return not wanted or (
                isinstance(value, dict) and all(value.get(name) == one for name, one in wanted.items())
            )
        case _:
            return bool(value == wanted)
