"""Credentials of the clients under test: one key for every security scheme, and its form on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

import attrs
from specwire import ANONYMOUS
from specwire._operations.security import Anonymous, Scheme
from specwire.support import Basic, Digest, MutualTLS, Provider, Security as RuntimeSecurity, Undeclared

from specwire_codegen.ir import (
    ApiKeyScheme,
    BasicScheme,
    BearerScheme,
    DigestScheme,
    HttpScheme,
    MutualTLSScheme,
    OAuth2Scheme,
    Security,
    SecurityScheme,
    UndeclaredScheme,
)


def credentials(provider: Provider, key: str) -> dict[str, Any]:
    """Return the keywords that give a client one key for all its security schemes."""
    match provider.security:
        case None:
            return {}
        case RuntimeSecurity(schemes):
            keyed = {name: scheme for name, scheme in schemes.items() if not isinstance(scheme, MutualTLS)}
            return {"credentials": {name: _given(scheme, key) for name, scheme in keyed.items()}}
        case scheme:
            return {"api_key": _given(scheme, key)}


def _given(scheme: Scheme, key: str) -> str | tuple[str, str] | Anonymous:
    if isinstance(scheme, Undeclared):
        return ANONYMOUS
    if not isinstance(scheme, Basic | Digest):
        return key
    user, colon, password = key.partition(":")
    return (user, password if colon else user)


@attrs.frozen
class ServerKeys:
    """The key in the form that schemathesis takes."""

    schemes: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict, repr=False)
    """Credentials by the name of the security scheme."""
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    """Headers for schemes that schemathesis does not know."""


def server_keys(security: Security | None, key: str) -> ServerKeys:
    """Return one key for all security schemes."""
    schemes: dict[str, dict[str, str]] = {}
    headers: dict[str, str] = {}
    for name, scheme in security.schemes if security is not None else ():
        match scheme:
            case ApiKeyScheme(_, _, prefix):
                schemes[name] = {"api_key": f"{prefix}{key}"}
            case BasicScheme():
                user, colon, password = key.partition(":")
                schemes[name] = {"username": user, "password": password if colon else user}
            case BearerScheme():
                schemes[name] = {"bearer": key}
            case OAuth2Scheme():
                headers["Authorization"] = f"Bearer {key}"
            case HttpScheme(word):
                headers["Authorization"] = f"{word} {key}"
            case DigestScheme() | MutualTLSScheme() | UndeclaredScheme():
                continue
            case _:
                assert_never(scheme)
    return ServerKeys(schemes, headers)


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
