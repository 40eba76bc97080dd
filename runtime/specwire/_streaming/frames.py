"""Frames of an event stream that are not events of its document: gateways and relays add them to good streams."""

from __future__ import annotations

from functools import cache
from inspect import isclass
from typing import Any, Literal, get_args, get_origin

import msgspec

from specwire._codec.drift import Drift, decode, tolerate
from specwire._models.union import flatten

_SHOWN = 40
"""Characters of a frame in a message."""
_FIELDS = (b"", b"data", b"event", b"id", b"retry")
"""Names of fields of server-sent events; a comment has an empty one."""
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENDS = (b"\n", b"\r")
_LOOKED_AT = 1000
"""Lines of a body that tell whether it is an event stream."""


class Finish:
    """Tells whether every part of an answer has ended, for streams that may lack their terminator.

    The path leads to what is set when a part ends, such as `choices`, `*`, `finish_reason`; `*` stands for every item
    of an array, told apart by `index`.
    """

    def __init__(self, path: tuple[str, ...]) -> None:
        self._path = path
        self._ended: dict[tuple[int, ...], bool] = {}

    @property
    def reached(self) -> bool:
        """Whether there are parts, and all have ended."""
        return bool(self._ended) and all(self._ended.values())

    def add(self, data: bytes) -> None:
        """Take an event."""
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
    """Decode the data of a server-sent event, which servers send bare where it is a string, and report its drift.

    Raises `msgspec.DecodeError` and `UnicodeDecodeError` where it is not JSON, and the type has no strings.
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
    """Tell whether a type is of strings, of some of them, or of strings among others."""
    return any(
        each is str
        or each is Any
        or (get_origin(each) is Literal and any(isinstance(one, str) for one in get_args(each)))
        for each in flatten((kind,))
    )


def is_foreign(data: bytes, kind: Any) -> bool:
    """Tell whether the data of an event with a name of its own has nothing of the document's event."""
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True
    if not raw:
        return True
    if not (isclass(kind) and issubclass(kind, msgspec.Struct)):
        return False
    known = {field.encode_name for field in msgspec.structs.fields(kind)} | {kind.__struct_config__.tag_field}
    return not (isinstance(raw, dict) and raw.keys() & known)


def unwrapped(text: bytes, path: tuple[str, ...]) -> bytes:
    """Return the JSON text at a path in another one, which is returned as it is where nothing is there."""
    found: msgspec.Raw | None = msgspec.Raw(text)
    for key in path:
        try:
            found = _OBJECT.decode(found).get(key) if found is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return text
    return text if found is None or bytes(found) == b"null" else bytes(found)


def has_fields(body: bytes | bytearray) -> bool:
    """Tell whether the whole lines of a body are those of an event stream, and not some other text."""
    lines = [line for line in body.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True) if line.endswith(_ENDS)]
    return all(line.strip(b"\r\n").partition(b":")[0] in _FIELDS for line in lines[:_LOOKED_AT])


def skipped(kind: Any, what: str, data: bytes) -> Drift:
    """Return the drift of a frame that is left out."""
    shown = data[: _SHOWN * 4].decode("utf-8", "replace")[:_SHOWN]
    return Drift("$", getattr(kind, "__name__", "an event"), f"{what}, which is skipped: {shown!r}")
