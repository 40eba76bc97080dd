"""Security schemes."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

Requirement: TypeAlias = tuple[str, ...]
"""Security schemes that are taken all together, by name."""


@attrs.frozen
class BearerScheme:
    """A bearer token that the user has."""


@attrs.frozen
class BasicScheme:
    """A user and a password."""


@attrs.frozen
class DigestScheme:
    """A user and a password that are not sent."""


@attrs.frozen
class HttpScheme:
    """Another scheme of HTTP, by its name."""

    name: str


@attrs.frozen
class ApiKeyScheme:
    """A key in a header, the query or a cookie."""

    name: str
    place: Literal["header", "query", "cookie"]
    prefix: str = ""
    """What stands before the key in its header."""


@attrs.frozen
class OAuth2Scheme:
    """A bearer token that a token endpoint grants."""

    token_url: str
    refresh_url: str | None = None


@attrs.frozen
class MutualTLSScheme:
    """A certificate of the client."""


@attrs.frozen
class UndeclaredScheme:
    """A scheme that calls require, though the document does not declare how credentials are sent."""


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
    """The schemes that operations take, by name; the first is the one that `key` is for."""

    schemes: tuple[tuple[str, SecurityScheme], ...]
    requirements: tuple[Requirement, ...]
    """The alternatives of every operation that does not say otherwise."""
    variables: tuple[tuple[str, str], ...]
    """Scheme -> environment variable of its key."""
    required: bool
    """Whether the document says that no call, but for those that say otherwise, goes without credentials."""
