"""Conversion of models to builtins and JSON, and back."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from specwire._codec.codec import decoder, encode, to_builtins
from specwire._models.model import WireStruct

T = TypeVar("T")


def to_dict(model: WireStruct) -> dict[str, Any]:
    """Return a model as JSON-ready builtins by wire name, without unset fields.

    Unknown fields are included if the client kept them.
    """
    from specwire._models.additional_properties import restore

    result: dict[str, Any] = restore(model, to_builtins(model))
    return result


def to_json(model: WireStruct, *, indent: int | None = None) -> str:
    """Return a model as JSON text by wire name, without unset fields; `indent` is a number of spaces per level."""
    data = encode(to_dict(model))
    return (data if indent is None else msgspec.json.format(data, indent=indent)).decode()


def from_dict(kind: type[T], data: Any) -> T:
    """Build `kind` from builtins by wire name; raise `msgspec.ValidationError` with a JSON path on a mismatch."""
    built: T = decoder(kind).convert(data)
    return built


def from_json(kind: type[T], data: str | bytes) -> T:
    """Build `kind` from JSON text by wire name.

    Raise `msgspec.ValidationError` with a JSON path on a mismatch, its base class `msgspec.DecodeError` for text that
    isn't JSON.
    """
    built: T = decoder(kind).decode(data.encode() if isinstance(data, str) else data)
    return built
