"""Clients of pyreqwest with the settings of the runtime, one for each time limit of a connection."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any

from pyreqwest import http
from pyreqwest.cookie import CookieStore

from specwire._transports.messages import RawRequest, SentHeaders
from specwire._transports.proxy import environment_proxy, named_proxy
from specwire._transports.pyreqwest_results import translated

_IDLE = timedelta(seconds=4)
"""Time to keep an idle connection."""
_MOST = 4
"""Maximum number of clients: programs that change the limit with every call share the last one."""
_UNBUFFERED = 0
"""Bytes of a stream to wait for before its head is returned; pyreqwest waits for 64 KiB or the end otherwise."""


class Clients:
    """The user's client for all limits, or one of the runtime's for each."""

    def __init__(self, builder: Callable[[], Any], given: Any, cookies: CookieStore | bool | None) -> None:
        self._builder = builder
        self._given = given
        self.cookies = CookieStore() if cookies is True else cookies or None
        """Cookies of all clients; None if none are kept."""
        self._made: dict[float | None, Any] = {}
        self._headers = SentHeaders(http.HeaderMap, decoded=given is None)
        if given is None:
            self.get(None)  # fails here if the environment does not allow it

    def get(self, connecting: float | None) -> Any:
        """Return the client that connects within some seconds."""
        client = self._made.get(connecting, self._given)
        if client is None:
            if len(self._made) > _MOST:
                return next(reversed(self._made.values()))
            client = self._made[connecting] = self._make(connecting)
        return client

    def _make(self, connecting: float | None) -> Any:
        """Make a client that does nothing that the runtime does, and trusts the certificates of the environment."""
        builder = (
            self._builder()
            .error_for_status(False)
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .brotli(False)
            .zstd(False)
            .deflate(False)
            .default_cookie_store(False)
            .pool_idle_timeout(_IDLE)
        )
        if self.cookies is not None:
            builder = builder.cookie_provider(self.cookies)
        if connecting is not None:
            builder = builder.connect_timeout(timedelta(seconds=connecting))
        if path := os.environ.get("SSL_CERT_FILE"):
            with open(path, "rb") as file:
                builder = builder.add_root_certificate_pem(file.read())
        return builder.build()

    def translated(self, error: Exception, url: str) -> Exception:
        """Return an exception before a response as one of the names that the transports know."""
        return named_proxy(translated(error), environment_proxy(url) if self._given is None else None)

    def builder(self, request: RawRequest) -> Any:
        """Return a builder of a request, complete except for a streamed body."""
        url = request.url if "?" in request.url else _plain_url(request.url)
        builder = self.get(request.timeouts["connect"]).request(request.method, url)
        builder = builder.headers(self._headers.of(request))
        return builder.body_bytes(request.content) if type(request.content) is bytes else builder

    def exchange(self, builder: Any, request: RawRequest, patience: float | None) -> Any:
        """Return the exchange of a request, whose response must be complete in some seconds.

        Only a limit of pyreqwest's own closes the connection of a call that waits for its response.
        """
        if patience is not None:
            builder = builder.timeout(_span(round(patience, 3)))
        if request.stream:
            builder = builder.streamed_read_buffer_limit(_UNBUFFERED)
        return builder.build_streamed()

    def close(self) -> None:
        """Close the clients of the runtime's own; none of them waits."""
        made, self._made = self._made, {}
        for client in made.values():
            closing = client.close()
            if isinstance(closing, Coroutine):
                with suppress(StopIteration):
                    closing.send(None)


@lru_cache(maxsize=256)
def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@lru_cache(maxsize=256)
def _plain_url(url: str) -> http.Url:
    return http.Url(url)
