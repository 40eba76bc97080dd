"""Additional properties of open models, and unknown fields of closed models.

An open model holds them in a field, typed as in the document. A closed model has no such field, so that misspelled
fields are caught; the client option `keep_unknown` stores what the server sent separately.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_type_hints

import msgspec

from specwire._models import lenient_json
from specwire._models.model import ADDITIONAL, WireStruct, is_open, unnamed
from specwire._models.type_walk import models_in
from specwire._models.union import decode_hook

D = TypeVar("D")
T = TypeVar("T")

_kept: dict[int, tuple[weakref.ref[WireStruct], Mapping[str, Any]]] = {}
"""Unknown fields by the id of their model, for as long as the model lives."""


def unknown_fields(model: WireStruct) -> Mapping[str, Any]:
    """Return the fields that the server sent beyond those of a model, by wire name, as builtins.

    Empty if there are none, for open models, and for all models of a client without the option `keep_unknown`.
    """
    found = _kept.get(id(model))
    return found[1] if found is not None else {}


class _AdditionalField(NamedTuple):
    """Field of an open model that holds the additional properties."""

    name: str
    type: Any


@cache
def _additional_field(kind: type[WireStruct]) -> _AdditionalField:
    name = kind.__struct_fields__[kind.__struct_encode_fields__.index(ADDITIONAL)]
    return _AdditionalField(name, get_type_hints(kind)[name])


def reaches_open(kind: Any) -> bool:
    """Return True if values of a type may contain open models."""
    return any(is_open(each) for each in models_in(kind))


def with_additional(decode: Callable[[D], T], parse: Callable[[D], Any]) -> Callable[[D], T]:
    """Return a decoder that also fills in the additional properties of open models; `parse` returns builtins."""

    def decode_all(data: D) -> T:
        value = decode(data)
        for model, fields in _models(value, parse(data)):
            if is_open(type(model)):
                rest = unnamed(type(model), fields)
                if rest:
                    field = _additional_field(type(model))
                    # The walk handles open models inside; converting them here would convert each value twice.
                    setattr(model, field.name, msgspec.convert(rest, field.type, dec_hook=decode_hook))
        return value

    return decode_all


def flattened(raw: Any) -> Any:
    """Return builtins with additional properties moved up to the declared ones; `raw` is changed in place."""
    queue = [raw]
    while queue:
        each = queue.pop()
        if isinstance(each, dict):
            more = each.pop(ADDITIONAL, None)
            if isinstance(more, dict):
                for name, item in more.items():
                    each.setdefault(name, item)
            queue += each.values()
        elif isinstance(each, list | tuple):
            queue += each
    return raw


def keep(value: T, data: bytes, charset: str = "utf-8") -> T:
    """Return a decoded value whose models also keep the unknown fields of its JSON bytes."""
    try:
        raw = lenient_json.loads(data, charset)
    except msgspec.DecodeError:
        return value  # not JSON text, so the value contains no model
    keep_from(value, raw)
    return value


def keep_from(value: object, raw: Any) -> None:
    """Store the unknown fields of a decoded value, given its builtins."""
    for model, fields in _models(value, raw):
        if not is_open(type(model)) and (unknown := unnamed(type(model), fields)):
            _store(model, unknown)


def restore(value: object, raw: Any) -> Any:
    """Return the builtins of a value with the stored unknown fields of its models; `raw` is changed in place."""
    for model, fields in _models(value, raw):
        for name, field in unknown_fields(model).items():
            fields.setdefault(name, field)
    return raw


def _store(model: WireStruct, fields: Mapping[str, Any]) -> None:
    key = id(model)
    _kept[key] = weakref.ref(model, lambda _: _kept.pop(key, None)), fields


def _models(value: object, raw: Any) -> Iterator[tuple[WireStruct, dict[str, Any]]]:
    """Yield every model in a value with its object in the builtins, outer models first."""
    queue: list[tuple[Any, Any]] = [(value, raw)]
    while queue:
        value, raw = queue.pop()
        match value:
            case WireStruct():
                if isinstance(raw, dict):
                    yield value, raw
                    for name, wire in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
                        if wire in raw:
                            queue.append((getattr(value, name), raw[wire]))
                        elif wire == ADDITIONAL:
                            queue.append((getattr(value, name), raw))
            case list() | tuple():
                if isinstance(raw, list | tuple):
                    queue += zip(value, raw, strict=False)
            case Mapping():
                if isinstance(raw, Mapping):
                    queue += [(item, raw[key]) for key, item in value.items() if key in raw]
