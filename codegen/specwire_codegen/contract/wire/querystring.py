"""Query string parameters (OpenAPI 3.2), split into the fields of their form.

It shares no code with the client generator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specwire_codegen.contract.subject import Subject
from specwire_codegen.openapi.media_types import base_type, is_json
from specwire_codegen.openapi.objects import STYLE_KEYS

_FORM = "application/x-www-form-urlencoded"


def parameters_of(subject: Subject, raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return an operation's parameters, with a form query string replaced by a query parameter for each field."""
    found: list[Mapping[str, Any]] = []
    for parameter in raw.get("parameters", []):
        if parameter["in"] != "querystring":
            found.append(parameter)
        elif (media := form_of(parameter)) is not None:
            found += _fields(subject, parameter, media)
    return found


def form_of(parameter: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the form of a query string, or None for another media type."""
    content: Mapping[str, Any] = parameter["content"]
    return next((media for name, media in content.items() if base_type(name) == _FORM), None)


def unsent(raw: Mapping[str, Any]) -> Sequence[str]:
    """Return the names of required query strings that are not forms."""
    strings = (one for one in raw.get("parameters", []) if one["in"] == "querystring")
    return [one["name"] for one in strings if one.get("required") and form_of(one) is None]


def _fields(subject: Subject, parameter: Mapping[str, Any], media: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    schema = subject.resolve(media.get("schema", {}))
    if not schema.get("properties"):
        whole = {"name": parameter["name"], "in": "query", "style": "form", "explode": True, "schema": schema}
        yield {**whole, "required": bool(parameter.get("required"))}
    for name, one in schema.get("properties", {}).items():
        required = bool(parameter.get("required")) and name in schema.get("required", ())
        encoding = media.get("encoding", {}).get(name, {})
        yield {"name": name, "in": "query", "required": required, **_written(subject, one, encoding)}


def _written(subject: Subject, schema: Any, encoding: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the format of a field: its style, or its content type, which defaults to JSON for an object."""
    styles = {key: encoding[key] for key in STYLE_KEYS if key in encoding}
    if not styles:
        kind = subject.resolve(schema).get("type") if isinstance(schema, Mapping) else None
        media_type = encoding.get("contentType", "application/json" if kind == "object" else "text/plain")
        if is_json(media_type):
            return {"content": {base_type(media_type): {"schema": schema}}}
    style = styles.get("style", "form")
    return {"schema": schema, "style": style, "explode": styles.get("explode", style == "form"), **styles}
