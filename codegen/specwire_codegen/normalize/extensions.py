"""Validation of `x-specwire-*` extensions; every other `x-` key is removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from specwire_codegen.normalize.guess import INFERRED, KINDS
from specwire_codegen.normalize.operations.stated_names import NAME
from specwire_codegen.normalize.source_map import PRIVATE, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import EVENT_STREAM, FRAMINGS, base_type, framing_of
from specwire_codegen.openapi.methods import TOKEN
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.styles import SPANS
from specwire_codegen.openapi.suggest import did_you_mean
from specwire_codegen.openapi.walk import is_extension, rebuild

PREFIX = "x-specwire-"
UNKNOWN = "unknown"
"""Value of `first` if the number of the first page is not documented (0 or 1)."""

Test = Callable[[Any], str | None]

_OWN_HEADERS = {
    *("accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "cookie", "host"),
    *("transfer-encoding", "user-agent"),
}


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "a non-empty string"


def _pointer(value: Any) -> str | None:
    return None if isinstance(value, str) and value.startswith("/") else "a JSON pointer such as '/data'"


def _place(value: Any) -> str | None:
    return None if value == "" or _pointer(value) is None else "a JSON pointer such as '/data', or '' for the root"


def _word(value: Any) -> str | None:
    good = isinstance(value, str) and value.isidentifier() and not value.startswith("_")
    return None if good else "a Python name such as 'create'"


def _dotted(value: Any) -> str | None:
    good = isinstance(value, str) and all(_word(part) is None for part in value.split("."))
    return None if good else "Python names with dots between them, such as 'audio.speech'"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _off(value: Any) -> str | None:
    return None if value is False else "an object, or false so that nothing is inferred"


def _natural(value: Any) -> str | None:
    return None if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else "an integer of at least 0"


def _first(value: Any) -> str | None:
    good = value == UNKNOWN or _natural(value) is None
    return None if good else f"an integer of at least 0, or {UNKNOWN!r}"


def _seconds(value: Any) -> str | None:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    return None if good else "a number of seconds greater than 0"


def _texts(value: Any) -> str | None:
    good = isinstance(value, list) and value and all(isinstance(each, str) for each in value)
    return None if good else "a non-empty list of strings"


def _statuses(value: Any) -> str | None:
    good = isinstance(value, list) and all(type(each) is int and 100 <= each <= 599 for each in value)
    return None if good else "a list of HTTP status codes (100 to 599)"


def _safe(value: Any) -> str | None:
    return None if value == "billed" or isinstance(value, bool) else "true, false or billed"


def _header(value: Any) -> str | None:
    good = isinstance(value, str) and TOKEN.fullmatch(value) and value.lower() not in _OWN_HEADERS
    return None if good else "a header name that the client does not set itself"


def _scalar(value: Any) -> str | None:
    return None if value is None or isinstance(value, (str, int, float, bool)) else "a string, number, boolean or null"


def _scalars(value: Any) -> str | None:
    good = isinstance(value, list) and value and all(_scalar(each) is None for each in value)
    return None if good else "a non-empty list of strings, numbers or booleans"


def _one_of(*names: str) -> Test:
    return lambda value: None if value in names else f"one of {', '.join(names)}"


@attrs.frozen
class _Object:
    """Object with these members; those in `required` must be present."""

    members: Mapping[str, _Shape]
    required: tuple[str, ...] = ()


@attrs.frozen
class _List:
    items: _Shape


@attrs.frozen
class _ByType:
    """A list, an object or a scalar, each with its own shape."""

    scalar: Test
    object: _Object | _Choice | None = None
    list: _List | None = None


@attrs.frozen
class _Choice:
    """Object whose members depend on the value of one of them."""

    by: str
    variants: Mapping[str, _Object]


_Shape = Test | _Object | _List | _ByType | _Choice


@attrs.frozen
class _Extension:
    shape: _Shape
    kinds: tuple[ObjectType, ...] | None = None


_ERROR_EQUALS = _Object({"pointer": _pointer, "equals": _scalar}, ("pointer", "equals"))
_STREAM = _Object(
    {
        "terminator": _text,
        "last": _texts,
        "ignore": _texts,
        "error": _ByType(_pointer, list=_List(_ByType(_pointer, object=_ERROR_EQUALS))),
        "switch": _Object({"field": _text, "value": _scalar, "in": _one_of("body", "query")}, ("field", "value")),
        "resumable": _flag,
        "finish": _pointer,
        "item": _pointer,
    }
)
_STREAMED = _Object({**_STREAM.members, "media_type": _one_of(*FRAMINGS)})
_PAGED_IN = _one_of("query", "body")
_PAGINATION = _Choice(
    "style",
    {
        "page": _Object(
            {
                "style": _text,
                "in": _PAGED_IN,
                "page": _text,
                "size": _text,
                "first": _first,
                "items": _place,
                "total": _pointer,
                "pages": _pointer,
                "more": _pointer,
            },
            ("page", "items"),
        ),
        "cursor": _Object(
            {
                "style": _text,
                "in": _PAGED_IN,
                "cursor": _text,
                "size": _text,
                "items": _place,
                "next": _pointer,
                "next_header": _text,
                "next_from_last_item": _pointer,
                "more": _pointer,
            },
            ("cursor", "items"),
        ),
        "offset": _Object(
            {
                "style": _text,
                "in": _PAGED_IN,
                "offset": _text,
                "size": _text,
                "items": _place,
                "total": _pointer,
                "more": _pointer,
            },
            ("offset", "items"),
        ),
        "url": _Object({"style": _text, "size": _text, "items": _place, "next": _pointer}, ("items", "next")),
        "link": _Object({"style": _text, "size": _text, "items": _place}, ("items",)),
    },
)
_POLLING = _Object(
    {
        "status": _pointer,
        "success": _texts,
        "failure": _texts,
        "attention": _texts,
        "progress": _texts,
        "interval": _seconds,
        "lifecycle": _texts,
    },
    ("status", "success"),
)
_NEVER = _Object({"pointer": _pointer, "values": _scalars}, ("pointer", "values"))
_NAMES_STATED = _Object({"resource": _dotted, "method": _word, "body": _word})
_REFUSAL = _Object({"code": _pointer, "accepted": _scalars, "message": _pointer}, ("code", "accepted"))
_SOURCES = _List(_Object({"id": _text, "what": _text, "url": _text}, ("id", "what")))

EXTENSIONS: Mapping[str, tuple[_Extension, ...]] = {
    "x-specwire-stream": (
        _Extension(_STREAM, ("mediaType",)),
        _Extension(_ByType(_flag, object=_STREAMED), ("operation",)),
    ),
    "x-specwire-download": (_Extension(_ByType(_flag, object=_Object({"media_type": _text})), ("operation",)),),
    "x-specwire-pagination": (_Extension(_ByType(_off, object=_PAGINATION), ("operation",)),),
    "x-specwire-polling": (_Extension(_ByType(_off, object=_POLLING), ("operation",)),),
    INFERRED: (_Extension(_Object(dict.fromkeys(KINDS, _text)), ("operation",)),),
    "x-specwire-retry": (
        _Extension(_Object({"statuses": _statuses, "never": _NEVER, "idempotency_header": _header}), ("openapi",)),
        _Extension(_Object({"safe": _safe}, ("safe",)), ("operation",)),
    ),
    SPANS: (_Extension(_flag, ("parameter",)),),
    NAME: (_Extension(_NAMES_STATED, ("operation",)), _Extension(_word, ("parameter", "schema"))),
    "x-specwire-unwrap": (_Extension(_pointer, ("operation",)),),
    "x-specwire-error-envelope": (_Extension(_REFUSAL, ("operation",)),),
    "x-specwire-sources": (_Extension(_SOURCES),),
    "x-specwire-confidence": (_Extension(_one_of("high", "medium", "low")),),
    "x-specwire-note": (_Extension(_text),),
}


def apply(data: Node, report: Report) -> Node:
    """Return the document with known extensions only; report every mistake in them."""

    def visit(node: Node, kind: ObjectType, trail: Trail) -> Node:
        found = [key for key in node if is_extension(key) and key not in PRIVATE]
        for key in found:
            if key.startswith(PREFIX):
                _check_key(key, node, kind, report)
        if found and kind == "mediaType":
            _check_resumable(node, base_type(pointers.split(pointers.of(trail))[-1]), report)
        unknown = {key for key in found if key not in EXTENSIONS}
        return {key: each for key, each in node.items() if key not in unknown} if unknown else node

    checked: Node = rebuild(data, "openapi", visit)
    return checked


def _check_key(key: str, node: Node, kind: ObjectType, report: Report) -> None:
    place = pointers.join(origin_of(node), key)
    if key not in EXTENSIONS:
        report.error("unknown-extension", f"unknown extension {key!r}", place, _near(key, EXTENSIONS))
        return
    for extension in EXTENSIONS[key]:
        if extension.kinds is None or kind in extension.kinds:
            _check_shape(node[key], extension.shape, key, place, report)
            return
    kinds = [each for extension in EXTENSIONS[key] for each in extension.kinds or ()]
    places = " or ".join(f"the {_NAMES.get(each, each)}" for each in kinds)
    here = _NAMES.get(kind, kind)
    report.error("misplaced-extension", f"{key!r} is not allowed on a {here}", place, f"move it to {places}")


_NAMES: Mapping[str, str] = {"openapi": "document", "mediaType": "media type", "pathItem": "path item"}
"""Readable names of node kinds."""


def _check_resumable(node: Node, name: str, report: Report) -> None:
    stream = node.get("x-specwire-stream")
    if isinstance(stream, dict) and stream.get("resumable") is True and framing_of(name) not in (None, "sse"):
        place = pointers.join(origin_of(node), "x-specwire-stream", "resumable")
        message = f"a stream of {name} cannot be resumed because it has no event ids"
        report.error("bad-extension", message, place, f"remove 'resumable', or declare the stream as {EVENT_STREAM}")


def _check_shape(value: Any, shape: _Shape, name: str, place: str, report: Report) -> None:
    if isinstance(shape, _ByType):
        special = shape.list if isinstance(value, list) else shape.object if isinstance(value, dict) else None
        shape = special or shape.scalar
    if isinstance(shape, _List):
        if not isinstance(value, list):
            report.error("bad-extension", f"{name!r} must be a list", place)
            return
        for index, item in enumerate(value):
            _check_shape(item, shape.items, f"{name}[{index}]", pointers.join(place, index), report)
    elif isinstance(shape, (_Object, _Choice)):
        if isinstance(value, dict):
            _check_members(value, shape, name, place, report)
        else:
            report.error("bad-extension", f"{name!r} must be an object", place)
    else:
        expected = shape(value)
        if expected is not None:
            report.error("bad-extension", f"{name!r} must be {expected}, got {value!r}", place)


def _check_members(value: Node, shape: _Object | _Choice, name: str, place: str, report: Report) -> None:
    if isinstance(shape, _Choice):
        chosen = shape.variants.get(str(value.get(shape.by)))
        if chosen is None:
            names = ", ".join(shape.variants)
            report.error("bad-extension", f"{shape.by!r} of {name!r} must be one of {names}", place)
            return
        shape = chosen
    for member, each in value.items():
        if member not in shape.members:
            message = f"{name!r} has no member {member!r}"
            report.error(
                "unknown-extension-member", message, pointers.join(place, member), _near(member, shape.members)
            )
        else:
            _check_shape(each, shape.members[member], f"{name}.{member}", pointers.join(place, member), report)
    for member in shape.required:
        if member not in value:
            report.error("bad-extension", f"{name!r} needs the member {member!r}", place, f"add {member!r}")


def _near(name: str, known: Mapping[str, Any]) -> str:
    return did_you_mean(name, known, f"use one of {', '.join(known)}")
