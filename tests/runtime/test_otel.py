"""OpenTelemetry: spans for calls and attempts, trace context for servers, and durations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from specwire import DriftReport, DriftWarning
from specwire.errors import (
    APIConnectionError,
    APITimeoutError,
    DecodeError,
    InvalidRequestError,
    NotFoundError,
    ServerError,
    StreamTruncatedError,
)
from specwire.otel import instrumented

from tests.support.caller import KEY, OTHERS, Caller
from tests.support.sample import Chunk, Thing
from tests.support.server import DONE, Close, Hold, Reset, Server, reply, stream

GOOD = reply({"id": "1"})
BUSY = reply({}, status=503)


class Telemetry:
    """Exported telemetry: spans in the order in which they ended, and durations."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    def around(self, client: Any) -> Any:
        """Return the client, which reports here."""
        return instrumented(client, tracer_provider=self.tracers, meter_provider=self.meters)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    @property
    def durations(self) -> list[Any]:
        """Data points of the one histogram, by their attributes."""
        found = self.reader.get_metrics_data()
        if found is None:
            return []
        [metric] = found.resource_metrics[0].scope_metrics[0].metrics
        assert ("http.client.request.duration", "s") == (metric.name, metric.unit)
        return list(metric.data.data_points)

    @property
    def drift(self) -> list[Any]:
        """Data points of the counter of drift."""
        found = self.reader.get_metrics_data()
        assert found is not None
        scopes = found.resource_metrics[0].scope_metrics
        metrics = {metric.name: metric for scope in scopes for metric in scope.metrics}
        return list(metrics["specwire.drift"].data.data_points)

    def close(self) -> None:
        self.tracers.shutdown()
        self.meters.shutdown()


def errors_of(caller: Caller) -> str:
    """Return the module of the errors of a caller's HTTP library."""
    return "specwire._transports.library" if caller.library in OTHERS else caller.library


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """Destination of spans and durations."""
    made = Telemetry()
    yield made
    made.close()


@pytest.fixture
def client(caller: Caller, telemetry: Telemetry) -> Any:
    """Instrumented client of the scripted server."""
    return telemetry.around(caller.client())


def test_a_call_is_the_parent_span_of_its_attempt(
    caller: Caller, client: Any, server: Server, telemetry: Telemetry
) -> None:
    """The call is named after its operation, the attempt after method and path template, with HTTP attributes."""
    server.play(GOOD)
    assert Thing(id="1") == caller.run(client.things.get("secret-thing"))
    attempt, call = telemetry.spans
    assert attempt.context is not None and call.context is not None and attempt.parent is not None
    assert ("get_thing", SpanKind.INTERNAL, None) == (call.name, call.kind, call.parent)
    assert ("GET /things/{thing_id}", SpanKind.CLIENT) == (attempt.name, attempt.kind)
    assert call.context.span_id == attempt.parent.span_id
    shared = {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": server.port,
        "url.template": "/things/{thing_id}",
    }
    url = f"{server.url}/things/secret-thing"
    assert shared == dict(call.attributes or {})
    assert {**shared, "network.protocol.version": "1.1", "url.full": url} == dict(attempt.attributes or {})
    assert [StatusCode.UNSET] * 2 == [attempt.status.status_code, call.status.status_code]


def test_the_trace_context_is_sent_to_the_server(
    caller: Caller, client: Any, server: Server, telemetry: Telemetry
) -> None:
    """Each attempt sends the context of its own span, and the call is part of the caller's trace."""
    server.play(BUSY, GOOD)
    with telemetry.tracers.get_tracer("test").start_as_current_span("mine") as mine:
        caller.run(client.things.get("1"))
    trace_id = mine.get_span_context().trace_id
    attempts = [span.context for span in telemetry.spans if span.kind is SpanKind.CLIENT]
    expected = [
        f"00-{trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}" for span in attempts if span is not None
    ]
    assert 2 == len(expected)
    assert expected == [received.headers["traceparent"] for received in server.received]
    assert not trace.get_current_span().is_recording()


def test_each_attempt_is_a_span(caller: Caller, client: Any, server: Server, telemetry: Telemetry) -> None:
    """A failed attempt has its error, later ones are numbered, and the call as a whole succeeds."""
    server.play(BUSY, (Reset(),), GOOD)
    caller.run(client.things.get("1"))
    *attempts, call = [dict(span.attributes or {}) for span in telemetry.spans]
    assert [None, 1, 2] == [one.get("http.request.resend_count") for one in attempts]
    assert [503, None, 200] == [one.get("http.response.status_code") for one in attempts]
    assert ("503", None) == (attempts[0]["error.type"], attempts[2].get("error.type"))
    assert str(attempts[1]["error.type"]).startswith(f"{errors_of(caller)}.Re")
    assert [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET] == [
        span.status.status_code for span in telemetry.spans
    ]
    assert (200, None) == (call["http.response.status_code"], call.get("error.type"))


