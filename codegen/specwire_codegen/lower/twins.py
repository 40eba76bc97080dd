"""Additional response media types that need a method of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

from specwire_codegen.ir import BinaryStream, JsonPayload, Payload, Primitive, Text
from specwire_codegen.lower.media import Components, is_telling
from specwire_codegen.lower.schema import Schema
from specwire_codegen.openapi.casing import snake

_FAMILIES = ("image", "audio", "video", "font")
"""Top-level types whose formats are interchangeable: one method for all."""
_FILES = re.compile(
    r"(image|audio|video|font)/.*|text/csv|application/(pdf|zip|gzip|vnd\.(ms-excel|openxmlformats-.*))"
)
"""Types that cannot carry an object, whatever their schema."""
_NAMES = {
    "text/plain": "text",
    "application/octet-stream": "binary",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}


@attrs.frozen
class Form:
    """One media type of a response."""

    base: str
    """The media type without parameters."""
    parameters: str
    schema: Schema | bool
    payload: Payload


def twins(content: Sequence[Form], plain: Payload | None, components: Components) -> Iterator[tuple[str, Payload]]:
    """Yield name and payload of each media type whose content differs from the default method.

    The same schema under another media type is the same value in another encoding; so are several image formats.
    """
    families: set[str] = set()
    types = [plain.type] if isinstance(plain, JsonPayload) else []
    for form in content:
        base, payload = form.base, form.payload
        family = base.partition("/")[0] if base.startswith(_FAMILIES) else base
        if payload == plain or "*" in base or family in families or not _differs(payload, plain):
            continue
        if isinstance(payload, JsonPayload):
            if payload.type not in types:
                types.append(payload.type)
                yield form_name(base, form.parameters), payload
        elif _FILES.fullmatch(base) or _is_own(form.schema, components):
            families.add(family)
            yield form_name(base), payload


def _differs(payload: Payload, plain: Payload | None) -> bool:
    match payload, plain:
        case Text("text/plain"), JsonPayload(Primitive("str")):
            return False
        case ((Text() | BinaryStream()), JsonPayload()):
            return True
        case JsonPayload(type_), JsonPayload(other):
            return type_ != other and is_telling(type_) and is_telling(other)
        case _:
            return isinstance(payload, BinaryStream) and isinstance(plain, Text)


def _is_own(schema: Schema | bool, components: Components) -> bool:
    """Return whether a schema is text or bytes, or has no constraints."""
    found = components.resolve(schema)
    return components.is_textual(schema) or bool(found.keys() & {"contentMediaType", "contentEncoding"})


def form_name(base: str, parameters: str = "") -> str:
    """Return the suffix of a method for a media type: `csv`, `merge_patch`, `version_2`."""
    if base in _NAMES:
        return _NAMES[base]
    subtype = base.partition("/")[2].removeprefix("x-").removeprefix("vnd.")
    subtype = "svg" if subtype == "svg+xml" else subtype.removesuffix("+xml").removesuffix("+json")
    return snake(parameters if subtype == "json" and parameters else f"{subtype} {parameters}") or "other"
