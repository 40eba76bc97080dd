"""Decoding of responses that differ from the document: all data is kept, and all drift reported."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple, TypeAlias

import msgspec
from msgspec import inspect

from specwire._codec.codec import MISFIT, decoder
from specwire._codec.drift_reports import Drift, DriftWarning, OnDrift, listed, report
from specwire._models import lenient_json
from specwire._models.int_text import IntText, int_of
from specwire._models.json_types import kind_of, shown
from specwire._models.model import ADDITIONAL, Unknown, unnamed
from specwire._models.suspicion import fields_of, is_foreign
from specwire._models.union import Choice, UnionMarker, choose, info_of, member_of, untagged
from specwire._models.unset import UNSET

__all__ = ["Drift", "DriftWarning", "OnDrift", "decode", "expected", "listed", "report", "tolerate"]

_MOST = 1000
"""Maximum number of places listed per response; the rest is counted."""


def decode(data: bytes, kind: Any, charset: str = "utf-8") -> tuple[Any, tuple[Drift, ...]]:
    """Decode JSON bytes as `kind`; on drift, return the same model around the raw value, and the drift.

    Raises `msgspec.DecodeError` for bytes that aren't JSON.
    """
    found = decoder(kind).match(data)
    if found is not MISFIT:
        return found, ()
    raw, flaws = lenient_json.read(data, charset)
    value, drifts = tolerate(raw, kind)
    return value, (*(Drift(*flaw) for flaw in flaws), *drifts)


def tolerate(raw: Any, kind: Any) -> tuple[Any, tuple[Drift, ...]]:
    """Build `kind` from builtins, keeping raw values that don't match."""
    builder = _Builder()
    try:
        value = builder.build(info_of(kind), raw, None)
    except RecursionError:
        return raw, (Drift("$", expected(kind), f"{kind_of(raw)} that is nested too deeply for models"),)
    return value, tuple(builder.listed())


def expected(kind: Any) -> str:
    """Return the name of a type for drift reports."""
    return _expected(info_of(kind))


class _Place(NamedTuple):
    """Place in a value, as a linked path; it is only formatted if something drifted there."""

    above: _Place | None
    key: str | int

    def __str__(self) -> str:
        keys: list[str] = []
        place: _Place | None = self
        while place is not None:
            keys.append(f"[{place.key}]" if isinstance(place.key, int) else f".{place.key}")
            place = place.above
        return "$" + "".join(reversed(keys))


