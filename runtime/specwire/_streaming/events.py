"""Event reader: bytes of a stream to typed events, without I/O."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from specwire._codec import drift
from specwire._codec.codec import decoder
from specwire._models import lenient_json
from specwire._models.suspicion import bare_of, is_suspect
from specwire._operations.operation import EventsPayload
from specwire._responses.error_envelope import error_alone_in
from specwire._responses.jsonlines import JSONLinesParser, JSONSequenceParser
from specwire._responses.media_type import framing_of, media_type_of
from specwire._responses.stream_errors import DOCUMENTS, unexpected_error
from specwire._streaming.event_errors import EventErrors
from specwire._streaming.failing import KEPT, UNPARSED, Failing
from specwire._streaming.frames import (
    Finish,
    Framing,
    begins_as,
    has_fields,
    is_foreign,
    is_whole,
    read_data,
    several_in,
    skipped,
    unwrapped,
)
from specwire._streaming.sse import SSEParser
from specwire.errors import APIError, DecodeError

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._network.deadline import Deadline
    from specwire._operations.request import StreamRequest
    from specwire._operations.response import Response
    from specwire._streaming.accumulator import Accumulator
    from specwire._streaming.reconnection import Reconnection

E = TypeVar("E")

_DRAIN = 64 * 1024
"""Maximum bytes to read after the terminator so that the connection can be reused."""
_SEEN = 8
"""Number of events of a stream that are checked against the document in depth, since the check is slow."""
_DONE = b"[DONE]"
"""Last frame of many streams, whether their documents state it or not: no JSON text, so no event of one."""


class EventReader(Failing[E]):
    """State of one stream: events ready to hand out, whether more may come, and the failure."""

    def __init__(
        self,
        request: StreamRequest[E],
        response: Response[None],
        options: Options,
        *,
        keep: bool = False,
        deadline: Deadline | None = None,
    ) -> None:
        payload = request.operation.returns
        assert isinstance(payload, EventsPayload)
        self.ready: deque[E] = deque()
        """Events to hand out."""
        self.kept: list[bytes] | None = [] if keep else None
        """Data of all events, for a later sum: most callers never request it, and adding up costs more than keeping."""
        self.failure: APIError | None = None
        """Error to raise after the events before it are handed out."""
        self.done = False
        """True once nothing more needs to be read."""
        self._payload = payload
        self._terminator = payload.terminator.encode() if payload.terminator is not None else None
        self._request = request
        self._on_drift: drift.OnDrift = options.on_drift
        self._warned = options.warned
        self._largest = sys.maxsize if options.max_response_size is None else options.max_response_size
        self._frame(payload.framing)
        self._unlike = framing_of(media_type_of(response.headers)) not in (None, payload.framing)
        """True until the first bytes decide whether the stream has the framing of its media type or the declared one."""
        self._errors = EventErrors(request, payload, alone=self._sse is not None and not self._text)
        self._clues = self._errors.clues
        self._finish = Finish(payload.finish) if payload.finish else None
        self._given = False
        """True once an event was handed out."""
        self._unnamed = False
        """True once events without a name arrived; a named event isn't a declared one then."""
        self._skipped: dict[str, str] = {}
        """Skipped frames by name, and why each couldn't be parsed."""
        self._unreported: list[drift.Drift] = []
        """Drift to report after the events of the chunk are ready to hand out."""
        self._may_be_foreign = decoder(payload.kind).may_be_foreign
        self._bare: Any = bare_of(payload.kind)
        self._seen = 0
        self._keep_unknown = options.keep_unknown
        self.masked: Callable[[bytes], bytes] = bytes
        """Masks secrets of the request in a part of the body."""
        self.terminated = False
        """True once the terminator arrived; the rest is read only so that the connection can be reused."""
        self._drained = 0
        self.reconnection: Reconnection[E] | None = None
        """Reconnection of a resumable stream."""
        if self._sse is not None and payload.resumable:
            from specwire._streaming.reconnection import Reconnection  # few streams are resumable

            self.reconnection = Reconnection(request, options, self._sse, deadline)
        self.broken = False
        """True if the connection failed, not the server."""
        self._begin(response)

    def _frame(self, framing: Framing) -> None:
        """Set the parser of the stream."""
        self._sse = SSEParser(self._largest) if framing == "sse" else None
        self._lines = (JSONSequenceParser if framing == "json-seq" else JSONLinesParser)(self._largest)
        self._text = self._payload.kind is str and framing == "sse"
        """True if event data is text rather than JSON."""
        self._decode: Callable[[bytes], Any] = _as_text if self._text else decoder(self._payload.kind).decode

    def _begin_with(self, chunk: bytes) -> None:
        """Keep bytes before the first event.

        Read the stream in the framing of its media type if it begins like that, and is not an error.
        """
        assert self._unread is not None
        if len(self._unread) < KEPT:
            self._unread += chunk
        if not (self._unlike and chunk.strip()):
            return
        self._unlike = False
        media_type = media_type_of(self._response.headers)
        framing = framing_of(media_type) or self._payload.framing
        if begins_as(framing, chunk) and not any(clue in chunk for clue in self._clues):
            self._frame(framing)
            self._note((drift.Drift("$", self._payload.accept, media_type),))

    def _begin(self, response: Response[None]) -> None:
        self._response = response
        self._is_document = self._sse is not None and media_type_of(response.headers) in DOCUMENTS
        self._unread: bytearray | None = bytearray()
        """Body until the first event, for the error message."""

    def feed(self, chunk: bytes) -> None:
        """Process the next bytes of the body."""
        if self.terminated:
            self._drained += len(chunk)
            self.done = self._drained > _DRAIN
            return
        try:
            if self._unread is not None:
                self._begin_with(chunk)
            parser = self._sse
            if parser is not None:
                self._take(parser.feed_data(chunk), parser.names)
                failure: Exception | None = parser.failure
            else:
                self._take(self._lines.feed(chunk))
                failure = self._lines.failure
            if failure is not None and not (self.terminated or self.done):
                raise failure  # now: the server may send nothing more
        except UNPARSED as error:
            self._stop_unparsed(error)

    def end(self) -> None:
        """Process the end of the body: an error unless the stream was complete."""
        self.done = True
        if self.terminated or self.failure is not None:
            return
        if self._take_whole():
            return
        if self._unread is not None and (self._is_document or (self._sse and self._unread.lstrip().startswith(b"{"))):
            self._stop(unexpected_error(self._request, self._read_so_far()))
            return
        try:
            if self._sse is not None:
                self._end_events(self._sse)
            else:
                self._take(self._lines.close(), last=True)
        except UNPARSED as error:
            self._stop_unparsed(error)
        if self.failure is not None:
            return
        if self._sse is not None and self._unread and not self._skipped and not has_fields(self._unread):
            self._stop(unexpected_error(self._request, self._read_so_far()))
        elif not self._given and "" in self._skipped:
            self._fail(DecodeError, f"the stream has no JSON event: {self._skipped['']}")
        elif self._terminator is not None and not self.terminated and not (self._finish and self._finish.reached):
            self.broken = True
            self._truncated(f"the server closed it without {self._payload.terminator}")

    @property
    def begun(self) -> bool:
        """Return True if events were read, so that the raw bytes are no longer available."""
        return self._given or self.done or bool(self._skipped)

    def resumed(self, response: Response[None]) -> None:
        """Process the head of a response that continues the stream; 204 (no content) ends it."""
        if response.status_code == 204:
            self.failure = self.failure if self._terminator is not None else None
            return
        assert self._sse is not None
        self._sse.reopen()
        self._begin(response)
        self.failure = None
        self.done = self.broken = False

    def add_up(self, accumulator: Accumulator[E, object]) -> None:
        """Add the events to an accumulator that it doesn't have yet."""
        kept, self.kept = self.kept, []
        for data in kept or ():
            accumulator.add(self._read(data)[0])

    def _end_events(self, parser: SSEParser) -> None:
        # Some servers end the body right after the terminator, without the blank line that would end the event.
        if self._is_end(parser.unfinished):
            self.terminated = True
        elif self.reconnection is None and not self._text and is_whole(parser.unfinished):
            self._note((drift.Drift("$", "a blank line after each event", "the end of the stream"),))
            self._take([parser.unfinished], [parser.unfinished_name])
        elif parser.close() and self._terminator is None:
            self.broken = True
            self._truncated("the server closed it in the middle of an event")

    def _take_whole(self) -> bool:
        """Hand out the events of a body that is a JSON array of them, or several JSON texts; return False for any other.

        The body is not a stream then, or one whose texts have line breaks.
        """
        unread = bytes(self._unread or b"").removeprefix(b"\xef\xbb\xbf").strip()
        texts = several_in(unread) if len(unread) < KEPT and unread[:1] in (b"{", b"[") else []
        try:
            found = [self._read(text) for text in texts]
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        if not found or any(drifts for _, drifts in found):
            return False
        try:
            self._note((drift.Drift("$", self._payload.accept, f"{len(found)} JSON values"),))
            self._take(texts)
        except APIError as error:
            self._stop(error)
        return True

    def _take(self, texts: list[bytes], names: list[str] | None = None, *, last: bool = False) -> None:
        failure = None
        if self._payload.item:
            texts, failure = self._unwrapped(texts)
        if texts:
            if names is not None or not self._take_plain(texts):
                self._take_each(texts, names, last)
            if self._unreported and self._given:
                drifts, self._unreported = tuple(self._unreported), []
                status = self._response.status_code
                drift.report(drifts, self._on_drift, self._request.operation.id, self._warned, status)
        if failure is not None and self.failure is None:
            self._stop(failure)

    def _unwrapped(self, texts: list[bytes]) -> tuple[list[bytes], APIError | None]:
        """Return the events inside wrapper objects, up to the first that contains an error, and that error."""
        events: list[bytes] = []
        for text in texts:
            if (
                any(clue in text for clue in self._errors.outer_clues)
                and (error := self._errors.find(text)) is not None
            ):
                return events, error
            events.append(unwrapped(text, self._payload.item))
        return events, None

    def _take_plain(self, texts: list[bytes]) -> bool:
        """Hand out texts that are all declared events; return False if one is the end, an error or drift."""
        if self._terminator in texts:
            return False
        # Errors are rare: searching all texts at once for their markers takes half as long as searching each.
        whole = texts[0] if len(texts) == 1 else b"\n".join(texts)
        for clue in self._clues:
            if clue in whole:
                return False
        try:
            events = [self._decode(data) for data in texts]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        if self._may_be_foreign and self._is_suspect(events):
            return False
        self._unnamed = True
        self._give(events, texts)
        return True

    def _is_suspect(self, events: list[E]) -> bool:
        """Return True if an event has nothing in common with the document.

        Only the first events are checked in depth.
        """
        if self._seen < _SEEN:
            self._seen += len(events)
            return is_suspect(events)
        self._may_be_foreign = self._bare is not None
        return self._bare is not None and self._bare in events

    def _give(self, events: list[E], texts: list[bytes]) -> None:
        if self._keep_unknown:
            from specwire._models.additional_properties import keep  # few clients use it

            events = list(map(keep, events, texts))
        self.ready += events
        if self.kept is not None:
            self.kept += texts
        if self._finish is not None:
            for data in texts:
                self._finish.add(data)
        self._given = True
        self._unread = None

    def _take_each(self, texts: list[bytes], names: list[str] | None, last: bool) -> None:
        for place, data in enumerate(texts):
            name = "message" if names is None else names[place]
            if self._is_end(data) or name in self._payload.last:
                self.terminated = True
                return
            if name in self._payload.ignored:
                continue
            try:
                self._take_one(data, name, last)
            except APIError as error:
                self._stop(error)
                return

    def _take_one(self, data: bytes, name: str, last: bool) -> None:
        """Hand out an event, or skip it if the document doesn't declare it.

        Raise `APIError` at the end of the stream.
        """
        if name.lower() == "error":
            raise self._errors.error(lenient_json.loads_or_text(data))
        if not self._text and not data.strip():
            return  # keep-alive
        try:
            if any(clue in data for clue in self._clues) and (error := self._errors.find(data)) is not None:
                raise error
            event, drifts = self._read(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if parts := several_in(data):
                self._note((drift.Drift("$", "one event", f"{len(parts)} events in a frame"),))
                for each in parts:
                    self._take_one(each, name, last)
            elif last:
                self._truncated("the server closed it in the middle of a record")
            else:
                self._skip("" if name == "message" else name, data, str(error))
            return
        if name == "message":
            self._unnamed = True
        elif not self._text and (self._unnamed or is_foreign(data, self._payload.kind, name)):
            self._skip(name, data, "")
            return
        if drifts:
            if (
                any(each.path == "$" for each in drifts)
                and error_alone_in(raw := lenient_json.loads_or_text(data)) is not None
            ):
                raise self._errors.error(raw)
            self._note(drifts)
        self._give([event], [data])

    def _is_end(self, data: bytes) -> bool:
        """Return True if the data of an event is the terminator, with or without whitespace around it."""
        return (bare := data.strip()) == self._terminator or (bare == _DONE and not self._text)

    def _read(self, data: bytes) -> tuple[Any, tuple[drift.Drift, ...]]:
        if self._text:
            return _as_text(data), ()
        read = drift.decode if self._sse is None else read_data
        return read(data, self._payload.kind)

    def _skip(self, name: str, data: bytes, why: str) -> None:
        """Skip a frame that the document doesn't declare; report drift once per name."""
        if name in self._skipped:
            return
        what = f"an event named {name[:40]!r}" if name else "a frame that is not JSON"
        frame_drift = skipped(self._payload.kind, what, data)
        self._skipped[name] = f"{why}: {data[:80].decode('utf-8', 'replace')!r}"
        self._note((frame_drift,))

    def _note(self, drifts: tuple[drift.Drift, ...]) -> None:
        """Record drift, to be reported after the events of its chunk were processed: the report may raise."""
        if self._on_drift == "raise":
            raise DecodeError(
                f"{self._request.operation.id}: an event differs from the document: {drift.listed(drifts)}",
                request=self._request,
            )
        self._unreported += drifts


def _as_text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
