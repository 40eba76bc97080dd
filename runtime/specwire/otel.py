"""OpenTelemetry (extra `specwire[otel]`): spans of calls and of their attempts, trace context for servers, durations::

    client = instrumented(Mistral())

Each call has a span of kind INTERNAL, named after its operation. Each attempt has a child span of kind CLIENT with the
HTTP attributes of the semantic conventions. Both end when the body is read or closed, so they last as long as a stream.
"""

from __future__ import annotations

import time
from collections import Counter as CountOf
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, overload
from urllib.parse import SplitResult, urlsplit

import msgspec

try:
    from opentelemetry import metrics, propagate, trace
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode
except ImportError as error:
    raise ImportError('specwire.otel needs opentelemetry-api: pip install "specwire[otel]"') from error

from specwire._client.async_client import (
    AsyncClient,
)
from specwire._client.sync_client import (
    Client,
)
from specwire._codec.drift_reports import Drift, OnDrift, report, takes
from specwire._http.response import HTTPResponse
from specwire._network.server_url import shown_url
from specwire._network.transport_errors import TransportError
from specwire.errors import APIError

if TYPE_CHECKING:
    from opentelemetry.metrics import Counter, MeterProvider
    from opentelemetry.trace import TracerProvider
    from opentelemetry.util.types import AttributeValue

    from specwire._http.middleware import AsyncCall, AsyncSend, Call, Send
    from specwire._http.options import Options
    from specwire._http.request import PreparedRequest
    from specwire._operations.request import BaseRequest
    from specwire._operations.response import Response

SyncT = TypeVar("SyncT", bound=Client)
AsyncT = TypeVar("AsyncT", bound=AsyncClient)

_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})
_PORTS = {"http": 80, "https": 443}
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Histogram bounds in seconds, as in the semantic conventions."""


@overload
def instrumented(
    client: SyncT, *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> SyncT: ...


@overload
def instrumented(
    client: AsyncT, *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> AsyncT: ...


def instrumented(
    client: Client | AsyncClient,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> Client | AsyncClient:
    """Return a copy of the client, on the same connections, that reports its calls.

    Without providers, the global ones are used. The trace context is sent through the global propagator, to the
    first origin of a call but not to targets of redirects. Spans of attempts are innermost, after any other
    middleware of the client, so that they show each attempt as it is sent.
    """
    telemetry = _Telemetry(trace.get_tracer("specwire", tracer_provider=tracer_provider), meter_provider)
    options = client._session.options
    # A client only has middleware of its own kind, which the type of the options can't express.
    drift = options.on_drift if options.on_drift == "raise" else telemetry.counted(options)
    attempts: list[Any] = [*options.middleware, telemetry.send if isinstance(client, Client) else telemetry.asend]
    calls: list[Any] = [telemetry.call if isinstance(client, Client) else telemetry.acall, *options.call_middleware]
    return client.with_options(middleware=attempts, call_middleware=calls, on_drift=drift)


class _CountedDrift:
    """Function for `on_drift` that counts drift before the client's own reaction to it."""

    def __init__(self, counter: Counter, options: Options) -> None:
        self._counter = counter
        self._then: OnDrift = options.on_drift
        self._warned = options.warned

    def __repr__(self) -> str:
        return repr(self._then)

    def __call__(self, drifts: Sequence[Drift]) -> None:
        self.record("", drifts)

    def record(self, operation: str, drifts: Sequence[Drift], status: int | None = None) -> None:
        known: dict[str, AttributeValue] = {"specwire.operation": operation} if operation else {}
        if status is not None:
            known["http.response.status_code"] = status
        for kind, count in CountOf(drift.kind for drift in drifts).items():
            self._counter.add(count, {**known, "specwire.drift.kind": kind})
        if takes(self._then, drifts):
            report(drifts, self._then, operation, self._warned, status)