class _Builder:
    """Walk over a raw value that collects drift."""

    def __init__(self, built: _Built | None = None) -> None:
        self.drifts: list[Drift] = []
        self.count = 0
        self.built: _Built = {} if built is None else built
        """Results for objects and arrays as union members, so that each is built once."""

    def listed(self) -> Sequence[Drift]:
        """Return the first drifts, and the number of others."""
        more = self.count - len(self.drifts)
        return [*self.drifts, Drift("$", "the document's types", f"{more} more differences")] if more else self.drifts

    def _add(self, place: _Place | None, expected: str, got: str) -> None:
        self.count += 1
        if len(self.drifts) < _MOST:
            self.drifts.append(Drift("$" if place is None else str(place), expected, got))

    def note(self, place: _Place | None, info: inspect.Type, raw: Any) -> Any:
        if self.count >= _MOST:
            self.count += 1
            return raw
        got = kind_of(raw)
        types = info.types if isinstance(info, inspect.UnionType) else (info,)
        enum = any(isinstance(item, inspect.LiteralType) for item in types)
        if enum and isinstance(raw, str | int) and len(str(raw)) <= 40:
            got = f"{got} {raw!r}"
        self._add(place, _expected(info), got)
        number = int_of(raw) if any(isinstance(item, inspect.IntType) for item in types) else None
        return raw if number is None else number

    def build(self, info: inspect.Type, raw: Any, place: _Place | None) -> Any:
        build = _BUILDS.get(type(info))
        return build(self, info, raw, place) if build is not None else self.scalar(info, raw, place)

    def any(self, _info: inspect.Type, raw: Any, _place: _Place | None) -> Any:
        return raw

    def collection(self, info: inspect.CollectionType, raw: Any, place: _Place | None) -> Any:
        if not isinstance(raw, list):
            return self.note(place, info, raw)
        return [self.build(info.item_type, item, _Place(place, index)) for index, item in enumerate(raw)]

    def places(self, info: inspect.TupleType, raw: Any, place: _Place | None) -> Any:
        if not isinstance(raw, list):
            return self.note(place, info, raw)
        if len(raw) != len(info.item_types):
            self._add(place, _expected(info), f"array of {len(raw)}")
        pairs = zip(chain(info.item_types, repeat(inspect.AnyType())), raw, strict=False)
        items = [self.build(kind, item, _Place(place, index)) for index, (kind, item) in enumerate(pairs)]
        return tuple(items) if len(raw) == len(info.item_types) else items

    def mapping(self, info: inspect.DictType, raw: Any, place: _Place | None) -> Any:
        if not isinstance(raw, dict):
            return self.note(place, info, raw)
        return {key: self.build(info.value_type, item, _Place(place, key)) for key, item in raw.items()}

    def struct(self, info: inspect.StructType, raw: Any, place: _Place | None) -> Any:
        if not isinstance(raw, dict):
            return self.note(place, info, raw)
        if is_foreign(info.cls, raw):
            known = sum(name in fields_of(info.cls).known for name in raw)
            self._add(
                place, _expected(info), f"object of {len(raw)} fields of which the document has {known or 'none'}"
            )
            return Unknown(raw)
        values: dict[str, Any] = {}
        for field in info.fields:
            if field.encode_name in raw:
                below = _Place(place, field.encode_name)
                values[field.name] = self.build(field.type, raw[field.encode_name], below)
            elif field.required:
                self._add(_Place(place, field.encode_name), _expected(field.type), "nothing")
                values[field.name] = UNSET
            elif field.encode_name == ADDITIONAL:
                values[field.name] = self.build(field.type, unnamed(info.cls, raw), place)
        return info.cls(**values)

    def union(self, info: inspect.UnionType, raw: Any, place: _Place | None) -> Any:
        structs, others = _parts(info)
        if isinstance(raw, dict) and structs:
            if len(structs) == 1:
                return self.struct(structs[0], raw, place)
            field = structs[0].tag_field
            for struct in structs:
                if field is not None and raw.get(field) == struct.tag:
                    return self.struct(struct, raw, place)
            if field is not None and field not in raw:
                choice = untagged([member_of(struct.cls) for struct in structs], raw, field)
                return self._reported(_expected(info), choice, raw, place, field)
            self._add(place, _expected(info), f"object with {field}={shown(raw.get(field or ''))}")
            return Unknown(raw)
        return self._first_without_drift(others, info, raw, place)

    def custom(self, info: inspect.CustomType, raw: Any, place: _Place | None) -> Any:
        if not isinstance(info.cls, UnionMarker):
            return self.scalar(info, raw, place)
        if not isinstance(raw, dict | list):
            return self._chosen(info.cls, info, raw, place)
        key = (info.cls, id(raw))
        if key not in self.built:
            builder = _Builder(self.built)
            self.built[key] = builder._chosen(info.cls, info, raw, place), builder
        value, builder = self.built[key]
        self._take(builder)
        return value

    def _take(self, other: _Builder) -> None:
        self.drifts.extend(other.drifts[: _MOST - len(self.drifts)])
        self.count += other.count

    def _chosen(self, union: UnionMarker, info: inspect.CustomType, raw: Any, place: _Place | None) -> Any:
        choice = choose(union, raw)
        if choice.reported:
            return self._reported(union.__name__, choice, raw, place, union.field)
        before, listed = self.count, len(self.drifts)
        value = self._first_without_drift(tuple(map(info_of, choice.variants)), info, raw, place)
        if self.count == before:
            return value
        if choice.meant is not None:
            self.count = before
            del self.drifts[listed:]
            return self.build(info_of(choice.meant), raw, place)
        return Unknown(raw) if isinstance(raw, dict) else value

    def _reported(self, expected: str, choice: Choice, raw: Any, place: _Place | None, field: str | None) -> Any:
        """Build a union value that is drift although it has the form of a variant."""
        self._add(place, expected, f"{kind_of(raw)} with {choice.reported}")
        variants = choice.variants if choice.meant is None else (choice.meant,)
        if not variants:
            return Unknown(raw) if isinstance(raw, dict) else raw
        attempts = [self._attempt(variant, raw, place) for variant in variants]
        value, best = next((each for each in attempts if not each[1].count), attempts[0])
        reported = str(_Place(place, field or ""))
        others = [drift for drift in best.drifts if drift.path != reported]
        best.count -= len(best.drifts) - len(others)
        best.drifts = others
        self._take(best)
        from specwire._models.additional_properties import keep_from  # few responses come here

        keep_from(value, raw)
        return value

    def _attempt(self, variant: Any, raw: Any, place: _Place | None) -> tuple[Any, _Builder]:
        builder = _Builder(self.built)
        return builder.build(info_of(variant), raw, place), builder

    def _first_without_drift(
        self, infos: Sequence[inspect.Type], union: inspect.Type, raw: Any, place: _Place | None
    ) -> Any:
        attempts: list[tuple[Any, _Builder]] = []
        for info in infos:
            if type(info) in _BUILDS:
                builder = _Builder(self.built)
                value = builder.build(info, raw, place)
                if not builder.count:
                    return value
                attempts.append((value, builder))
            elif (value := _scalar(info, raw)) is not _MISFIT:
                return value
        container = [(value, each) for value, each in attempts if value is not raw and type(value) in _CONTAINERS]
        if container:
            value, best = min(container, key=lambda attempt: attempt[1].count)
            self._take(best)
            return value
        return self.note(place, union, raw)

    def scalar(self, info: inspect.Type, raw: Any, place: _Place | None) -> Any:
        value = _scalar(info, raw)
        return self.note(place, info, raw) if value is _MISFIT else value


