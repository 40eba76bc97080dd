"""Reconnection of server-sent event streams that broke off, as in the WHATWG HTML standard, section 9.2.3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from specwire._exchange.resumption import Resumption
from specwire._operations.request import BinaryBody, JsonLinesBody, MultipartBody
from specwire._serialization.parameters import header_value

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._network.deadline import Deadline
    from specwire._operations.request import StreamRequest
    from specwire._streaming.sse import SSEParser
    from specwire.errors import APIError

E = TypeVar("E")

_HEADER = "Last-Event-ID"


class Reconnection(Generic[E]):
    """Attempts to continue a stream after the last event with an id, counted afresh for each such event."""

    def __init__(
        self, request: StreamRequest[E], options: Options, parser: SSEParser, deadline: Deadline | None = None
    ) -> None:
        self._request = request
        self._resumption = Resumption(request.operation, options, deadline)
        self._parser = parser
        self._last = ""

    def wait(self, url: str, error: APIError | None = None) -> float | None:
        """Return the seconds to wait before the next attempt, or None to give up.

        Args:
            url: URL of the stream, for the log.
            error: Error of the last attempt to continue; None if the stream itself broke off.

        """
        if self._id is not None:
            moved, self._last = self._parser.last_event_id != self._last, self._parser.last_event_id
            pace = self._parser.retry
            return self._resumption.wait(error, url, progressed=moved, pace=None if pace is None else pace / 1000)
        return None

    @property
    def request(self) -> StreamRequest[E]:
        """Return the request of the next attempt."""
        return self._request.replace(headers={**self._request.headers, _HEADER: self._id})

    @property
    def options(self) -> Options:
        """Return the options of the next attempt."""
        options = self._resumption.options
        headers = {name: value for name, value in options.headers.items() if name.lower() != _HEADER.lower()}
        return msgspec.structs.replace(options, headers=headers)

    @property
    def _id(self) -> str | None:
        """Return the last event id in UTF-8, as sent; None without one, or if it can't be sent."""
        text = self._parser.last_event_id.encode().decode("latin-1")
        if not text or isinstance(self._request.body, MultipartBody | BinaryBody | JsonLinesBody):
            return None
        try:
            return header_value(_HEADER, text)
        except ValueError:
            return None
