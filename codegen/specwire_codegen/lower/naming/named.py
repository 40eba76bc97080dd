"""Facts of an operation that its method name is derived from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.openapi.words import split_controller


@attrs.frozen
class Named:
    """An operation to name."""

    key: str
    """Unique key: method and path."""
    id: str
    tag: str | None
    """Its first tag, or its controller."""
    http_method: str
    path: str
    resource: str | None = None
    """Dotted resource that the document states for this operation."""
    method: str | None = None
    """Method name that the document states for this operation."""
    several: bool | None = None
    """Whether it returns a list; None if unknown."""


def named(raw: Mapping[str, Any], http_method: str, path: str, several: bool | None = None) -> Named:
    """Return the facts that a method name is derived from."""
    tags: Sequence[str] = raw.get("tags", ())
    stated: Mapping[str, str] = raw.get("x-specwire-name", {})
    return Named(
        f"{http_method} {path}",
        raw["operationId"],
        tags[0] if tags else split_controller(raw["operationId"])[0] or None,
        http_method,
        path,
        stated.get("resource"),
        stated.get("method"),
        several,
    )
