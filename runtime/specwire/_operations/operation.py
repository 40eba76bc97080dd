"""Operation: the static facts of every request, from its document."""

from __future__ import annotations

from collections.abc import Mapping, Set as AbstractSet
from typing import Any, Literal, TypeAlias

import msgspec

from specwire._codec.formats import NO_FORMATS, Formats
from specwire._operations.job_status import ATTENTION, FAILURE, SUCCESS, word
from specwire._serialization.parameters import Style

Requirement: TypeAlias = tuple[str, ...]
"""Names of schemes that a call needs together; empty for a call that needs none."""


class JsonPayload(msgspec.Struct, frozen=True):
    """JSON body, decoded as `kind` (any type that msgspec supports)."""

    kind: Any
    accept: str = "application/json"
    item: tuple[str, ...] = ()
    """Path of attribute names to the value that the method returns; empty if it returns the whole."""


class TextPayload(msgspec.Struct, frozen=True):
    """Text body, decoded by the charset of its content type."""

    accept: str = "text/plain"


class EmptyPayload(msgspec.Struct, frozen=True):
    """No body, or one without meaning."""

    accept: str = "*/*"


class BinaryPayload(msgspec.Struct, frozen=True):
    """Body that is read as a stream of bytes."""

    accept: str = "application/octet-stream"


class EventError(msgspec.Struct, frozen=True):
    """Rule for events that are errors: `path` leads to a value that isn't null or, if given, that equals `equals`."""

    path: tuple[str, ...]
    equals: str | None = None


class EventsPayload(msgspec.Struct, frozen=True):
    """Stream of events, each decoded as `kind`."""

    kind: Any
    framing: Literal["sse", "jsonl", "json-seq"] = "sse"
    terminator: str | None = None
    """Data of the event that ends the stream; without one, the end of the body ends it."""
    last: AbstractSet[str] = frozenset()
    """Names of events that end the stream as well, if one of them comes."""
    ignored: AbstractSet[str] = frozenset()
    """Names of events that are not handed out."""
    errors: tuple[EventError, ...] = ()
    """Rules for events that are errors."""
    accept: str = "text/event-stream"
    resumable: bool = False
    """True if a stream that broke off can be continued after the event id in `Last-Event-ID`."""
    finish: tuple[str, ...] = ()
    """Path to the value that marks the end of a part of the response; `*` means every item of an array.

    Once all parts have ended, the stream is complete without its terminator.
    """
    item: tuple[str, ...] = ()
    """Path to the event in each JSON text; empty if the text is the event."""


Payload: TypeAlias = JsonPayload | TextPayload | EmptyPayload | BinaryPayload | EventsPayload

_AS_SENT = (TextPayload, BinaryPayload)
"""Payloads that are returned as sent, whatever their media type."""
_ANY = "*/*;q=0.1"


class PageNumber(msgspec.Struct, frozen=True):
    """Pagination by page number: `page` counts up from `first`.

    None if the document leaves open whether that is 0 or 1.
    """

    page: str
    items: tuple[str, ...]
    size: str | None = None
    first: int | None = 0
    total: tuple[str, ...] | None = None
    """Path to the total number of items."""
    pages: tuple[str, ...] | None = None
    """Path to the total number of pages."""
    more: tuple[str, ...] | None = None
    """Path to the flag for more pages."""
    in_body: bool = False
    """True if `page` and `size` are fields of the body rather than query parameters."""


class Offset(msgspec.Struct, frozen=True):
    """Pagination by offset: `offset` counts items."""

    offset: str
    items: tuple[str, ...]
    size: str | None = None
    total: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None
    in_body: bool = False


class Cursor(msgspec.Struct, frozen=True):
    """Pagination by cursor, from the page (`next`), its last item (`last`) or a response header (`header`)."""

    cursor: str
    items: tuple[str, ...]
    next: tuple[str, ...] | None = None
    last: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None
    in_body: bool = False
    header: str | None = None


class NextURL(msgspec.Struct, frozen=True):
    """Pagination by URL: each page links to the next in its body (`next`), or else in its `Link` header."""

    items: tuple[str, ...]
    next: tuple[str, ...] | None = None


