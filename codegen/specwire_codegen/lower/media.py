"""Media types of the normalized document: their categories and schemas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import attrs

from specwire_codegen.ir import AnyJson, ListOf, Literals, LiteralValue, MapOf, Nullable, TypeExpr, UnionOf
from specwire_codegen.lower.encodings import Encodings
from specwire_codegen.lower.schema import Schema, component_of, type_of
from specwire_codegen.openapi.media_types import base_type, is_json

_TEXTS = frozenset(
    "application/xml application/yaml application/x-yaml application/javascript application/graphql "
    "application/sql application/toml".split()
)
_PREFERRED = ("multipart/form-data", "application/x-www-form-urlencoded", "text/json")
_PATCHES = ("application/json-patch+json", "application/merge-patch+json")
"""JSON that describes changes; not equivalent to plain JSON."""


def exact_type(media_type: str) -> str:
    """Return a media type with its parameters, as `application/json;version=2`."""
    parameters = parameters_of(media_type)
    return f"{base_type(media_type)};{parameters}" if parameters else base_type(media_type)


def parameters_of(media_type: str) -> str:
    """Return the parameters of a media type unchanged, such as `version=2`; empty if it has none."""
    return media_type.partition(";")[2].strip()


def is_text(media_type: str) -> bool:
    """Return whether a media type is text other than JSON."""
    base = base_type(media_type)
    return (base.startswith("text/") or base in _TEXTS or base.endswith(("+xml", "+yaml"))) and not is_json(base)


def is_range(media_type: str) -> bool:
    """Return whether a media type is a range: `*/*`, `application/*`."""
    return base_type(media_type) in ("*/*", "application/*", "*")


def preference(media_type: str) -> tuple[int, bool]:
    """Return the rank of a media type in an operation: JSON, forms, text, others.

    Of two that differ only in their parameters, the one without parameters comes first.
    """
    base = base_type(media_type)
    if base == "application/json":
        rank = 0
    elif base.endswith("+json"):
        rank = 2 if base in _PATCHES else 1
    elif base in _PREFERRED:
        rank = 3 + _PREFERRED.index(base)
    else:
        rank = 6 if base.startswith("text/") else 7
    return rank, ";" in media_type


@attrs.frozen
class Components:
    """The component schemas and their class names."""

    schemas: Mapping[str, Schema]
    names: Mapping[str, str]

    @cached_property
    def encodings(self) -> Encodings:
        """The fields that take bytes or numbers as text."""
        return Encodings(self.schemas)

    def type_of(self, schema: Schema | bool) -> TypeExpr:
        """Return the type of a schema."""
        return type_of(schema, self.names)

    def resolve(self, schema: Schema | bool) -> Schema:
        """Return a schema with references followed."""
        seen: set[str] = set()
        while isinstance(schema, dict):
            component = component_of(schema)
            if component is None or component in seen:
                return schema
            seen.add(component)
            schema = self.schemas[component]
        return {}

    def is_text(self, schema: Schema | bool) -> bool:
        """Return whether a schema is a string that does not encode bytes."""
        found = self.resolve(schema)
        bytes_ = found.get("format") in ("binary", "byte") or found.keys() & {"contentEncoding", "contentMediaType"}
        return found.get("type") == "string" and not bytes_

    def is_textual(self, schema: Schema | bool) -> bool:
        """Return whether a schema is a string or has no constraints."""
        found = self.resolve(schema)
        kinds = found.get("type")
        return kinds == "string" or (not found.keys() - {"description", "title", "format", "type"} and kinds is None)


def is_telling(type_: TypeExpr) -> bool:
    """Return whether a type is more specific than any JSON value or any object."""
    return type_ not in (AnyJson(), MapOf(AnyJson()))


def constants_of(type_: TypeExpr) -> tuple[LiteralValue, ...]:
    """Return the constants that a type lists; an empty tuple for other types."""
    match type_:
        case Literals(values):
            return values
        case Nullable(inner):
            return constants_of(inner)
        case UnionOf(variants):
            return tuple(value for variant in variants for value in constants_of(variant))
        case _:
            return ()


def item_of(type_: TypeExpr) -> TypeExpr | None:
    """Return the item type of an array, or None for other types."""
    match type_:
        case ListOf(item):
            return item
        case Nullable(inner):
            return item_of(inner)
        case _:
            return None
