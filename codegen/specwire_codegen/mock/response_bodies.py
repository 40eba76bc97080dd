"""Readers of response bodies, fed chunk by chunk, which yield where a body departs from the document."""

import codecs
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from email.message import Message
from typing import Any, Final, TypeAlias

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.json_body import NotJsonError, read_json
from specwire_codegen.mock.document.operations import MediaType, data_schema
from specwire_codegen.mock.document.validation import Validators, Violation
from specwire_codegen.mock.values.examples import schema_of
from specwire_codegen.openapi.media_types import base_type

Describe: TypeAlias = Callable[[Violation, Any], str]
"""Function that returns what to add to a violation of a value, such as the part that violates."""

DONE: Final = "[DONE]"
"""Last event of many streams, also where the document does not name it."""
_BREAK = re.compile(rb"\r\n|\r(?!\Z)|\n")
"""End of a line of an event; a last carriage return may be the first half of one."""
_MARK = b"\xef\xbb\xbf"


@attrs.frozen(eq=False)
class Values:
    """Comparison of values with schemas."""

    document: Document
    validators: Validators
    describe: Describe

    def of_text(self, text: str | bytes, schema: Schema, name: str, problem: str) -> Iterator[str]:
        """Yield where a JSON text departs from a schema; `problem` begins the message of one that is not JSON."""
        try:
            value = read_json(text)
        except NotJsonError as error:
            yield f"{problem} {error}"
            return
        for first, *others in _kinds(self.validators.violations(schema, value, "body")):
            more = f" (and {len(others)} more items)" if others else ""
            yield f"{name}{str(first).removeprefix('body')}{self.describe(first, value)}{more}"


def _kinds(violations: Iterable[Violation]) -> Iterable[list[Violation]]:
    """Return violations that are the same in several items together."""
    kinds: dict[Any, list[Violation]] = {}
    for violation in violations:
        path = tuple(step if isinstance(step, str) else 0 for step in violation.path)
        kinds.setdefault((path, violation.keyword), []).append(violation)
    return kinds.values()


@attrs.define(eq=False)
class Reader(ABC):
    """Reader of a body; `held` is what waits for more."""

    held: bytearray = attrs.field(factory=bytearray, init=False)

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Take the next bytes, and yield the departures that they complete."""
        self.held += chunk
        yield from ()

    @abstractmethod
    def end(self) -> Iterator[str]:
        """Yield the departures of the rest."""


@attrs.define(eq=False)
class Json(Reader):
    """Reader of one JSON document."""

    values: Values
    media: MediaType

    def end(self) -> Iterator[str]:
        """Yield where the document departs from its schema."""
        return self.values.of_text(bytes(self.held), schema_of(self.media), "body", "the body")


@attrs.define(eq=False)
class Text(Reader):
    """Reader of a text."""

    content_type: str

    def end(self) -> Iterator[str]:
        """Yield whether the text is in its charset."""
        message = Message()
        message["content-type"] = self.content_type
        stated = message.get_content_charset()
        try:
            codecs.decode(self.held, stated or "utf-8")
        except (LookupError, UnicodeDecodeError):
            yield f"the text is not {stated or 'utf-8'}" + ("" if stated else ", the default")


@attrs.define(eq=False)
class Lines(Reader):
    """Reader of JSON Lines, or of a JSON sequence."""

    values: Values
    media: MediaType

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield where complete lines depart from their schema."""
        self.held += chunk
        *lines, rest = bytes(self.held).split(b"\n")
        self.held = bytearray(rest)
        for line in lines:
            yield from self._of(line)

    def end(self) -> Iterator[str]:
        """Yield where the last line departs from its schema."""
        return self._of(bytes(self.held))

    def _of(self, line: bytes) -> Iterator[str]:
        text = line.strip(b"\x1e \r")
        if text:
            yield from self.values.of_text(
                text, data_schema(self.values.document, self.media), "line", "line: the data"
            )


@attrs.define(eq=False)
class Events(Reader):
    """Reader of server-sent events."""

    values: Values
    media: MediaType
    _last: str = attrs.field(default="", init=False)
    _ids: set[str] = attrs.field(factory=set, init=False)
    _begun: bool = attrs.field(default=False, init=False)

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Yield where complete events depart from the schema of their data."""
        self.held += chunk
        if not self._begun and len(self.held) >= len(_MARK):
            self._begun, self.held = True, self.held.removeprefix(_MARK)
        *events, rest = _BREAK.sub(b"\n", bytes(self.held)).split(b"\n\n")
        self.held = bytearray(rest)
        for event in events:
            yield from self._of(event.decode("utf-8", "replace").split("\n"))

    def end(self) -> Iterator[str]:
        """Yield how the stream ends wrongly."""
        rest = bytes(self.held).replace(b"\r", b"\n")
        if rest.endswith(b"\n\n"):
            yield from self._of(rest.decode("utf-8", "replace").split("\n"))
        elif any(line.startswith(b"data:") for line in rest.split(b"\n")):
            yield "the stream ends within an event"
        stream = self.media.stream
        if stream is not None and stream.terminator not in (None, self._last):
            yield f"the stream ends without {stream.terminator}"

    def _of(self, lines: list[str]) -> Iterator[str]:
        """Yield where an event departs from the schema of its data, or has the id of another one."""
        stream = self.media.stream
        for identifier in _fields(lines, "id"):
            if stream is not None and stream.resumable and identifier in self._ids:
                yield f"several events have the id {json.dumps(identifier)}, so the stream cannot be resumed after it"
            self._ids.add(identifier)
        data = _fields(lines, "data")
        if not data:
            return
        self._last = text = "\n".join(data)
        if text in ("", DONE) or (stream is not None and text == stream.terminator):
            return
        schema = data_schema(self.values.document, self.media)
        if _is_json(text) or not self.values.validators.accepts(schema, text):
            yield from self.values.of_text(text, schema, "event", "event: the data")


def _fields(lines: list[str], name: str) -> list[str]:
    return [line.removeprefix(f"{name}:").removeprefix(" ") for line in lines if line.startswith(f"{name}:")]


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except NotJsonError:
        return False
    return True


def reader(values: Values, media: MediaType, content_type: str) -> Reader | None:
    """Return the reader of a body of a media type; None if nothing is known of its content."""
    if media.framing == "sse":
        return Events(values, media)
    if media.framing is not None:
        return Lines(values, media)
    if media.is_json:
        return Json(values, media)
    return Text(content_type) if base_type(content_type).startswith("text/") else None