Pagination: TypeAlias = PageNumber | Offset | Cursor | NextURL
"""Pagination of an operation. Every path consists of Python attribute names in the decoded page."""


class Polling(msgspec.Struct, frozen=True):
    """Polling of a long-running job until it is done."""

    status: tuple[str, ...]
    success: AbstractSet[str] = frozenset()
    failure: AbstractSet[str] = frozenset()
    attention: AbstractSet[str] = frozenset()
    """Statuses of a job that waits for an action of the caller."""
    interval: float = 5.0
    """Suggested seconds between two polls."""
    progress: AbstractSet[str] = frozenset()
    """Statuses of a running job; empty if the document doesn't list them."""

    def is_terminal(self, status: object) -> bool:
        """Return True if a status won't change by itself: a declared one, or else a known word."""
        if not isinstance(status, str) or status in self.progress:
            return False
        return status in self.success | self.failure | self.attention or word(status) in SUCCESS | FAILURE | ATTENTION

    def is_pending(self, status: object) -> bool:
        """Return True for a listed status of a running job; any status counts if the document lists none."""
        return isinstance(status, str) and (status in self.progress or (not self.progress and status != ""))


class ErrorEnvelope(msgspec.Struct, frozen=True):
    """Errors that a server returns in the body of a success."""

    code: tuple[str, ...]
    accepted: AbstractSet[int | str]
    """Codes that mean success; any other raises `EnvelopeError`."""
    message: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """Operation of a document. Generated modules define one per function; it never changes at run time."""

    id: str
    method: str
    path: str
    """Path template, such as `/v1/files/{file_id}`."""
    returns: Payload
    returns_by_status: Mapping[int | str, Payload] = {}
    """Payloads of success statuses, or of `"2XX"`, that differ from `returns`."""
    errors: Mapping[int | str, Any] = {}
    """Types of error bodies, by status, range (`"4XX"`) or `"default"`."""
    styles: Mapping[str, Style] = {}
    """Parameter -> serialization, if it isn't the default of its place."""
    formats: Formats = NO_FORMATS
    """Body fields that are written as another type."""
    safe: bool = False
    """True if repeating the request after an unclear failure changes nothing on the server."""
    billed: bool = False
    """True if repeating the request costs money again."""
    secure: bool = True
    """True if the operation takes credentials."""
    security: tuple[Requirement, ...] | None = None
    """Security alternatives of this operation, if they differ from the API's; see `Security`."""
    pagination: Pagination | None = None
    polling: Polling | None = None
    error_envelope: ErrorEnvelope | None = None
    server: str | None = None
    """Base URL of this operation, if it isn't the client's; if it begins with `/`, relative to that."""

    def payload_of(self, status: int) -> Payload:
        """Return the payload of a success status."""
        if not self.returns_by_status:
            return self.returns
        return self.returns_by_status.get(status, self.returns_by_status.get("2XX", self.returns))

    def error_type(self, status: int) -> Any:
        """Return the type of the error body of a status, or None."""
        errors = self.errors
        return errors.get(status, errors.get(f"{status // 100}XX", errors.get("default")))

    @property
    def accept(self) -> str:
        """Return the `Accept` header: all success media types; for files and text also `*/*`, rather than a 406."""
        accept = self.returns.accept
        if self.returns_by_status:
            payloads = (self.returns, *self.returns_by_status.values())
            named = [one for payload in payloads for one in payload.accept.split(", ")]
            accept = ", ".join(dict.fromkeys(each for each in named if each != "*/*")) or "*/*"
        # Some frameworks compare this with the media types that they can render, not with those of files that a handler
        # sends.
        return f"{accept}, {_ANY}" if isinstance(self.returns, _AS_SENT) and accept != "*/*" else accept

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, tuple(getattr(self, name) for name in self.__struct_fields__)

    def __hash__(self) -> int:
        return hash((self.id, self.method, self.path))


def _rebuild(*values: Any) -> Operation:
    return Operation(**dict(zip(Operation.__struct_fields__, values, strict=True)))
