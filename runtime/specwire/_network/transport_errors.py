"""Tries that came to nothing, before they are errors of a call."""

from __future__ import annotations

from specwire._models.headers import Headers

CLOSED_HERE = "the client, or this answer, was closed meanwhile"
"""What happened to a connection that this program closed while another thread or task used it."""


class TransportError(Exception):
    """A try that got no answer."""

    def __init__(self, message: str, *, sent: bool, timeout: bool, hopeless: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        """Whether the server may have seen the request."""
        self.timeout = timeout
        self.hopeless = hopeless
        """Whether another try would fail in the same way."""

    @property
    def origin(self) -> BaseException:
        """What users are shown as the cause: the HTTP library's own exception, if there is one."""
        return self.__cause__ or self


class BodyTooLargeError(Exception):
    """An answer whose body is larger than the client may hold."""

    def __init__(self, limit: int, status: int, headers: Headers) -> None:
        super().__init__(f"the body of the answer is larger than {limit:,} bytes")
        self.status = status
        self.headers = headers


class TokenDeniedError(Exception):
    """The token endpoint did not grant a token."""

    def __init__(self, message: str, status: int, headers: Headers, content: bytes) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.content = content
        """The body of the answer, without the secrets that were sent."""