@pytest.mark.parametrize(
    ("responses", "error", "status"),
    [
        ([reply({"detail": "no"}, status=404)], NotFoundError, 404),
        ([BUSY] * 3, ServerError, 503),
        ([(Close(),)] * 3, APIConnectionError, None),
        ([reply(b"<html>", headers={"content-type": "application/json"})], DecodeError, 200),
    ],
    ids=["status", "retries", "connection", "body"],
)
def test_the_span_of_a_failed_call_has_the_error(
    caller: Caller,
    client: Any,
    server: Server,
    telemetry: Telemetry,
    responses: Any,
    error: type[Exception],
    status: int | None,
) -> None:
    """It has the class of the exception and the last status."""
    server.play(*responses)
    with pytest.raises(error) as raised:
        caller.run(client.things.get("1"))
    call = telemetry.spans[-1]
    attributes = dict(call.attributes or {})
    assert f"specwire.errors.{error.__name__}" == attributes["error.type"]
    assert status == attributes.get("http.response.status_code")
    assert (StatusCode.ERROR, str(raised.value)) == (call.status.status_code, call.status.description)
    assert len(responses) + 1 == len(telemetry.spans)


def test_a_timeout_has_the_error_type_of_the_semantic_conventions(
    caller: Caller, client: Any, server: Server, telemetry: Telemetry
) -> None:
    """An attempt without a response in time is a timeout."""
    server.play((Hold(),))
    with pytest.raises(APITimeoutError, match="no response in time"):
        caller.run(client.things.make.with_options(timeout=0.05)(name="x"))
    attributes = dict(telemetry.spans[0].attributes or {})
    assert "timeout" == attributes["error.type"]


def test_a_request_that_is_not_sent_is_a_call_without_attempts(
    caller: Caller, client: Any, telemetry: Telemetry
) -> None:
    """The span of the call has the reason."""
    with pytest.raises(InvalidRequestError, match="cannot be sent"):
        caller.run(client.things.make(name=object()))
    [call] = telemetry.spans
    assert "specwire.errors.InvalidRequestError" == dict(call.attributes or {})["error.type"]
    assert [] == telemetry.durations


def test_spans_of_a_stream_end_with_the_stream(
    caller: Caller, client: Any, server: Server, telemetry: Telemetry
) -> None:
    """Call and attempt last until the events are read or the stream is closed."""
    server.play(stream({"text": "a"}, {"text": "b"}, DONE), stream({"text": "a"}, Hold()), reply(b"bytes"))
    events = client.talks.stream()
    assert Chunk(text="a") == caller.next(events)
    assert [] == telemetry.names
    assert [Chunk(text="b")] == caller.list(events)
    assert ["POST /talk", "talk"] == telemetry.names
    left = client.talks.stream()
    caller.next(left)
    caller.close(left)
    caller.close(left)
    assert ["POST /talk", "talk"] * 2 == telemetry.names
    assert b"bytes" == caller.run(client.files.download().read())
    assert ["GET /files/{name}", "download"] == telemetry.names[4:]
    assert {StatusCode.UNSET} == {span.status.status_code for span in telemetry.spans}


def test_an_interrupted_stream_is_an_error(caller: Caller, client: Any, server: Server, telemetry: Telemetry) -> None:
    """The spans have the status and the failure."""
    server.play(stream({"text": "a"}, end=(Reset(),)))
    with pytest.raises(StreamTruncatedError, match="the stream broke off"):
        caller.list(client.talks.stream())
    assert ["POST /talk", "talk"] == telemetry.names
    for span in telemetry.spans:
        attributes: dict[str, Any] = dict(span.attributes or {})
        assert 200 == attributes["http.response.status_code"]
        assert str(attributes["error.type"]).startswith(f"{errors_of(caller)}.")
        assert StatusCode.ERROR is span.status.status_code


