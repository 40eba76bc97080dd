"""Responses with their metadata: the part that synchronous and asynchronous ones share."""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from specwire._codec.codec import decoder
from specwire._codec.drift import tolerate
from specwire._compat.call import Call, Omit
from specwire._models import lenient_json
from specwire._models.additional_properties import keep_from
from specwire._operations.request import BaseRequest

if TYPE_CHECKING:
    import httpx2

    from specwire._client.session import BaseSession
    from specwire._http.response import HTTPResponse
    from specwire._operations.response import Response


class BaseAPIResponse:
    """A response whose body may still be unread."""

    def __init__(
        self, session: BaseSession, request: BaseRequest, opened: HTTPResponse, head: Response[None], page: Any
    ) -> None:
        self._session = session
        self._request = request
        self._opened = opened
        self._head = head
        self._page = page
        """Class of pages, for a list; None for other calls."""
        self._parsed: list[Any] = []
        self._closed = False

    @property
    def http_response(self) -> httpx2.Response:
        """The response of the HTTP library; with its body once that was read."""
        if "content" not in self._opened.__dict__:
            return self._opened.raw
        from specwire._compat.http import response_of

        return response_of(msgspec.structs.replace(self._head, content=self._opened.content), self.http_request)

    @property
    def http_request(self) -> httpx2.Request:
        """The request that was sent."""
        return self._opened.raw.request

    @property
    def headers(self) -> httpx2.Headers:
        """The headers."""
        return self._opened.raw.headers

    @property
    def status_code(self) -> int:
        """The status code."""
        return self._opened.status_code

    @property
    def url(self) -> httpx2.URL:
        """The URL of the request."""
        return self._opened.raw.url

    @property
    def method(self) -> str:
        """The method of the request."""
        return self._opened.raw.request.method

    @property
    def http_version(self) -> str:
        """The version of HTTP."""
        return self._opened.raw.http_version

    @property
    def elapsed(self) -> datetime.timedelta:
        """The time from the first attempt to the response."""
        return datetime.timedelta(seconds=self._head.elapsed)

    @property
    def is_closed(self) -> bool:
        """True once the body was read or the response closed."""
        return self._closed or "content" in self._opened.__dict__

    @property
    def retries_taken(self) -> int:
        """The number of attempts after the first."""
        return self._head.attempts - 1

    @property
    def request_id(self) -> str | None:
        """The request id that the server sent, or None."""
        return self._head.request_id

    @property
    def _limit(self) -> int | None:
        return self._session.options.max_response_size

    def _json(self, content: bytes) -> Any:
        return lenient_json.loads(content, self._opened.charset)

    def _text(self, content: bytes) -> str:
        return content.decode(self._opened.charset, "replace")

    def _as(self, kind: Any, content: bytes) -> Any:
        """Return the body as a type that the caller chose."""
        if kind is bytes:
            return content
        if kind is str:
            return self._text(content)
        if isinstance(kind, type) and kind.__module__.partition(".")[0] == "httpx2":
            return self.http_response
        raw = self._json(content)
        if self._session.options.on_drift == "raise":
            return decoder(kind).convert(raw)
        value, _ = tolerate(raw, kind)
        keep_from(value, raw)
        return value

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code}] of {self._request.operation.id}>"


def created(file: str | os.PathLike[str]) -> BinaryIO:
    """Create a file, or empty it; writing to it takes too little time to leave the event loop for."""
    return open(file, "wb")


def session_of(session: Any, call: Call[Any]) -> Any:
    """Return a session with the options of a call."""
    if call.is_plain:
        return session
    changed = session.changed(call.options())
    omitted = {name: value for name, value in (call.headers or {}).items() if isinstance(value, Omit)}
    if omitted:
        headers = sent({**changed.options.headers, **omitted})
        changed.options = msgspec.structs.replace(changed.options, headers=headers)
    return changed


def sent(headers: Any) -> dict[str, str]:
    """Return headers without those that are omitted, whatever their case."""
    omitted = {name.lower() for name, value in headers.items() if value is msgspec.UNSET}
    return {name: value for name, value in headers.items() if name.lower() not in omitted}
