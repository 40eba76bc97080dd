"""Transport errors: failed attempts, before they become exceptions of a call."""

from __future__ import annotations

from specwire._models.headers import Headers

CLOSED_HERE = "the client, or this response, was closed during the call"
"""Message about a connection that this program closed while another thread or task used it."""


class TransportError(Exception):
    """Attempt without a response."""

    def __init__(self, message: str, *, sent: bool, timeout: bool, retryable: bool = True) -> None:
        super().__init__(message)
        self.sent = sent
        """True if the server may have received the request."""
        self.timeout = timeout
        self.retryable = retryable
        """False if another attempt would fail in the same way."""

    @property
    def origin(self) -> BaseException:
        """Return the cause to show to users: the HTTP library's own exception if there is one."""
        return self.__cause__ or self


def unsent(error: BaseException) -> TransportError:
    """Return a failure to write the head of a request on a connection: the server cannot act on a part of it."""
    return TransportError(f"the server closed the connection before the request: {error}", sent=False, timeout=False)


class BodyTooLargeError(Exception):
    """Response whose body is larger than the client may hold."""

    def __init__(self, limit: int, status: int, headers: Headers) -> None:
        super().__init__(f"the response body is larger than {limit:,} bytes")
        self.status = status
        self.headers = headers


class TokenDeniedError(Exception):
    """Token request that the token endpoint denied."""

    def __init__(self, message: str, status: int, headers: Headers, content: bytes) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.content = content
        """Response body with the secrets of the request masked."""
