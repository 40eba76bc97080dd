"""Security schemes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, TypeAlias

import attrs

Requirement: TypeAlias = tuple[str, ...]
"""Names of security schemes that apply together."""


@attrs.frozen
class BearerScheme:
    """A bearer token provided by the user."""


@attrs.frozen
class BasicScheme:
    """User and password, sent in a header."""


@attrs.frozen
class DigestScheme:
    """User and password that are never sent; only a digest is."""


@attrs.frozen
class HttpScheme:
    """Another HTTP authentication scheme, by name."""

    name: str


@attrs.frozen
class ApiKeyScheme:
    """A key in a header, the query or a cookie."""

    name: str
    place: Literal["header", "query", "cookie"]
    prefix: str = ""
    """Text before the key in its header."""


@attrs.frozen
class OAuth2Scheme:
    """A bearer token that a token endpoint grants."""

    token_url: str
    refresh_url: str | None = None
    device_url: str | None = None
    own: tuple[tuple[str, tuple[str, str]], ...] = ()
    """Flow with another token endpoint -> its URLs for tokens and for refresh tokens."""


@attrs.frozen
class MutualTLSScheme:
    """A client certificate."""


@attrs.frozen
class UndeclaredScheme:
    """A scheme that calls require but the document does not declare."""


SecurityScheme: TypeAlias = (
    BearerScheme
    | BasicScheme
    | DigestScheme
    | HttpScheme
    | ApiKeyScheme
    | OAuth2Scheme
    | MutualTLSScheme
    | UndeclaredScheme
)


@attrs.frozen
class Security:
    """The schemes that operations use, by name; `api_key` is for the first."""

    schemes: tuple[tuple[str, SecurityScheme], ...]
    requirements: tuple[Requirement, ...]
    """The default alternatives of operations."""
    variables: tuple[tuple[str, str], ...]
    """Scheme -> environment variable of its key."""
    required: bool
    """True if calls need credentials by default."""

    def declares(self, alternatives: Collection[Requirement]) -> bool:
        """Return whether the document declares all schemes of one of the alternatives."""
        undeclared = {name for name, scheme in self.schemes if isinstance(scheme, UndeclaredScheme)}
        return not alternatives or any(undeclared.isdisjoint(names) for names in alternatives)
