"""Foreign frames of an event stream: gateways and relays add frames that the document doesn't declare."""

from __future__ import annotations

import json
import re
from functools import cache
from inspect import isclass
from typing import Any, Literal, TypeAlias, get_args, get_origin

import msgspec

from specwire._codec.drift import Drift, decode, tolerate
from specwire._models.suspicion import fields_of
from specwire._models.union import flatten

Framing: TypeAlias = Literal["sse", "jsonl", "json-seq"]

_SHOWN = 40
"""Maximum characters of a frame in a message."""
_KEEP_ALIVES = ("ping", "heartbeat", "keepalive", "keep-alive", "keep_alive")
_FIELDS = (b"", b"data", b"event", b"id", b"retry")
"""Field names of server-sent events; comments have an empty name."""
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENDS = (b"\n", b"\r")
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_BEGINS: dict[Framing, re.Pattern[bytes]] = {
    "sse": re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:data|event|id|retry)?:"),
    "jsonl": re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{\"]"),
    "json-seq": re.compile(rb"\s*\x1e"),
}
_GAP = re.compile(r"\s*(?=\{|$)")
"""What separates two objects."""
_LOOKED_AT = 1000
"""Maximum lines of a body that decide whether it is an event stream."""


class Finish:
    """Detector of the end of every part of a response, for streams that may lack their terminator.

    The path leads to the value that is set when a part ends, such as `choices`, `*`, `finish_reason`. `*` means
    every item of an array, identified by `index`.
    """

    def __init__(self, path: tuple[str, ...]) -> None:
        self._path = path
        self._ended: dict[tuple[int, ...], bool] = {}

    @property
    def reached(self) -> bool:
        """Return True if there are parts and all of them have ended."""
        return bool(self._ended) and all(self._ended.values())

    def add(self, data: bytes) -> None:
        """Process an event."""
        self._walk(msgspec.json.decode(data), self._path, ())

    def _walk(self, value: Any, path: tuple[str, ...], place: tuple[int, ...]) -> None:
        if not path:
            self._ended[place] = self._ended.get(place, False) or bool(value)
        elif path[0] == "*":
            for position, item in enumerate(value if isinstance(value, list) else ()):
                index = item.get("index") if isinstance(item, dict) else None
                self._walk(item, path[1:], (*place, index if isinstance(index, int) else position))
        elif isinstance(value, dict):
            self._walk(value.get(path[0]), path[1:], place)


def read_data(data: bytes, kind: Any) -> tuple[Any, tuple[Drift, ...]]:
    """Decode the data of a server-sent event and report its drift; a string type accepts unquoted text.

    Raises `msgspec.DecodeError` and `UnicodeDecodeError` for data that isn't JSON, unless the type accepts strings.
    """
    try:
        value, drifts = decode(data, kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        if not _has_strings(kind):
            raise
        return tolerate(data.decode("utf-8", "replace"), kind)
    if not drifts or data.startswith((b"{", b"[")) or not _has_strings(kind):
        return value, drifts
    text, misfits = tolerate(data.decode("utf-8", "replace"), kind)
    return (value, drifts) if misfits else (text, ())


@cache
def _has_strings(kind: Any) -> bool:
    """Return True if a type accepts strings, all or some of them."""
    return any(
        each is str
        or each is Any
        or (get_origin(each) is Literal and any(isinstance(one, str) for one in get_args(each)))
        for each in flatten((kind,))
    )


def is_foreign(data: bytes, kind: Any, name: str) -> bool:
    """Return True if the data of a named event has nothing in common with the declared event."""
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True
    if not raw:
        return True
    if not (isclass(kind) and issubclass(kind, msgspec.Struct)):
        # One of several declared events, or a keep-alive that the document leaves out: it holds nothing but its name.
        alive = name.lower() in _KEEP_ALIVES and isinstance(raw, dict) and list(raw.values()) == [name]
        return alive and tolerate(raw, kind)[1] != ()
    return not (isinstance(raw, dict) and raw.keys() & fields_of(kind).known)


def unwrapped(text: bytes, path: tuple[str, ...]) -> bytes:
    """Return the JSON text at a path in another JSON text, or that text itself if the path leads nowhere."""
    found: msgspec.Raw | None = msgspec.Raw(text)
    for key in path:
        try:
            found = _OBJECT.decode(found).get(key) if found is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return text
    return text if found is None or bytes(found) == b"null" else bytes(found)


def several_in(text: bytes) -> list[bytes]:
    """Return the items of a JSON array, or several JSON objects in a row; empty for any other text."""
    try:
        return list(map(bytes, _ITEMS.decode(text)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    found: list[bytes] = []
    whole, at, decode = text.decode("utf-8", "replace").strip(), 0, json.JSONDecoder().raw_decode
    try:
        while (gap := _GAP.match(whole, at)) is not None and gap.end() < len(whole):
            _, at = decode(whole, gap.end())
            found.append(whole[gap.end() : at].encode())
    except (ValueError, RecursionError):
        return []
    return found if at == len(whole) and len(found) > 1 else []


def is_whole(text: bytes) -> bool:
    """Return True if a text is certainly a whole JSON object or array."""
    try:
        return text[:1] in (b"{", b"[") and bool(msgspec.json.decode(text, type=msgspec.Raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def begins_as(framing: Framing, start: bytes) -> bool:
    """Return True if a body begins with the fields of an event, or with a JSON object, array or string."""
    return _BEGINS[framing].match(start) is not None


def has_fields(body: bytes | bytearray) -> bool:
    """Return True if the complete lines of a body are those of an event stream."""
    lines = [line for line in body.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True) if line.endswith(_ENDS)]
    return all(line.strip(b"\r\n").partition(b":")[0] in _FIELDS for line in lines[:_LOOKED_AT])


def skipped(kind: Any, what: str, data: bytes) -> Drift:
    """Return the drift of a skipped frame."""
    shown = data[: _SHOWN * 4].decode("utf-8", "replace")[:_SHOWN]
    return Drift("$", getattr(kind, "__name__", "an event"), f"{what}, which is skipped: {shown!r}")
