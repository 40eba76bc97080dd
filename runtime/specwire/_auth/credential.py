"""What a user gives for a security scheme, and the proofs that come of it."""

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
    prove,
)
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._auth.digest import DigestAuth
    from specwire._auth.oauth2 import Grant
    from specwire._http.options import Options
    from specwire._http.transport import AsyncTransport, Transport
    from specwire._models.headers import Headers

Key: TypeAlias = "str | tuple[str, str] | Callable[[], str] | Grant | Anonymous"
"""A key; a user and a password; a function that returns the current key, asked before every try; an OAuth 2 grant.

`ANONYMOUS` sends none.
"""
AsyncKey: TypeAlias = "str | tuple[str, str] | Callable[[], str | Awaitable[str]] | Grant | Anonymous"
"""For asynchronous clients the function may be a coroutine function."""


class Source(Protocol):
    """Where the proofs of one scheme come from."""

    def get(self, transport: Transport, options: Options) -> AppliedAuth: ...

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth: ...

    def refused(self, proof: AppliedAuth, headers: Headers, /) -> bool:
        """Take note that the server did not take a proof, and return whether there will be another."""
        ...


class StaticCredential:
    """A key that stays as it is."""

    def __init__(self, proof: AppliedAuth) -> None:
        self.proof = proof

    def get(self, transport: Transport, options: Options) -> AppliedAuth:
        return self.proof

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        return self.proof

    def refused(self, proof: AppliedAuth, headers: Headers) -> bool:
        return False


class CallableCredential:
    """A function that returns the current key."""

    def __init__(self, scheme: Scheme, function: Callable[[], str | Awaitable[str]]) -> None:
        self._scheme = scheme
        self._function = function

    def get(self, transport: Transport, options: Options) -> AppliedAuth:
        key = self._function()
        if not isinstance(key, str):
            raise ConfigurationError("the key function of a synchronous client must return a string, not an awaitable")
        return prove(self._scheme, key)

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        key = self._function()
        return prove(self._scheme, await key if isawaitable(key) else key)

    def refused(self, proof: AppliedAuth, headers: Headers) -> bool:
        return True  # the key may have been changed where it is kept, and is asked for again


class DigestCredential:
    """A login that answers the server's challenges."""

    def __init__(self, login: DigestAuth) -> None:
        self._login = login

    def get(self, transport: Transport, options: Options) -> AppliedAuth:
        return self._login.proof()

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        return self._login.proof()

    def refused(self, proof: AppliedAuth, headers: Headers) -> bool:
        return self._login.challenged(headers.get("www-authenticate", ""))


def source_of(name: str, scheme: Scheme, value: AsyncKey, base_url: str) -> Source:
    """Return where the proofs of a scheme come from; raises `ConfigurationError` for what the scheme cannot take."""
    shown = f"the credentials of {name}" if name else "the key"
    if isinstance(scheme, Undeclared):
        if isinstance(value, Anonymous):
            return StaticCredential(AppliedAuth())
        raise ConfigurationError(
            f"{shown} cannot be sent: the document does not say where; give ANONYMOUS, and pass headers={{...}}"
        )
    if isinstance(value, Anonymous):
        raise ConfigurationError(f"{shown} cannot be ANONYMOUS beside others: pass api_key=ANONYMOUS alone")
    if isinstance(value, tuple):
        user, password = value
        if not isinstance(scheme, Basic | Digest):
            raise ConfigurationError(f"{shown} cannot be a user and a password: give a key")
        if isinstance(scheme, Basic) and ":" in user:
            raise ConfigurationError(f"{shown} are unusable: a user has no colon")
        return (
            StaticCredential(prove(scheme, f"{user}:{password}"))
            if isinstance(scheme, Basic)
            else _login(user, password)
        )
    if isinstance(scheme, Digest):
        if not isinstance(value, str):
            raise ConfigurationError(f"{shown} must be a user and a password: give ('user', 'password')")
        check_pair(value)
        user, _, password = value.partition(":")
        return _login(user, password)
    if isinstance(value, str):
        return StaticCredential(prove(scheme, value))
    if callable(value):
        return CallableCredential(scheme, value)
    if not isinstance(scheme, Bearer | OAuth2):
        raise ConfigurationError(f"{shown} cannot be an OAuth 2 grant: give a key")
    from specwire._auth.oauth2 import tokens

    return tokens(value, scheme, base_url)


def _login(user: str, password: str) -> Source:
    from specwire._auth.digest import DigestAuth

    return DigestCredential(DigestAuth(user, password))
