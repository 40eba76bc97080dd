"""What the document says of one operation: the static half of every request."""

from __future__ import annotations

from collections.abc import Mapping, Set as AbstractSet
from typing import Any, Literal, TypeAlias

import msgspec

from specwire._codec.formats import NO_FORMATS, Formats
from specwire._operations.job_status import ATTENTION, FAILURE, SUCCESS, word
from specwire._serialization.parameters import Style

Requirement: TypeAlias = tuple[str, ...]
"""Schemes that a call takes all together, by name; none for a call that may go without."""


class JsonPayload(msgspec.Struct, frozen=True):
    """A JSON body, decoded as `kind` (any type msgspec decodes)."""

    kind: Any
    accept: str = "application/json"


class TextPayload(msgspec.Struct, frozen=True):
    """A text body, decoded by the charset of its content type."""

    accept: str = "text/plain"


class EmptyPayload(msgspec.Struct, frozen=True):
    """No body, or one that means nothing."""

    accept: str = "*/*"


class BinaryPayload(msgspec.Struct, frozen=True):
    """A body that is read as a stream of bytes."""

    accept: str = "application/octet-stream"


class EventError(msgspec.Struct, frozen=True):
    """An event is an error where `path` leads to something that is not null or, if `equals` is given, to that."""

    path: tuple[str, ...]
    equals: str | None = None


class EventsPayload(msgspec.Struct, frozen=True):
    """A stream of events, each decoded as `kind`."""

    kind: Any
    framing: Literal["sse", "jsonl", "json-seq"] = "sse"
    terminator: str | None = None
    """The data of the event that ends the stream; without one, the end of the body ends it."""
    errors: tuple[EventError, ...] = ()
    """What makes an event an error."""
    accept: str = "text/event-stream"
    resumable: bool = False
    """Whether a stream that broke off goes on after the event whose id is sent as `Last-Event-ID`."""
    finish: tuple[str, ...] = ()
    """Path to what is set in an event when a part of the answer ends; `*` stands for every item of an array.

    Once all parts have ended, the stream is whole without its terminator.
    """
    item: tuple[str, ...] = ()
    """Path to the event in each JSON text that is sent; empty where the text is the event."""


Payload: TypeAlias = JsonPayload | TextPayload | EmptyPayload | BinaryPayload | EventsPayload

_AS_SENT = (TextPayload, BinaryPayload)
"""Payloads that are handed out as they come, whatever their media type."""
_ANY = "*/*;q=0.1"


class PageNumber(msgspec.Struct, frozen=True):
    """Pages by number: `page` counts up from `first`; None where nothing says whether that is 0 or 1."""

    page: str
    items: tuple[str, ...]
    size: str | None = None
    first: int | None = 0
    total: tuple[str, ...] | None = None
    """Where the page says how many items there are."""
    pages: tuple[str, ...] | None = None
    """Where the page says how many pages there are."""
    more: tuple[str, ...] | None = None
    """Where the page says whether more follow."""


class Offset(msgspec.Struct, frozen=True):
    """Pages by offset: `offset` counts items."""

    offset: str
    items: tuple[str, ...]
    size: str | None = None
    total: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None


class Cursor(msgspec.Struct, frozen=True):
    """Pages by cursor: taken from the page (`next`), or from its last item (`last`)."""

    cursor: str
    items: tuple[str, ...]
    next: tuple[str, ...] | None = None
    last: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None


class NextURL(msgspec.Struct, frozen=True):
    """Pages of which each names the URL of the next: in the page (`next`), or else in its `Link` header."""

    items: tuple[str, ...]
    next: tuple[str, ...] | None = None


Pagination: TypeAlias = PageNumber | Offset | Cursor | NextURL
"""How an operation pages. Every path is one of Python attribute names into the decoded page."""


class Polling(msgspec.Struct, frozen=True):
    """How a long-running job tells that it is done."""

    status: tuple[str, ...]
    success: AbstractSet[str] = frozenset()
    failure: AbstractSet[str] = frozenset()
    attention: AbstractSet[str] = frozenset()
    """Statuses in which the job rests until the caller does something."""
    interval: float = 5.0
    """Seconds between two polls, a suggestion."""
    progress: AbstractSet[str] = frozenset()
    """Statuses in which the job goes on; none where the document does not list them."""

    def is_at_rest(self, status: object) -> bool:
        """Tell whether a status will not change by itself: one that is stated, or by its word where none is."""
        if not isinstance(status, str) or status in self.progress:
            return False
        return status in self.success | self.failure | self.attention or word(status) in SUCCESS | FAILURE | ATTENTION

    def goes_on(self, status: object) -> bool:
        """Tell whether a status that is not at rest is a step on the way, as far as that is known."""
        return isinstance(status, str) and (status in self.progress or (not self.progress and status != ""))


class ErrorEnvelope(msgspec.Struct, frozen=True):
    """How a server says no inside a successful answer."""

    code: tuple[str, ...]
    accepted: AbstractSet[int | str]
    """Codes that mean yes; any other raises `EnvelopeError`."""
    message: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of a document. Generated modules hold one for each function; never changes at run time."""

    id: str
    method: str
    path: str
    """Path template, such as `/v1/files/{file_id}`."""
    returns: Payload
    answers: Mapping[int | str, Payload] = {}
    """Payloads of success statuses, or of `"2XX"`, that are not `returns`."""
    errors: Mapping[int | str, Any] = {}
    """Types of error bodies, by status, range (`"4XX"`) or `"default"`."""
    styles: Mapping[str, Style] = {}
    """Parameter -> serialization, where it is not the default of its place."""
    formats: Formats = NO_FORMATS
    """Fields of the body that are written in a form of their own."""
    safe: bool = False
    """Whether repeating the request after an unclear failure changes nothing on the server."""
    billed: bool = False
    """Whether repeating it costs again."""
    secure: bool = True
    """Whether the operation takes credentials."""
    security: tuple[Requirement, ...] | None = None
    """The alternatives of this operation where they are others than the API's; see `Security`."""
    pagination: Pagination | None = None
    polling: Polling | None = None
    error_envelope: ErrorEnvelope | None = None
    server: str | None = None
    """Base URL of this operation where it is not the client's; one that begins with `/` is relative to that."""

    def payload_of(self, status: int) -> Payload:
        """Return what a successful status answers."""
        if not self.answers:
            return self.returns
        return self.answers.get(status, self.answers.get("2XX", self.returns))

    def error_type(self, status: int) -> Any:
        """Return the type of the error body of a status, None if the document has none."""
        errors = self.errors
        return errors.get(status, errors.get(f"{status // 100}XX", errors.get("default")))

    @property
    def accept(self) -> str:
        """What a request accepts: what any success answers; for a file or text, anything else rather than a 406."""
        accept = self.returns.accept
        if self.answers:
            named = [one for payload in (self.returns, *self.answers.values()) for one in payload.accept.split(", ")]
            accept = ", ".join(dict.fromkeys(each for each in named if each != "*/*")) or "*/*"
        # Frameworks compare this with the types that they can render, and not with those of files that a handler sends.
        return f"{accept}, {_ANY}" if isinstance(self.returns, _AS_SENT) and accept != "*/*" else accept

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, tuple(getattr(self, name) for name in self.__struct_fields__)

    def __hash__(self) -> int:
        return hash((self.id, self.method, self.path))


def _rebuild(*values: Any) -> Operation:
    return Operation(**dict(zip(Operation.__struct_fields__, values, strict=True)))
