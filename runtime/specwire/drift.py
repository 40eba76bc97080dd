"""Decoding what a server sent although it is not what its document says: nothing is lost, everything is reported."""

from __future__ import annotations

import datetime
import decimal
import sys
import uuid
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import inspect

from specwire.codec import decoder
from specwire.model import ADDITIONAL, Unknown, unnamed
from specwire.union import Choice, UnionMarker, choose, kind_of, member_of, shown, untagged
from specwire.unset import UNSET


class Drift(msgspec.Struct, frozen=True):
    """One place where a response is not what the document says."""

    path: str
    """JSON path, such as `$.choices[0].finish_reason`."""
    expected: str
    """What the document says."""
    got: str
    """What came, in kind; a value is shown only if it is a short scalar in the place of an enum."""

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"


class DriftWarning(UserWarning):
    """A response differs from the document; the client kept what it could not place."""


OnDrift: TypeAlias = Literal["ignore", "warn", "raise"] | Callable[[Sequence[Drift]], object]
"""What a client does about drift: a word, or a function that is told."""


def decode(data: bytes, kind: Any) -> tuple[Any, tuple[Drift, ...]]:
    """Decode JSON bytes as `kind`; on drift, the same model around the raw value, and what drifted.

    Raises `msgspec.DecodeError` when the bytes are not JSON at all.
    """
    fast = decoder(kind)
    try:
        return fast.decode(data), ()
    except msgspec.ValidationError:
        return tolerate(msgspec.json.decode(data), kind)


def tolerate(raw: Any, kind: Any) -> tuple[Any, tuple[Drift, ...]]:
    """Build `kind` from builtins, keeping raw whatever does not fit."""
    builder = _Builder()
    value = builder.build(_info(kind), raw, "$")
    return value, tuple(builder.drifts)


def report(drifts: Sequence[Drift], on_drift: OnDrift, where: str) -> None:
    """Tell of drift as the client was told to; `"raise"` is the caller's to do."""
    if callable(on_drift):
        on_drift(drifts)
    elif on_drift == "warn":
        text = f"{where} differs from its document: {listed(drifts)}"
        warnings.warn(text, DriftWarning, stacklevel=_caller_level())


def listed(drifts: Sequence[Drift]) -> str:
    """Return the first few drifts as one line."""
    return "; ".join(map(str, drifts[:5])) + (f"; and {len(drifts) - 5} more" if len(drifts) > 5 else "")


