"""Check of a server's responses against the document."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

import attrs

from specwire_codegen.mock.document.json_body import NotJsonError, read_json
from specwire_codegen.mock.document.operations import MediaType, Operation, Response, media_names
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.reply.streams import Streams
from specwire_codegen.mock.request.content_negotiation import declared
from specwire_codegen.mock.values.examples import schema_of
from specwire_codegen.openapi.media_types import base_type

MOST: Final = 20
"""Maximum number of departures of one response."""
HELD: Final = 16 * 1024 * 1024
"""Maximum number of bytes of a response, or of one event, to check."""


@attrs.frozen(eq=False)
class ResponseCheck:
    """Check of responses."""

    validators: Validators
    streams: Streams

    def begin(self, operation: Operation, method: str, status: int, headers: Mapping[str, str]) -> "Watch":
        """Return the check of a response whose body is still to come."""
        found = operation.under(str(status), f"{status // 100}XX", "default")
        if not found:
            listed = ", ".join(one.status for one in operation.responses) or "none"
            return Watch([f"status {status} is not declared: {listed}"])
        response = found[0]
        watch = Watch([*_missing_headers(response, headers)])
        media_type = headers.get("content-type", "")
        bodiless = method == "HEAD" or status in {204, 304} or headers.get("content-length") == "0"
        if bodiless:
            return watch
        media = declared(response.media, base_type(media_type)) if media_type else None
        if media is None:
            what = f"content type {base_type(media_type)!r}" if media_type else "a body without content type"
            watch.absent = f"{what} is not declared: {media_names(response.media)}"
        elif media.framing is not None:
            watch.split, watch.inspect = b"\n\n" if media.framing == "sse" else b"\n", self._inspector(media)
        elif media.is_json:
            watch.inspect = self._json(media)
        return watch

    def _json(self, media: MediaType) -> Callable[[bytes], Iterator[str]]:
        def inspect(body: bytes) -> Iterator[str]:
            try:
                value = read_json(body)
            except NotJsonError as problem:
                yield f"the body {problem}"
                return
            yield from map(str, self.validators.violations(schema_of(media), value, "body"))

        return inspect

    def _inspector(self, media: MediaType) -> Callable[[bytes], Iterator[str]]:
        schema = self.streams.data_schema(media)
        terminator = media.stream.terminator if media.stream is not None else None

        def inspect(block: bytes) -> Iterator[str]:
            text = _data(block) if media.framing == "sse" else block.decode("utf-8", "replace").strip("\x1e \r\n")
            if not text or text in {terminator, "[DONE]"}:
                return
            try:
                value = read_json(text)
            except NotJsonError as problem:
                if not self.validators.accepts(schema, text):
                    yield f"event: the data {problem}"
                return
            for violation in self.validators.violations(schema, value, "body"):
                yield f"event{str(violation).removeprefix('body')}"

        return inspect


@attrs.define(eq=False)
class Watch:
    """Check of one response; it holds the body, or the current event of a stream, up to a limit."""

    departures: list[str]
    inspect: Callable[[bytes], Iterator[str]] | None = None
    split: bytes | None = None
    """End of an event, for a stream."""
    absent: str = ""
    """Departure of any body at all."""
    _held: bytearray = attrs.field(factory=bytearray, init=False)

    def feed(self, chunk: bytes) -> None:
        """Check the next bytes."""
        if self.absent and chunk:
            self._note(iter((self.absent,)))
            self.absent = ""
        if self.inspect is None:
            return
        self._held += chunk
        if self.split is not None:
            text = bytes(self._held).replace(b"\r\n", b"\n")
            *events, rest = text.split(self.split)
            self._held = bytearray(rest)
            for event in events:
                self._note(self.inspect(event))
        if len(self._held) > HELD:
            self.inspect = None
            self._held.clear()

    def end(self) -> tuple[str, ...]:
        """Return the departures of the complete response, each once."""
        if self.inspect is not None and (self._held or self.split is None):
            self._note(self.inspect(bytes(self._held)))
        return tuple(self.departures)

    def _note(self, found: Iterator[str]) -> None:
        for departure in islice(found, MOST):
            if departure not in self.departures and len(self.departures) < MOST:
                self.departures.append(departure)


def _missing_headers(response: Response, headers: Mapping[str, str]) -> Iterator[str]:
    for header in response.headers:
        if header.required and header.name.lower() not in headers:
            yield f"header {header.name} is required"


def _data(block: bytes) -> str:
    lines = block.decode("utf-8", "replace").split("\n")
    return "\n".join(line[5:].removeprefix(" ") for line in lines if line.startswith("data:"))
