"""Calls generated from the parameters and the body of an operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from specwire_codegen.contract.strategies.schemas import Schema, values, without
from specwire_codegen.contract.strategies.text_schemas import LINE, SPACELESS, TEXT, TOKEN, UNPIPED, textual
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Body, Case, File
from specwire_codegen.contract.values.json_diff import sendable
from specwire_codegen.contract.wire.encoding import encodings_of, part_header
from specwire_codegen.contract.wire.parameters import sent
from specwire_codegen.contract.wire.querystring import parameters_of
from specwire_codegen.ir import (
    ADDITIONAL,
    BinaryBody,
    FormBody,
    JsonBody,
    JsonLinesBody,
    MultipartBody,
    Operation,
    Parameter,
    Part,
    TextBody,
)
from specwire_codegen.lower.body import file_kind, form_schema
from specwire_codegen.lower.media import Components, exact_type, is_range
from specwire_codegen.openapi.media_types import base_type
from specwire_codegen.openapi.objects import STYLE_KEYS

_PLACES = ("path", "query", "header", "cookie")
_DOT_SEGMENTS = frozenset({".", ".."})
_FILENAMES = st.text(st.sampled_from("abcXYZ019 -_éß漢.()'&"), min_size=1, max_size=12).map(
    lambda name: f"{name}.jsonl"
)
_FILE_TYPES = ("application/octet-stream", "application/jsonl", "text/plain", "audio/mpeg")


def _files(types: Sequence[str]) -> SearchStrategy[File]:
    return st.builds(File, _FILENAMES, st.binary(max_size=300), st.sampled_from(types))


def requests(subject: Subject, operation: Operation) -> SearchStrategy[Case]:
    """Return a strategy of the calls that a method can make.

    A client's method knows the properties that the document names, so a body's object is drawn with those (objects
    inside it may have others too), and without the switch of streaming, which the method sets. The other limits are
    those of the wire: no integer beyond 64 bits, no path parameter that is empty, `.` or `..`, in a header only
    characters allowed there, and in an object spread over the query only texts, under names that no other
    parameter has.
    """
    raw = subject.raw(operation.id)
    schema, required = _places(subject, raw)
    body = _json_schema(subject, operation, raw)
    if body is not None:
        schema["body"] = body
        # Most documents do not mark a form as required, and a method asks for its required fields.
        if raw.get("requestBody", {}).get("required") or not isinstance(operation.body, JsonBody):
            required.append("body")
    if isinstance(operation.body, MultipartBody) and any(part.headers for part in operation.body.parts):
        schema["part headers"] = _part_headers(subject, operation.body, raw)
        required.append("part headers")
    whole = {"type": "object", "properties": schema, "required": required, "additionalProperties": False}
    drawn = values(subject.schemas, whole).filter(sendable).filter(_fits).filter(_shows(parameters_of(subject, raw)))
    cases = st.builds(lambda one, other: _case(operation, one, other), drawn, _other_body(operation, raw))
    return cases.filter(_is_one_form(subject, operation, raw))


def _is_one_form(subject: Subject, operation: Operation, raw: Schema) -> Callable[[Case], bool]:
    """Return a test of whether a form has the required fields of one of its alternatives, which a method merges."""
    body = operation.body
    content = raw.get("requestBody", {}).get("content", {}) if isinstance(body, FormBody | MultipartBody) else {}
    schemas = (subject.resolve(media.get("schema", {})) for media in content.values())
    schema = next((one for one in schemas if "oneOf" in one or "anyOf" in one), {})
    most = 1 if "oneOf" in schema else len(schema.get("anyOf", ()))
    forms = [subject.resolve(one) for one in schema.get("oneOf", schema.get("anyOf", ()))]
    required = [{*one.get("required", ())} for one in forms]

    def fits(case: Case) -> bool:
        fields = case.body.value.keys() if case.body is not None and isinstance(case.body.value, dict) else set[str]()
        return not required or 1 <= sum(each <= fields for each in required) <= most

    return fits


def _places(subject: Subject, raw: Schema) -> tuple[dict[str, Any], list[str]]:
    parameters = parameters_of(subject, raw)
    found: dict[str, Any] = {}
    for place in _PLACES:
        here = [one for one in parameters if one["in"] == place]
        if here:
            found[place] = {
                "type": "object",
                "properties": {one["name"]: _parameter(subject, one, parameters) for one in here},
                "required": [one["name"] for one in here if one.get("required") or place == "path"],
                "additionalProperties": False,
            }
    return found, list(found)


def _parameter(subject: Subject, raw: Schema, all_: list[Schema]) -> Schema:
    if "content" in raw:
        schema: Schema = next(iter(raw["content"].values())).get("schema", {})
        return schema
    taken = frozenset(one["name"] for one in all_)
    match raw["in"], raw.get("style"):
        case "header", _:
            text = LINE
        case "cookie", style if style == "cookie" or raw.get("explode", True):
            text = TOKEN  # the keys of an object are cookie names
        case _, "pipeDelimited":
            text = UNPIPED
        case _, "spaceDelimited":
            text = SPACELESS
        case _:
            text = TEXT
    return textual(subject, raw.get("schema", {}), text, taken)


def _part_headers(subject: Subject, body: MultipartBody, raw: Schema) -> Schema:
    """Return the schema of the headers of all parts."""
    encodings = encodings_of(raw, media_type_of(body))

    def drawn(part: Part, header: Parameter) -> Schema:
        return _parameter(subject, part_header(encodings, part.wire_name, header.wire_name), [])

    properties = {
        part.wire_name: {
            "type": "object",
            "properties": {header.wire_name: drawn(part, header) for header in part.headers},
            "required": [header.wire_name for header in part.headers if header.required],
            "additionalProperties": False,
        }
        for part in body.parts
    }
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _arguments(body: JsonBody | FormBody | MultipartBody, properties: Schema) -> frozenset[str]:
    """Return the properties of a body that are arguments, which the switch of a stream is not."""
    match body:
        case JsonBody(fields=fields) | FormBody(fields) if fields:
            return frozenset(field.wire_name for field in fields)
        case MultipartBody(parts) if parts:
            return frozenset(part.wire_name for part in parts)
        case _:
            return frozenset(properties)


def _json_schema(subject: Subject, operation: Operation, raw: Schema) -> Schema | None:
    """Return the schema of the JSON values of the body."""
    body = operation.body
    if not isinstance(body, JsonBody | FormBody | MultipartBody | JsonLinesBody):
        return None
    content = raw["requestBody"]["content"]
    if isinstance(body, JsonLinesBody):
        media = next(media for name, media in content.items() if base_type(name) == body.media_type)
        return {"type": "array", "items": media["itemSchema"]}
    media_type = media_type_of(body)
    stated = [media for name, media in content.items() if media_type in (base_type(name), exact_type(name))]
    ranges = [media for name, media in content.items() if is_range(name) or base_type(name) == "multipart/*"]
    schema: Schema = [*stated, *ranges][0].get("schema", {})
    if isinstance(body, FormBody | MultipartBody) and body.free:
        return {"type": "object", "propertyNames": {"minLength": 1}, "additionalProperties": {"type": "string"}}
    target = subject.resolve(schema)
    if isinstance(body, FormBody | MultipartBody):
        target = form_schema(schema, Components(subject.schemas, {}))
    if not target.get("properties"):
        return schema
    hidden = target["properties"].keys() - _arguments(body, target["properties"])
    hidden |= {name for name, one in target["properties"].items() if isinstance(one, Mapping) and one.get("readOnly")}
    if isinstance(body, MultipartBody):
        hidden |= {part.wire_name for part in body.parts if part.file != "no" and not part.mixed}
    found = without(target, frozenset(hidden))
    if not isinstance(body, JsonBody):
        found["additionalProperties"] = False
    if isinstance(body, FormBody):
        encodings = [*stated, *ranges][0].get("encoding", {})
        found["properties"] = {
            name: textual(subject, one, TEXT, frozenset(hidden)) if encodings.get(name, {}).keys() & STYLE_KEYS else one
            for name, one in found["properties"].items()
        }
    if isinstance(body, MultipartBody):
        components = Components(subject.schemas, {})
        others = {
            part.wire_name: file_kind(found["properties"][part.wire_name], components)[1]
            for part in body.parts
            if part.mixed
        }
        found["properties"] = {**found["properties"], **others}
        styled = {part.wire_name for part in body.parts if part.style is not None}
        found["properties"] = {
            name: textual(subject, one, TOKEN, frozenset(hidden)) if name in styled else one
            for name, one in found["properties"].items()
        }
    return found


def media_type_of(body: JsonBody | FormBody | MultipartBody | BinaryBody | TextBody | JsonLinesBody) -> str:
    """Return the media type in which a client sends a body."""
    match body:
        case MultipartBody():
            return "multipart/form-data"
        case FormBody():
            return "application/x-www-form-urlencoded"
        case _:
            return body.media_type


def _other_body(operation: Operation, raw: Schema) -> SearchStrategy[Any]:
    """Return a strategy of the non-JSON values of the body: the files of a form, bytes, text."""
    match operation.body:
        case MultipartBody(parts):
            files = [part for part in parts if part.file != "no"]
            named = [part for part in files if part.wire_name != ADDITIONAL]
            drawn = st.fixed_dictionaries(
                {part.wire_name: _file(part, raw) for part in named if part.required and not part.mixed},
                optional={part.wire_name: _file(part, raw) for part in named if not part.required or part.mixed},
            )
            return drawn if named == files else st.builds(lambda one, more: {**more, **one}, drawn, _MORE_FILES)
        case BinaryBody():
            return st.binary(max_size=300)
        case TextBody():
            return st.text(max_size=100)
        case _:
            return st.none()


_MORE_FILES = st.dictionaries(st.text("abcdefgh", min_size=9, max_size=12), _files(_FILE_TYPES), max_size=2)
"""Names of files that the document does not declare."""


def _file(part: Part, raw: Schema) -> SearchStrategy[Any]:
    stated = encodings_of(raw, "multipart/form-data").get(part.wire_name, {}).get("contentType", "")
    types = [each.strip() for each in stated.split(",") if each.strip()]
    drawn = _files([each.replace("*", "x-drawn") for each in types] or _FILE_TYPES)
    several = st.lists(drawn, min_size=1, max_size=3)
    return {"one": drawn, "many": several, "any": drawn | several}[part.file]


def _fits(drawn: Mapping[str, Any]) -> bool:
    """Return True if every path parameter is a full segment; otherwise the path could match another operation."""
    texts = [str(_joined(value)) for value in drawn.get("path", {}).values()]
    return all(text and _DOT_SEGMENTS.isdisjoint(text.split("/")) for text in texts)


def _shows(parameters: list[Schema]) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test of whether all parameters can be read on the wire.

    Empty arrays and objects are not there, and an array of one empty text looks like an empty array.
    """
    named = [(one["in"], one["name"], one.get("required", False)) for one in parameters if one["in"] != "path"]

    def shows(drawn: Mapping[str, Any]) -> bool:
        values = ((drawn.get(place, {}).get(name), required) for place, name, required in named)
        return not any(value == [""] or (required and value in ([], {})) for value, required in values)

    return shows


