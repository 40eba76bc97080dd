"""Failure of a stream: why it ended, with what was read of a body without events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from specwire._responses.jsonlines import RecordTooLargeError, RecordTruncatedError
from specwire._streaming.sse import EventTooLargeError
from specwire.errors import APIError, StreamError, StreamTruncatedError

if TYPE_CHECKING:
    from specwire._network.transport_errors import TransportError
    from specwire._operations.request import StreamRequest
    from specwire._operations.response import Response

E = TypeVar("E")

KEPT = 1024 * 1024
"""Maximum bytes of a body without events that its error keeps."""
UNPARSED = (EventTooLargeError, RecordTooLargeError, RecordTruncatedError, APIError)
"""Exceptions that end a stream."""


class Failing(Generic[E]):
    """Stream that can fail."""

    ready: deque[E]
    failure: APIError | None
    done: bool
    broken: bool
    terminated: bool
    masked: Callable[[bytes], bytes]
    _request: StreamRequest[E]
    _response: Response[None]
    _unread: bytearray | None

    def lost(self, error: APIError) -> None:
        """Record the failure of the last attempt to continue."""
        self._fail(StreamTruncatedError, f"the stream broke off, and resuming it failed: {error}", error)

    def broke(self, failure: TransportError, passed: str | None = None) -> None:
        """Record that the connection broke off, and which time limit was exceeded, if any."""
        self.done = True
        if not self.terminated and self.failure is None:
            self.broken = True
            self._stop(self.broken_off(failure, passed))

    def broken_off(self, failure: TransportError, passed: str | None = None) -> APIError:
        """Return the error for a connection that broke off, or for a time limit that was exceeded."""
        what = passed or f"{'was silent for too long' if failure.timeout else 'broke off'}: {failure}"
        return self._error_of(StreamTruncatedError, f"the stream {what}", failure.origin)

    def _truncated(self, why: str) -> None:
        self._fail(StreamTruncatedError, f"the stream ended before its terminator: {why}")

    def _stop_unparsed(self, error: Exception) -> None:
        if isinstance(error, APIError):
            self._stop(error)
        else:
            kind = StreamTruncatedError if isinstance(error, RecordTruncatedError) else StreamError
            self._fail(kind, str(error), error)

    def _fail(self, kind: type[APIError], text: str, cause: BaseException | None = None) -> None:
        self._stop(self._error_of(kind, text, cause))

    def _error_of(self, kind: type[APIError], text: str, cause: BaseException | None) -> APIError:
        error = kind(f"{self._request.operation.id}: {text}", request=self._request, response=self._read_so_far())
        error.__cause__ = cause
        return error

    def _read_so_far(self) -> Response[None]:
        """Return the response, with the body if it contained no event."""
        content = self.masked(bytes(self._unread[:KEPT])) if self._unread else b""
        return msgspec.structs.replace(self._response, content=content)

    def _stop(self, error: APIError) -> None:
        error.response = error.response or self._read_so_far()
        self.failure = error
        self.done = True
