"""Documentation of fields and arguments, from the descriptions and bounds of their schemas."""

from __future__ import annotations

from collections.abc import Mapping

from specwire_codegen.lower.schema import Schema, component_of
from specwire_codegen.markdown import first_paragraph
from specwire_codegen.python_source import finished, is_finished, sentence

_BOUNDS = frozenset({"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"})


def with_component_docs(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """Return a schema with the description of the component that it refers to as a default."""
    if str(schema.get("description", "")).strip():
        return schema
    variants = [one for one in schema.get("oneOf", schema.get("anyOf", [])) if one != {"type": "null"}]
    target = variants[0] if len(variants) == 1 and isinstance(variants[0], Mapping) else schema
    component = schemas.get(component_of(target) or "", {})
    summary = sentence(str(component.get("description", "")))
    return {**schema, "description": summary, "deprecated": schema.get("deprecated") or component.get("deprecated")}


def described(schema: Schema) -> str:
    """Return the description of a schema with its default and bounds, which the type does not express."""
    text = str(schema.get("description", "")).strip()
    parts = []
    if bounds := "" if _BOUNDS.isdisjoint(schema) else _bounds(schema):
        parts.append(f"{bounds[0].upper()}{bounds[1:]}.")
    if "maxLength" in schema:
        parts.append(f"At most {schema['maxLength']} characters.")
    default = schema.get("default")
    if isinstance(default, str | int | float):
        parts.append(f"The server's default is {_shown(default)}.")
    if parts:
        text = finished(text)
        separator = " " if first_paragraph(text) == text and is_finished(text) else "\n\n"
        text = separator.join(filter(None, (text, " ".join(parts))))
    return f"Deprecated. {text}".strip() if schema.get("deprecated") else text


def _bounds(schema: Schema) -> str:
    low = _bound(schema, "minimum", "exclusiveMinimum", "at least", "more than")
    high = _bound(schema, "maximum", "exclusiveMaximum", "at most", "less than")
    return " and ".join(filter(None, (low, high)))


def _bound(schema: Schema, inclusive: str, exclusive: str, at: str, beyond: str) -> str:
    for keyword, word in ((inclusive, at), (exclusive, beyond)):
        value = schema.get(keyword)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{word} {value}"
    return ""


def _shown(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else (f'"{value}"' if isinstance(value, str) else f"{value}")
