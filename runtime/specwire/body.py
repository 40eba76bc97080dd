"""Request bodies as they are sent: whole, or read as they go."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from specwire.codec import encode, to_builtins
from specwire.form import encode_form
from specwire.lines import AsyncLines, Framing, Lines, line
from specwire.multipart import Multipart, Upload, media_type
from specwire.request import (
    BaseRequest,
    BinaryBody,
    FormBody,
    JsonBody,
    LinesBody,
    MultipartBody,
    TextBody,
    multipart_body,
    with_additional,
)

if TYPE_CHECKING:
    from specwire.options import Options


class WholeBody(msgspec.Struct, frozen=True):
    """A body that is in memory."""

    data: bytes
    content_type: str


def body_of(request: BaseRequest, options: Options) -> WholeBody | Multipart | Upload | None:
    """Return what to send for a request's body; raises `TypeError` or `ValueError` for what cannot be sent."""
    match request.body:
        case None:
            writes = request.operation.method in ("POST", "PUT", "PATCH")
            return WholeBody(_encode(options.body), "application/json") if options.body and writes else None
        case JsonBody(value, content_type):
            if options.keep_unknown:
                from specwire.extra import restore  # few use it

                value = restore(value, to_builtins(value))
            return WholeBody(_encode(_extended(value, options.body)), content_type)
        case FormBody(fields):
            data = encode_form({**with_additional(fields), **options.body}, request.operation.styles)
            return WholeBody(data, "application/x-www-form-urlencoded")
        case LinesBody(items, content_type, framing):
            return _lines(items, content_type, framing)
        case TextBody(text, content_type):
            return WholeBody(text.encode(), f"{content_type}; charset=utf-8")
        case MultipartBody(parts):
            return Multipart((*parts, *multipart_body(fields=options.body, files={}).parts))
        case BinaryBody(bytes() as data, content_type):
            return WholeBody(data, media_type(data, content_type))
        case BinaryBody(content, content_type):
            return Upload(content, media_type(content, content_type))


def _lines(items: Iterable[Any] | AsyncIterable[Any], content_type: str, framing: Framing) -> WholeBody | Upload:
    if isinstance(items, list | tuple):
        return WholeBody(b"".join([line(item, framing) for item in items]), content_type)
    if isinstance(items, AsyncIterable):
        return Upload(AsyncLines(items, framing), content_type)
    return Upload(Lines(items, framing), content_type)


def _extended(value: Any, extra: Mapping[str, Any]) -> Any:
    if not extra:
        return value
    if isinstance(value, msgspec.Struct):
        value = to_builtins(value)
    if not isinstance(value, Mapping):
        raise TypeError("extra fields need a body that is an object: do not give the option `body` here")
    return {**value, **extra}


def _encode(value: Any) -> bytes:
    try:
        return encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"the body cannot be sent as JSON: {error}") from error
