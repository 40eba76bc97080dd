"""Pagination of lists and polling of jobs, with the paths of their documents as attribute names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.diagnostics import failure
from specwire_codegen.ir import Cursor, NextURL, Offset, PageNumber, Pagination, Polling
from specwire_codegen.lower.media import constants_of, item_of
from specwire_codegen.lower.path import Paths
from specwire_codegen.normalize.extensions import UNKNOWN
from specwire_codegen.openapi.pointer import split


def lower_pagination(operation: Mapping[str, Any], paths: Paths) -> Pagination | None:
    """Return the pagination of an operation; `paths` lead into its response."""
    raw = operation.get("x-specwire-pagination")
    if not raw:
        return None
    items, items_type = paths.follow(split(raw["items"]))
    item = item_of(paths.resolved(items_type))
    if item is None:
        message = f"items {raw['items']!r} is not an array of the response"
        raise failure("bad-pagination", message, paths.location)
    total = paths.names(raw.get("total"))
    more = paths.names(raw.get("more"))
    size, in_body = raw.get("size"), raw.get("in") == "body"
    match raw["style"]:
        case "page":
            first = raw.get("first", 0)
            start = None if first == UNKNOWN else first
            return PageNumber(
                raw["page"], items, item, size, start, total, paths.names(raw.get("pages")), more, in_body
            )
        case "offset":
            return Offset(raw["offset"], items, item, size, total, more, in_body)
        case "url" | "link":
            return NextURL(items, item, paths.names(raw.get("next")))
        case _:
            last = paths.below(item).names(raw.get("next_from_last_item"))
            following = paths.names(raw.get("next"))
            return Cursor(raw["cursor"], items, item, following, last, more, in_body, raw.get("next_header"))


def lower_polling(operation: Mapping[str, Any], paths: Paths, method: tuple[str, ...] | None) -> Polling | None:
    """Return the polling of an operation that reads a job; `method` is that of its waiter."""
    raw = operation.get("x-specwire-polling")
    if not raw:
        return None
    status, type_ = paths.follow(split(raw["status"]))
    rest = {*raw["success"], *raw.get("failure", ()), *raw.get("attention", ())}
    steps = [value for value in constants_of(paths.resolved(type_)) if isinstance(value, str) and value not in rest]
    return Polling(
        status,
        tuple(raw["success"]),
        tuple(raw.get("failure", ())),
        tuple(raw.get("attention", ())),
        tuple(raw.get("progress", steps)),
        float(raw.get("interval", 5)),
        method,
    )
