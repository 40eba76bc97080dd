"""What may be chosen per client, per method or per call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from specwire._http.retry import RetryPolicy, with_retries

if TYPE_CHECKING:
    from specwire._codec.drift import OnDrift
    from specwire._http.middleware import AsyncCallMiddleware, AsyncMiddleware, CallMiddleware, Middleware
    from specwire._http.option_overrides import OptionOverrides


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How requests are sent."""

    timeout: float | None = 600.0
    """Seconds to wait for the server at any one point (not in all); None waits for ever."""
    connect_timeout: float | None = 10.0
    """Seconds to wait for a connection."""
    idle_timeout: float | None = 120.0
    """Seconds that a stream may be silent between two events; pings are no events."""
    deadline: float | None = None
    """Seconds for a call with all its attempts and waits, until its answer is there.

    A stream has to end in this time, a download to begin; where a download goes on after a break, as many seconds are
    for the time until it does.
    """
    max_response_size: int | None = 128 * 1024 * 1024
    """Bytes, decompressed, of an answer that is held in memory; a larger one is an error. None sets no limit.

    Streams and downloads to a file are not held: each event is bounded by itself.
    """
    retry: RetryPolicy = RetryPolicy()
    """When and how often a failed request is sent again."""
    headers: Mapping[str, str] = {}
    """Headers to add to every request."""
    query: Mapping[str, Any] = {}
    """Query parameters to add to every request."""
    body: Mapping[str, Any] = {}
    """Fields to add to every JSON or form body, for what a document does not know yet."""
    max_pages: int | None = None
    """Pages that `.iter()` and `.pages()` read at most; where more follow, they raise `PaginationError`.

    To take the first pages and leave the others, end the loop, or use `itertools.islice(pages, n)`.
    """
    on_drift: OnDrift = "warn"
    """What to do when an answer is not what the document says: "ignore", "warn", "raise", or a function to tell."""
    arrays: bool = False
    """Whether lists of numbers in models are `array.array`, which NumPy takes as they are; see `specwire.arrays`."""
    keep_unknown: bool = False
    """Whether models keep the fields that the document does not know; see `specwire.unknown_fields`."""
    on_progress: Callable[[int, int | None], object] | None = None
    """Told of uploads and downloads: bytes so far, bytes in all where known."""
    idempotency_key: str | None = None
    """Key under which the server does a thing once, for one call; without it each call that needs one has its own.

    Only where the document names a header of such keys (`idempotency_header` of `x-specwire-retry`): others refuse it.
    """
    middleware: Sequence[Middleware] | Sequence[AsyncMiddleware] = ()
    """Functions around each try, the first outermost; see `specwire.middleware`."""
    call_middleware: Sequence[CallMiddleware] | Sequence[AsyncCallMiddleware] = ()
    """Functions around each call with all its attempts, the first outermost; see `specwire.middleware`."""

    told: set[str] = msgspec.field(default_factory=set)
    """Operations and places whose drift the client has warned of; no option of a call."""

    def __post_init__(self) -> None:
        if self.deadline is not None and not self.deadline > 0:
            raise ValueError(f"deadline is {self.deadline}: give a number of seconds above 0, or None")
        if self.max_response_size is not None and self.max_response_size < 1:
            raise ValueError(f"max_response_size is {self.max_response_size}: give a number of bytes above 0, or None")

    def changed(self, changes: OptionOverrides) -> Options:
        """Return these options with some changed; `headers`, `query` and `body` are merged."""
        from specwire._http.option_overrides import merged  # to make a client does not need it

        present: OptionOverrides = {"headers": self.headers, "query": self.query, "body": self.body}
        values = merged(present, changes)
        if "max_retries" in values:
            values["retry"] = with_retries(values.get("retry", self.retry), values.pop("max_retries"))
        return msgspec.structs.replace(self, **values)

    def __repr__(self) -> str:
        return f"Options(timeout={self.timeout}, retry={self.retry}, on_drift={self.on_drift!r})"
