"""Server-sent events parser: bytes in, events out, as in the WHATWG HTML standard, section 9.2.6."""

import msgspec

_BOM = b"\xef\xbb\xbf"
_RETRY_DIGITS = 18


class EventTooLargeError(ValueError):
    """Event that exceeds the limit of its parser."""


class ServerSentEvent(msgspec.Struct, frozen=True, gc=False):
    """Dispatched event; `data` stays bytes, so that decoders read it without a copy to `str`."""

    data: bytes
    event: str = "message"
    id: str = ""
    """Last event id of the stream at the time of dispatch."""
    retry: int | None = None
    """Reconnection time that this event itself sets, in milliseconds."""


class SSEParser:
    """Incremental parser of an event stream; the events don't depend on how the stream is split into chunks."""

    __slots__ = (
        "_block_retry",
        "_data",
        "_event",
        "_id",
        "_partial",
        "_pending",
        "_size",
        "_skip_lf",
        "_start",
        "failure",
        "last_event_id",
        "max_event_size",
        "names",
        "retry",
    )

    def __init__(self, max_event_size: int = 64 * 1024 * 1024) -> None:
        self.max_event_size = max_event_size
        self.last_event_id = ""
        """Value of `Last-Event-ID` for a resumption of the stream."""
        self.names: list[str] | None = None
        """Names of the events whose data `feed_data` returned last; None if none has a name."""
        self.retry: int | None = None
        """Last reconnection time that the server sent, in milliseconds."""
        self.failure: EventTooLargeError | None = None
        """Error after the events that were returned last; the next call raises it."""
        self._start: bytes | None = b""
        self._skip_lf = False
        self._partial = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._event = ""
        self._id = ""
        self._block_retry: int | None = None
        self._pending = False

    @property
    def pending(self) -> bool:
        """Return True if the stream is inside an event; after `close`, if it ended there."""
        partial = bool(self._partial) and not self._partial.startswith(b":")
        return self._pending or partial or bool(self._data or self._event)

    @property
    def unfinished(self) -> bytes:
        """Return the data of the unfinished event, as if a blank line ended it here."""
        lines = list(self._data)
        if self._partial.startswith(b"data:"):
            lines.append(_value(bytes(self._partial), 5))
        return b"\n".join(lines)

    @property
    def unfinished_name(self) -> str:
        """Return the name of the unfinished event."""
        return self._event or "message"

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that a chunk completes.

        Raise `EventTooLargeError` only after returning the events before it.
        """
        if self.failure is not None:
            raise self.failure
        if self._start is not None or self._skip_lf or b"\r" in chunk:
            chunk = self._normalize(chunk)
        events: list[ServerSentEvent] = []
        try:
            self._split(chunk, events)
        except EventTooLargeError as error:
            self.failure = error
            if not events:
                raise
        return events

    def feed_data(self, chunk: bytes) -> list[bytes]:
        """Return the data of the events that a chunk completes, like `feed` but 1.5 to 1.7 times faster.

        `names` holds the names of these events if any of them has one.
        """
        if not (self._data or self._event or self._skip_lf or self._start is not None or b"\r" in chunk):
            partial = self._partial
            # Combine with earlier data only for a chunk that ends a line. Otherwise an event in many chunks would be
            # copied and searched again with each of them: quadratic time.
            if not partial or b"\n\n" in chunk:
                text = bytes(partial) + chunk if partial else chunk
                end = text.rfind(b"\n\n")
                lines = text[6:end].split(b"\n\ndata: ")
                # In nearly all streams each event is one line of data. Then the only line ends are those of events, so
                # that counting them proves that a split at blank lines suffices.
                usual = end > 0 and text.startswith(b"data: ") and text.count(b"\n") == 2 * len(lines)
                if usual and self._block_retry is None and self.failure is None and len(text) <= self.max_event_size:
                    if partial or end + 2 < len(text):
                        partial[:] = text[end + 2 :]
                    self.last_event_id = self._id
                    self.names = None
                    return lines
        events = self.feed(chunk)
        self.names = [event.event for event in events] if any(event.event != "message" for event in events) else None
        return [event.data for event in events]

    def close(self) -> bool:
        """End the stream, drop an unfinished event as the standard requires, and return True if there was one."""
        if self.failure is not None:
            raise self.failure
        self._pending = self.pending
        self._partial.clear()
        self._reset()
        return self._pending

    def reopen(self) -> None:
        """Start another stream that continues this one; keep the last event id and the reconnection time."""
        self.failure = None
        self._partial.clear()
        self._reset()
        self._start = b""
        self._skip_lf = False
        self._pending = False
        self._id = self.last_event_id

    def _normalize(self, chunk: bytes) -> bytes:
        """Drop a byte order mark and convert all line endings to line feeds."""
        if self._start is not None:
            chunk = self._start + chunk
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._start = chunk
                return b""
            self._start = None
            chunk = chunk.removeprefix(_BOM)
        if self._skip_lf and chunk:
            self._skip_lf = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            self._skip_lf = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk

    def _split(self, chunk: bytes, events: list[ServerSentEvent]) -> None:
        """Parse the usual events whole (a `data:` line, optionally after an `event:` line).

        Parse the rest line by line.
        """
        if len(chunk) > self.max_event_size:
            self._lines(chunk, events)
            return
        start = 0
        if self._partial or self._data or self._event or self._block_retry is not None:
            start = chunk.find(b"\n\n") + 2
            if start == 1:
                self._lines(chunk, events)
                return
            self._lines(chunk[:start], events)
        end = chunk.rfind(b"\n\n", start)
        if end >= 0:
            self._blocks(chunk[start:end], events)
            self.last_event_id = self._id
            start = end + 2
        if start < len(chunk):
            self._lines(chunk[start:], events)

    def _blocks(self, blocks: bytes, events: list[ServerSentEvent]) -> None:
        # In most streams each event is one line of data, and nearly all the time is spent on those.
        if blocks.startswith(b"data: "):
            lines = blocks[6:].split(b"\n\ndata: ")
            if blocks.count(b"\n") == 2 * len(lines) - 2:
                events += [ServerSentEvent(line, "message", self._id) for line in lines]
                return
        for block in blocks.split(b"\n\n"):
            name = "message"
            line = block
            if block.startswith(b"event: "):
                head, _, line = block.partition(b"\n")
                name = head[7:].decode("utf-8", "replace") or name
            if line.startswith(b"data: ") and b"\n" not in line:
                events.append(ServerSentEvent(line[6:], name, self._id))
            else:
                self._lines(block + b"\n\n", events)

    def _lines(self, segment: bytes, events: list[ServerSentEvent]) -> None:
        lines = segment.split(b"\n")
        if self._partial:
            self._partial += lines[0]
            if len(lines) == 1:
                self._check(len(self._partial))
                return
            lines[0] = bytes(self._partial)
            self._partial.clear()
        tail = lines.pop()
        for line in lines:
            if not line:
                self._dispatch(events)
            elif line.startswith(b"data:"):
                self._check(len(line))
                self._size += len(line)
                self._data.append(_value(line, 5))
            else:
                self._check(len(line))
                self._field(line)
        if tail:
            self._check(len(tail))
            self._partial += tail

    def _field(self, line: bytes) -> None:
        name, colon, _ = line.partition(b":")
        value = _value(line, len(name) + len(colon))
        if name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"data":
            self._size += len(line)
            self._data.append(value)
        elif name == b"id":
            if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) <= _RETRY_DIGITS:
            self.retry = self._block_retry = int(value)

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        self.last_event_id = self._id
        if self._data:
            data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            events.append(ServerSentEvent(data, self._event or "message", self._id, self._block_retry))
        self._reset()

    def _reset(self) -> None:
        self._data.clear()
        self._size = 0
        self._event = ""
        self._block_retry = None

    def _check(self, line: int) -> None:
        if self._size + line > self.max_event_size:
            raise EventTooLargeError(
                f"a server-sent event is larger than {self.max_event_size:,} bytes: "
                "raise `max_response_size` unless the server fails to end its events"
            )


def _value(line: bytes, start: int) -> bytes:
    return line[start + 1 :] if line.startswith(b" ", start) else line[start:]
