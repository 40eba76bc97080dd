"""Rows of a run, their outcomes, and the summary."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from specwire._codec.codec import encode
from specwire._errors.base import cut
from specwire._operations.request import BaseRequest, JsonBody
from specwire._operations.response import Response
from specwire.errors import APIStatusError

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of the input."""

    index: int
    """Position in the input, from 0."""
    id: str
    item: Any
    """The item of the source: a request, or a row to build one from."""


class Outcome(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Result of one row: a response, or the error that it ended with."""

    index: int
    """Position in the input, from 0."""
    id: str
    """Id of the row; its position by default."""
    item: Any = None
    """The request, or the row that it was built from."""
    response: Response[T] | None = None
    error: Exception | None = None

    @property
    def value(self) -> T:
        """Return the parsed response; raise the error of a row that failed."""
        if self.response is None:
            assert self.error is not None
            raise self.error
        return self.response.parsed

    @property
    def succeeded(self) -> bool:
        """Return True if the row has a response."""
        return self.response is not None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Summary of a run."""

    succeeded: int = 0
    """Rows that succeeded in this run."""
    failed: int = 0
    """Rows that failed in this run."""
    skipped: int = 0
    """Rows that earlier runs with the same journal had finished."""
    seconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    """Cost of this run; None without prices."""
    interrupted: bool = False
    """True if the run ended early, by Ctrl-C, SIGTERM or `stop`; the same call continues it."""


class Failure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Row that failed, as it is kept in the journal and in the file of failed rows."""

    index: int
    id: str
    error: str
    """Name of the exception."""
    message: str
    status: int | None = None
    input: Any = None
    """The row, or the request as its operation and arguments."""


def failure_of(outcome: Outcome[Any]) -> Failure:
    """Return the record of a failed row."""
    error = outcome.error
    return Failure(
        index=outcome.index,
        id=outcome.id,
        error=type(error).__name__,
        message=cut(str(error)),
        status=error.status_code if isinstance(error, APIStatusError) else None,
        input=msgspec.Raw(encoded(outcome.item)),
    )


def result_line(outcome: Outcome[Any]) -> bytes:
    """Return the line of a row that succeeded: its number, its id, and the body of the response."""
    assert outcome.response is not None
    body = compact(outcome.response)
    return b'{"index":%d,"id":%b,"response":%b}\n' % (outcome.index, msgspec.json.encode(outcome.id), body)


def compact(response: Response[Any]) -> bytes:
    """Return the body of a response as JSON in one line: as the server sent it, if that is JSON."""
    try:
        return msgspec.json.format(response.content, indent=-1)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return encode(response.parsed)


def encoded(item: Any) -> bytes:
    """Return a row, or the operation and arguments of a request, as JSON in one line.

    Values that are not JSON, such as open files, are their type's name.
    """
    item = _parts(item) if isinstance(item, BaseRequest) else item
    try:
        return encode(item)
    except (TypeError, ValueError, RecursionError):
        return msgspec.json.encode(_shown(item), enc_hook=_named)


def _parts(request: BaseRequest) -> dict[str, Any]:
    """Return the operation and the arguments of a request."""
    parts: dict[str, Any] = {"operation": request.operation.id}
    if request.path:
        parts["path"] = request.path
    if request.query:
        parts["query"] = request.query
    if request.headers:
        parts["headers"] = request.headers
    if request.cookies:
        parts["cookies"] = request.cookies
    body = request.body
    if body is not None:
        parts["body"] = body.value if isinstance(body, JsonBody) else body
    return parts


def _shown(item: Any) -> Any:
    return {str(key): value for key, value in item.items()} if isinstance(item, Mapping) else item


def _named(value: object) -> str:
    return f"<{type(value).__name__}>"


def fingerprint(row: Row, before: int) -> int:
    """Return the checksum of a row and of all rows before it."""
    item = row.item
    try:
        data = _encode(_parts(item) if isinstance(item, BaseRequest) else item)
    except (TypeError, ValueError, OverflowError, RecursionError):
        data = encoded(item)
    return zlib.crc32(data, zlib.crc32(row.id.encode(), before))
