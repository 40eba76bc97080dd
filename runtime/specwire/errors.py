"""Exceptions of a client::

    SpecwireError
    ├── ConfigurationError             a key or a base URL is missing or unusable
    ├── InvalidRequestError            (also a ValueError) the request can't be sent
    ├── WaitTimeoutError               (also a TimeoutError) a job didn't end in time; `last` is its last state
    ├── UnknownStatusError             the status of a job is unknown; `last` is its last state
    ├── JobFailedError                 a job ended without the requested result; `job` is its final state
    ├── WebhookError                   a webhook is not signed by its sender, or has another form
    ├── OutputError                    a language model's answer is not the object asked for: `completion`
    │   ├── OutputRefusedError             the model refused, or a filter withheld the answer
    │   └── OutputTruncatedError           the answer is cut off
    └── APIError                       a request failed: `request`, `response`, `request_id`
        ├── APIConnectionError         no response: refused, reset, broken off
        │   └── APITimeoutError        no response in time
        ├── APIStatusError             the response has an error status: `status_code`, typed `body`
        │   ├── BadRequestError            400
        │   ├── AuthenticationError        401
        │   ├── PermissionDeniedError      403
        │   ├── NotFoundError              404
        │   ├── ConflictError              409
        │   ├── UnprocessableEntityError   422
        │   ├── RateLimitError             429
        │   └── ServerError                5xx
        ├── PaginationError            a list can't be read to its end
        ├── EnvelopeError              a success status with an error in the body: `code`, `body`
        ├── ResponseTooLargeError      the response exceeds `max_response_size`: `status_code`
        ├── DecodeError                the response doesn't match its content type, or drifted
        └── StreamError                a stream failed after it began
            ├── StreamTruncatedError       the stream ended before its terminator
            └── StreamEventError           the server sent an error as an event: `body`

All pickle. No message, `repr` or attribute holds credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specwire._errors.base import InvalidRequestError, SpecwireError

if TYPE_CHECKING:
    from specwire._models.headers import Headers
    from specwire._operations.request import BaseRequest
    from specwire._operations.response import Response

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "DecodeError",
    "EnvelopeError",
    "InvalidRequestError",
    "JobFailedError",
    "NotFoundError",
    "OutputError",
    "OutputRefusedError",
    "OutputTruncatedError",
    "PaginationError",
    "PermissionDeniedError",
    "RateLimitError",
    "ResponseTooLargeError",
    "ServerError",
    "SpecwireError",
    "StreamError",
    "StreamEventError",
    "StreamTruncatedError",
    "UnknownStatusError",
    "UnprocessableEntityError",
    "WaitTimeoutError",
    "WebhookError",
]


class ConfigurationError(SpecwireError):
    """Missing or unusable key, base URL or other setting."""


class WaitTimeoutError(SpecwireError, TimeoutError):
    """Job that didn't reach a final status in time."""

    last: Any = None
    """Last known state of the job."""
    request: BaseRequest | None = None


class UnknownStatusError(SpecwireError):
    """Job status that is neither a known final status nor a known intermediate one."""

    last: Any = None
    """Last known state of the job."""
    request: BaseRequest | None = None


class JobFailedError(SpecwireError):
    """Job that ended without the requested result."""

    job: Any = None
    """Final state of the job."""


class WebhookError(SpecwireError):
    """Webhook that its sender did not sign, or whose body has another form."""


class OutputError(SpecwireError):
    """Answer of a language model that is not the object asked for."""

    completion: Any = None
    """The completion with the answer."""


class OutputRefusedError(OutputError):
    """Answer that the model refused to give, or that a filter withheld."""


class OutputTruncatedError(OutputError):
    """Answer that is cut off, since it reached the limit of its tokens."""


class APIError(SpecwireError):
    """Failure of a request."""

    request: BaseRequest | None = None
    response: Response[Any] | None = None

    @property
    def request_id(self) -> str | None:
        """Return the request id that the server sent, or None."""
        return self.response.request_id if self.response is not None else None


class APIConnectionError(APIError):
    """No response: the connection was refused, reset or broken off."""

    attempts: int = 1


class APITimeoutError(APIConnectionError):
    """No response in time."""


class PaginationError(APIError):
    """List that can't be read to its end: pages repeat, or there are more pages than allowed."""


class APIStatusError(APIError):
    """Response with an error status."""

    status_code: int
    body: Any = None
    """Error body in its declared type; raw JSON or text if the document declares none."""
    attempts: int = 1

    @property
    def headers(self) -> Headers:
        """Return the headers of the response."""
        assert self.response is not None
        return self.response.headers


class BadRequestError(APIStatusError):
    """400: malformed request."""


class AuthenticationError(APIStatusError):
    """401: missing, wrong or revoked key."""


class PermissionDeniedError(APIStatusError):
    """403: the key lacks the permission."""


class NotFoundError(APIStatusError):
    """404: not found."""


class ConflictError(APIStatusError):
    """409: conflict with the current state of the resource."""


class UnprocessableEntityError(APIStatusError):
    """422: well-formed request with unacceptable values."""


class RateLimitError(APIStatusError):
    """429: too many requests, or an exhausted quota."""


class ServerError(APIStatusError):
    """5xx: failure of the server."""


class EnvelopeError(APIError):
    """Success status with an error in the body."""

    code: int | str | None = None
    body: Any = None


class ResponseTooLargeError(APIError):
    """Response larger than `max_response_size`; the part that was read is dropped."""

    status_code: int


class DecodeError(APIError):
    """Response that doesn't match its content type, or that drifted while `on_drift` is "raise"."""


class StreamError(APIError):
    """Failure of a stream after its beginning."""


class StreamTruncatedError(StreamError):
    """Stream that ended before its terminator."""


class StreamEventError(StreamError):
    """Error that the server sent as an event of a stream."""

    body: Any = None


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def status_class(status: int) -> type[APIStatusError]:
    """Return the exception class for an error status."""
    return _BY_STATUS.get(status, ServerError if status >= 500 else APIStatusError)
