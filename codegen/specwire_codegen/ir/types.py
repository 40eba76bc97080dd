"""Types of values, and the models that they are made of."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

PrimitiveName: TypeAlias = Literal[
    "str", "int", "float", "bool", "bytes", "datetime", "date", "time", "timedelta", "UUID", "Decimal", "IntText"
]


LiteralValue: TypeAlias = str | int | bool


DefaultValue: TypeAlias = str | int | float | bool | tuple[str | int | float | bool, ...]


@attrs.frozen
class Primitive:
    """A scalar type, by its Python name."""

    name: PrimitiveName


@attrs.frozen
class ModelRef:
    """A named component, by its Python class name."""

    name: str


@attrs.frozen
class ListOf:
    """An array."""

    item: TypeExpr
    unique: bool = False
    """Whether it is a set of scalars: requests take sets too."""


@attrs.frozen
class TupleOf:
    """An array with a type for each place."""

    items: tuple[TypeExpr, ...]


@attrs.frozen
class MapOf:
    """An object with arbitrary keys."""

    value: TypeExpr


@attrs.frozen
class Literals:
    """One of several constants."""

    values: tuple[LiteralValue, ...]


@attrs.frozen
class UnionOf:
    """One of several types; null is expressed by `Nullable`."""

    variants: tuple[TypeExpr, ...]


@attrs.frozen
class Nullable:
    """A type or null; of `AnyJson`, only null, since any value includes null."""

    type: TypeExpr


@attrs.frozen
class AnyJson:
    """Any JSON value."""


TypeExpr: TypeAlias = Primitive | ModelRef | ListOf | TupleOf | MapOf | Literals | UnionOf | Nullable | AnyJson
