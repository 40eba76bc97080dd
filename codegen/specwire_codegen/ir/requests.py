"""Requests: parameters and bodies."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from specwire_codegen.ir.models import Field
from specwire_codegen.ir.types import DefaultValue, LiteralValue, TypeExpr


@attrs.frozen
class Style:
    """How a parameter is serialized."""

    style: str
    explode: bool
    allow_reserved: bool = False
    content_json: bool = False
    base64: bool = False
    """Bytes are written in base64."""
    empty: bool = False
    """A path parameter may be empty."""
    spans: bool = False
    """The slashes of a path parameter are sent as slashes."""


Place: TypeAlias = Literal["path", "query", "header", "cookie"]


@attrs.frozen
class Parameter:
    """A parameter; `style` is None where it is the default of its place."""

    name: str
    wire_name: str
    place: Place
    type: TypeExpr
    required: bool
    doc: str = ""
    style: Style | None = None
    default: DefaultValue | None = None
    """What a call sends if it says nothing, of what is required."""


@attrs.frozen
class Part:
    """A part of a multipart body."""

    name: str
    wire_name: str
    type: TypeExpr
    required: bool
    file: Literal["no", "one", "many"] = "no"
    doc: str = ""
    content_type: str | None = None
    """What the document says of the part's content, None if it leaves that open."""
    style: Style | None = None
    """How it is written, None where a list is a part for each item and an object is JSON."""
    headers: tuple[Parameter, ...] = ()
    """What it is sent with besides; headers of the part, not of the request."""
    default: LiteralValue | None = None
    """What a call sends if it says nothing: the only possible value of what is required."""


@attrs.frozen
class Formats:
    """Wire names of body fields, at any depth, whose values are text of another type; "" for the whole body."""

    base64: tuple[str, ...] = ()
    decimal: tuple[str, ...] = ()


@attrs.frozen
class JsonBody:
    """A JSON body: the fields of an object as keywords, or one value as `body`."""

    type: TypeExpr
    fields: tuple[Field, ...] | None
    required: bool
    media_type: str
    blank: bool = False
    """Whether an empty object is sent where a call says nothing: the document names no property of it."""


@attrs.frozen
class FormBody:
    """A body of `application/x-www-form-urlencoded` fields; `free` if the document does not name them."""

    fields: tuple[Field, ...]
    styles: tuple[tuple[str, Style], ...] = ()
    """How fields are serialized, by wire name, where it is not the default."""
    free: bool = False


@attrs.frozen
class MultipartBody:
    """A body of `multipart/form-data` parts; `free` if the document does not name them."""

    parts: tuple[Part, ...]
    free: bool = False


@attrs.frozen
class BinaryBody:
    """A body of bytes."""

    media_type: str
    required: bool


@attrs.frozen
class TextBody:
    """A body of text."""

    media_type: str
    required: bool


Framing: TypeAlias = Literal["sse", "jsonl", "json-seq"]


@attrs.frozen
class JsonLinesBody:
    """A body of JSON values, one after the other."""

    item: TypeExpr
    framing: Framing
    media_type: str
    required: bool


Body: TypeAlias = JsonBody | FormBody | MultipartBody | BinaryBody | TextBody | JsonLinesBody
