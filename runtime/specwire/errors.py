"""Every exception that a client raises::

    SpecwireError
    ├── ConfigurationError             a key or a base URL is missing or unusable
    ├── InvalidRequestError            (also a ValueError) the request cannot be sent as it is
    ├── WaitTimeoutError               (also a TimeoutError) a job did not settle in time; `last` is its last state
    ├── UnknownStatusError             a job's status does not say whether it ended; `last` is its last state
    ├── JobFailedError                 a job settled without what was asked for; `job` is its last state
    └── APIError                       something went wrong with a request: `request`, `response`, `request_id`
        ├── APIConnectionError         no answer: refused, reset, broken off
        │   └── APITimeoutError        no answer in time
        ├── APIStatusError             the server answered with an error: `status_code`, typed `body`
        │   ├── BadRequestError            400
        │   ├── AuthenticationError        401
        │   ├── PermissionDeniedError      403
        │   ├── NotFoundError              404
        │   ├── ConflictError              409
        │   ├── UnprocessableEntityError   422
        │   ├── RateLimitError             429
        │   └── ServerError                5xx
        ├── PaginationError            a list has no end that can be reached: the server repeats itself
        ├── RefusedError               the server said no inside a successful answer: `code`, `body`
        ├── ResponseTooLargeError      the answer is larger than `max_response_size`: `status_code`
        ├── DecodeError                the answer is not what its content type says, or, where drift raises, drifted
        └── StreamError                a stream went wrong after it began
            ├── StreamTruncatedError       it ended before its end
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
    "InvalidRequestError",
    "JobFailedError",
    "NotFoundError",
    "PaginationError",
    "PermissionDeniedError",
    "RateLimitError",
    "EnvelopeError",
    "ServerError",
    "SpecwireError",
    "StreamError",
    "StreamEventError",
    "StreamTruncatedError",
    "UnknownStatusError",
    "UnprocessableEntityError",
    "WaitTimeoutError",
]


class ConfigurationError(SpecwireError):
    """A key or a base URL is missing or unusable."""


class WaitTimeoutError(SpecwireError, TimeoutError):
    """A job did not settle in time."""

    last: Any = None
    """The job as it was last seen."""
    request: BaseRequest | None = None


class UnknownStatusError(SpecwireError):
    """A job's status says neither that it goes on nor that it ended."""

    last: Any = None
    """The job as it was last seen."""
    request: BaseRequest | None = None


class JobFailedError(SpecwireError):
    """A job settled without what was asked for."""

    job: Any = None
    """The job as it ended."""


class APIError(SpecwireError):
    """Something went wrong with a request."""

    request: BaseRequest | None = None
    response: Response[Any] | None = None

    @property
    def request_id(self) -> str | None:
        """The identifier that the server gave the request, if it answered."""
        return self.response.request_id if self.response is not None else None


class APIConnectionError(APIError):
    """No answer: the connection was refused, reset or broken off."""


class APITimeoutError(APIConnectionError):
    """No answer in time."""


class PaginationError(APIError):
    """A list cannot be followed to its end: the server repeats itself, or more pages follow than were allowed."""


class APIStatusError(APIError):
    """The server answered with an error status."""

    status_code: int
    body: Any = None
    """The error body as the type that the document gives it; raw JSON or text where it gives none."""
    attempts: int = 1

    @property
    def headers(self) -> Headers:
        """The headers of the answer."""
        assert self.response is not None
        return self.response.headers


class BadRequestError(APIStatusError):
    """400: the request is malformed."""


class AuthenticationError(APIStatusError):
    """401: the key is missing, wrong or revoked."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: there is no such thing."""


class ConflictError(APIStatusError):
    """409: the state of the thing does not allow this."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is well-formed, its values are not acceptable."""


class RateLimitError(APIStatusError):
    """429: too many requests, or a quota is used up."""


class ServerError(APIStatusError):
    """5xx: the server failed."""


class EnvelopeError(APIError):
    """The server said no inside a successful answer."""

    code: int | str | None = None
    body: Any = None


class ResponseTooLargeError(APIError):
    """The answer is larger than `max_response_size`; what was read of it is dropped."""

    status_code: int


class DecodeError(APIError):
    """The answer is not what its content type says, or, where drift raises, it drifted."""


class StreamError(APIError):
    """A stream went wrong after it began."""


class StreamTruncatedError(StreamError):
    """A stream ended before its end."""


class StreamEventError(StreamError):
    """The server sent an error as an event of the stream."""

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
    """Return the exception class of an error status."""
    return _BY_STATUS.get(status, ServerError if status >= 500 else APIStatusError)
