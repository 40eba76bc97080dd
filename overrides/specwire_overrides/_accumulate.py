"""Accumulators of streamed replies into the reply of the same call without a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from specwire import WireModel, to_dict
from specwire.support import tolerate
from specwire_overrides._message import MessagePieces

E = TypeVar("E", bound=WireModel)
F = TypeVar("F")


def gain(fields: dict[str, Any], key: str, value: Any) -> None:
    """Update a field with a later value; null and empty strings never replace another value."""
    if value not in (None, "") or key not in fields:
        fields[key] = value


class _Choice:
    """Pieces of one alternative reply; base class for both kinds of text."""

    def __init__(self, index: int) -> None:
        self.index = index
        self._fields: dict[str, Any] = {}
        self._logprobs: dict[str, Any] = {}

    def add(self, piece: Mapping[str, Any]) -> None:
        for key, value in piece.items():
            if key == "logprobs" and isinstance(value, dict):
                self._add_logprobs(value)
            elif key not in ("index", "usage") and not self._add_text(key, value):
                gain(self._fields, key, value)

    def _add_text(self, key: str, value: object) -> bool:
        """Add a member of a piece if it contains the text of the reply."""
        raise NotImplementedError

    def _add_logprobs(self, logprobs: Mapping[str, Any]) -> None:
        for key, value in logprobs.items():
            held = self._logprobs.get(key)
            if isinstance(value, list) and isinstance(held, list):
                held.extend(value)
            else:
                gain(self._logprobs, key, value)

    def whole(self) -> dict[str, Any]:
        logprobs = {"logprobs": self._logprobs} if self._logprobs else {}
        return {"index": self.index, **self._fields, **logprobs}


class _ChatChoice(_Choice):
    """Pieces with their text in `delta`."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self._message = MessagePieces()

    def _add_text(self, key: str, value: object) -> bool:
        if key == "delta" and isinstance(value, dict):
            self._message.add(value)
        return key == "delta"

    def whole(self) -> dict[str, Any]:
        return {**super().whole(), "message": self._message.whole()}


class _TextChoice(_Choice):
    """Pieces with their text in `text`."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self._fields = {"finish_reason": None, "logprobs": None}
        self._text: list[str] = []

    def _add_text(self, key: str, value: object) -> bool:
        if key == "text" and isinstance(value, str):
            self._text.append(value)
        return key == "text"

    def whole(self) -> dict[str, Any]:
        return {**super().whole(), "text": "".join(self._text)}


class StreamedReply(Generic[E, F]):
    """Chunks of alternative replies, identified by `index`; base class of both kinds."""

    _choice: ClassVar[type[_Choice]]
    _object: ClassVar[str]

    def __init__(self, response_type: type[F]) -> None:
        self._type = response_type
        self._fields: dict[str, Any] = {}
        self._usage: Any = None
        self._choices: dict[int, _Choice] = {}

    def add(self, event: E, /) -> None:
        """Add the next chunk."""
        # A chunk that drifted may not be an object.
        chunk: Any = to_dict(event)
        for key, value in chunk.items() if isinstance(chunk, dict) else ():
            if key == "choices":
                for position, piece in enumerate(value if isinstance(value, list) else ()):
                    if isinstance(piece, dict):
                        self._add_choice(position, piece)
            elif key == "usage":
                self._usage = value or self._usage
            elif not self._fields.get(key):
                self._fields[key] = value

    def _add_choice(self, position: int, piece: Mapping[str, Any]) -> None:
        index = piece.get("index")
        if not isinstance(index, int):
            index = position
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = self._choice(index)
        choice.add(piece)
        self._usage = piece.get("usage") or self._usage

    def final(self) -> F:
        """Return the reply so far; fields that no chunk contained are `UNSET`, even required ones."""
        usage = {} if self._usage is None else {"usage": self._usage}
        choices = [self._choices[index].whole() for index in sorted(self._choices)]
        raw = {**self._fields, "object": self._object, "choices": choices, **usage}
        # The stream has already reported drift of the chunks.
        built, _ = tolerate(raw, self._type)
        reply: F = built
        return reply


class ChatReply(StreamedReply[E, F], Generic[E, F]):
    """Chunks of a reply to a conversation."""

    _choice = _ChatChoice
    _object = "chat.completion"


class TextReply(StreamedReply[E, F], Generic[E, F]):
    """Chunks of a text continuation."""

    _choice = _TextChoice
    _object = "text_completion"