_BUILDS: Mapping[type[inspect.Type], Callable[[_Builder, Any, Any, _Place | None], Any]] = {
    inspect.AnyType: _Builder.any,
    inspect.RawType: _Builder.any,
    inspect.StructType: _Builder.struct,
    inspect.UnionType: _Builder.union,
    inspect.CustomType: _Builder.custom,
    inspect.ListType: _Builder.collection,
    inspect.SetType: _Builder.collection,
    inspect.FrozenSetType: _Builder.collection,
    inspect.VarTupleType: _Builder.collection,
    inspect.TupleType: _Builder.places,
    inspect.DictType: _Builder.mapping,
}
_MISFIT: Any = object()
_CONTAINERS = (list, tuple, dict)
_Built: TypeAlias = dict[tuple[type, int], tuple[Any, _Builder]]


def _parts(info: inspect.UnionType) -> tuple[Sequence[inspect.StructType], Sequence[inspect.Type]]:
    """Return the model variants of a union, and the others."""
    found = _unions.get(id(info))
    if found is None:
        structs = [item for item in info.types if isinstance(item, inspect.StructType)]
        others = [item for item in info.types if not isinstance(item, inspect.StructType)]
        found = _unions[id(info)] = info, structs, others
    return found[1:]


_unions: dict[int, tuple[inspect.UnionType, Sequence[inspect.StructType], Sequence[inspect.Type]]] = {}
"""Union parts by the id of the type info, which is referenced here: each response uses the same objects."""


def _scalar(info: inspect.Type, raw: Any) -> Any:
    """Convert a raw value to a scalar type; return `_MISFIT` if it doesn't match."""
    if isinstance(info, inspect.LiteralType):
        fits = any(raw == value and type(raw) is type(value) for value in info.values)
        return raw if fits else _MISFIT
    if isinstance(info, inspect.IntType) and isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(info, inspect.CustomType) and info.cls is IntText:
        return _MISFIT if (number := int_of(raw)) is None else number
    kind = _SCALARS.get(type(info))
    if kind is None or (type(info) in _PLAIN and type(raw) not in _PLAIN[type(info)]):
        return _MISFIT
    try:
        return msgspec.convert(raw, kind)
    except ValueError:  # a `ValidationError`, or a lone surrogate that can't be encoded
        return _MISFIT


_PLAIN: Mapping[type[inspect.Type], tuple[type, ...]] = {
    inspect.NoneType: (type(None),),
    inspect.BoolType: (bool,),
    inspect.IntType: (int, float, decimal.Decimal),
    inspect.FloatType: (int, float, decimal.Decimal),
    inspect.StrType: (str,),
}
"""Python types of JSON types that need no conversion; detecting those by exceptions would be slow."""
_SCALARS: dict[type[inspect.Type], Any] = {
    inspect.NoneType: type(None),
    inspect.BoolType: bool,
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.StrType: str,
    inspect.BytesType: bytes,
    inspect.DateTimeType: datetime.datetime,
    inspect.DateType: datetime.date,
    inspect.TimeType: datetime.time,
    inspect.TimeDeltaType: datetime.timedelta,
    inspect.UUIDType: uuid.UUID,
    inspect.DecimalType: decimal.Decimal,
}


_NAMES: dict[type[inspect.Type], str] = {
    inspect.NoneType: "null",
    inspect.BoolType: "boolean",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    inspect.DictType: "object",
    inspect.DateTimeType: "date-time",
    inspect.TimeDeltaType: "duration",
}


def _expected(info: inspect.Type) -> str:
    match info:
        case inspect.LiteralType():
            return "one of " + ", ".join(map(repr, info.values))
        case inspect.StructType():
            return info.cls.__name__
        case inspect.CustomType():
            return "integer as a string" if info.cls is IntText else info.cls.__name__
        case inspect.UnionType():
            return " or ".join(_expected(item) for item in info.types)
        case inspect.CollectionType():
            return "array"
        case inspect.TupleType():
            return f"array of {len(info.item_types)}"
        case _:
            return _NAMES.get(type(info)) or type(info).__name__.removesuffix("Type").lower()
