"""Response with its metadata: the result of `.raw`, and part of errors."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from specwire._codec.drift import Drift
from specwire._models.headers import Headers

T = TypeVar("T")

REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-ms-request-id",
    "apim-request-id",
    "x-correlation-id",
    "cf-ray",
)


def request_id_of(headers: Headers) -> str | None:
    """Return the request id in the headers of a response, or None."""
    return next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), None)


class Response(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Response with its metadata."""

    status_code: int
    headers: Headers
    content: bytes
    """Decompressed body; empty for streams."""
    parsed: T
    """Body in its declared type."""
    attempts: int = 1
    """Number of attempts."""
    elapsed: float = 0.0
    """Seconds from the first attempt to the response."""
    drift: tuple[Drift, ...] = ()
    """Places where the body differs from the document."""

    @property
    def request_id(self) -> str | None:
        """Return the request id that the server sent, to quote in support requests, or None."""
        return request_id_of(self.headers)

    def __repr__(self) -> str:
        return f"Response(status_code={self.status_code}, request_id={self.request_id!r}, {len(self.content)} bytes)"
