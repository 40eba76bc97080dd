"""Lowering of `in: querystring` parameters with form content to query parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from specwire_codegen.diagnostics import Diagnostic, warning
from specwire_codegen.documents.document import Document
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.schema import Schema
from specwire_codegen.openapi.media_types import base_type
from specwire_codegen.openapi.objects import STYLE_KEYS
from specwire_codegen.openapi.pointer import join
from specwire_codegen.openapi.walk import operations_of

FORM = "application/x-www-form-urlencoded"


def without_query_strings(parameters: Iterable[Mapping[str, Any]], components: Components) -> list[Mapping[str, Any]]:
    """Return the parameters with querystring forms expanded to query parameters; other media types are dropped."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for parameter in parameters:
        for one in _fields(parameter, components) if parameter["in"] == "querystring" else (parameter,):
            found.setdefault((one["in"], one["name"]), one)
    return list(found.values())


def unsent_query_strings(document: Document) -> Iterator[Diagnostic]:
    """Yield a warning for each querystring parameter that is not a form, since a client cannot send it."""
    for path, item in document.data.get("paths", {}).items():
        for _, tokens, operation in operations_of(item):
            for number, parameter in enumerate(operation.get("parameters", ())):
                if parameter["in"] == "querystring" and _form(parameter) is None:
                    yield warning(
                        "unsent-querystring",
                        f"the query string {parameter['name']!r} is ignored: clients can only send {FORM}",
                        document.locate(join("/paths", path, *tokens, "parameters", number)),
                        "declare it with that media type, or use parameters with `in: query`",
                    )


def _form(parameter: Mapping[str, Any]) -> Mapping[str, Any] | None:
    content: Mapping[str, Any] = parameter.get("content", {})
    return next((media for media_type, media in content.items() if base_type(media_type) == FORM), None)


def _fields(parameter: Mapping[str, Any], components: Components) -> Iterator[Mapping[str, Any]]:
    media = _form(parameter)
    if media is None:
        return
    schema = components.resolve(media.get("schema", {}))
    properties: Mapping[str, Schema | bool] = schema.get("properties", {})
    if not properties:
        yield {key: value for key, value in parameter.items() if key != "content"} | {"in": "query", "schema": schema}
    for name, details in properties.items():
        required = bool(parameter.get("required")) and name in schema.get("required", ())
        encoding = media.get("encoding", {}).get(name, {})
        yield {"name": name, "in": "query", "required": required, **_form_of(details, encoding, components)}


def _form_of(details: Schema | bool, encoding: Mapping[str, Any], components: Components) -> Mapping[str, Any]:
    """Return the schema and style of a form field, or JSON content for an object without a style."""
    styles = {key: encoding[key] for key in STYLE_KEYS if key in encoding}
    if not styles and ("contentType" in encoding or components.resolve(details).get("type") == "object"):
        kind = base_type(encoding.get("contentType", "application/json"))
        return {"content": {kind: {"schema": details}}} if kind.endswith("json") else {"schema": details}
    if "style" in styles:
        styles.setdefault("explode", styles["style"] == "form")
    return {"schema": details, **styles}
