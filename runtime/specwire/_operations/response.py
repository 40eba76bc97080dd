"""The whole of an answer: what `.raw` returns and what errors carry."""

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
    """Return the identifier that a server gave a request."""
    return next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), None)


class Response(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An answer with everything around it."""

    status_code: int
    headers: Headers
    content: bytes
    """The body, decompressed; empty for streams."""
    parsed: T
    """The body as its type."""
    attempts: int = 1
    """How many times the request was sent."""
    elapsed: float = 0.0
    """Seconds from the first try to the answer."""
    drift: tuple[Drift, ...] = ()
    """Where the body is not what the document says."""

    @property
    def request_id(self) -> str | None:
        """The identifier that the server gave this request, to quote when asking for support."""
        return request_id_of(self.headers)

    def __repr__(self) -> str:
        return f"Response(status_code={self.status_code}, request_id={self.request_id!r}, {len(self.content)} bytes)"