class _Telemetry:
    """Telemetry middleware, for calls and for attempts."""

    def __init__(self, tracer: trace.Tracer, meter_provider: MeterProvider | None) -> None:
        self._tracer = tracer
        self._duration = metrics.get_meter("specwire", meter_provider=meter_provider).create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._drift = metrics.get_meter("specwire.drift", meter_provider=meter_provider).create_counter(
            "specwire.drift", unit="{difference}", description="Differences of responses from the document."
        )

    def counted(self, options: Options) -> _CountedDrift:
        return _CountedDrift(self._drift, options)

    def call(self, request: BaseRequest, call: Call) -> Response[Any]:
        with self._calling(request) as calling:
            response = call(request)
        calling.responded(response)
        return response

    async def acall(self, request: BaseRequest, call: AsyncCall) -> Response[Any]:
        with self._calling(request) as calling:
            response = await call(request)
        calling.responded(response)
        return response

    def send(self, request: PreparedRequest, send: Send) -> HTTPResponse:
        with self._trying(request) as (trying, carrying):
            response = send(carrying)
        trying.responded(response)
        return response

    async def asend(self, request: PreparedRequest, send: AsyncSend) -> HTTPResponse:
        with self._trying(request) as (trying, carrying):
            response = await send(carrying)
        trying.responded(response)
        return response

    @contextmanager
    def _calling(self, request: BaseRequest) -> Iterator[_Calling]:
        operation = request.operation
        attributes = {**_method(operation.method), "url.template": operation.path}
        calling = _Calling(self._tracer.start_span(operation.id, attributes=attributes), operation.path)
        token = _calling.set(calling)
        try:
            with _current(calling.span):
                yield calling
        except BaseException as error:
            calling.failed(error)
            raise
        finally:
            _calling.reset(token)

    @contextmanager
    def _trying(self, request: PreparedRequest) -> Iterator[tuple[_Trying, PreparedRequest]]:
        calling = _calling.get()
        parts = urlsplit(request.url)
        known = {**_method(request.method), **_place(parts)}
        attributes: dict[str, AttributeValue] = {**known, "url.full": _redacted(request.url, parts.query)}
        name = str(known["http.request.method"]) if request.method in _METHODS else "HTTP"
        if calling is not None:
            name = f"{name} {calling.template}"
            attributes |= {"url.template": calling.template, **calling.sending(_place(parts))}
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
        headers = dict(request.headers)
        if calling is None or calling.place == _place(parts):
            propagate.inject(headers, trace.set_span_in_context(span))
        trying = _Trying(span, known, self._duration.record, calling)
        try:
            with _current(span):
                yield trying, msgspec.structs.replace(request, headers=headers)
        except BaseException as error:
            trying.failed(error)
            raise


class _Calling:
    """Call in progress."""

    def __init__(self, span: Span, template: str) -> None:
        self.span = span
        self.template = template
        self.place: dict[str, AttributeValue] | None = None
        """Server of the first attempt."""
        self.response: HTTPResponse | None = None
        """Response to the last attempt, if any."""
        self._sends = 0

    def sending(self, place: dict[str, AttributeValue]) -> dict[str, AttributeValue]:
        """Count an attempt, and return its span attributes."""
        self._sends += 1
        self.response = None
        if self.place is None:
            self.place = place
            self.span.set_attributes(place)
            return {}
        return {"http.request.resend_count": self._sends - 1}

    def responded(self, response: Response[Any]) -> None:
        self.span.set_attribute("http.response.status_code", response.status_code)
        if self.response is None:
            self.span.end()
        else:
            self.response.on_close(self._over)

    def failed(self, error: BaseException) -> None:
        if isinstance(error, APIError) and error.response is not None:
            self.span.set_attribute("http.response.status_code", error.response.status_code)
        self.span.set_attribute("error.type", _type(error))
        self.span.set_status(Status(StatusCode.ERROR, str(error)))
        self.span.end()

    def _over(self, failure: TransportError | None) -> None:
        if failure is not None:
            self.failed(failure)
        else:
            self.span.end()


class _Trying:
    """Attempt in progress."""

    def __init__(
        self,
        span: Span,
        attributes: dict[str, AttributeValue],
        record: Callable[..., None],
        calling: _Calling | None,
    ) -> None:
        self._span = span
        self._attributes = attributes
        self._record = record
        self._calling = calling
        self._started = time.perf_counter()

    def responded(self, response: HTTPResponse) -> None:
        status = response.status_code
        self._set("http.response.status_code", status)
        self._set("network.protocol.version", response.raw.http_version.removeprefix("HTTP/"))
        if status >= 400:
            self._set("error.type", str(status))
            self._span.set_status(Status(StatusCode.ERROR))
        if self._calling is not None:
            self._calling.response = response
        response.on_close(self._over)

    def failed(self, error: BaseException) -> None:
        self._set("error.type", _type(error))
        self._span.set_status(Status(StatusCode.ERROR, str(error)))
        self._end()

    def _over(self, failure: TransportError | None) -> None:
        if failure is not None:
            self.failed(failure)
        else:
            self._end()

    def _set(self, name: str, value: AttributeValue) -> None:
        self._attributes[name] = value
        self._span.set_attribute(name, value)

    def _end(self) -> None:
        seconds = time.perf_counter() - self._started
        self._record(seconds, self._attributes, trace.set_span_in_context(self._span))
        self._span.end()


_calling: ContextVar[_Calling | None] = ContextVar("specwire.otel", default=None)
"""Call to which the current attempts belong."""


def _current(span: Span) -> Any:
    return trace.use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False)


def _method(method: str) -> dict[str, AttributeValue]:
    if method in _METHODS:
        return {"http.request.method": method}
    return {"http.request.method": "_OTHER", "http.request.method_original": method}


def _place(parts: SplitResult) -> dict[str, AttributeValue]:
    try:
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        port = None
    return {"server.address": parts.hostname or "", **({"server.port": port} if port is not None else {})}


def _redacted(url: str, query: str) -> str:
    """Return a URL without user, password and query values; the names of the query remain."""
    names = [field.partition("=")[0] for field in query.split("&") if field]
    return "?".join(filter(None, (shown_url(url), "&".join(f"{name}=REDACTED" for name in names))))


def _type(error: BaseException) -> str:
    """Return the type of an error; for network errors, the class name of the HTTP library."""
    if isinstance(error, TransportError):
        if error.timeout:
            return "timeout"
        error = error.__cause__ or error
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
