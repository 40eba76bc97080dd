"""Asynchronous HTTP client over pyreqwest with its own time limit: one for each response as a whole."""

from __future__ import annotations

import asyncio
from math import inf
from typing import Any

from pyreqwest import client as pyreqwest, exceptions
from pyreqwest.cookie import CookieStore

from specwire._network.deadline_scope import bounded
from specwire._transports import library
from specwire._transports.async_messages import AsyncRawResponse, ahead, recorded
from specwire._transports.messages import UNFINISHED, RawRequest
from specwire._transports.pyreqwest_clients import Clients
from specwire._transports.pyreqwest_exit import close_at_exit
from specwire._transports.pyreqwest_results import ReadHeaders, delivered_again, translated, unless_cancelled

_DIGITS = 20
"""Number of digits that no length has."""


class AsyncPlainClient:
    """Asynchronous HTTP client over pyreqwest, its own or the user's."""

    def __init__(self, client: pyreqwest.Client | None, *, cookies: CookieStore | bool | None) -> None:
        self._clients = Clients(pyreqwest.ClientBuilder, client, cookies)
        close_at_exit(self)

    async def send(self, request: RawRequest) -> AsyncPlainResponse:
        """Send a request and return its response with an unread body."""
        failures: list[Exception] = []
        try:
            exchange = self._exchange(request, bounded(request.timeouts["read"]), failures)
            response = await exchange.__aenter__()
        except (exceptions.PyreqwestError, TimeoutError) as error:
            failure = failures[0] if failures else self._clients.translated(error, request.url)
            await unless_cancelled(failure)
        except asyncio.CancelledError:
            await delivered_again()
            raise
        else:
            made = self._received(request, response, exchange)
            if made.status_code >= 200:
                return made
            await made.aclose()
            failure = library.ReadError(UNFINISHED.format(made.status_code))
        raise failure  # here, so that it does not hold the original, which may name the URL and its credentials

    def _exchange(self, request: RawRequest, patience: float | None, failures: list[Exception]) -> Any:
        """Return the request in the form of pyreqwest, not yet sent."""
        builder = self._clients.builder(request)
        content: Any = request.content
        if content is not None and type(content) is not bytes:
            content = recorded(content, failures)
            builder = builder.body_stream(ahead(content) if "content-length" in request.headers else content)
        return self._clients.exchange(builder, request, patience)

    def _received(self, request: RawRequest, response: Any, exchange: Any) -> AsyncPlainResponse:
        return AsyncPlainResponse(request, response, exchange)

    async def aclose(self) -> None:
        self.close_now()

    def close_now(self) -> None:
        """Close the client; its calls end with an exception."""
        self._clients.close()


class AsyncPlainResponse(AsyncRawResponse):
    """Response of an asynchronous client."""

    __slots__ = ("_exchange", "_read", "_response")

    def __init__(self, request: RawRequest, response: Any, exchange: Any) -> None:
        super().__init__(request, response.status, ReadHeaders(response))
        self._response = response
        self._read = response.body_reader.read_chunk
        self._exchange = exchange

    @property
    def http_version(self) -> str:
        """Return the version of the protocol."""
        version: str = self._response.version
        return version

    async def take(self, enough: float) -> bytes:
        """Return the next bytes of the body: more than `enough`, or all that are left; none at its end."""
        chunks: list[bytes] = []
        size = 0
        try:
            if enough and self._length <= enough:
                chunks.append(await self._response.bytes())  # in one step: each lets another thread run Python
                self.is_closed = True
            while size <= enough and not self.is_closed:
                chunk = await self._read()
                if chunk is None:
                    self.is_closed = True
                else:
                    chunks.append(chunk)
                    size += len(chunk)
        except (exceptions.PyreqwestError, TimeoutError) as error:
            await self.aclose()
            failure = translated(error)
            await unless_cancelled(failure)
        except asyncio.CancelledError:
            await delivered_again()
            await self.aclose()
            raise
        except BaseException:
            await self.aclose()
            raise
        else:
            return b"".join(chunks)
        raise failure

    @property
    def _length(self) -> float:
        """Return the length of the body that the server states; infinity without one."""
        stated = self.headers.get("content-length", "")
        return int(stated) if stated.isdecimal() and len(stated) < _DIGITS else inf

    async def aclose(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            await self._exchange.__aexit__(None, None, None)

    async def adisconnect(self) -> None:
        """Close the connection; after a response without a body, pyreqwest closes it itself."""
        if self.status_code not in (204, 304):
            await self.aclose()
