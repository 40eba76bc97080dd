"""Lowering of parameters, and of headers, which have the same fields except `in`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specwire_codegen.ir import DefaultValue, Parameter, Place, Style
from specwire_codegen.lower.documentation import described, with_component_docs
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.model import plain_constant
from specwire_codegen.lower.schema import Schema
from specwire_codegen.openapi.styles import SPANS, STYLES

_ANYTHING = frozenset({".*", "^.*$", "^(.*)$", "(.*)", ".*?"})
"""Patterns that match an empty string; document patterns are compared as text, never executed."""


def lower_parameter(
    raw: Mapping[str, Any],
    name: str,
    wire_name: str,
    place: Place,
    components: Components,
    *,
    required: bool,
    ends: bool = False,
) -> Parameter:
    """Return a parameter with its Python name; `ends` is true for the last segment of a path."""
    content = raw.get("content")
    schema = next(iter(content.values())).get("schema", {}) if content else raw.get("schema", {})
    details = {**components.resolve(schema), **(schema if isinstance(schema, Mapping) else {})}
    usual = STYLES[place]
    default = (usual, usual == "form")
    style = Style(
        raw.get("style", default[0]),
        raw.get("explode", default[1]),
        bool(raw.get("allowReserved")),
        bool(content),
        bool(components.encodings.formats_of([schema]).base64),
        ends and _may_be_empty(raw, details),
        bool(raw.get(SPANS)),
    )
    described_by = {"description": raw.get("description") or details.get("description", "")}
    deprecated = bool(raw.get("deprecated") or details.get("deprecated"))
    return Parameter(
        name,
        wire_name,
        place,
        components.type_of(schema),
        required and not _is_null_by_default(details),
        described(with_component_docs({**details, **described_by, "deprecated": deprecated}, components.schemas)),
        None if style == Style(*default) else style,
        _default(details) if required else None,
    )


def _may_be_empty(raw: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Return whether the last segment of a path can be empty: a wildcard, or a schema that allows it."""
    allowed = schema.get("minLength") == 0 or schema.get("default") == "" or schema.get("pattern") in _ANYTHING
    return bool(raw.get("allowReserved") or raw.get(SPANS)) or allowed


def _is_null_by_default(schema: Schema) -> bool:
    """Return whether the default of a required parameter is null, so that nothing is sent."""
    return "default" in schema and schema["default"] is None


def _default(schema: Schema) -> DefaultValue | None:
    """Return the value sent for an omitted required parameter: its constant or its default."""
    value = schema.get("const", schema.get("default"))
    if schema.get("format") in ("byte", "base64", "binary"):
        return None
    if isinstance(value, list):
        items = [_scalar(item) for item in value]
        found = tuple(item for item in items if item is not None)
        return found if len(found) == len(items) else None
    return _scalar(value)


def _scalar(value: Any) -> str | int | float | bool | None:
    return value if isinstance(value, float) else plain_constant(value)
