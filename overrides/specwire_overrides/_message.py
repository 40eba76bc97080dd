"""Accumulator of one streamed message: its text, content parts and tool calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any


class MessagePieces:
    """Deltas of one message of the model."""

    def __init__(self) -> None:
        self._role = "assistant"
        self._content: list[Any] = []
        self._texts: dict[str, list[str]] = {}
        self._fields: dict[str, Any] = {}
        self._calls: list[ToolCallPieces] = []

    def add(self, delta: Mapping[str, Any]) -> None:
        """Add the next delta."""
        for key, value in delta.items():
            if value is None:
                self._fields.setdefault(key, None)
            elif key == "content":
                self._content += value if isinstance(value, list) else [value]
            elif key == "tool_calls":
                for piece in value if isinstance(value, list) else ():
                    if isinstance(piece, dict):
                        self._add_call(piece)
            elif key == "role":
                self._role = value or self._role
            elif isinstance(value, str):
                self._texts.setdefault(key, []).append(value)
            else:
                self._fields[key] = value

    def _add_call(self, piece: Mapping[str, Any]) -> None:
        call = next((call for call in reversed(self._calls) if call.goes_on_with(piece)), None)
        if call is None:
            call = ToolCallPieces(len(self._calls))
            self._calls.append(call)
        call.add(piece)

    def whole(self) -> dict[str, Any]:
        """Return the message so far; its content is text, or a list of parts if any part arrived."""
        message = {**self._fields, "role": self._role, "content": _content(self._content)}
        message |= {key: "".join(texts) for key, texts in self._texts.items()}
        if self._calls:
            calls = sorted(self._calls, key=lambda call: call.index)
            message["tool_calls"] = [{**call.whole(), "index": place} for place, call in enumerate(calls)]
        return message


class ToolCallPieces:
    """Fragments of one tool call, or a complete call."""

    def __init__(self, place: int) -> None:
        self.index = place
        """Position of the call in its message, from the server or by order of arrival."""
        self._id: str | None = None
        self._fields: dict[str, Any] = {"type": "function"}
        self._name = ""
        self._text: list[str] = []
        self._object: Mapping[str, Any] | None = None

    def goes_on_with(self, piece: Mapping[str, Any]) -> bool:
        """Return True if a fragment belongs to this call: by its id, or without one by its index.

        A server may give all complete calls the same number, or none; a fragment with a function name is a call of
        its own then.
        """
        id_ = _identity(piece)
        if id_ is not None and self._id is not None:
            return id_ == self._id
        index = piece.get("index")
        if isinstance(index, int) and index != self.index:
            return False
        function = _function(piece)
        if not function.get("name") or not self._name:
            return True
        numbered = isinstance(index, int) and not isinstance(function.get("arguments"), dict)
        return numbered and id_ is None and self._id is not None

    def add(self, piece: Mapping[str, Any]) -> None:
        """Add the next fragment."""
        for key, value in piece.items():
            if key == "index" and isinstance(value, int):
                self.index = value
            elif key != "function" and value and (key != "id" or self._id is None):
                self._fields[key] = value
        self._id = self._id or _identity(piece)
        function = _function(piece)
        self._name = self._name or function.get("name") or ""
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            self._text.append(arguments)
        elif isinstance(arguments, dict):
            self._object = arguments

    def whole(self) -> dict[str, Any]:
        """Return the call so far; its arguments are JSON text, or an object if the server sent one."""
        name = {"name": self._name} if self._name else {}
        arguments = "".join(self._text) if self._object is None else self._object
        return {**self._fields, "function": {**name, "arguments": arguments}}


def _identity(piece: Mapping[str, Any]) -> str | None:
    # Mistral sends the text "null" as the id of calls without one.
    id_ = piece.get("id")
    return id_ if isinstance(id_, str) and id_ not in ("", "null") else None


def _function(piece: Mapping[str, Any]) -> Mapping[str, Any]:
    function = piece.get("function")
    return function if isinstance(function, dict) else {}


def _content(pieces: Sequence[Any]) -> Any:
    if not pieces:
        return None
    texts = [piece for piece in pieces if isinstance(piece, str)]
    if len(texts) == len(pieces):
        return "".join(texts)
    return list(_parts([piece for piece in pieces if piece != ""]))


def _parts(pieces: Sequence[Any]) -> Iterator[Any]:
    """Yield the parts of a content, with consecutive text or reasoning parts joined."""
    for kind, run in groupby(pieces, key=_kind):
        if kind == "other":
            yield from run
            continue
        joined: dict[str, Any] = {"type": kind}
        held: list[Any] = []
        for piece in run:
            part = {kind: piece} if isinstance(piece, str) else piece
            joined |= part
            held.append(part[kind])
        joined[kind] = "".join(held) if kind == "text" else list(_parts([item for items in held for item in items]))
        yield joined


def _kind(piece: Any) -> str:
    match piece:
        case str() | {"type": "text", "text": str()}:
            return "text"
        case {"type": "thinking", "thinking": list()}:
            return "thinking"
        case _:
            return "other"
