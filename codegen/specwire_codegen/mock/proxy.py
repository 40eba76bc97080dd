"""Proxy to a live server that reports where requests and responses depart from the document."""

from collections.abc import AsyncIterator, Callable
from typing import Final
from urllib.parse import urlsplit

import httpx2
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.handler import Handler, arrival
from specwire_codegen.mock.recording import LoggedRequest
from specwire_codegen.mock.reply.asgi_send import close_connection, send_reply
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.reply.responses import SANDBOX, is_active
from specwire_codegen.mock.request.bodies import Receiver

_OWN: Final = frozenset(
    "connection host keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade".split()
)
"""Headers between two neighbours, which are not passed on (RFC 9110, section 7.6.1)."""
_TIMEOUT: Final = httpx2.Timeout(600, connect=20)


def base_url(url: str) -> str:
    """Return a base URL in normal form; raise MockError if it is unusable."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MockError(f"{url!r} is not a URL: write it like https://api.example.com") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise MockError(f"{url!r} is not a base URL: write it like https://api.example.com, without a query")
    if parts.username is not None or parts.password is not None:
        raise MockError("the URL of --proxy holds a user or password: let the client send credentials")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


class Proxy:
    """ASGI application that passes requests on to one server, unbuffered both ways."""

    def __init__(self, handler: Handler, server: str, report: Callable[[LoggedRequest], object]) -> None:
        """Pass on to the server at a base URL; `report` receives the record of each request."""
        self._handler = handler
        self._server = server
        self._report = report
        self._check = handler.response_check()
        # Neither proxies nor credentials of the environment: requests go to the named server, as the client sent them.
        self._client = httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=_TIMEOUT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and its response back."""
        request = Request(scope, receive)
        receiver = Receiver(request.headers.get("content-type", ""))
        has_body = any(name in request.headers for name in ("content-length", "transfer-encoding"))

        async def body() -> AsyncIterator[bytes]:
            async for chunk in request.stream():
                receiver.feed(chunk)
                yield chunk

        path, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("latin-1")
        url = httpx2.URL(f"{self._server}{path}{f'?{query}' if query else ''}")
        headers = [(name, value) for name, value in request.headers.items() if _is_passed(name)]
        sent = self._client.build_request(
            request.method,
            url,
            headers=[*headers, ("accept-encoding", "identity")],
            content=body() if has_body else None,
        )
        try:
            response = await self._client.send(sent, stream=True)
        except httpx2.TransportError as error:
            reply = self._handler.bad_gateway(f"{self._server} cannot be reached: {type(error).__name__}")
            return await send_reply(reply, Faults(), scope, receive, send)
        got = arrival(request.method, path, query, request.headers.items(), receiver.end())
        operation = self._handler.operation_of(got)
        watch = (
            None
            if operation is None
            else self._check.begin(operation, request.method, response.status_code, response.headers.multi_items())
        )
        encoded = "content-encoding" in response.headers
        raw = [
            (name.lower(), value)
            for name, value in response.headers.raw
            if _is_passed(name.decode("latin-1"))
            and not (encoded and name.lower() in {b"content-encoding", b"content-length"})
        ]
        if is_active(response.headers.items()):
            raw.append((SANDBOX[0].encode(), SANDBOX[1].encode()))
        await send({"type": "http.response.start", "status": response.status_code, "headers": raw})
        broken = ""
        try:
            async for chunk in response.aiter_bytes() if encoded else response.aiter_raw():
                if watch is not None:
                    watch.feed(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except httpx2.TransportError as error:
            broken = f"the connection of the server broke: {type(error).__name__}"
        finally:
            await response.aclose()
        departures = watch.end() if watch is not None and not broken else ()
        departures = (*self._handler.request_departures(got), *departures)
        self._report(self._handler.record_proxied(got, operation, response.status_code, departures, broken))
        if broken:
            return await close_connection(scope, receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return None


def _is_passed(name: str) -> bool:
    low = name.lower()
    return low not in _OWN and low != "accept-encoding" and not low.startswith("x-mock-")
