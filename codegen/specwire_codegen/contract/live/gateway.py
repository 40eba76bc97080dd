"""Local server between the checks and a live one: all requests of a run pass it, and only allowed ones leave it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import attrs
import httpx2
from starlette.types import Message, Receive, Scope, Send

from specwire_codegen.contract.exceptions import MARK
from specwire_codegen.contract.live.budget import Budget
from specwire_codegen.contract.live.removal import Journal
from specwire_codegen.contract.live.tokens import limited
from specwire_codegen.contract.recorder import whole
from specwire_codegen.contract.values.exchange import Exchange, Pairs
from specwire_codegen.contract.wire.expected_request import Arrival
from specwire_codegen.mock.request.parameters import pairs
from specwire_codegen.mock.request.routing import Found, Router

_HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host "
    "content-length".split()
)
_DECODED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
"""Headers of a response that do not fit its decoded body."""
_LARGEST = 16 * 1024 * 1024
"""Maximum number of bytes of a response that are read."""
_TRIES = 3
_LONGEST_STREAM = 60.0
"""Seconds until a response that does not end is cut."""
_BACKOFF = 1.0
REFUSED = 421
"""Status of requests that did not leave the gateway."""


class Server(Protocol):
    """The server behind the gateway."""

    def send(self, request: Exchange) -> Exchange | None:
        """Return the exchange with its response; None if a recording does not have the request."""

    def close(self) -> None:
        """Close all connections."""


class LiveServer:
    """A server at an address."""

    def __init__(self) -> None:
        """Connect on the first request."""
        self._http = httpx2.Client(timeout=_LONGEST_STREAM, follow_redirects=False)

    def send(self, request: Exchange) -> Exchange | None:
        """Send a request, and read the response up to a limit of size and time."""
        started = time.time()
        until = time.monotonic() + _LONGEST_STREAM
        body = b""
        with self._http.stream(
            request.method, request.url, headers=list(request.headers), content=request.body
        ) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LARGEST or time.monotonic() > until:
                    break
        headers = tuple(
            (name.lower(), value) for name, value in response.headers.multi_items() if name.lower() not in _DECODED
        )
        return attrs.evolve(
            request,
            status=response.status_code,
            response_headers=headers,
            response_body=body,
            started=started,
            seconds=time.time() - started,
        )

    def close(self) -> None:
        """Close all connections."""
        self._http.close()


class Gateway:
    """ASGI application that forwards allowed requests within the limits, and remembers them."""

    def __init__(
        self,
        url: str,
        server: Server,
        router: Router,
        allowed: Collection[str],
        budget: Budget,
        journal: Journal,
        declared: Mapping[str, Mapping[str, Any]],
        prefix: str = "",
    ) -> None:
        """Forward requests for the allowed operations to an origin, below a path prefix.

        `declared` are the properties of the JSON body of each operation.
        """
        self.arrivals: list[Arrival] = []
        self.exchanges: list[Exchange] = []
        self.refused: dict[str, str] = {}
        """Reason why a request of an operation was not sent, by operation."""
        self.lost: list[tuple[str, Exchange]] = []
        """Operation and request for each request that the recording does not have."""
        self.budget = budget
        self.journal = journal
        self.observe: Callable[[Exchange], object] = lambda exchange: None
        self._base = url.rstrip("/")
        self._server = server
        self._router = router
        self._allowed = allowed
        self._declared = declared
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        body = await whole(receive)
        headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
        arrival = Arrival(
            scope["method"], scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii"), headers, body
        )
        self.arrivals.append(arrival)
        await _respond(self._with_local_links(await self._forwarded(arrival), arrival), send)

    def _with_local_links(self, exchange: Exchange, arrival: Arrival) -> Exchange:
        """Let links and redirects to the server lead through the gateway, and no redirect to another host."""
        here = f"http://{arrival.header('host')}"
        headers = tuple(
            (name, local)
            for name, value in exchange.response_headers
            if (local := self._localized(name, value, exchange, here)) is not None
        )
        body = exchange.response_body
        if "json" in exchange.response_header("content-type"):
            for slash in ("/", "\\/"):
                there, nearby = (f'"{url}/'.replace("/", slash).encode() for url in (self._base, here))
                body = body.replace(there, nearby)
        return attrs.evolve(exchange, response_headers=headers, response_body=body)

    def _localized(self, name: str, value: str, exchange: Exchange, here: str) -> str | None:
        """Return a header for the client; None for a redirect to another host, which nobody named."""
        if name == "link":
            return value.replace(f"<{self._base}/", f"<{here}/")
        if name != "location" or not 300 <= (exchange.status or 0) < 400:
            return value
        target = urljoin(exchange.url, value)
        return (
            here + target.removeprefix(self._base) if target.startswith((f"{self._base}/", f"{self._base}?")) else None
        )

    async def _forwarded(self, arrival: Arrival) -> Exchange:
        path = arrival.raw_path.removeprefix(self._prefix) or "/"
        match self._router.match(arrival.method, path, pairs(arrival.query)):
            case Found(operation=operation, values=values) if operation.id in self._allowed:
                operation_id = operation.id
            case _:
                return self._refusal(arrival, "", "the plan does not have this operation")
        request = self._request(arrival, operation_id)
        reason = self.budget.refusal(operation_id, len(request.body))
        if reason:
            return self._refusal(arrival, operation_id, reason)
        exchange = await self._sent(request)
        if exchange is None:
            self.lost.append((operation_id, request))
            return self._refusal(arrival, operation_id, "the recording does not have this request")
        self.exchanges.append(exchange)
        self.observe(exchange)
        self.journal.note(operation_id, values, exchange)
        return exchange

    def _request(self, arrival: Arrival, operation_id: str) -> Exchange:
        query = f"?{arrival.query}" if arrival.query else ""
        body = arrival.body
        if "json" in (arrival.header("content-type") or ""):
            body = limited(body, self.budget.limits.tokens, self._declared.get(operation_id, {}))
        return Exchange(arrival.method, f"{self._base}{arrival.raw_path}{query}", _forwarded(arrival.headers), body)

    async def _sent(self, request: Exchange) -> Exchange | None:
        """Send a request within the rate, again when the server asks for a pause."""
        exchange: Exchange | None = None
        for number in range(_TRIES):
            await asyncio.sleep(self.budget.wait())
            try:
                exchange = await asyncio.to_thread(self._server.send, request)
            except httpx2.HTTPError as problem:
                return attrs.evolve(
                    request,
                    status=502,
                    response_headers=((MARK, "unreachable"), ("content-type", "text/plain")),
                    response_body=f"{type(problem).__name__}: {problem}".encode(),
                    started=time.time(),
                )
            if exchange is None or exchange.status not in (429, 503):
                return exchange
            if number + 1 == _TRIES or not self.budget.pause(_pause(exchange, number)) or not self.budget.again():
                break
        return exchange

    def refused_exchange(self, arrival: Arrival) -> Exchange:
        """Return a request that was not passed on, as the server would have received it."""
        query = f"?{arrival.query}" if arrival.query else ""
        return Exchange(arrival.method, f"{self._base}{arrival.raw_path}{query}", arrival.headers, arrival.body)

    def _refusal(self, arrival: Arrival, operation_id: str, reason: str) -> Exchange:
        if operation_id:
            self.refused.setdefault(operation_id, reason)
        url = f"{self._base}{arrival.raw_path}"
        headers = ((MARK, "refused"), ("content-type", "text/plain"))
        return Exchange(arrival.method, url, arrival.headers, arrival.body, REFUSED, headers, reason.encode())

    async def remove(self) -> list[str]:
        """Remove what the run created, and return what is left, with the reason."""
        left = [one.shown for one in self.journal.pending() if one.path is None]
        for created in self.journal.pending():
            if created.path is None:
                continue
            query = f"?{created.query}" if created.query else ""
            headers = tuple(pair for pair in created.headers if not pair[0].startswith("content-"))
            exchange = await self._sent(Exchange("DELETE", f"{self._base}{self._prefix}{created.path}{query}", headers))
            if exchange is not None:
                self.exchanges.append(exchange)
            status = None if exchange is None else exchange.status
            if not self.journal.removed(created, status):
                left.append(f"{created.shown}: the server responded with {status}")
        return left


def _forwarded(headers: Pairs) -> Pairs:
    return tuple(pair for pair in headers if pair[0] not in _HOP_BY_HOP)


def _pause(exchange: Exchange, number: int) -> float:
    """Return the seconds that the server asks to wait, or a growing pause if it names none."""
    stated = exchange.response_header("retry-after").strip()
    if stated.isdigit():
        return float(stated)
    try:
        moment = parsedate_to_datetime(stated)
    except ValueError:
        return _BACKOFF * 2.0**number
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


async def _respond(exchange: Exchange, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in exchange.response_headers]
    start: Message = {"type": "http.response.start", "status": exchange.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": exchange.response_body, "more_body": False})


def base_path(url: str) -> str:
    """Return the path of a base URL."""
    return urlsplit(url).path.rstrip("/")
