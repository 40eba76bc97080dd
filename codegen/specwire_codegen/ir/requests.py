"""Requests: parameters and bodies."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from specwire_codegen.ir.models import Field
from specwire_codegen.ir.types import DefaultValue, LiteralValue, TypeExpr
from specwire_codegen.openapi.media_types import Framing


@attrs.frozen
class Style:
    """Serialization of a parameter."""

    style: str
    explode: bool
    allow_reserved: bool = False
    content_json: bool = False
    base64: bool = False
    """Encode bytes in base64."""
    empty: bool = False
    """Allow an empty path parameter."""
    spans: bool = False
    """Send the slashes of a path parameter unescaped."""


Place: TypeAlias = Literal["path", "query", "header", "cookie"]


@attrs.frozen
class Parameter:
    """A parameter; `style` is None if it is the default of its place."""

    name: str
    wire_name: str
    place: Place
    type: TypeExpr
    required: bool
    doc: str = ""
    style: Style | None = None
    default: DefaultValue | None = None
    """Value sent for an omitted required parameter."""


FileKind: TypeAlias = Literal["no", "one", "many", "any"]
"""Files that a part takes: none, one, a list, or one or a list."""


@attrs.frozen
class Part:
    """A part of a multipart body."""

    name: str
    wire_name: str
    type: TypeExpr
    required: bool
    file: FileKind = "no"
    mixed: bool = False
    """True if the part also takes values of the type, instead of files."""
    doc: str = ""
    content_type: str | None = None
    """Content type of the part, or None if the document does not specify it."""
    style: Style | None = None
    """Serialization; None for one part per list item, and JSON for objects."""
    headers: tuple[Parameter, ...] = ()
    """Headers of the part."""
    default: LiteralValue | None = None
    """Value sent for an omitted part: the only allowed value of a required part."""


@attrs.frozen
class Formats:
    """Wire names of body fields, at any depth, whose strings encode another type; "" is the whole body."""

    base64: tuple[str, ...] = ()
    decimal: tuple[str, ...] = ()
    number: tuple[str, ...] = ()


@attrs.frozen
class JsonBody:
    """A JSON body: the fields of an object as keywords, or one value as `body`."""

    type: TypeExpr
    fields: tuple[Field, ...] | None
    required: bool
    media_type: str
    blank: bool = False
    """True if a call without fields sends an empty object: the document declares no properties."""


@attrs.frozen
class FormBody:
    """A body of `application/x-www-form-urlencoded` fields; `free` if the document does not declare them."""

    fields: tuple[Field, ...]
    styles: tuple[tuple[str, Style], ...] = ()
    """Serialization of fields, by wire name, if it differs from the default."""
    free: bool = False


@attrs.frozen
class MultipartBody:
    """A body of `multipart/form-data` parts; `free` if the document does not declare them."""

    parts: tuple[Part, ...]
    free: bool = False


@attrs.frozen
class BinaryBody:
    """A body of bytes."""

    media_type: str
    required: bool
    other_types: tuple[str, ...] = ()
    """Further media types; the name of the file selects one."""


@attrs.frozen
class TextBody:
    """A body of text."""

    media_type: str
    required: bool


@attrs.frozen
class JsonLinesBody:
    """A body of consecutive JSON values."""

    item: TypeExpr
    framing: Framing
    media_type: str
    required: bool


Body: TypeAlias = JsonBody | FormBody | MultipartBody | BinaryBody | TextBody | JsonLinesBody
