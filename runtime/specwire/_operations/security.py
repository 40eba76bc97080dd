"""How a client proves who it is: the security schemes of documents, and what each adds to a request."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._operations.operation import Requirement


_WHOLE = "the key is the whole Authorization header; if a word belongs before it, give both"


class Bearer(msgspec.Struct, frozen=True):
    """`Authorization: Bearer KEY`."""


class Basic(msgspec.Struct, frozen=True):
    """`Authorization: Basic ...` from a user and a password (RFC 7617)."""


class Digest(msgspec.Struct, frozen=True):
    """`Authorization: Digest ...` from a user and a password, once the server has sent its challenge (RFC 7616)."""


class Http(msgspec.Struct, frozen=True):
    """`Authorization: NAME KEY`, for the other schemes of HTTP."""

    name: str


class ApiKey(msgspec.Struct, frozen=True):
    """A key in a header, the query or a cookie."""

    name: str
    place: Literal["header", "query", "cookie"]
    prefix: str = ""
    """What the document puts before the key in its header, as `Token `; a key of several words stays as it is."""


class OAuth2(msgspec.Struct, frozen=True):
    """`Authorization: Bearer TOKEN`, a token that the document's token endpoint grants."""

    token_url: str
    """Where tokens are granted; one that begins with `/` is relative to where the client is told that the API is."""
    refresh_url: str | None = None
    """Where a refresh token is used, if not there."""


class MutualTLS(msgspec.Struct, frozen=True):
    """A certificate of the client's, shown when the connection is made."""


class Undeclared(msgspec.Struct, frozen=True):
    """A scheme that the document requires without saying how it is met: nothing is sent for it, and only on request."""


Scheme: TypeAlias = Bearer | Basic | Digest | Http | ApiKey | OAuth2 | MutualTLS | Undeclared


class Security(msgspec.Struct, frozen=True):
    """The schemes of an API that has several, by name, and which of them a call takes."""

    schemes: Mapping[str, Scheme]
    requirements: tuple[Requirement, ...]
    """The alternatives of every operation that does not say otherwise; the first that a client can meet is taken."""
    variables: Mapping[str, str] = {}
    """Scheme -> environment variable of its key."""
    required: bool = True
    """Whether a client cannot be made without credentials."""


class Anonymous(msgspec.Struct, frozen=True):
    """The wish to send no credentials, whatever the document demands."""


ANONYMOUS = Anonymous()
"""Given as the key: requests go without credentials, for servers that ask for none."""


class AppliedAuth(msgspec.Struct, frozen=True):
    """What one try of a request carries to prove who sends it."""

    headers: Mapping[str, str] = {}
    """By name in lower case."""
    query: Mapping[str, str] = {}
    cookies: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()
    """What must show nowhere, though the server repeats it."""
    sign: Callable[[str, str], str] | None = None
    """Method and target of the request -> `Authorization`, where that depends on them."""
    hint: str = ""
    """What may be wrong where the server does not take it."""

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but headers."""
        return not self.query and not self.cookies and self.sign is None

    def __repr__(self) -> str:
        return "Proof(***)"


def prove(scheme: Scheme, key: str) -> AppliedAuth:
    """Return what a scheme adds to a request for a key; raises `ConfigurationError` for one that no header can hold.

    The key of `Basic` is `user:password`. `Digest`, `MutualTLS` and `Undeclared` add nothing by themselves.
    """
    if isinstance(scheme, Basic):
        check_pair(key)
        coded = base64.b64encode(key.encode()).decode()
        return AppliedAuth({"authorization": f"Basic {coded}"}, secrets=(coded, key, key.partition(":")[2]))
    if not key or not key.isascii() or not key.isprintable() or key != key.strip():
        raise ConfigurationError(
            "the key is empty or holds characters that no HTTP header can: check where it is read from"
        )
    match scheme:
        case Bearer() | OAuth2():
            if key[:7].lower() == "bearer ":  # pasted with its word
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


def joined(proofs: tuple[AppliedAuth, ...]) -> AppliedAuth:
    """Return several proofs as one."""
    if len(proofs) == 1:
        return proofs[0]
    return AppliedAuth(
        {name: value for proof in proofs for name, value in proof.headers.items()},
        {name: value for proof in proofs for name, value in proof.query.items()},
        {name: value for proof in proofs for name, value in proof.cookies.items()},
        tuple(secret for proof in proofs for secret in proof.secrets),
        next((proof.sign for proof in proofs if proof.sign is not None), None),
        "; ".join(filter(None, (proof.hint for proof in proofs))),
    )


def check_pair(pair: str) -> None:
    """Raise `ConfigurationError` unless a text can be `user:password`."""
    if ":" not in pair or not pair.isprintable():
        raise ConfigurationError(
            "a user and a password are needed, without control characters: give ('user', 'password')"
        )