def _joined(value: Any) -> Any:
    match sent(value):
        case None:
            return ""
        case list() as items:
            return ",".join(map(str, items))
        case dict() as items:
            return ",".join(str(one) for pair in items.items() for one in pair)
        case one:
            return one


def _case(operation: Operation, drawn: Mapping[str, Any], other: Any) -> Case:
    places = {place: _whole_numbers(drawn.get(place, {})) for place in _PLACES}
    return Case(**places, body=_body(operation, drawn, other))


def _whole_numbers(value: Any) -> Any:
    """Return parameters with 1 in place of 1.0, which JSON Schema calls an integer, but no text of one."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _whole_numbers(one) for key, one in value.items()}
        case list():
            return [_whole_numbers(one) for one in value]
        case _:
            return value


def _body(operation: Operation, drawn: Mapping[str, Any], other: Any) -> Body | None:
    match operation.body:
        case None:
            return None
        case MultipartBody():
            fields = _whole_numbers(drawn.get("body", {}))
            return Body("multipart/form-data", {**fields, **other}, drawn.get("part headers", {}))
        case BinaryBody(media_type) | TextBody(media_type):
            return Body(media_type.replace("*", "x-drawn"), other)
        case FormBody() as body:
            return Body(media_type_of(body), _whole_numbers(drawn["body"])) if "body" in drawn else None
        case JsonBody() | JsonLinesBody() as body:
            return Body(media_type_of(body), drawn["body"]) if "body" in drawn else None
