"""Properties that the document does not name: those of open models, and those that other models do not know.

An open model holds them in a field of its own, typed as the document says. Others have no room for them, so that a
misspelled field cannot be set; what a server sent is kept beside them where a client is told to keep it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

import msgspec

from specwire._models import lenient_json
from specwire._models.model import ADDITIONAL, OpenModel, WireModel, unnamed
from specwire._models.union import UnionMarker, decode_hook

D = TypeVar("D")
T = TypeVar("T")

_kept: dict[int, tuple[weakref.ref[WireModel], Mapping[str, Any]]] = {}
"""By the id of a model, for as long as it lives."""


def unknown_fields(model: WireModel) -> Mapping[str, Any]:
    """Return what the server sent besides the fields of a model, by wire name, as builtins.

    Empty where nothing else came, for open models, and for every model of a client without the option `keep_unknown`.
    """
    found = _kept.get(id(model))
    return found[1] if found is not None else {}


class _Room(NamedTuple):
    """The field of an open model that holds what the document does not name."""

    name: str
    type: Any


@cache
def _room(kind: type[OpenModel]) -> _Room:
    name = kind.__struct_fields__[kind.__struct_encode_fields__.index(ADDITIONAL)]
    return _Room(name, get_type_hints(kind)[name])


def reaches_open(kind: Any) -> bool:
    """Tell whether a value of a type may hold open models."""
    seen: set[Any] = set()
    queue = [kind]
    while queue:
        each = queue.pop()
        if each in seen:
            continue
        seen.add(each)
        if isinstance(each, UnionMarker):
            queue += each.variants()
        elif isinstance(each, type) and issubclass(each, msgspec.Struct):
            if issubclass(each, OpenModel):
                return True
            queue += get_type_hints(each).values()
        else:
            queue += get_args(each)
    return False


def gathering(decode: Callable[[D], T], parse: Callable[[D], Any]) -> Callable[[D], T]:
    """Return a decoder whose open models also hold the properties that they do not name; `parse` gives builtins."""

    def decode_all(data: D) -> T:
        value = decode(data)
        for model, fields in _models(value, parse(data)):
            if isinstance(model, OpenModel):
                rest = unnamed(type(model), fields)
                if rest:
                    room = _room(type(model))
                    # What open models in here hold is for the walk: no value is converted twice.
                    setattr(model, room.name, msgspec.convert(rest, room.type, dec_hook=decode_hook))
        return value

    return decode_all


def unfold(raw: Any) -> Any:
    """Return builtins in which what open models hold stands beside their properties; `raw` is changed."""
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
    """Return a decoded value whose models also hold the fields of its JSON bytes that they do not know."""
    try:
        raw = lenient_json.loads(data, charset)
    except msgspec.DecodeError:
        return value  # it is no JSON text, so that nothing in the value is a model
    keep_from(value, raw)
    return value


def keep_from(value: object, raw: Any) -> None:
    """Keep the fields of the builtins of a decoded value that its models do not know."""
    for model, fields in _models(value, raw):
        if not isinstance(model, OpenModel) and (unknown := unnamed(type(model), fields)):
            _hold(model, unknown)


def restore(value: object, raw: Any) -> Any:
    """Return the builtins of a value with the unknown fields that its models hold; `raw` is changed."""
    for model, fields in _models(value, raw):
        for name, field in unknown_fields(model).items():
            fields.setdefault(name, field)
    return raw


def _hold(model: WireModel, fields: Mapping[str, Any]) -> None:
    key = id(model)
    _kept[key] = weakref.ref(model, lambda _: _kept.pop(key, None)), fields


def _models(value: object, raw: Any) -> Iterator[tuple[WireModel, dict[str, Any]]]:
    """Yield every model in a value, with the object that stands in its place in the builtins; outer ones first."""
    queue: list[tuple[Any, Any]] = [(value, raw)]
    while queue:
        value, raw = queue.pop()
        match value:
            case WireModel():
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
