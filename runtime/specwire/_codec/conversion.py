"""Models to builtins and back."""

from __future__ import annotations

from typing import Any, TypeVar

from specwire._codec.codec import decoder, to_builtins
from specwire._models.model import WireModel

T = TypeVar("T")


def to_dict(model: WireModel) -> dict[str, Any]:
    """Return a model as JSON-ready builtins by wire name, without the fields that are not set.

    Fields that the document does not know are there too, where the client was told to keep them.
    """
    from specwire._models.additional_properties import restore

    result: dict[str, Any] = restore(model, to_builtins(model))
    return result


def from_dict(kind: type[T], data: Any) -> T:
    """Build `kind` from builtins by wire name; raises `msgspec.ValidationError`, with a JSON path, on misfit."""
    built: T = decoder(kind).convert(data)
    return built
