"""Names of a published client that a generated one keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs


@attrs.frozen
class ClientArgument:
    """An argument of the client: a key, a header, a query parameter, or a variable of the server's URL."""

    name: str
    scheme: str | None = None
    """Security scheme whose key it is, or a part of it."""
    header: str | None = None
    query: str | None = None
    server: str | None = None
    """Variable of the server's URL."""
    role: str | None = None
    """Part of the key, such as `username`; None for the whole."""
    variable: str | None = None
    """Environment variable with its value."""
    required: bool = True
    default: str | None = None


@attrs.frozen
class Compat:
    """Style of a published client, and its names."""

    style: Literal["stainless"]
    timeout: float = 60.0
    """Default timeout, in seconds."""
    arguments: tuple[ClientArgument, ...] = ()
    types: Mapping[str, str] = attrs.field(factory=dict)
    """Components of the normalized document by their dotted name below `types`."""
    pages: Mapping[str, str] = attrs.field(factory=dict)
    """Names of classes of pages by operationId."""
    positional: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Arguments that may be passed by position, by operationId and in the names of the API."""
    headers: Mapping[str, str] = attrs.field(factory=dict)
    """Headers of every request."""
    max_retries: int | None = None
    """Default number of attempts after the first."""
    headers_variable: str | None = None
    """Environment variable with headers for every request, one a line."""
    legacy_responses: bool = False
    """Whether raw responses are those of the older generation, of which nothing is awaited."""
