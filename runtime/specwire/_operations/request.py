"""Request as a value: built by a pure function, compared, pickled, written to batch files, sent by a client."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from itertools import filterfalse
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

import msgspec

from specwire._codec.codec import NESTED
from specwire._codec.formats import NO_FORMATS, Formats
from specwire._errors.base import InvalidRequestError
from specwire._models.model import ADDITIONAL
from specwire._models.unset import UNSET, Unset
from specwire._network.server_url import has_dot_segment
from specwire._operations.operation import JsonPayload, Operation, Payload
from specwire._serialization.file import FileInput, is_file_input
from specwire._serialization.jsonlines import Framing
from specwire._serialization.multipart import Part, file_part, json_part, styled_parts, text_part
from specwire._serialization.parameters import Style, encode_headers
from specwire._serialization.style import is_box, items_of, named_error

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")
E = TypeVar("E")
ItemT = TypeVar("ItemT")


class JsonBody(msgspec.Struct, frozen=True):
    """Value that is sent as JSON."""

    value: Any
    content_type: str = "application/json"


class FormBody(msgspec.Struct, frozen=True):
    """Fields that are sent as `application/x-www-form-urlencoded`."""

    fields: Mapping[str, Any]


class MultipartBody(msgspec.Struct, frozen=True):
    """Parts that are sent as `multipart/form-data`, with files streamed from their source."""

    parts: tuple[Part, ...]


class BinaryBody(msgspec.Struct, frozen=True):
    """Bytes, path or open binary file that is sent unchanged."""

    content: FileInput
    content_type: str = "application/octet-stream"
    other_types: tuple[str, ...] = ()
    """Further media types that the document declares; the name of the file selects one."""


class TextBody(msgspec.Struct, frozen=True):
    """Text that is sent in UTF-8."""

    text: str
    content_type: str = "text/plain"


class JsonLinesBody(msgspec.Struct, frozen=True):
    """Values that are sent as a sequence of JSON texts; those of an iterator can be sent only once."""

    items: Iterable[Any] | AsyncIterable[Any]
    content_type: str = "application/jsonl"
    framing: Framing = "jsonl"


_METHOD = re.compile(r"[A-Za-z]+")
_PATH = re.compile(r"/(?!/)([A-Za-z0-9._~!$&'()*+,;=:@/{}-]|%[0-9A-Fa-f]{2})*")

Files: TypeAlias = FileInput | Sequence[FileInput]
Body: TypeAlias = JsonBody | FormBody | MultipartBody | BinaryBody | TextBody | JsonLinesBody


class BaseRequest(msgspec.Struct, frozen=True):
    """Call that hasn't been sent, for any type of response."""

    operation: Operation
    path: Mapping[str, Any] = {}
    query: Mapping[str, Any] = {}
    headers: Mapping[str, Any] = {}
    cookies: Mapping[str, Any] = {}
    body: Body | None = None
    url: str | None = None
    """URL in place of path and query, such as the next page's; relative, or on the same server."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.operation.id}: {self.operation.method} {self.operation.path})"

    def replace(self, **changes: Any) -> Self:
        """Return a copy of the request with another `path`, `query`, `headers`, `cookies`, `body` or `url`."""
        return msgspec.structs.replace(self, **changes)


class Request(BaseRequest, Generic[T], frozen=True):
    """Call that hasn't been sent; `T` is the type of its response."""

    @classmethod
    def custom(
        cls,
        method: str,
        path: str,
        *,
        path_values: Mapping[str, Any] = MappingProxyType({}),
        query: Mapping[str, Any] = MappingProxyType({}),
        headers: Mapping[str, Any] = MappingProxyType({}),
        body: Any = UNSET,
        returns: Any = Any,
    ) -> Request[Any]:
        """Return the request of an endpoint that the document lacks, for `client.send`.

        Args:
            method: HTTP method.
            path: Path template below the base URL, for example `/v1/models/{id}`.
            path_values: Values of the names in braces.
            query: Parameters of the query.
            headers: Headers to add; the credentials of the client are sent in any case.
            body: Value to send as JSON, or a body such as `FormBody`.
            returns: Type of the response body.

        Raises `InvalidRequestError` for a method or a path that cannot be sent.

        """
        if not _METHOD.fullmatch(method):
            raise InvalidRequestError(f"method is {method[:40]!r}: give the name of an HTTP method")
        if not _PATH.fullmatch(path) or has_dot_segment(path):
            raise InvalidRequestError(
                f"path is {path[:80]!r}: begin it with one slash, quote its characters, and give a query as query=..."
            )
        operation = Operation(id=f"{method} {path}", method=method.upper(), path=path, returns=JsonPayload(returns))
        sent = body if isinstance(body, Body) else None if body is UNSET else JsonBody(body)
        return Request(operation, path=path_values, query=query, headers=headers, body=sent)

    def returning(self, returns: Payload) -> Request[Any]:
        """Return a copy of the request with another response type, for a server that chooses it by the request."""
        return self.replace(operation=msgspec.structs.replace(self.operation, returns=returns))


class PagedRequest(Request[T], Generic[T, ItemT], frozen=True):
    """Request whose response `T` is one page of items `ItemT`."""


