"""Fields that a server sent and the document does not know, kept on the models where a client is told to keep them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from specwire.model import WireModel

T = TypeVar("T")

_kept: dict[int, tuple[weakref.ref[WireModel], Mapping[str, Any]]] = {}
"""By the id of a model, for as long as it lives: models have no room for more than their fields, so that a misspelled
one cannot be set."""


def unknown_fields(model: WireModel) -> Mapping[str, Any]:
    """Return what the server sent besides the fields of a model, by wire name, as builtins.

    Empty where nothing else came, and for every model of a client without the option `keep_unknown`.
    """
    found = _kept.get(id(model))
    return found[1] if found is not None else {}


def keep(value: T, data: bytes) -> T:
    """Return a decoded value whose models also hold the fields of its JSON bytes that they do not know."""
    _attach(value, msgspec.json.decode(data))
    return value


def restore(value: object, raw: Any) -> Any:
    """Return the builtins of a value with the unknown fields that its models hold; `raw` is changed."""
    for model, fields in _models(value, raw):
        if isinstance(fields, dict):
            for name, field in unknown_fields(model).items():
                fields.setdefault(name, field)
    return raw


def _attach(value: object, raw: Any) -> None:
    for model, fields in _models(value, raw):
        if isinstance(fields, Mapping):
            unknown = fields.keys() - _known(type(model))
            if unknown:
                _hold(model, {name: field for name, field in fields.items() if name in unknown})


def _hold(model: WireModel, fields: Mapping[str, Any]) -> None:
    key = id(model)
    _kept[key] = weakref.ref(model, lambda _: _kept.pop(key, None)), fields


def _known(kind: type[WireModel]) -> tuple[str, ...]:
    tag = kind.__struct_config__.tag_field
    return kind.__struct_encode_fields__ if tag is None else (*kind.__struct_encode_fields__, tag)


def _models(value: object, raw: Any) -> Iterator[tuple[WireModel, Any]]:
    """Yield every model in a value, with what stands in its place in the builtins."""
    match value:
        case WireModel():
            if isinstance(raw, Mapping):
                yield value, raw
                for name, wire in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
                    if wire in raw:
                        yield from _models(getattr(value, name), raw[wire])
        case list() | tuple():
            if isinstance(raw, list | tuple):
                for item, each in zip(value, raw, strict=False):
                    yield from _models(item, each)
        case Mapping():
            if isinstance(raw, Mapping):
                for key, item in value.items():
                    if key in raw:
                        yield from _models(item, raw[key])
