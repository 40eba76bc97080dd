"""Request bodies as they are sent: whole, or streamed."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from specwire._codec.codec import encode, to_builtins
from specwire._codec.foreign_values import wire_fields
from specwire._codec.formats import NO_FORMATS, Formats
from specwire._codec.scalar import TEXT_TYPES, surrogate
from specwire._operations.request import (
    BaseRequest,
    BinaryBody,
    FormBody,
    JsonBody,
    JsonLinesBody,
    MultipartBody,
    TextBody,
    multipart_body,
    with_additional,
)
from specwire._serialization.form import encode_form
from specwire._serialization.jsonlines import AsyncLines, Framing, Lines, line
from specwire._serialization.multipart import Multipart, Upload, media_type
from specwire._serialization.parameters import header_value

if TYPE_CHECKING:
    from specwire._http.options import Options


class WholeBody(msgspec.Struct, frozen=True, gc=False):
    """Body in memory."""

    data: bytes
    content_type: str


def body_of(request: BaseRequest, options: Options) -> WholeBody | Multipart | Upload | None:
    """Return the body to send for a request; raise `TypeError` or `ValueError` for a body that can't be sent."""
    body, formats = request.body, request.operation.formats
    if isinstance(body, JsonBody):  # the usual body
        value = _completed(body.value, options) if options.body or options.keep_unknown else body.value
        return WholeBody(_encode(value, formats), body.content_type)
    match body:
        case None:
            writes = request.operation.method in ("POST", "PUT", "PATCH")
            return WholeBody(_encode(options.body, formats), "application/json") if options.body and writes else None
        case FormBody(fields):
            data = encode_form({**with_additional(fields), **options.body}, request.operation.styles, formats)
            return WholeBody(data, "application/x-www-form-urlencoded")
        case JsonLinesBody(items, content_type, framing):
            _refuse_fields(options)
            return _lines(items, content_type, framing, formats)
        case TextBody(text, content_type):
            _refuse_fields(options)
            return WholeBody(_text(text), f"{content_type}; charset=utf-8")
        case MultipartBody(parts):
            return Multipart((*parts, *multipart_body(fields=options.body, files={}).parts))
        case BinaryBody(content, content_type) as body:
            _refuse_fields(options)
            stated = header_value("Content-Type", media_type(content, content_type, body.other_types))
            return WholeBody(content, stated) if isinstance(content, bytes) else Upload(content, stated)


def _text(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"the body must be text, got {type(text).__name__}; give a str")
    try:
        return str.__str__(text).encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"the body cannot be sent: {surrogate(error)}") from None


def _lines(
    items: Iterable[Any] | AsyncIterable[Any], content_type: str, framing: Framing, formats: Formats
) -> WholeBody | Upload:
    if isinstance(items, list | tuple):
        lines = [line(index, item, framing, formats) for index, item in enumerate(items)]
        return WholeBody(b"".join(lines), content_type)
    if isinstance(items, AsyncIterable):
        return Upload(AsyncLines(items, framing, formats), content_type)
    return Upload(Lines(items, framing, formats), content_type)


def _refuse_fields(options: Options) -> None:
    """Reject the option `body`, whose fields would be lost."""
    if options.body:
        raise TypeError("extra fields need a body that is an object: leave out the option `body`")


def _completed(value: Any, options: Options) -> Any:
    """Return a JSON value with the unknown fields that its models kept, and the fields of the option `body`."""
    if options.keep_unknown:
        from specwire._models.additional_properties import restore  # few clients use it

        value = restore(value, to_builtins(value, TEXT_TYPES))
    return _extended(value, options.body) if options.body else value


def _extended(value: Any, extra: Mapping[str, Any]) -> Any:
    if isinstance(value, msgspec.Struct):
        value = wire_fields(value)
    if not isinstance(value, Mapping):
        raise TypeError("extra fields need a body that is an object: leave out the option `body`")
    return {**value, **extra}


def _encode(value: Any, formats: Formats = NO_FORMATS) -> bytes:
    try:
        return encode(value, formats)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"the body cannot be sent as JSON: {error}") from error
