"""Check of downloaded bytes against the declared content."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from specwire._codec.drift_reports import Drift, listed, report
from specwire._models import lenient_json
from specwire._responses.error_envelope import envelope_error, error_alone_in
from specwire._responses.media_type import form_of, is_range, is_unspecific, media_type_of
from specwire.errors import DecodeError

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._operations.request import FileRequest
    from specwire._operations.response import Response

_LONGEST = 64 * 1024
"""Maximum size of a response that may be an error, in bytes."""


class FileCheck:
    """Check that holds back a short JSON response until it is certainly no error, and reports an undeclared type."""

    def __init__(self, request: FileRequest, options: Options) -> None:
        self._request = request
        self._options = options
        self._response: Response[None] | None = None
        self._held: bytearray | None = None
        self.masked: Callable[[bytes], bytes] = bytes
        """Masks secrets of the request in bytes."""

    def begin(self, response: Response[None]) -> None:
        """Process the head of a response that holds the whole file."""
        declared, came = (
            self._request.operation.payload_of(response.status_code).accept,
            media_type_of(response.headers),
        )
        self._response = response
        self._held = bytearray() if form_of(came) == "json" and form_of(declared) != "json" else None
        specific = not is_range(declared) and not is_unspecific(declared) and form_of(declared) == "bytes"
        if specific and came != declared and (came == "text/html" or form_of(came) == "json"):
            self._tell(Drift("$", declared, came))

    def take(self, chunk: bytes) -> bytes:
        """Process the next bytes and return those that may be handed out."""
        if self._held is None:
            return chunk
        self._held += chunk
        return self._released() if len(self._held) > _LONGEST else b""

    def end(self) -> bytes:
        """Process the end and return the bytes held back; raise `EnvelopeError` if they are an error."""
        if self._held is None:
            return b""
        content = self._released()
        try:
            raw = lenient_json.loads(self.masked(content))
        except msgspec.DecodeError:
            return content
        error = error_alone_in(raw)
        if error is not None and self._response is not None:
            raise envelope_error(self._request, self._response, raw, error)
        return content

    def _released(self) -> bytes:
        held, self._held = bytes(self._held or b""), None
        return held

    def _tell(self, drift: Drift) -> None:
        operation, options = self._request.operation, self._options
        if options.on_drift == "raise":
            text = f"{operation.id}: the response differs from the document: {listed([drift])}"
            raise DecodeError(text, request=self._request, response=self._response)
        status = self._response.status_code if self._response is not None else None
        report([drift], options.on_drift, operation.id, options.warned, status)
