"""HTTP clients, timeouts, requests and responses of httpx2, for code that is used to those of httpx."""

from __future__ import annotations

from pathlib import Path
from types import NoneType as NoneType
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import httpx2
from httpx2 import URL as URL, Timeout as Timeout

from specwire._serialization.parameters import encode_query, expand_path

if TYPE_CHECKING:
    from specwire._operations.request import BaseRequest
    from specwire._operations.response import Response

_TIMEOUT = 60.0
_CONNECT = 5.0
DEFAULT_TIMEOUT = Timeout(_TIMEOUT, connect=_CONNECT)
DEFAULT_CONNECTION_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20)
Transport: TypeAlias = httpx2.BaseTransport
AsyncTransport: TypeAlias = httpx2.AsyncBaseTransport
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers about the bytes on the connection, not about the body that was read from them."""


def _defaults(options: dict[str, Any]) -> dict[str, Any]:
    return {"timeout": DEFAULT_TIMEOUT, "limits": DEFAULT_CONNECTION_LIMITS, **options}


def file_from_path(path: str) -> tuple[str, bytes]:
    """Return the name and the content of a file, for an upload."""
    return Path(path).name, Path(path).read_bytes()


class DefaultHttpxClient(httpx2.Client):
    """An `httpx2.Client` with the timeouts and limits of the client's own, for `http_client=`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_defaults(options))


class DefaultAsyncHttpxClient(httpx2.AsyncClient):
    """An `httpx2.AsyncClient` with the timeouts and limits of the client's own, for `http_client=`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_defaults(options))


class DefaultAioHttpClient(DefaultAsyncHttpxClient):
    """A `DefaultAsyncHttpxClient`: connections are those of httpx2, not of aiohttp."""


def request_of(request: BaseRequest, base_url: str) -> httpx2.Request:
    """Return the HTTP request of a call, without credentials and body."""
    operation = request.operation
    try:
        path = expand_path(operation.path, request.path, operation.styles)
        query = encode_query(request.query, operation.styles)
    except (TypeError, ValueError):
        path, query = operation.path, ""
    url = request.url or f"{base_url}{path}{f'?{query}' if query else ''}"
    return httpx2.Request(operation.method, url if urlsplit(url).scheme else f"{base_url}{url}")


def response_of(response: Response[Any], request: httpx2.Request) -> httpx2.Response:
    """Return the response of a failed call, with the body that was read."""
    headers = [(name, value) for name, value in response.headers.items() if name.lower() not in _FRAMING]
    return httpx2.Response(response.status_code, headers=headers, content=response.content, request=request)
