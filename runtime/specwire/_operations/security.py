"""Security schemes of documents, and the credentials that each adds to a request."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._operations.operation import Requirement


_WHOLE = "the key is the whole Authorization header; include the scheme if the server expects one"


class Bearer(msgspec.Struct, frozen=True):
    """`Authorization: Bearer KEY`."""


class Basic(msgspec.Struct, frozen=True):
    """`Authorization: Basic ...` with a user and a password (RFC 7617)."""


class Digest(msgspec.Struct, frozen=True):
    """`Authorization: Digest ...` with a user and a password, once the server has sent its challenge (RFC 7616)."""


class Http(msgspec.Struct, frozen=True):
    """`Authorization: NAME KEY`, for the other HTTP schemes."""

    name: str


class ApiKey(msgspec.Struct, frozen=True):
    """Key in a header, the query or a cookie."""

    name: str
    place: Literal["header", "query", "cookie"]
    prefix: str = ""
    """Prefix of the key in its header, such as `Token `; not added to a key of several words."""


class OAuth2(msgspec.Struct, frozen=True):
    """`Authorization: Bearer TOKEN`, with a token from the token endpoint."""

    token_url: str
    """URL of the token endpoint; if it begins with `/`, relative to the client's base URL."""
    refresh_url: str | None = None
    """URL for refresh tokens, if it differs."""
    device_url: str | None = None
    """URL of the device authorization endpoint."""
    own: Mapping[str, tuple[str, str]] = {}
    """Flow with another token endpoint -> its URLs for tokens and for refresh tokens."""


class MutualTLS(msgspec.Struct, frozen=True):
    """Client certificate, presented when the connection is made."""


class Undeclared(msgspec.Struct, frozen=True):
    """Scheme that the document requires without declaring it: nothing is sent for it, and only on request."""


Scheme: TypeAlias = Bearer | Basic | Digest | Http | ApiKey | OAuth2 | MutualTLS | Undeclared


class Security(msgspec.Struct, frozen=True):
    """Schemes of an API that has several, by name, and the combinations that a call needs."""

    schemes: Mapping[str, Scheme]
    requirements: tuple[Requirement, ...]
    """Default alternatives of operations; the first that the client can meet is used."""
    variables: Mapping[str, str] = {}
    """Scheme -> environment variable of its key."""
    required: bool = True
    """True if a client can't be created without credentials."""


class Anonymous(msgspec.Struct, frozen=True):
    """Type of `ANONYMOUS`."""


ANONYMOUS = Anonymous()
"""Value for `api_key=`: send requests without credentials, for servers that need none."""


class AppliedAuth(msgspec.Struct, frozen=True):
    """Authentication of one attempt: headers, query parameters and cookies."""

    headers: Mapping[str, str] = {}
    """Headers by name in lower case."""
    query: Mapping[str, str] = {}
    cookies: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()
    """Values to mask everywhere, even if the server repeats them."""
    sign: Callable[[str, str], str] | None = None
    """Function from method and request target to `Authorization`, if it depends on them."""
    hint: str = ""
    """Possible reason if the server rejects it."""

    @property
    def is_plain(self) -> bool:
        """Return True if it consists of headers only."""
        return not self.query and not self.cookies and self.sign is None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


def make_auth(scheme: Scheme, key: str) -> AppliedAuth:
    """Return the credentials that a scheme adds to a request; raise `ConfigurationError` for an invalid header value.

    The key of `Basic` is `user:password`. `Digest`, `MutualTLS` and `Undeclared` add nothing by themselves.
    """
    if isinstance(scheme, Basic):
        check_pair(key)
        coded = base64.b64encode(key.encode()).decode()
        return AppliedAuth({"authorization": f"Basic {coded}"}, secrets=(coded, key, key.partition(":")[2]))
    if not key or not key.isascii() or not key.isprintable() or key != key.strip():
        raise ConfigurationError("the key is empty or has characters forbidden in HTTP headers: check its source")
    match scheme:
        case Bearer() | OAuth2():
            if key[:7].lower() == "bearer ":  # pasted including the scheme
                key = key[7:].strip()
            return AppliedAuth({"authorization": f"Bearer {key}"}, secrets=(key,))
        case Http(name):
            return AppliedAuth({"authorization": f"{name} {key}"}, secrets=(key,))
        case ApiKey(name, "header", prefix):
            *_, last = key.split()
            whole = name.lower() == "authorization" and not prefix and last == key
            sent = f"{prefix}{key}" if last == key else key
            return AppliedAuth(
                {name.lower(): sent}, secrets=tuple(dict.fromkeys((key, last))), hint=_WHOLE if whole else ""
            )
        case ApiKey(name, "query"):
            return AppliedAuth(query={name: key}, secrets=(key,))
        case ApiKey(name, _):
            return AppliedAuth(cookies={name: key}, secrets=(key,))
        case Digest() | MutualTLS() | Undeclared():
            return AppliedAuth()


def combined(parts: tuple[AppliedAuth, ...]) -> AppliedAuth:
    """Combine several authentications."""
    if len(parts) == 1:
        return parts[0]
    return AppliedAuth(
        {name: value for part in parts for name, value in part.headers.items()},
        {name: value for part in parts for name, value in part.query.items()},
        {name: value for part in parts for name, value in part.cookies.items()},
        tuple(secret for part in parts for secret in part.secrets),
        next((part.sign for part in parts if part.sign is not None), None),
        "; ".join(filter(None, (part.hint for part in parts))),
    )


def check_pair(pair: str) -> None:
    """Raise `ConfigurationError` for a text that isn't `user:password`."""
    if ":" not in pair or not pair.isprintable():
        raise ConfigurationError(
            "a user and a password are needed, without control characters: give ('user', 'password')"
        )
