"""Lowering of request bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.ir import (
    BinaryBody,
    Body,
    Field,
    FileKind,
    FormBody,
    JsonBody,
    JsonLinesBody,
    MultipartBody,
    Parameter,
    Part,
    Style,
    TextBody,
)
from specwire_codegen.lower.media import (
    Components,
    exact_type,
    is_range,
    is_telling,
    is_text,
    parameters_of,
    preference,
)
from specwire_codegen.lower.model import fields_of
from specwire_codegen.lower.parameter import lower_parameter
from specwire_codegen.lower.schema import Schema, is_object
from specwire_codegen.lower.twins import form_name
from specwire_codegen.openapi.media_types import base_type, framing_of, is_json
from specwire_codegen.openapi.objects import STYLE_KEYS

_FORM = Style("form", True)
_QUOTED = re.compile(r'"[^"]*"')
_NULL = {"type": "null"}
_OWN_HEADERS = ("content-disposition", "content-type", "content-length", "transfer-encoding")
"""Part headers that are derived from the name and content of the part."""


def lower_bodies(request_body: Mapping[str, Any] | None, components: Components) -> dict[str, Body | None]:
    """Return the bodies of an operation; the preferred one has an empty name.

    JSON comes before forms and other types. Content that JSON cannot carry (files, bytes, text) becomes a further body
    with a name. An object with files is a form under the empty name; bytes take precedence over text.
    """
    content: Mapping[str, Any] = (request_body or {}).get("content", {})
    if not content:
        return {"": None}
    required = bool((request_body or {}).get("required"))
    ranked = sorted(content, key=preference)
    bodies = {media_type: _body(media_type, content[media_type], required, components) for media_type in ranked}
    bodies = {media_type: _exact(body, media_type, ranked) for media_type, body in bodies.items()}
    plain = _plain(ranked, content, bodies, components)
    found: dict[str, Body | None] = {"": _with_other_types(bodies[plain], bodies.values())}
    if is_range(plain) or not isinstance(bodies[ranked[0]], JsonBody | TextBody):
        return found
    for media_type in ranked:
        schema = content[media_type].get("schema", {})
        match bodies[media_type]:
            case _ if media_type == plain:
                continue
            case JsonBody() as body if isinstance(found[""], MultipartBody):
                if not _files_of(schema, components, required_only=True):
                    found.setdefault("json", body)
            case JsonBody(type_) as body if is_telling(type_):
                if all(not isinstance(one, JsonBody) or one.type != type_ for one in found.values()):
                    found.setdefault(form_name(base_type(media_type), parameters_of(media_type)), body)
            case MultipartBody(parts) as body if any(part.file != "no" for part in parts):
                found.setdefault("multipart", body)
            case TextBody("text/plain") as body if components.is_textual(schema):
                found.setdefault("text", body)
            case BinaryBody("application/octet-stream") as body if not is_range(media_type):
                found.setdefault("binary", body)
            case _:
                continue
    return found


def _with_other_types(body: Body, others: Iterable[Body]) -> Body:
    """Return a body with the further media types of bytes, of which the name of a file selects one."""
    if not isinstance(body, BinaryBody):
        return body
    types = dict.fromkeys(each.media_type for each in others if isinstance(each, BinaryBody))
    return attrs.evolve(body, other_types=tuple(each for each in types if each != body.media_type))


def _exact(body: Body, media_type: str, others: Sequence[str]) -> Body:
    """Return a body with the parameters of its media type, where only they tell it from another one."""
    alike = sum(base_type(other) == base_type(media_type) for other in others)
    if isinstance(body, JsonBody) and alike > 1:
        return attrs.evolve(body, media_type=exact_type(media_type))
    return body


def _plain(
    ranked: Sequence[str], content: Mapping[str, Any], bodies: Mapping[str, Body], components: Components
) -> str:
    """Return the media type of the method without a suffix: the first that can carry the whole content."""
    best = ranked[0]
    if isinstance(bodies[best], JsonBody) and _files_of(content[best].get("schema", {}), components):
        forms = (each for each in ranked if isinstance(bodies[each], MultipartBody) and not is_range(each))
        return next(forms, best)
    if isinstance(bodies[best], TextBody):
        return next((each for each in ranked if base_type(each) == "application/octet-stream"), best)
    return best


def _files_of(schema: Schema | bool, components: Components, *, required_only: bool = False) -> bool:
    """Return whether an object has properties that are files."""
    target = components.resolve(schema)
    required = target.get("required", ())
    for name, each in target.get("properties", {}).items():
        kind, others = file_kind(each, components)
        if kind != "no" and others is None and (name in required or not required_only):
            return True
    return False


def _body(media_type: str, media: Mapping[str, Any], required: bool, components: Components) -> Body:
    schema = media.get("schema", {})
    base = base_type(media_type)
    if is_range(media_type) and not components.is_textual(schema):
        base = "application/json"
    framing = framing_of(base)
    if framing is not None and framing != "sse" and "itemSchema" in media:
        return JsonLinesBody(components.type_of(media["itemSchema"]), framing, base, required)
    if is_json(base):
        return JsonBody(
            components.type_of(schema), _keywords(schema, components), required, base, _is_blank(schema, components)
        )
    if base in ("multipart/form-data", "multipart/*"):
        parts = tuple(_parts(media, components))
        return MultipartBody(parts, free=not parts)
    if base == "application/x-www-form-urlencoded":
        form = form_schema(schema, components)
        fields = _keywords(form, components)
        return FormBody(fields or (), _styles(media, form, components), free=not fields)
    if is_text(base):
        return TextBody("text/plain" if "*" in base else base, required)
    return BinaryBody("application/octet-stream" if is_range(base) else base, required)


def _keywords(schema: Schema, components: Components) -> tuple[Field, ...] | None:
    target = components.resolve(schema)
    return _sent(target, components) if is_object(target) else None


def _is_blank(schema: Schema, components: Components) -> bool:
    """Return whether a body is an object without declared or required properties."""
    target = components.resolve(schema)
    free = not any(target.get(key) for key in ("properties", "required", "minProperties", "patternProperties"))
    return target.get("type") == "object" and free and not isinstance(target.get("additionalProperties"), Mapping)


def _sent(schema: Schema, components: Components) -> tuple[Field, ...]:
    """Return the fields of an object that a client can send: all except read-only ones."""
    fields = fields_of(schema, components.schemas, components.names)
    return tuple(field for field in fields if field.access != "read-only")


def form_schema(schema: Schema | bool, components: Components) -> Schema:
    """Return the schema of a form; several objects are merged into one, with their common required properties."""
    target = components.resolve(schema)
    variants = [components.resolve(each) for each in target.get("oneOf", target.get("anyOf", ()))]
    if not variants or not all(map(is_object, variants)):
        return target
    properties: dict[str, list[Any]] = {}
    for variant in variants:
        for name, property_ in variant["properties"].items():
            known = properties.setdefault(name, [])
            if property_ not in known:
                known.append(property_)
    either = {name: each[0] if len(each) == 1 else {"anyOf": each} for name, each in properties.items()}
    required = set.intersection(*(set(variant.get("required", ())) for variant in variants))
    return {"type": "object", "properties": either, "required": sorted(required)}


def _styles(media: Mapping[str, Any], form: Schema, components: Components) -> tuple[tuple[str, Style], ...]:
    """Return the serialization of form fields that is stated: a style, or JSON."""
    found: list[tuple[str, Style]] = []
    properties: Mapping[str, Schema] = form.get("properties", {})
    encodings: Mapping[str, Any] = media.get("encoding", {})
    for name, encoding in encodings.items():
        stated = encoding.keys() & STYLE_KEYS
        kind = encoding.get("style", "form")
        style = Style(
            kind,
            bool(encoding.get("explode", kind == "form")),
            bool(encoding.get("allowReserved")),
            not stated and is_json(encoding.get("contentType", "")),
            bool(components.encodings.formats_of([properties.get(name, {})]).base64),
        )
        if stated or style.content_json:
            found.append((name, style))
    return tuple(found)


def _parts(media: Mapping[str, Any], components: Components) -> Iterator[Part]:
    schema = form_schema(media.get("schema", {}), components)
    properties: Mapping[str, Schema] = schema.get("properties", {})
    encodings: Mapping[str, Any] = media.get("encoding", {})
    stated = _styles({"encoding": encodings}, schema, components)
    styles = {name: style for name, style in stated if attrs.evolve(style, base64=False) != _FORM}
    styles = {name: style for name, style in styles.items() if not style.content_json}
    for field in _sent(schema, components) if properties else ():
        file, others = file_kind(properties.get(field.wire_name, schema.get("additionalProperties", {})), components)
        mixed = file != "no" and others is not None
        content_type = _one_type(encodings.get(field.wire_name, {}).get("contentType", ""))
        if file != "no" and content_type == "application/octet-stream":
            content_type = None  # the file name is more specific
        headers = tuple(_headers(encodings.get(field.wire_name, {}), field, components))
        style = styles.get(field.wire_name) if file == "no" else None
        if style is not None:
            content_type = None  # style and content type exclude each other
        yield Part(
            field.name,
            field.wire_name,
            components.type_of(others) if mixed and others is not None else field.type,
            field.required_in_request,
            file,
            mixed,
            field.doc,
            content_type,
            style,
            headers,
            field.default if file == "no" else None,
        )


def _headers(encoding: Mapping[str, Any], part: Field, components: Components) -> Iterator[Parameter]:
    """Yield the headers of a part without its content type, which the encoding defines."""
    for name, raw in encoding.get("headers", {}).items():
        if name.lower() not in _OWN_HEADERS:
            required = bool(raw.get("required")) and part.required_in_request
            header = lower_parameter(raw, name, name, "header", components, required=required)
            yield header if header.doc else attrs.evolve(header, doc=f"Header `{name}` of `{part.wire_name}`.")


def _one_type(content_type: str) -> str | None:
    """Return a single content type; None for ranges and lists."""
    bare = _QUOTED.sub("", content_type)
    return base_type(bare) if bare and not {"*", ","} & set(bare) else None


def file_kind(schema: Schema | bool, components: Components) -> tuple[FileKind, Schema | None]:
    """Return which files a part takes, and the schema of what else it takes; None if that is nothing but null."""
    variants = [(each, _without_null(each, components)) for each in _variants(schema, components)]
    one = [each for each, found in variants if _is_file(found)]
    many = [
        each
        for each, found in variants
        if _is_array(found) and _is_file(_without_null(found.get("items", {}), components))
    ]
    others = [each for each, _ in variants if each not in one and each not in many]
    other = {"anyOf": others} if any(each != _NULL for each in others) else None
    if one or many:
        return ("any" if one and many else "one" if one else "many"), other
    return "no", other


def _variants(schema: Schema | bool, components: Components) -> Iterator[Schema | bool]:
    """Yield the members of a union, at any depth, or else the schema itself."""
    found = components.resolve(schema)
    members = found.get("anyOf", found.get("oneOf", ())) if "type" not in found else ()
    for each in members:
        yield from _variants(each, components)
    if not members:
        yield schema


def _without_null(schema: Schema | bool, components: Components) -> Schema:
    """Return a schema with references followed and null removed from a union with one other type."""
    found = components.resolve(schema)
    rest = [each for each in found.get("anyOf", found.get("oneOf", ())) if each != _NULL]
    return components.resolve(rest[0]) if len(rest) == 1 and "type" not in found else found


def _is_array(schema: Schema) -> bool:
    return schema.get("type") in ("array", ["array", "null"])


def _is_file(schema: Schema) -> bool:
    kinds = schema.get("type")
    text = kinds in ("string", None) or (isinstance(kinds, list) and "string" in kinds)
    binary = schema.get("format") == "binary" or "contentMediaType" in schema
    return text and binary and "contentEncoding" not in schema and not is_json(str(schema.get("contentMediaType", "")))
