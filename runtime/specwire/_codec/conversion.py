"""Conversion between models and builtins."""

from __future__ import annotations

from typing import Any, TypeVar

from specwire._codec.codec import decoder, to_builtins
from specwire._models.model import WireModel

T = TypeVar("T")


def to_dict(model: WireModel) -> dict[str, Any]:
    """Return a model as JSON-ready builtins by wire name, without unset fields.

    Unknown fields are included if the client kept them.
    """
    from specwire._models.additional_properties import restore

    result: dict[str, Any] = restore(model, to_builtins(model))
    return result


def from_dict(kind: type[T], data: Any) -> T:
    """Build `kind` from builtins by wire name; raise `msgspec.ValidationError` with a JSON path on a mismatch."""
    built: T = decoder(kind).convert(data)
    return built
