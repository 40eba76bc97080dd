"""What all calls of one operation on one connection share, worked out once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from specwire._http.configuration import user_agent
from specwire._http.request import encoded
from specwire._network.request_url import without_login
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

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"})
_FRAMING = frozenset(
    "connection content-length host keep-alive proxy-connection te trailer transfer-encoding upgrade".split()
)
"""Headers that frame the request on its connection: a second source for them would allow request smuggling."""
_MOST_HEADS = 8
"""Content types of an operation for which headers are kept."""


class Head(NamedTuple):
    """The headers of calls that add none of their own."""

    stated: dict[str, str]
    """Without credentials."""
    sent: dict[str, str]
    """With those of `Prepared.proof`."""
    encoded: Pairs
    """What is sent, as the HTTP library takes it."""


class Prepared:
    """The constant part of the calls of an operation."""

    __slots__ = (
        "_heads",
        "_key",
        "_key_header",
        "_more",
        "_plain",
        "_user_agent",
        "decoder",
        "keyed",
        "keyring",
        "login",
        "non_retryable",
        "operation",
        "proof",
        "server",
        "url",
    )

    def __init__(
        self, provider: Provider, base_url: str, operation: Operation, options: Options, keyring: Credentials | None
    ) -> None:
        """Raise `ValueError` or `TypeError` for options that cannot be sent."""
        self.operation = operation
        self.non_retryable = provider.non_retryable
        """Errors after which the call is not repeated."""
        self.server, self.login = without_login(_server(provider, base_url, operation.server))
        """Where the operation is, and the user and the password that this URL held."""
        self.url = None if "{" in operation.path else self.server + operation.path
        """Where the calls go; None where that depends on parameters."""
        self.keyring = keyring if operation.secure else None
        """Where credentials come from; None where calls take none."""
        self.proof: AppliedAuth | None = None if self.keyring is None else self.keyring.ready(operation)
        """What proves every call; None where that changes from call to call, or nothing does."""
        self.decoder = quick_decoder(operation, options)
        """Decodes the usual answer; None where answers need a closer look."""
        self._plain = not self.login and (self.proof is None or self.proof.is_plain)
        self._user_agent = user_agent(provider.name, provider.version)
        self._more = settable(encode_headers(options.headers)) if options.headers else {}
        self._key_header = _key_header(provider, operation, options)
        key = options.idempotency_key
        self._key = {} if self._key_header is None or key is None else encode_headers({self._key_header: key})
        self.keyed = self._key_header is not None
        """Whether each call carries an idempotency key."""
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
        """Return the headers of calls that add none of their own, None where calls differ in them."""
        head = self._heads.get(content_type)
        if head is None and self._plain and not self.keyed:
            stated = self.headers(content_type, {})
            sent = stated if self.proof is None else proved(stated, self.proof)
            head = Head(stated, sent, encoded(sent))
            if len(self._heads) < _MOST_HEADS:
                self._heads[content_type] = head
        return head


def proved(headers: dict[str, str], proof: AppliedAuth) -> dict[str, str]:
    """Return headers with those of a proof; what the call itself states has precedence."""
    return {**proof.headers, **headers}


def settable(headers: dict[str, str]) -> dict[str, str]:
    """Return headers by name in lower case; raises `ValueError` for one that only the client may set."""
    for name in headers:
        if name.lower() in _FRAMING:
            raise ValueError(f"the header {name!r} is set by the client: leave it out")
    return {name.lower(): value for name, value in headers.items()}


def _key_header(provider: Provider, operation: Operation, options: Options) -> str | None:
    """Return the header of the idempotency key that calls carry, one for all attempts; None where they carry none."""
    header = provider.idempotency_header
    if header is None:
        if options.idempotency_key is not None:
            raise ValueError(f"{provider.name} heeds no idempotency keys: leave out `idempotency_key`")
        return None
    return None if operation.method in IDEMPOTENT else header.lower()


def _server(provider: Provider, base_url: str, server: str | None) -> str:
    """Return where an operation is: at a server of its own, unless the client was told another than the API's."""
    if server is None:
        return base_url
    if server.startswith("/"):
        return urljoin(base_url, server).rstrip("/")
    return server.rstrip("/") if provider.base_url is None or base_url == provider.base_url.rstrip("/") else base_url
