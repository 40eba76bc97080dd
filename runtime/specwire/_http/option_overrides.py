"""Option overrides for a client, a method or a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from specwire._http.option_values import TimeoutConfig, header_mapping
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._codec.drift import OnDrift
    from specwire._http.middleware import AsyncCallMiddleware, AsyncMiddleware, CallMiddleware, Middleware
    from specwire._http.option_values import HeaderTypes
    from specwire._http.retry import RetryPolicy


class OptionOverrides(TypedDict, total=False):
    """Keywords of `with_options`; see `Options`."""

    timeout: float | TimeoutConfig | None
    connect_timeout: float | None
    idle_timeout: float | None
    deadline: float | None
    max_response_size: int | None
    max_retries: int
    retry: RetryPolicy
    headers: HeaderTypes
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    max_pages: int | None
    on_drift: OnDrift
    arrays: bool
    keep_unknown: bool
    on_progress: Callable[[int, int | None], object] | None
    idempotency_key: str | None
    middleware: Sequence[Middleware] | Sequence[AsyncMiddleware]
    call_middleware: Sequence[CallMiddleware] | Sequence[AsyncCallMiddleware]


def merged(first: OptionOverrides, second: OptionOverrides) -> OptionOverrides:
    """Merge two sets of overrides: `headers`, `query` and `body` are combined.

    Otherwise the second takes precedence.
    """
    if isinstance(timeout := second.get("timeout"), TimeoutConfig):
        second = {"connect_timeout": timeout.connect, **second, "timeout": timeout.read}
    for name in ("query", "body"):
        if not isinstance(second.get(name, {}), Mapping):
            kind = type(second.get(name)).__name__
            raise ConfigurationError(
                f"the option {name!r} must be a mapping of what to add, got {kind}; a body is an argument of the method"
            )
    both: OptionOverrides = {**first, **second}
    if "retry" in second:
        if "max_retries" in second:
            raise ConfigurationError("max_retries and retry are alternatives: give one of them")
        both.pop("max_retries", None)
    if "headers" in second:
        both["headers"] = {**header_mapping(first.get("headers", {})), **header_mapping(second["headers"])}
    if "query" in first and "query" in second:
        both["query"] = {**first["query"], **second["query"]}
    if "body" in first and "body" in second:
        both["body"] = {**first["body"], **second["body"]}
    return both
