"""Options of a client, a method or a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from specwire._http.option_values import is_number, unusable
from specwire._http.retry import RetryPolicy, with_retries

if TYPE_CHECKING:
    from specwire._codec.drift import OnDrift
    from specwire._http.middleware import AsyncCallMiddleware, AsyncMiddleware, CallMiddleware, Middleware
    from specwire._http.option_overrides import OptionOverrides

_REACTIONS = ("ignore", "warn", "raise")
_SECONDS = ("timeout", "connect_timeout", "idle_timeout", "deadline")
_COUNTS = {"max_response_size": "bytes", "max_pages": "pages"}
_MIDDLEWARE = ("middleware", "call_middleware")
_SWITCHES = ("arrays", "keep_unknown")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Options for sending requests."""

    timeout: float | None = 600.0
    """Seconds to wait for the server at each single step, not in total; None for no limit."""
    connect_timeout: float | None = 10.0
    """Seconds to wait for a connection."""
    idle_timeout: float | None = 120.0
    """Seconds that the next event of a stream may take, without the caller's own pauses; pings don't count as events."""
    deadline: float | None = None
    """Seconds for a call with all its attempts and waits, up to its response.

    A stream must end in this time, a download must begin. A download that is resumed gets the same time again until
    it continues.
    """
    max_response_size: int | None = 128 * 1024 * 1024
    """Maximum decompressed bytes of a response held in memory; a larger one raises an error. None for no limit.

    Streams and downloads to a file aren't held in memory; each event has a limit of its own.
    """
    retry: RetryPolicy = RetryPolicy()
    """Retry policy."""
    headers: Mapping[str, str] = {}
    """Headers to add to every request."""
    query: Mapping[str, Any] = {}
    """Query parameters to add to every request."""
    body: Mapping[str, Any] = {}
    """Fields to add to every JSON or form body, such as those that the document doesn't declare yet."""
    max_pages: int | None = None
    """Maximum number of pages that `.iter()` and `.pages()` read; if more follow, they raise `PaginationError`.

    To read only the first pages without an error, leave the loop, or use `itertools.islice(pages, n)`.
    """
    on_drift: OnDrift = "warn"
    """Reaction to a response that differs from the document: "ignore", "warn", "raise", or a function to call."""
    arrays: bool = False
    """Decode lists of numbers in models as `array.array`, which NumPy reads without a copy.

    See `specwire._codec.arrays`.
    """
    keep_unknown: bool = False
    """Keep the fields of models that the document doesn't declare; see `specwire.unknown_fields`."""
    on_progress: Callable[[int, int | None], object] | None = None
    """Called during uploads and downloads with the bytes so far, and the total if known."""
    idempotency_key: str | None = None
    """Idempotency key of one call; by default each call that needs one gets a new key.

    Only valid if the document names the header (`idempotency_header` of `x-specwire-retry`); otherwise the call
    raises an error.
    """
    middleware: Sequence[Middleware] | Sequence[AsyncMiddleware] = ()
    """Middleware around each attempt, the outermost first; see `specwire._http.middleware`."""
    call_middleware: Sequence[CallMiddleware] | Sequence[AsyncCallMiddleware] = ()
    """Middleware around each call with all its attempts, the outermost first; see `specwire._http.middleware`."""

    warned: set[str] = msgspec.field(default_factory=set)
    """Operations and places of drift that the client has warned about; not an option of a call."""

    def __post_init__(self) -> None:
        _check(self)

    def changed(self, changes: OptionOverrides) -> Options:
        """Return these options with overrides; `headers`, `query` and `body` are merged."""
        from specwire._http.option_overrides import merged  # creating a client doesn't need it

        present: OptionOverrides = {"headers": self.headers, "query": self.query, "body": self.body}
        values = merged(present, changes)
        if "max_retries" in values:
            values["retry"] = with_retries(values.get("retry", self.retry), values.pop("max_retries"))
        return msgspec.structs.replace(self, **values)

    def __repr__(self) -> str:
        return f"Options(timeout={self.timeout}, retry={self.retry}, on_drift={self.on_drift!r})"


def _check(options: Options) -> None:
    """Raise `ConfigurationError` for the first option whose value cannot work."""
    for name in _SECONDS:
        seconds = getattr(options, name)
        if seconds is not None and not (is_number(seconds) and isfinite(seconds) and seconds > 0):
            raise unusable(name, seconds, "give a number of seconds above 0, or None for no limit")
    for name, unit in _COUNTS.items():
        count = getattr(options, name)
        if count is not None and not (is_number(count) and count >= 1):
            raise unusable(name, count, f"give a number of {unit} above 0, or None for no limit")
    if not isinstance(options.retry, RetryPolicy):
        raise unusable("retry", options.retry, "give a RetryPolicy, or the number of retries as max_retries=")
    if options.on_drift not in _REACTIONS and not callable(options.on_drift):
        raise unusable("on_drift", options.on_drift, f"give one of {', '.join(map(repr, _REACTIONS))}, or a function")
    for name in _MIDDLEWARE:
        functions = getattr(options, name)
        if not isinstance(functions, Sequence) or not all(map(callable, functions)):
            raise unusable(name, functions, "give a list of functions")
    for name in _SWITCHES:
        if not isinstance(getattr(options, name), bool):
            raise unusable(name, getattr(options, name), "give True or False")
    if options.on_progress is not None and not callable(options.on_progress):
        raise unusable("on_progress", options.on_progress, "give a function of the bytes so far and the total")
    if options.idempotency_key is not None and not isinstance(options.idempotency_key, str):
        raise unusable("idempotency_key", options.idempotency_key, "give text")
