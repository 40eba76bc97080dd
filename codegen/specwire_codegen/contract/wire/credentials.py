"""Credentials of the clients under test: one key for every security scheme, and its form on the wire."""

from __future__ import annotations

from typing import Any, assert_never

import attrs
from specwire._operations.provider import Provider
from specwire._operations.security import (
    ANONYMOUS,
    Anonymous,
    AppliedAuth,
    Basic,
    Digest,
    MutualTLS,
    Scheme,
    Security,
    Undeclared,
    combined,
    make_auth,
)

from specwire_codegen.ir import (
    ApiKeyScheme,
    BasicScheme,
    BearerScheme,
    DigestScheme,
    HttpScheme,
    MutualTLSScheme,
    OAuth2Scheme,
    SecurityScheme,
    UndeclaredScheme,
)


def credentials(provider: Provider, key: str) -> dict[str, Any]:
    """Return the keywords that give a client one key for all its security schemes."""
    match provider.security:
        case None:
            return {}
        case Security(schemes):
            keyed = {name: scheme for name, scheme in schemes.items() if not isinstance(scheme, MutualTLS)}
            return {"credentials": {name: _given(scheme, key) for name, scheme in keyed.items()}}
        case scheme:
            return {"api_key": _given(scheme, key)}


def _given(scheme: Scheme, key: str) -> str | tuple[str, str] | Anonymous:
    if isinstance(scheme, Undeclared):
        return ANONYMOUS
    return (key, key) if isinstance(scheme, Basic | Digest) else key


def first_auth(provider: Provider, key: str) -> AppliedAuth:
    """Return the additions of the key to a request of an operation with the most common security."""
    match provider.security:
        case None:
            schemes: list[Scheme] = []
        case Security(named, requirements):
            names = next((requirement for requirement in requirements if requirement), ())
            schemes = [named[name] for name in names]
        case scheme:
            schemes = [scheme]
    return combined(
        tuple(make_auth(scheme, f"{key}:{key}" if isinstance(scheme, Basic) else key) for scheme in schemes)
    )


@attrs.frozen
class Shown:
    """Place of a scheme's credentials in each request, and the prefix before them."""

    place: str
    """`header`, `query` or `cookie`."""
    name: str
    """Header names in lower case."""
    before: str = ""


def shown(scheme: SecurityScheme) -> Shown | None:
    """Return the place of a scheme's credentials, or None if a request has none before a challenge."""
    match scheme:
        case ApiKeyScheme(name, place, prefix):
            return Shown(place, name.lower() if place == "header" else name, prefix)
        case BasicScheme():
            return Shown("header", "authorization", "Basic ")
        case BearerScheme() | OAuth2Scheme():
            return Shown("header", "authorization", "Bearer ")
        case HttpScheme(word):
            return Shown("header", "authorization", f"{word} ")
        case DigestScheme() | MutualTLSScheme() | UndeclaredScheme():
            return None
        case _:
            assert_never(scheme)
