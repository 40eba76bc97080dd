"""Tolerant decoder: any JSON as any model, and bytes that are not JSON."""

from __future__ import annotations

from functools import cache
from types import new_class
from typing import Any, Literal

import msgspec
from hypothesis import strategies as st
from specwire import UNSET, Unset, WireModel
from specwire._codec.drift import decode

from .check import Check

_KEYS = ("a", "b", "c")
_SCALARS: tuple[Any, ...] = (int, str, float, bool, Literal["x", "y"], Literal[1], Any)


class ListOf(msgspec.Struct, frozen=True):
    """Array."""

    items: Shape


class MapOf(msgspec.Struct, frozen=True):
    """Object with any keys."""

    values: Shape


class Nullable(msgspec.Struct, frozen=True):
    """Type or null."""

    inner: Shape


class Fields(msgspec.Struct, frozen=True):
    """Object with these keys, each with its type and whether it is required."""

    fields: tuple[tuple[str, Shape, bool], ...]


Shape = int | ListOf | MapOf | Nullable | Fields
"""Type as data: the number of a scalar type, or a type of types."""

_SHAPES: st.SearchStrategy[Shape] = st.recursive(
    st.integers(0, len(_SCALARS) - 1),
    lambda inner: (
        st.builds(ListOf, inner)
        | st.builds(MapOf, inner)
        | st.builds(Nullable, inner)
        | st.lists(st.tuples(st.sampled_from(_KEYS), inner, st.booleans()), unique_by=lambda field: field[0])
        .map(tuple)
        .map(Fields)
    ),
    max_leaves=6,
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["x", "1", "\u00e9", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*_KEYS, "z"]), inner, max_size=4),
    max_leaves=10,
)


@cache
def _type_of(shape: Shape) -> Any:
    match shape:
        case int():
            return _SCALARS[shape]
        case ListOf(items):
            return list.__class_getitem__(_type_of(items))
        case MapOf(values):
            return dict.__class_getitem__((str, _type_of(values)))
        case Nullable(inner):
            return _type_of(inner) | None
        case Fields(fields):
            types = {name: _type_of(inner) if required else _type_of(inner) | Unset for name, inner, required in fields}
            unset = {name: UNSET for name, _, required in fields if not required}
            body = {"__annotations__": types, **unset}
            return new_class("Model", (WireModel,), {"kw_only": True}, lambda namespace: namespace.update(body))


def _is_kept(raw: Any, shape: Shape, back: Any) -> bool:
    """Tell whether a value is complete: an object in full, or the fields that its type knows."""
    match shape:
        case ListOf(items) if isinstance(raw, list) and isinstance(back, list):
            return len(raw) == len(back) and all(
                _is_kept(one, items, other) for one, other in zip(raw, back, strict=True)
            )
        case MapOf(values) if isinstance(raw, dict) and isinstance(back, dict):
            return raw.keys() == back.keys() and all(_is_kept(raw[key], values, back[key]) for key in raw)
        case Nullable(inner):
            return _is_kept(raw, inner, back)
        case Fields(fields) if isinstance(raw, dict) and isinstance(back, dict) and back != raw:
            known = {name: inner for name, inner, _ in fields if name in raw}
            return back.keys() == known.keys() and all(_is_kept(raw[key], known[key], back[key]) for key in known)
        case _:
            return bool(raw == back)


def nothing_is_lost(case: tuple[Any, Shape]) -> None:
    """Any JSON decodes as any type without an exception, and encodes unchanged."""
    raw, shape = case
    value, drifts = decode(msgspec.json.encode(raw), _type_of(shape))
    assert _is_kept(raw, shape, msgspec.json.decode(msgspec.json.encode(value)))
    for drift in drifts:
        assert drift.path.startswith("$")
        assert "\n" not in str(drift)


def invalid_json_raises_a_decode_error(case: tuple[bytes, Shape]) -> None:
    """Bytes that are not JSON raise `DecodeError` (or `UnicodeDecodeError`), nothing else."""
    data, shape = case
    try:
        decode(data, _type_of(shape))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        assert str(error)


_PIECES = st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b'"a"', b":", b",", b"1", b"-", b"e5", b"null", b"\xff"]))
CHECKS = (
    Check(nothing_is_lost, st.tuples(_JSON, _SHAPES)),
    Check(invalid_json_raises_a_decode_error, st.tuples(_PIECES.map(b"".join) | st.binary(max_size=30), _SHAPES)),
)