def test_durations_are_measured(caller: Caller, client: Any, server: Server, telemetry: Telemetry) -> None:
    """Each attempt counts once, in seconds, by method, server, status and error type, all of low cardinality."""
    server.play(BUSY, GOOD, GOOD)
    caller.run(client.things.get("1"))
    caller.run(client.things.get("2"))
    place = {"server.address": "127.0.0.1", "server.port": server.port}
    common = {"http.request.method": "GET", "network.protocol.version": "1.1", **place}
    busy, good = sorted(telemetry.durations, key=lambda point: point.count)
    assert (1, {**common, "http.response.status_code": 503, "error.type": "503"}) == (busy.count, dict(busy.attributes))
    assert (2, {**common, "http.response.status_code": 200}) == (good.count, dict(good.attributes))
    assert (0.005, 10) == (good.explicit_bounds[0], good.explicit_bounds[-1])
    assert 0 < good.sum < 10


def test_drift_is_counted(caller: Caller, server: Server, telemetry: Telemetry) -> None:
    """By operation, kind and status; the client still reacts to it as configured."""
    report = DriftReport()
    client = telemetry.around(caller.client(on_drift=report))
    server.play(reply({"id": None}), reply({"id": None}))
    caller.run(client.things.get("1"))
    caller.run(client.things.get("1"))
    known = {"specwire.operation": "get_thing", "http.response.status_code": 200, "specwire.drift.kind": "null"}
    assert [(2, known)] == [(point.value, dict(point.attributes)) for point in telemetry.drift]
    assert [2] == [entry.count for entry in report.entries]


def test_warnings_and_errors_of_drift_stay(caller: Caller, server: Server, telemetry: Telemetry) -> None:
    """Counting does not replace them."""
    server.play(reply({"id": None}), reply({"id": None}), reply({"id": None}))
    client = telemetry.around(caller.client())
    with pytest.warns(DriftWarning) as seen:
        caller.run(client.things.get("1"))
        caller.run(client.things.get("1"))
    assert 1 == len(seen)
    with pytest.raises(DecodeError, match="expected string, got null"):
        caller.run(telemetry.around(caller.client(on_drift="raise")).things.get("1"))


def test_no_secret_is_reported(caller: Caller, server: Server, telemetry: Telemetry) -> None:
    """No span or metric has the key, the user and password of the server, or a query."""
    url = server.url.replace("//", "//user:hidden-password@")
    client = telemetry.around(caller.client(base_url=url))
    server.play(GOOD, reply({}, status=500), reply({}, status=500), reply({}, status=500))
    get = client.things.get.with_options(query={"sig": "hidden-signature"}, headers={"x-more": "hidden-header"})
    caller.run(get("1", where={"who": "hidden-person"}))
    with pytest.raises(ServerError, match="HTTP 500"):
        caller.run(get("1"))
    attributes = dict(telemetry.spans[0].attributes or {})
    assert f"{server.url}/things/1?who=REDACTED&sig=REDACTED" == attributes["url.full"]
    shown = "".join(span.to_json() for span in telemetry.spans) + json.dumps(
        [dict(point.attributes) for point in telemetry.durations]
    )
    assert "hidden" not in shown
    assert KEY not in shown


def test_no_trace_context_is_sent_to_another_origin(
    caller: Caller, client: Any, server: Server, telemetry: Telemetry
) -> None:
    """A redirect to another origin is an attempt without trace context and baggage."""
    with Server() as other:
        server.play(reply({}, status=302, headers={"location": f"{other.url}/elsewhere?token=hidden"}))
        other.play(GOOD)
        token = context.attach(baggage.set_baggage("user", "me"))
        caller.run(client.things.get("1"))
        context.detach(token)
    assert "user=me" == server.received[0].headers["baggage"]
    assert {"traceparent", "baggage"}.isdisjoint(other.received[0].headers)
    first, second, _ = [dict(span.attributes or {}) for span in telemetry.spans]
    assert 302 == first["http.response.status_code"]
    assert (1, other.port) == (second["http.request.resend_count"], second["server.port"])
    assert f"{other.url}/elsewhere?token=REDACTED" == second["url.full"]


def test_other_middleware_is_kept(caller: Caller, server: Server, telemetry: Telemetry) -> None:
    """Its changes reach the server and the spans."""
    seen: list[str] = []

    def plain(outgoing: Any, send: Any) -> Any:
        seen.append(outgoing.url)
        return send(outgoing)

    client = telemetry.around(caller.client(middleware=[plain]))
    server.play(GOOD)
    caller.run(client.things.get("1"))
    assert [f"{server.url}/things/1"] == seen
    assert ["GET /things/{thing_id}", "get_thing"] == telemetry.names


def test_the_default_providers_of_the_process_are_used(caller: Caller, server: Server) -> None:
    """A process without any has no cost, and sends no context."""
    server.play(GOOD)
    client = instrumented(caller.client())
    assert type(client) is caller.kind
    assert Thing(id="1") == caller.run(client.things.get("1"))
    assert "traceparent" not in server.received[0].headers
