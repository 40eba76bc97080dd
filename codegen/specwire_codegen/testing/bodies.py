"""Bodies of streams, for any library that stubs HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def sse_bytes(events: Iterable[Any], *, terminator: str | None = None) -> bytes:
    """Return the body of a `text/event-stream`.

    An event is its data: a text, or a value to encode as JSON. A dictionary with `data` and nothing but `event`, `id` and
    `retry` sets these fields. `terminator` is the data of a last event, such as `[DONE]`.
    """
    given = [*events, *([] if terminator is None else [terminator])]
    return "".join(map(_event, given)).encode()


def json_lines_bytes(values: Iterable[Any]) -> bytes:
    """Return the body of `application/jsonl` or `application/x-ndjson`: one value per line."""
    return "".join(f"{_text(value, text=False)}\n" for value in values).encode()


_FIELDS = ("event", "id", "retry")


def _event(event: Any) -> str:
    fields, data = [], event
    if isinstance(event, dict) and "data" in event and event.keys() <= {"data", *_FIELDS}:
        fields = [f"{name}: {_line(event[name])}\n" for name in _FIELDS if name in event]
        data = event["data"]
    lines = _text(data, text=True).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join([*fields, *(f"data: {line}\n" for line in lines), "\n"])


def _line(value: Any) -> str:
    text = str(value)
    if "\n" in text or "\r" in text:
        raise ValueError(f"{text!r} has a line break, which ends the field of an event")
    return text


def _text(value: Any, *, text: bool) -> str:
    if text and isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