class StreamRequest(BaseRequest, Generic[E], frozen=True):
    """Request whose response is a stream of events `E`."""


class FileRequest(BaseRequest, frozen=True):
    """Request whose response may be bytes, read as they arrive."""


class DownloadRequest(FileRequest, frozen=True):
    """Request whose response is bytes."""


class MixedRequest(FileRequest, Generic[T], frozen=True):
    """Request whose response is bytes under one status, and a `T` under another."""


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that aren't `UNSET`, in order."""
    return {name: value for name, value in values.items() if value is not UNSET}


def with_additional(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return fields together with their additional properties; a declared field takes precedence."""
    if ADDITIONAL not in fields:
        return fields
    named = {name: field for name, field in fields.items() if name != ADDITIONAL}
    return {**named, **{name: field for name, field in fields[ADDITIONAL].items() if name not in named}}


def json_body(
    fields: Mapping[str, Any], content_type: str = "application/json", *, required: bool = True
) -> JsonBody | None:
    """Build a JSON object from the fields that aren't `UNSET`; None if there are none and none is required."""
    sent = given(fields)
    return JsonBody(sent, content_type) if sent or required else None


def lines_body(
    body: Iterable[Any] | AsyncIterable[Any] | FileInput, content_type: str, framing: Framing = "jsonl"
) -> JsonLinesBody | BinaryBody:
    """Build a body from values, or from a file that contains them: bytes, path, open file, or tuple with its name."""
    named = isinstance(body, tuple) and len(body) in (2, 3) and isinstance(body[0], str | None)
    if named or isinstance(body, bytes | bytearray | memoryview | PathLike) or hasattr(body, "read"):
        return BinaryBody(cast("FileInput", body), content_type)
    return JsonLinesBody(cast("Iterable[Any] | AsyncIterable[Any]", body), content_type, framing)


def multipart_body(
    *,
    fields: Mapping[str, Any] | None = None,
    files: Mapping[str, Files | Mapping[str, Files] | Unset | None],
    types: Mapping[str, str] | None = None,
    headers: Mapping[str, Mapping[str, Any]] | None = None,
    styles: Mapping[str, Style] | None = None,
    header_styles: Mapping[str, Mapping[str, Style]] | None = None,
    formats: Formats = NO_FORMATS,
    mixed: Mapping[str, Any] | None = None,
) -> MultipartBody:
    """Build a form from the fields and files that aren't `UNSET`, fields first; a list repeats its part.

    Args:
        fields: Values by name.
        files: Files by name.
        types: Declared content types of parts. Fields with a JSON type are sent as JSON, and so are objects and
            nested lists without a declared type.
        styles: Styles of fields that differ from the default: a list in one part, or an object as separate parts.
        headers: Additional headers of each part.
        header_styles: Styles of these headers.
        formats: Wire names of values that are written as text.
        mixed: Files or values by name, such as the address of a file as text.

    Raises `InvalidRequestError` for a value that can't be sent.

    """
    try:
        values, more = _sorted(mixed or {})
        stated = types or {}
        parts = _field_parts(fields or {}, stated, styles or {}, formats)
        parts += _field_parts(values, {}, {}, formats)
        parts += _file_parts({**files, **more}, stated)
        if headers:
            more = {
                name: tuple(encode_headers(given(each), (header_styles or {}).get(name, {})).items())
                for name, each in headers.items()
            }
            parts = [msgspec.structs.replace(part, headers=(*part.headers, *more.get(part.name, ()))) for part in parts]
    except RecursionError:
        raise InvalidRequestError(NESTED) from None
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(str(error)) from error
    return MultipartBody(tuple(parts))


def _sorted(mixed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values and the files among parts that take both."""
    values: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for name, value in with_additional(given(mixed)).items():
        if not isinstance(value, list):
            (files if is_file_input(value) else values)[name] = value
            continue
        if found := list(filter(is_file_input, value)):
            files[name] = found
        if found := list(filterfalse(is_file_input, value)):
            values[name] = found
    return values, files


def _items(name: str, value: object) -> list[object]:
    try:
        return items_of(value)
    except (TypeError, ValueError) as error:
        raise named_error("part", name, error) from None


def _field_parts(
    fields: Mapping[str, Any], types: Mapping[str, str], styles: Mapping[str, Style], formats: Formats
) -> list[Part]:
    parts: list[Part] = []
    for name, value in with_additional(given(fields)).items():
        content_type = types.get(name)
        if content_type is not None and content_type.endswith("json"):
            parts.append(json_part(name, value, content_type, formats))
            continue
        if name in styles:
            parts += styled_parts(name, value, styles[name])
            continue
        for item in _items(name, value):
            if is_box(item):
                parts.append(json_part(name, item, formats=formats))
            elif item is not None:
                parts.append(text_part(name, item, content_type, base64=name in formats.base64))
    return parts


def _file_parts(
    files: Mapping[str, Files | Mapping[str, Files] | Unset | None], types: Mapping[str, str]
) -> list[Part]:
    return [
        file_part(name, item, types.get(name))
        for name, file in with_additional(given(files)).items()
        for item in (file if isinstance(file, list) else (file,))
        if item is not None
    ]
