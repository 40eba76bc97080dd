"""Errors in events: the rules of the document, or an event with nothing but an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from specwire._errors.server_message import summary
from specwire._models import lenient_json
from specwire._operations.operation import EventsPayload
from specwire._pagination.pagination import at
from specwire._responses.error_envelope import error_alone_in
from specwire.errors import StreamEventError

if TYPE_CHECKING:
    from specwire._operations.request import StreamRequest

_ERROR = b'"error"'
"""Byte string that every event with nothing but an error contains."""


class EventErrors:
    """Detector of the events of a stream that are errors."""

    def __init__(self, request: StreamRequest[Any], payload: EventsPayload, *, alone: bool) -> None:
        self._request = request
        self._rules = payload.errors
        self._alone = alone and not payload.errors
        """True if an event with nothing but an error is one, since the document states no rule."""
        clues = {msgspec.json.encode(rule.equals or rule.path[-1]) for rule in payload.errors}
        self.clues = {_ERROR} if self._alone else set[bytes]() if payload.item else clues
        """Byte strings that an error in place of an event contains."""
        self.outer_clues = clues if payload.item else set[bytes]()
        """Byte strings that an error around an event contains."""

    def find(self, data: bytes) -> StreamEventError | None:
        """Return the error in the text of an event, or None."""
        body = lenient_json.loads_or_text(data)
        if self._alone:
            return self.error(body) if error_alone_in(body) is not None else None
        for rule in self._rules:
            found = at(body, rule.path)
            if found is not None and rule.equals in (None, found):
                return self.error(body, summary(found) if rule.equals is None else "")
        return None

    def error(self, body: Any, text: str = "") -> StreamEventError:
        """Return the exception for an error that the server sent as an event."""
        text = text or summary(body) or "no message"
        return StreamEventError(
            f"{self._request.operation.id}: the server sent an error in the stream: {text}",
            request=self._request,
            body=body,
        )
