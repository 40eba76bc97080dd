"""Type expressions to annotation text, for what comes out of the API and for what goes in."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specwire_codegen.ir import (
    Anything,
    ListOf,
    Literals,
    LiteralValue,
    MapOf,
    ModelRef,
    Nullable,
    Primitive,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.source import literal

Direction: TypeAlias = Literal["out", "in"]

INPUT_ALIASES = {
    "datetime": "DateTimeInput",
    "date": "DateInput",
    "time": "TimeInput",
    "timedelta": "DurationInput",
    "UUID": "UUIDInput",
    "Decimal": "DecimalInput",
}


def out(type_: TypeExpr, module: str = "") -> str:
    """Return the annotation of a type in answers; `module` prefixes models, such as `models.`."""
    match type_:
        case Primitive(name):
            return name
        case ModelRef(name):
            return f"{module}{name}"
        case ListOf(item):
            return f"list[{out(item, module)}]"
        case MapOf(value):
            return f"dict[str, {out(value, module)}]"
        case Literals(values):
            return literals(values)
        case UnionOf(variants):
            return " | ".join(out(variant, module) for variant in variants)
        case Nullable(Anything()) | Anything():
            return "Any"
        case Nullable(inner):
            return f"{out(inner, module)} | None"


def into(type_: TypeExpr, module: str = "") -> str:
    """Return the annotation of a type in requests; nested objects may be dictionaries or models."""
    match type_:
        case Primitive(name):
            return INPUT_ALIASES.get(name, name)
        case ModelRef(name):
            return f"{module}{param_name(name)}"
        case ListOf(item):
            return f"Sequence[{into(item, module)}]"
        case MapOf(value):
            return f"Mapping[str, {into(value, module)}]"
        case Literals(values):
            return literals(values)
        case UnionOf(variants):
            return " | ".join(dict.fromkeys(into(variant, module) for variant in variants))
        case Nullable(Anything()) | Anything():
            return "Any"
        case Nullable(inner):
            return f"{into(inner, module)} | None"


def literals(values: tuple[LiteralValue, ...]) -> str:
    """Return a `Literal` of constants."""
    return f"Literal[{', '.join(map(literal, values))}]"


def open_type(values: tuple[LiteralValue, ...]) -> str:
    """Return the type beside a `Literal` that stands for values nobody knows yet."""
    kinds = dict.fromkeys("bool" if isinstance(value, bool) else type(value).__name__ for value in values)
    return " | ".join(kinds)


def param_name(model: str) -> str:
    """Return the name by which requests know a model."""
    return f"{model}Param"


def dict_name(model: str) -> str:
    """Return the name of a model's `TypedDict`."""
    return f"{model}Dict"
