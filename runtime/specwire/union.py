"""Unions that msgspec cannot tell apart by itself: resolved structurally, deterministically, by keys and constants.

An object may be of any variant whose constants agree with it and whose required keys it has. Of those, one is taken
that fits and knows every key of the object that any of them knows, so that nothing is lost that the document knows.
Where there is none, the object drifted; see `specwire.drift`.

A generated module declares one under its name::

    JobResult = union(__name__, "JobResult", lambda: (CompletionJobOut, LegacyJobMetadataOut))

Type checkers see the plain union instead (`if TYPE_CHECKING`). msgspec sees a class of which everything is an
instance, and hands the raw value to `decode_hook`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cache
from types import UnionType
from typing import Any, NamedTuple, Union, cast, get_origin

import msgspec
from msgspec import inspect

_EXACT = 2.0**53
"""Up to here, floats are exact integers."""


class UnionMarker(type):
    """The class of union markers; any value passes msgspec's instance check, since the hook has already typed it."""

    variants: Callable[[], tuple[Any, ...]]
    field: str | None
    """Wire name of the property that names the variant; None if the document has no discriminator."""
    named: Callable[[], Mapping[str, Any]]
    """The variants by the values of that property."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True


def union(
    module: str,
    name: str,
    variants: Callable[[], tuple[Any, ...]],
    field: str | None = None,
    named: Callable[[], Mapping[str, Any]] = dict,
) -> Any:
    """Make the run-time stand-in of a union; `variants` and `named` are called when it decodes."""
    members = {"variants": staticmethod(variants), "field": field, "named": staticmethod(named)}
    return UnionMarker(name, (), {"__module__": module, **members})


def decode_hook(kind: type, raw: Any) -> Any:
    """Decode a raw value as the best of a union's variants; the `dec_hook` of every decoder."""
    if isinstance(kind, UnionMarker):
        for variant in choose(kind, raw).variants:
            try:
                return msgspec.convert(raw, variant, dec_hook=decode_hook)
            except msgspec.ValidationError:
                whole = _whole(raw)
            if whole is not raw:
                try:
                    return msgspec.convert(whole, variant, dec_hook=decode_hook)
                except msgspec.ValidationError:
                    continue
        raise msgspec.ValidationError(f"Expected `{kind.__name__}`, got {type(raw).__name__!r}")
    raise NotImplementedError(f"{kind!r} is not a type of the wire")


def _whole(raw: Any) -> Any:
    """Return an object or array with `1.0` as `1`, which is an integer to JSON Schema; the same one if it has none."""
    match raw:
        case dict():
            changed = {key: _whole_item(item) for key, item in raw.items()}
            return changed if any(changed[key] is not item for key, item in raw.items()) else raw
        case list():
            items = [_whole_item(item) for item in raw]
            return items if any(one is not item for one, item in zip(items, raw, strict=True)) else raw
        case _:
            return raw


def _whole_item(raw: Any) -> Any:
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() and abs(raw) <= _EXACT else raw
    return _whole(raw)


class Choice(NamedTuple):
    """The variants that a raw value may be of."""

    variants: tuple[Any, ...]
    """In the order in which they should be tried."""
    meant: Any = None
    """The one that the value is of, were it not for what drifted in it; None where that is not certain."""


class _Shape(NamedTuple):
    """What tells objects of a variant, or the objects in an array, from others."""

    variant: Any
    required: frozenset[str]
    known: frozenset[str]
    constants: dict[str, tuple[Any, ...]]


def choose(kind: UnionMarker, raw: Any) -> Choice:
    """Return the variants to try for a raw value: that of the discriminator, or those that lose none of its keys.

    Those with more constants come first; ties keep the order of the document.
    """
    structs, arrays, others = _variants(kind)
    if isinstance(raw, dict):
        named = _named(kind, raw)
        if len(named) == 1:
            return Choice((named[0].variant,), named[0].variant)
        return _without_loss(named or structs, [raw], others)
    if isinstance(raw, list):
        return _without_loss(arrays, [item for item in raw if isinstance(item, dict)], others)
    return Choice(others)


def _without_loss(shapes: Sequence[_Shape], objects: list[dict[str, Any]], others: tuple[Any, ...]) -> Choice:
    sent = objects[0].keys() if len(objects) == 1 else set[str]().union(*objects)
    rivals = [(shape, shape.known & sent) for shape in shapes if all(_may_be(shape, each) for each in objects)]
    every = frozenset[str]().union(*(keys for _, keys in rivals))
    whole = [shape for shape, keys in rivals if keys == every]
    if len(whole) > 1:
        whole.sort(key=lambda shape: len(shape.constants.keys() & sent), reverse=True)
    variants = (*(shape.variant for shape in whole), *others)
    return Choice(variants, whole[0].variant if objects and _is_certain(whole, sent) else None)


def _is_certain(whole: Sequence[_Shape], sent: Set[str]) -> bool:
    """Tell whether the first is better than the second."""
    if len(whole) < 2:
        return bool(whole)
    first, second = (len(shape.constants.keys() & sent) for shape in whole[:2])
    return first > second


def _may_be(shape: _Shape, raw: Mapping[str, Any]) -> bool:
    if not shape.required <= raw.keys():
        return False
    return all(raw[key] in values for key, values in shape.constants.items() if key in raw)


def _named(kind: UnionMarker, raw: Mapping[str, Any]) -> tuple[_Shape, ...]:
    value = raw.get(kind.field) if kind.field is not None else None
    target = kind.named().get(value) if isinstance(value, str) else None
    return tuple(_shape(variant, variant) for variant in flatten((target,)) if _is_struct(variant))


@cache
def _variants(kind: UnionMarker) -> tuple[tuple[_Shape, ...], tuple[_Shape, ...], tuple[Any, ...]]:
    """Return the variants of a union that are objects, those that are arrays of objects, and the others."""
    structs, arrays, others = [], [], []
    for variant in flatten(kind.variants()):
        items: tuple[Any, ...] = getattr(variant, "__args__", ())
        if _is_struct(variant):
            structs.append(_shape(variant, variant))
        elif get_origin(variant) is list and _is_struct(items[0]):
            arrays.append(_shape(variant, items[0]))
        else:
            others.append(variant)
    return tuple(structs), tuple(arrays), tuple(others)


def flatten(variants: tuple[Any, ...]) -> Iterator[Any]:
    """Yield the variants, those of nested unions in their place."""
    for variant in variants:
        if isinstance(variant, UnionMarker):
            yield from flatten(variant.variants())
        elif get_origin(variant) in (Union, UnionType):
            yield from flatten(variant.__args__)
        else:
            yield variant


def _is_struct(variant: Any) -> bool:
    return isinstance(variant, type) and issubclass(variant, msgspec.Struct)


@cache
def _shape(variant: Any, kind: type[msgspec.Struct]) -> _Shape:
    info = cast(inspect.StructType, inspect.type_info(kind))
    constants = {
        field.encode_name: tuple(field.type.values)
        for field in info.fields
        if isinstance(field.type, inspect.LiteralType) and len(field.type.values) == 1
    }
    known = {field.encode_name for field in info.fields}
    required = {field.encode_name for field in info.fields if field.required}
    if info.tag_field is not None:
        constants[info.tag_field] = (info.tag,)
        known.add(info.tag_field)
        required.add(info.tag_field)
    return _Shape(variant, frozenset(required), frozenset(known), constants)
