"""Annotations of type expressions, for responses and for requests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from specwire_codegen.ir import (
    AnyJson,
    ListOf,
    Literals,
    LiteralValue,
    MapOf,
    ModelRef,
    Nullable,
    Primitive,
    TupleOf,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.python_source import literal

INPUT_ALIASES = {
    "datetime": "DateTimeInput",
    "date": "DateInput",
    "time": "TimeInput",
    "timedelta": "DurationInput",
    "UUID": "UUIDInput",
    "Decimal": "DecimalInput",
    "IntText": "IntTextInput",
}


_WIDE = 64
"""Number of variants above which a union is a subscript; a chain of `|` nests as deep as it is long."""


def is_wide(union: UnionOf) -> bool:
    """Return whether a union is too long for a chain of `|`; pyright rejects 256, ruff and Python somewhat more."""
    return len(union.variants) > _WIDE


def out(type_: TypeExpr, module: str = "", renamed: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the annotation of a type in responses; `module` prefixes models, such as `models.`.

    `renamed` maps names of builtins and scalars to their replacements.
    """
    return _written(type_, _OUT, module, renamed)


def into(type_: TypeExpr, module: str = "") -> str:
    """Return the annotation of a type in requests; nested objects may be dictionaries or models."""
    return _written(type_, _INTO, module, MappingProxyType({}))


@attrs.frozen
class _Dialect:
    list: str
    map: str
    scalars: Mapping[str, str]
    suffix: str = ""


_OUT = _Dialect("list", "dict", {})
_INTO = _Dialect("Sequence", "Mapping", INPUT_ALIASES, "Param")


def _written(type_: TypeExpr, dialect: _Dialect, module: str, renamed: Mapping[str, str]) -> str:
    def name_of(name: str) -> str:
        return renamed.get(name, name)

    def inside(inner: TypeExpr) -> str:
        return _written(inner, dialect, module, renamed)

    match type_:
        case Primitive(name):
            return name_of(dialect.scalars.get(name, name))
        case ModelRef(name):
            return f"{module}{name}{dialect.suffix}"
        case ListOf(item, True) if dialect is _INTO:
            return f"Sequence[{inside(item)}] | AbstractSet[{inside(item)}]"
        case ListOf(item):
            return f"{name_of(dialect.list)}[{inside(item)}]"
        case TupleOf(items) if dialect is _INTO:
            written = list(dict.fromkeys(map(inside, items)))
            return f"Sequence[{'Any' if 'Any' in written else ' | '.join(written)}]"
        case TupleOf(items):
            return f"{name_of('tuple')}[{', '.join(map(inside, items))}]"
        case MapOf(value):
            return f"{name_of(dialect.map)}[{name_of('str')}, {inside(value)}]"
        case Literals(values):
            return literals(values)
        case UnionOf(variants):
            written = list(dict.fromkeys(map(inside, variants)))
            return f"_Union[{', '.join(written)}]" if is_wide(type_) else " | ".join(written)
        case AnyJson():
            return "Any"
        case Nullable(AnyJson()):
            return "None"
        case Nullable(inner):
            return f"{inside(inner)} | None"


def literals(values: tuple[LiteralValue, ...]) -> str:
    """Return a `Literal` of constants."""
    return f"Literal[{', '.join(map(literal, values))}]"


def open_type(values: tuple[LiteralValue, ...]) -> str:
    """Return the type that accompanies a `Literal`, for values added later."""
    kinds = dict.fromkeys("bool" if isinstance(value, bool) else type(value).__name__ for value in values)
    return " | ".join(kinds)


def param_name(model: str) -> str:
    """Return the name of a model in requests."""
    return f"{model}{_INTO.suffix}"


def dict_name(model: str) -> str:
    """Return the name of a model's `TypedDict`."""
    return f"{model}Dict"
