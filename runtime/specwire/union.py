"""Unions that msgspec cannot tell apart by itself: resolved structurally, deterministically, by required keys.

A generated module declares one under its name::

    JobResult = union(__name__, "JobResult", lambda: (CompletionJobOut, LegacyJobMetadataOut))

Type checkers see the plain union instead (`if TYPE_CHECKING`). msgspec sees a class of which everything is an
instance, and hands the raw value to `decode_hook`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, cast, get_origin

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
        for variant in candidates(kind, raw):
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


def candidates(kind: UnionMarker, raw: Any) -> list[Any]:
    """Return the variants in the order in which they should be tried for this raw value, best first.

    For an object: the variant that the discriminator names comes first, then those whose constants and tag agree, then
    those whose required keys are all there, then those that know most of its keys; ties keep the order of the document.
    Arrays of objects go by their first.
    """
    variants = kind.variants()
    if isinstance(raw, list):
        arrays = (variant for variant in variants if not _is_struct(variant))
        return sorted(arrays, key=lambda variant: _item_fit(variant, raw), reverse=True)
    if not isinstance(raw, dict):
        return [variant for variant in variants if not _is_struct(variant)]
    value = raw.get(kind.field) if kind.field is not None else None
    target = kind.named().get(value) if isinstance(value, str) else None
    meant = list(flatten((target,)))
    ranked = sorted(
        (variant for variant in flatten(variants) if _is_struct(variant)),
        key=lambda variant: (variant in meant, *_fit(variant, raw)),
        reverse=True,
    )
    return ranked + [variant for variant in variants if not _is_struct(variant)]


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


def _fit(variant: type[msgspec.Struct], raw: Mapping[str, Any]) -> tuple[bool, bool, int, int]:
    required, known, constants = _shape(variant)
    agrees = all(raw.get(key) in values for key, values in constants.items() if key in raw)
    return agrees, required <= raw.keys(), len(constants.keys() & raw.keys()), len(known & raw.keys())


def _item_fit(variant: Any, raw: list[Any]) -> tuple[bool, bool, int, int]:
    items: tuple[Any, ...] = getattr(variant, "__args__", ())
    first = next((item for item in raw if isinstance(item, dict)), None)
    if first is None or len(items) != 1 or not _is_struct(items[0]):
        return False, False, 0, 0
    return _fit(items[0], first)


@cache
def _shape(variant: type[msgspec.Struct]) -> tuple[frozenset[str], frozenset[str], dict[str, tuple[Any, ...]]]:
    info = cast(inspect.StructType, inspect.type_info(variant))
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
    return frozenset(required), frozenset(known), constants
