"""Names of a published client that a generated one keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs


@attrs.frozen
class ClientArgument:
    """An argument of the client: the key of a security scheme, or a header."""

    name: str
    scheme: str | None = None
    header: str | None = None
    variable: str | None = None
    """Environment variable with its value."""
    required: bool = True


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
