"""Prepared operation: everything that its calls on one connection share, computed once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from specwire._http.configuration import other_servers, user_agent
from specwire._http.methods import IDEMPOTENT
from specwire._http.request import encoded, is_observer
from specwire._network.request_url import without_userinfo
from specwire._responses.parsing import quick_decoder
from specwire._serialization.parameters import encode_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specwire._auth.credentials import Credentials
    from specwire._http.options import Options
    from specwire._http.request import Pairs
    from specwire._operations.operation import Operation
    from specwire._operations.provider import Provider
    from specwire._operations.security import AppliedAuth

_FRAMING = frozenset(
    "connection content-length host keep-alive proxy-connection te trailer transfer-encoding upgrade".split()
)
"""Headers that frame the request on its connection: duplicates would allow request smuggling."""
_MOST_HEADS = 8
"""Maximum number of content types per operation for which headers are cached."""


class Head(NamedTuple):
    """Headers of calls that add none of their own."""

    stated: dict[str, str]
    """Headers without credentials."""
    sent: dict[str, str]
    """Headers with the credentials of `Prepared.auth`."""
    encoded: Pairs
    """The sent headers in the form of the HTTP library."""


class Prepared:
    """Constant part of the calls of an operation."""

    __slots__ = (
        "_heads",
        "_key",
        "_key_header",
        "_more",
        "_plain",
        "_user_agent",
        "auth",
        "credentials",
        "decoder",
        "is_constant",
        "keyed",
        "non_retryable",
        "operation",
        "other_servers",
        "server",
        "url",
        "userinfo",
    )

    def __init__(
        self, provider: Provider, base_url: str, operation: Operation, options: Options, credentials: Credentials | None
    ) -> None:
        """Raise `ValueError` or `TypeError` for options that can't be sent."""
        self.operation = operation
        self.non_retryable = provider.non_retryable
        """Errors after which the call isn't retried."""
        self.server, self.userinfo = without_userinfo(_server(provider, base_url, operation.server))
        """URL of the server, and the header values for the user and password that it contained."""
        self.other_servers = other_servers(provider, base_url) if provider.servers else ""
        """Hint for a rejected key: it may belong to another server."""
        self.url = None if "{" in operation.path else self.server + operation.path
        """URL of the calls; None if it depends on parameters."""
        self.credentials = credentials if operation.secure else None
        """Credentials of the client; None if calls need none."""
        self.auth: AppliedAuth | None = None if self.credentials is None else self.credentials.ready(operation)
        """Authentication of all calls; None if it varies or calls need none."""
        self.decoder = quick_decoder(operation, options)
        """Decoder of the usual response; None if responses need more checks."""
        self.is_constant = all(map(is_observer, options.middleware))
        """True if no middleware changes requests, so that calls may share their headers."""
        self._plain = not self.userinfo and (self.auth is None or self.auth.is_plain)
        self._user_agent = user_agent(provider.name, provider.version)
        self._more = settable(encode_headers(options.headers)) if options.headers else {}
        self._key_header = _key_header(provider, operation, options)
        key = options.idempotency_key
        self._key = {} if self._key_header is None or key is None else encode_headers({self._key_header: key})
        self.keyed = self._key_header is not None
        """True if each call has an idempotency key."""
        self._heads: dict[str | None, Head] = {}

    def headers(self, content_type: str | None, own: Mapping[str, Any]) -> dict[str, str]:
        """Return the headers of a call with some of its own, without credentials."""
        operation = self.operation
        headers = {"accept": operation.accept, "user-agent": self._user_agent}
        if content_type is not None:
            headers["content-type"] = content_type
        if own:
            headers.update(settable(encode_headers(own, operation.styles)))
        headers.update(self._more)
        if self._key_header is not None:
            headers.update(self._key)
            headers.setdefault(self._key_header, os.urandom(16).hex())
        return headers

    def head(self, content_type: str | None) -> Head | None:
        """Return the headers of calls that add none of their own; None if these differ between calls."""
        head = self._heads.get(content_type)
        if head is None and self._plain and not self.keyed:
            stated = self.headers(content_type, {})
            sent = stated if self.auth is None else with_auth(stated, self.auth)
            head = Head(stated, sent, encoded(sent))
            if len(self._heads) < _MOST_HEADS:
                self._heads[content_type] = head
        return head


def with_auth(headers: dict[str, str], auth: AppliedAuth) -> dict[str, str]:
    """Return headers with those of the authentication; headers of the call itself take precedence."""
    return {**auth.headers, **headers}


def settable(headers: dict[str, str]) -> dict[str, str]:
    """Return headers with names in lower case; raise `ValueError` for one that only the client may set."""
    for name in headers:
        if name.lower() in _FRAMING:
            raise ValueError(f"the header {name!r} is set by the client: leave it out")
    return {name.lower(): value for name, value in headers.items()}


def _key_header(provider: Provider, operation: Operation, options: Options) -> str | None:
    """Return the name of the idempotency header, whose key all attempts of a call share; None without one."""
    header = provider.idempotency_header
    if header is None:
        if options.idempotency_key is not None:
            raise ValueError(f"{provider.name} does not support idempotency keys: leave out `idempotency_key`")
        return None
    return None if operation.method in IDEMPOTENT else header.lower()


def _server(provider: Provider, base_url: str, server: str | None) -> str:
    """Return the base URL of an operation: its own server, unless the user chose another base URL for the client."""
    if server is None:
        return base_url
    if server.startswith("/"):
        return urljoin(base_url, server).rstrip("/")
    return server.rstrip("/") if provider.base_url is None or base_url == provider.base_url.rstrip("/") else base_url
