"""Credentials for one security scheme, and the authentication that they produce."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from specwire._operations.security import (
    Anonymous,
    AppliedAuth,
    Basic,
    Bearer,
    Digest,
    OAuth2,
    Scheme,
    Undeclared,
    check_pair,
    make_auth,
)
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._auth.digest import DigestAuth
    from specwire._auth.grants import Grant
    from specwire._http.options import Options
    from specwire._http.transport import AsyncTransport, Transport
    from specwire._models.headers import Headers

Key: TypeAlias = "str | tuple[str, str] | Callable[[], str] | Grant | Anonymous"
"""Key; user and password; function that returns the current key before each attempt; or OAuth 2 grant.

`ANONYMOUS` sends no credentials.
"""
AsyncKey: TypeAlias = "str | tuple[str, str] | Callable[[], str | Awaitable[str]] | Grant | Anonymous"
"""As `Key`; in asynchronous clients the function may be a coroutine function."""


class Source(Protocol):
    """Source of authentication for one scheme."""

    def get(self, transport: Transport, options: Options) -> AppliedAuth: ...

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth: ...

    def rejected(self, auth: AppliedAuth, headers: Headers, /) -> bool:
        """Process a rejection by the server, and return True if other authentication is available."""
        ...


class StaticCredential:
    """Constant key."""

    def __init__(self, auth: AppliedAuth) -> None:
        self.auth = auth

    def get(self, transport: Transport, options: Options) -> AppliedAuth:
        return self.auth

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        return self.auth

    def rejected(self, auth: AppliedAuth, headers: Headers) -> bool:
        return False


class CallableCredential:
    """Function that returns the current key."""

    def __init__(self, scheme: Scheme, function: Callable[[], str | Awaitable[str]]) -> None:
        self._scheme = scheme
        self._function = function

    def get(self, transport: Transport, options: Options) -> AppliedAuth:
        key = self._function()
        if isawaitable(key):
            raise ConfigurationError("the key function of a synchronous client must return a string, not an awaitable")
        return make_auth(self._scheme, _text(key))

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        key = self._function()
        return make_auth(self._scheme, _text(await key if isawaitable(key) else key))

    def rejected(self, auth: AppliedAuth, headers: Headers) -> bool:
        return True  # the key may have changed at its source, and is read again


def _text(key: object) -> str:
    if not isinstance(key, str):
        raise ConfigurationError(f"the key function must return a string, not {type(key).__name__}")
    return key


class DigestCredential:
    """User and password for digest challenges."""

    def __init__(self, digest_auth: DigestAuth) -> None:
        self._digest_credential = digest_auth

    def get(self, transport: Transport, options: Options) -> AppliedAuth:
        return self._digest_credential.auth()

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        return self._digest_credential.auth()

    def rejected(self, auth: AppliedAuth, headers: Headers) -> bool:
        return self._digest_credential.challenged(headers.get("www-authenticate", ""))


def source_of(name: str, scheme: Scheme, value: AsyncKey, base_url: str) -> Source:
    """Return the source for a scheme; raise `ConfigurationError` for a value that the scheme doesn't support."""
    shown = f"the credentials of {name}" if name else "the key"
    if isinstance(value, Anonymous):
        return StaticCredential(AppliedAuth())
    if isinstance(scheme, Undeclared):
        raise ConfigurationError(
            f"{shown} cannot be sent: the document does not declare where; pass ANONYMOUS, and headers={{...}}"
        )
    if isinstance(value, tuple):
        user, password = value
        if not isinstance(scheme, Basic | Digest):
            raise ConfigurationError(f"{shown} cannot be a user and a password: give a key")
        if isinstance(scheme, Basic) and ":" in user:
            raise ConfigurationError(f"{shown} are unusable: a user name cannot contain a colon")
        return (
            StaticCredential(make_auth(scheme, f"{user}:{password}"))
            if isinstance(scheme, Basic)
            else _digest_credential(user, password)
        )
    if isinstance(scheme, Digest):
        if not isinstance(value, str):
            raise ConfigurationError(f"{shown} must be a user and a password: give ('user', 'password')")
        check_pair(value)
        user, _, password = value.partition(":")
        return _digest_credential(user, password)
    if isinstance(value, str):
        return StaticCredential(make_auth(scheme, value))
    if callable(value):
        return CallableCredential(scheme, value)
    if not isinstance(scheme, Bearer | OAuth2):
        raise ConfigurationError(f"{shown} cannot be an OAuth 2 grant: give a key")
    from specwire._auth.grants import Grant
    from specwire._auth.oauth2 import tokens

    if not isinstance(value, Grant):
        raise ConfigurationError(f"{shown} must be text, a function or an OAuth 2 grant, not {type(value).__name__!r}")
    return tokens(value, scheme, base_url)


def _digest_credential(user: str, password: str) -> Source:
    from specwire._auth.digest import DigestAuth

    return DigestCredential(DigestAuth(user, password))
