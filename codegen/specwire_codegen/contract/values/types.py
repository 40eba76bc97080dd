"""Type checks of a client's results, and Python values for its arguments, by the types in the IR.

JSON does not distinguish a model from a dictionary, or an instant from its text; these types do.
"""

from __future__ import annotations

import base64
import binascii
import enum
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from itertools import chain, repeat
from typing import Any, assert_never
from uuid import UUID

import attrs
from specwire import UNSET
from specwire._models.int_text import int_of
from specwire.support import IntText

from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.json_diff import duration, same_meaning
from specwire_codegen.ir import (
    ADDITIONAL,
    AliasModel,
    AnyJson,
    ListOf,
    Literals,
    MapOf,
    Model,
    ModelRef,
    Nullable,
    ObjectModel,
    Primitive,
    PrimitiveName,
    TupleOf,
    TypeExpr,
    UnionOf,
)

_CLASSES: Mapping[PrimitiveName, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "bytes": (bytes,),
    "datetime": (datetime,),
    "date": (date,),
    "time": (time,),
    "timedelta": (timedelta,),
    "UUID": (UUID,),
    "Decimal": (Decimal,),
    "IntText": (IntText,),
}


class EquivalentText(str):
    """A text that equals every text with the same meaning: the same instant, duration or UUID."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and same_meaning(str(self), str(other))

    def __ne__(self, other: object) -> bool:
        return not self == other


@attrs.frozen
class Given:
    """A value as a user writes it in Python, and its expected form on the wire."""

    value: Any
    expected: Any


class _Misfit(Exception):
    """A JSON value does not match a type."""


class Types:
    """The types of a provider's IR and the classes of its generated models."""

    def __init__(self, subject: Subject) -> None:
        """Take the models of a subject."""
        self._models: dict[str, Model] = {model.name: model for model in subject.api.models}
        self._module = importlib.import_module(f"{subject.package}.models")

    def problems(self, type_: TypeExpr, value: Any, path: str = "$") -> Iterator[str]:
        """Return the problems of a client's value for its declared type."""
        match type_:
            case AnyJson():
                return
            case Nullable(inner):
                if value is not None:
                    yield from self.problems(inner, value, path)
            case Primitive(name):
                if type(value) not in _CLASSES[name]:
                    yield f"{path}: {name} expected, not {_shown(value)}"
            case Literals(values):
                if not any(type(value) is type(one) and value == one for one in values):
                    yield f"{path}: one of {values!r} expected, not {_shown(value)}"
            case ListOf(item):
                if type(value) is not list:
                    yield f"{path}: list expected, not {_shown(value)}"
                else:
                    for index, one in enumerate(value):
                        yield from self.problems(item, one, f"{path}[{index}]")
            case TupleOf(items):
                if type(value) is not tuple or len(value) != len(items):
                    yield f"{path}: tuple of {len(items)} expected, not {_shown(value)}"
                else:
                    for index, (inner, one) in enumerate(zip(items, value, strict=True)):
                        yield from self.problems(inner, one, f"{path}[{index}]")
            case MapOf(item):
                if type(value) is not dict:
                    yield f"{path}: dict expected, not {_shown(value)}"
                else:
                    for key, one in value.items():
                        yield from self.problems(item, one, f"{path}.{key}")
            case UnionOf(variants):
                found = [list(self.problems(variant, value, path)) for variant in variants]
                if all(found):
                    yield from min(found, key=lambda problems: max(map(_depth, problems)) * -1)
            case ModelRef(name):
                match self._models[name]:
                    case AliasModel(_, aliased):
                        yield from self.problems(aliased, value, path)
                    case ObjectModel() as model:
                        yield from self._object_problems(model, value, path)
            case _:
                assert_never(type_)

    def _object_problems(self, model: ObjectModel, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, self.class_of(model)):
            yield f"{path}: {model.name} expected, not {_shown(value)}"
            return
        for field in model.fields:
            one = getattr(value, field.name)
            if one is not UNSET:
                yield from self.problems(field.type, one, f"{path}.{field.wire_name}")
            elif field.required_in_response:
                yield f"{path}.{field.wire_name}: is not set"

    def class_of(self, model: ObjectModel) -> type:
        """Return the generated class of a model."""
        found: type = getattr(self._module, model.name)
        return found

    def given(self, type_: TypeExpr, value: Any) -> Given:
        """Return a JSON value as Python code writes it: instants, dates, UUIDs, bytes, enum members and models.

        Values that do not match their type, such as an instant without an offset, stay unchanged.
        """
        try:
            return self._given(type_, value)
        except _Misfit:
            return Given(value, value)

    def _given(self, type_: TypeExpr, value: Any) -> Given:
        match type_:
            case AnyJson():
                return Given(value, value)
            case Nullable(inner):
                return Given(None, None) if value is None else self._given(inner, value)
            case Primitive(name):
                return _scalar(name, value)
            case Literals(values):
                if not any(type(value) is type(one) and value == one for one in values):
                    raise _Misfit
                return Given(_member(value), value)
            case ListOf(item):
                return self._list(repeat(item), value)
            case TupleOf(items):
                return self._list(chain(items, repeat(AnyJson())), value)
            case MapOf(item):
                return self._dict(value, dict.fromkeys(value, item) if isinstance(value, dict) else {})
            case UnionOf(variants):
                return self._first(variants, value)
            case ModelRef(name):
                match self._models[name]:
                    case AliasModel(_, aliased):
                        return self._given(aliased, value)
                    case ObjectModel() as model:
                        return self._object(model, value)
            case _:
                assert_never(type_)

    def _list(self, items: Iterable[TypeExpr], value: Any) -> Given:
        if not isinstance(value, list):
            raise _Misfit
        given = [self.given(item, one) for item, one in zip(items, value, strict=False)]
        return Given([one.value for one in given], [one.expected for one in given])

    def _dict(self, value: Any, types: Mapping[str, TypeExpr]) -> Given:
        if not isinstance(value, dict):
            raise _Misfit
        given = {key: self.given(types.get(key, AnyJson()), one) for key, one in value.items()}
        return Given({key: one.value for key, one in given.items()}, {key: one.expected for key, one in given.items()})

    def _first(self, variants: tuple[TypeExpr, ...], value: Any) -> Given:
        for variant in variants:
            try:
                return self._given(variant, value)
            except _Misfit:
                continue
        raise _Misfit

    def _object(self, model: ObjectModel, value: Any) -> Given:
        """Return a model; values that the class cannot hold stay a dictionary, with Python values as members."""
        named = {field.wire_name: field for field in model.fields if field.wire_name != ADDITIONAL}
        as_dict = self._dict(value, {wire: field.type for wire, field in named.items()})
        tag = model.tag
        if tag is not None and value.get(tag.wire_name) != tag.value:
            raise _Misfit
        if any(field.required and wire not in value for wire, field in named.items()):
            return as_dict
        rest = {key: one for key, one in value.items() if key not in named and not (tag and key == tag.wire_name)}
        additional = next((field.name for field in model.fields if field.wire_name == ADDITIONAL), None)
        if rest and additional is None:
            return as_dict
        keywords = {named[wire].name: one for wire, one in as_dict.value.items() if wire in named}
        if additional is not None and rest:
            keywords[additional] = rest
        ordered = sorted(as_dict.expected.items(), key=lambda item: [*named, item[0]].index(item[0]))
        return Given(self.class_of(model)(**keywords), dict(ordered))