def _caller_level() -> int:
    """Return the `stacklevel` at which this package was called, seen from the function that calls this one."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        frame = frame.f_back
        level += 1
    return level


@cache
def _info(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


_Built: TypeAlias = dict[tuple[type, int], tuple[Any, list[Drift]]]


class _Builder:
    """One walk over a raw value; collects drift on its way."""

    def __init__(self, built: _Built | None = None) -> None:
        self.drifts: list[Drift] = []
        self.built: _Built = {} if built is None else built
        """What objects and arrays have become as members of unions, so that each is built once."""

    def note(self, path: str, info: inspect.Type, raw: Any) -> Any:
        got = kind_of(raw)
        types = info.types if isinstance(info, inspect.UnionType) else (info,)
        enum = any(isinstance(item, inspect.LiteralType) for item in types)
        if enum and isinstance(raw, str | int) and len(str(raw)) <= 40:
            got = f"{got} {raw!r}"
        self.drifts.append(Drift(path, _expected(info), got))
        return raw

    def build(self, info: inspect.Type, raw: Any, path: str) -> Any:
        match info:
            case inspect.AnyType() | inspect.RawType():
                return raw
            case inspect.StructType():
                return self._struct(info, raw, path)
            case inspect.UnionType():
                return self._union(info, raw, path)
            case inspect.CustomType() if isinstance(info.cls, UnionMarker):
                return self._marker(info, raw, path)
            case inspect.CollectionType() if isinstance(raw, list):
                return [self.build(info.item_type, item, f"{path}[{index}]") for index, item in enumerate(raw)]
            case inspect.DictType() if isinstance(raw, dict):
                return {key: self.build(info.value_type, item, f"{path}.{key}") for key, item in raw.items()}
            case _:
                return self._scalar(info, raw, path)

    def _struct(self, info: inspect.StructType, raw: Any, path: str) -> Any:
        if not isinstance(raw, dict):
            return self.note(path, info, raw)
        values: dict[str, Any] = {}
        for field in info.fields:
            place = f"{path}.{field.encode_name}"
            if field.encode_name in raw:
                values[field.name] = self.build(field.type, raw[field.encode_name], place)
            elif field.required:
                self.drifts.append(Drift(place, _expected(field.type), "nothing"))
                values[field.name] = UNSET
            elif field.encode_name == ADDITIONAL:
                values[field.name] = self.build(field.type, unnamed(info.cls, raw), path)
        return info.cls(**values)

    def _union(self, info: inspect.UnionType, raw: Any, path: str) -> Any:
        structs = [item for item in info.types if isinstance(item, inspect.StructType)]
        if isinstance(raw, dict) and structs:
            if len(structs) == 1:
                return self._struct(structs[0], raw, path)
            field = structs[0].tag_field
            for struct in structs:
                if field is not None and raw.get(field) == struct.tag:
                    return self._struct(struct, raw, path)
            if field is not None and field not in raw:
                choice = untagged([member_of(struct.cls) for struct in structs], raw, field)
                return self._reported(_expected(info), choice, raw, path, field)
            self.drifts.append(Drift(path, _expected(info), f"object with {field}={shown(raw.get(field or ''))}"))
            return Unknown(raw)
        others = [item for item in info.types if not isinstance(item, inspect.StructType)]
        return self._first_without_drift(others, info, raw, path)

    def _marker(self, info: inspect.CustomType, raw: Any, path: str) -> Any:
        if not isinstance(raw, dict | list):
            return self._chosen(info, raw, path)
        place = (info.cls, id(raw))
        if place not in self.built:
            builder = _Builder(self.built)
            self.built[place] = builder._chosen(info, raw, path), builder.drifts
        value, drifts = self.built[place]
        self.drifts += drifts
        return value

    def _chosen(self, info: inspect.CustomType, raw: Any, path: str) -> Any:
        assert isinstance(info.cls, UnionMarker)
        choice = choose(info.cls, raw)
        if choice.reported:
            return self._reported(info.cls.__name__, choice, raw, path, info.cls.field)
        before = len(self.drifts)
        value = self._first_without_drift(list(map(_info, choice.variants)), info, raw, path)
        if len(self.drifts) == before:
            return value
        if choice.meant is not None:
            del self.drifts[before:]
            return self.build(_info(choice.meant), raw, path)
        return Unknown(raw) if isinstance(raw, dict) else value

    def _reported(self, expected: str, choice: Choice, raw: Any, path: str, field: str | None) -> Any:
        """Build a value of a union that is drift although it has the form of a variant."""
        self.drifts.append(Drift(path, expected, f"{kind_of(raw)} with {choice.reported}"))
        variants = choice.variants if choice.meant is None else (choice.meant,)
        if not variants:
            return Unknown(raw) if isinstance(raw, dict) else raw
        attempts = [self._attempt(variant, raw, path) for variant in variants]
        value, drifts = next((each for each in attempts if not each[1]), attempts[0])
        self.drifts += [drift for drift in drifts if drift.path != f"{path}.{field}"]
        from specwire.extra import keep_from  # few answers come here

        keep_from(value, raw)
        return value

    def _attempt(self, variant: Any, raw: Any, path: str) -> tuple[Any, list[Drift]]:
        builder = _Builder(self.built)
        return builder.build(_info(variant), raw, path), builder.drifts

    def _first_without_drift(self, infos: Sequence[inspect.Type], union: inspect.Type, raw: Any, path: str) -> Any:
        attempts: list[tuple[int, Any, list[Drift]]] = []
        for info in infos:
            builder = _Builder(self.built)
            value = builder.build(info, raw, path)
            if not builder.drifts:
                return value
            attempts.append((len(builder.drifts), value, builder.drifts))
        container = [attempt for attempt in attempts if attempt[1] is not raw and type(attempt[1]) in (list, dict)]
        if container:
            _, value, drifts = min(container, key=lambda attempt: attempt[0])
            self.drifts.extend(drifts)
            return value
        return self.note(path, union, raw)

    def _scalar(self, info: inspect.Type, raw: Any, path: str) -> Any:
        if isinstance(info, inspect.IntType) and isinstance(raw, float) and raw.is_integer():
            return int(raw)
        kind = _SCALARS.get(type(info))
        if isinstance(info, inspect.LiteralType):
            fits = any(raw == value and type(raw) is type(value) for value in info.values)
            return raw if fits else self.note(path, info, raw)
        if kind is None:
            return self.note(path, info, raw)
        try:
            return msgspec.convert(raw, kind)
        except ValueError:  # a `ValidationError`, or a lone surrogate that cannot be encoded
            return self.note(path, info, raw)


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
            return info.cls.__name__
        case inspect.UnionType():
            return " or ".join(_expected(item) for item in info.types)
        case inspect.CollectionType():
            return "array"
        case _:
            return _NAMES.get(type(info)) or type(info).__name__.removesuffix("Type").lower()
