"""Serialized event streams in every form that server-sent events and JSON Lines allow."""

from __future__ import annotations

import json
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from specwire_codegen.openapi.media_types import Framing as FramingName

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@attrs.frozen
class Framing:
    """Format of a server's events; the default is the simplest form."""

    line_end: str = "\n"
    mark: bool = False
    """True to start with a byte order mark."""
    space: str = " "
    """Separator after the colon of a field."""
    indent: int | None = None
    """JSON indentation, over several `data` fields, or None for one line."""
    before: tuple[str, ...] = ()
    """Lines before the data of each event: comments, `event`, `id` and `retry` fields."""
    after: tuple[str, ...] = ()
    """Lines after it."""
    between: tuple[str, ...] = ()
    """Blank lines and comments between two events."""


_FIELDS = (":", ": ping", "event: message", "event:message", "id: 7", "id", "retry: 10", "unknown: field")


def framings(name: FramingName) -> SearchStrategy[Framing]:
    """Return a strategy of the formats of a stream, the simplest first."""
    if name == "json-seq":
        return st.builds(Framing, indent=st.sampled_from([None, 1]))
    line_ends = st.sampled_from(["\n", "\r\n"] if name == "jsonl" else ["\n", "\r\n", "\r"])
    if name == "jsonl":
        between = st.sampled_from([(), ("",)])
        drawn = st.builds(Framing, line_end=line_ends, between=between)
    else:
        lines = st.lists(st.sampled_from(_FIELDS), max_size=2, unique=True).map(tuple)
        drawn = st.builds(
            Framing,
            line_end=line_ends,
            mark=st.booleans(),
            space=st.sampled_from([" ", ""]),
            indent=st.sampled_from([None, 1]),
            before=lines,
            after=lines,
            between=st.sampled_from([(), ("",), (": ping", "")]),
        )
    return st.one_of(st.just(Framing()), drawn)


def framed(
    events: list[Any], name: FramingName, terminator: str | None, framing: Framing, *, plain: bool = False
) -> bytes:
    """Return the bytes of a stream with its terminator; `plain` events are texts instead of JSON."""
    texts = events if plain else [json.dumps(event, indent=framing.indent) for event in events]
    match name:
        case "json-seq":
            return "".join(f"\x1e{text}\n" for text in texts).encode()
        case "jsonl":
            lines = [line for text in texts for line in (*framing.between, text)]
        case "sse":
            whole = [*texts, terminator] if terminator is not None else texts
            lines = [line for text in whole for line in (*framing.between, *_event(text, framing))]
    mark = _BYTE_ORDER_MARK if framing.mark else b""
    return mark + "".join(f"{line}{framing.line_end}" for line in lines).encode()


def _event(text: str, framing: Framing) -> list[str]:
    data = [f"data:{framing.space}{line}" for line in text.split("\n")]
    return [*framing.before, *data, *framing.after, ""]