def _scalar(name: PrimitiveName, value: Any) -> Given:
    parse = _PARSERS.get(name)
    if parse is None:
        if type(value) not in _CLASSES[name]:
            raise _Misfit
        return Given(value, value)
    if not isinstance(value, str):
        raise _Misfit
    try:
        found = parse(value)
    except (ValueError, InvalidOperation, binascii.Error):
        raise _Misfit from None
    if found is None:
        raise _Misfit
    return Given(found, value if name in ("bytes", "Decimal", "IntText") else EquivalentText(value))


def _instant(text: str) -> datetime | None:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else None


def _time(text: str) -> time | None:
    found = time.fromisoformat(text)
    return found if found.tzinfo is not None or found.isoformat() == text else None


def _decimal(text: str) -> Decimal | None:
    found = Decimal(text)
    return found if str(found) == text else None


def _bytes(text: str) -> bytes | None:
    found = base64.b64decode(text, validate=True)
    return found if base64.b64encode(found).decode() == text else None


_PARSERS: Mapping[PrimitiveName, Callable[[str], Any]] = {
    "datetime": _instant,
    "date": date.fromisoformat,
    "time": _time,
    "timedelta": duration,
    "UUID": UUID,
    "Decimal": _decimal,
    "IntText": int_of,
    "bytes": _bytes,
}


def _member(value: Any) -> Any:
    """Return the enumeration member of a constant."""
    match value:
        case bool():
            return value
        case int():
            kind: Any = enum.IntEnum
        case _:
            kind = enum.StrEnum
    return kind("Drawn", {"MEMBER": value}).MEMBER


def _shown(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"[:200]


def _depth(problem: str) -> int:
    """Return the depth of a problem in a value; the deepest one shows the intended variant."""
    place = problem.partition(": ")[0]
    return place.count(".") + place.count("[")
