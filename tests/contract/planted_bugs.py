"""Bugs for the runtime, each one change of what clients send, read or retry, and the documents that reveal it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_to_bytes

import attrs
import httpx2
import msgspec
import pytest
from specwire import AsyncEventStream, BaseRequest, EventStream, Options
from specwire._client.session import BaseSession
from specwire._codec import scalar
from specwire._exchange.exchange import Exchange
from specwire._operations.request import JsonBody
from specwire._pagination import pagination
from specwire._pagination.pagination import Trail
from specwire._pools.async_pools import AsyncPools
from specwire._pools.sync_pools import Pools
from specwire._streaming.sse import SSEParser
from specwire.support import JsonPayload
from specwire_clients.moonshot.operations import files
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.strategies.property_check import Violation
from specwire_codegen.contract.subject import Subject
from specwire_overrides.moonshot import files as overriding

from bench.conformance_sample import check_sample
from tests.support.paths import CASES as ALL_CASES

CASES = ALL_CASES / "positive"
EXAMPLES = 20


@attrs.frozen
class Wire:
    """Request on the wire."""

    method: str
    target: bytes
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, or an empty text."""
        return dict(self.headers).get(name, "")

    def without(self, *names: str) -> Wire:
        """Return the request without some headers."""
        return attrs.evolve(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))

    def with_query(self, change: Callable[[list[bytes]], list[bytes]]) -> Wire:
        """Return the request with other pairs in its query."""
        path, mark, query = self.target.partition(b"?")
        pairs = change(query.split(b"&")) if mark else []
        return attrs.evolve(self, target=path + (b"?" + b"&".join(pairs) if pairs else b""))

    def with_json(self, change: Callable[[Any], Any]) -> Wire:
        """Return the request with another JSON body."""
        if "json" not in self.header("content-type") or not self.body:
            return self
        return attrs.evolve(self, body=json.dumps(change(json.loads(self.body))).encode())

    def with_form(self, change: Callable[[bytes], bytes]) -> Wire:
        """Return the request with another multipart body."""
        return attrs.evolve(self, body=change(self.body)) if "multipart" in self.header("content-type") else self


@attrs.frozen
class PlantedBug:
    """Bug, and the documents to look for it in."""

    name: str
    plant: Callable[[pytest.MonkeyPatch], None] = attrs.field(repr=False)
    operations: tuple[str, ...] = ()
    """Operations of shipped providers to check, as `moonshot/list_models`."""
    cases: tuple[str, ...] = ()
    """Documents of `tests/cases/positive` to check."""


PLANTS: list[PlantedBug] = []


def sending(name: str, *documents: str) -> Callable[[Callable[[Wire], Wire]], Callable[[Wire], Wire]]:
    """Plant a change of requests on the wire."""

    def planted(change: Callable[[Wire], Wire]) -> Callable[[Wire], Wire]:
        def plant(monkeypatch: pytest.MonkeyPatch) -> None:
            for transport in (httpx2.HTTPTransport, Pools):
                _change_sync(monkeypatch, transport, change)
            for async_transport in (httpx2.AsyncHTTPTransport, AsyncPools):
                _change_async(monkeypatch, async_transport, change)

        _add(name, plant, documents)
        return change

    return planted


def _change_sync(
    monkeypatch: pytest.MonkeyPatch, transport: type[httpx2.BaseTransport], change: Callable[[Wire], Wire]
) -> None:
    handle = transport.handle_request

    def handle_request(one: Any, request: httpx2.Request) -> httpx2.Response:
        return handle(one, _changed(request, request.read(), change))

    monkeypatch.setattr(transport, "handle_request", handle_request)


def _change_async(
    monkeypatch: pytest.MonkeyPatch, transport: type[httpx2.AsyncBaseTransport], change: Callable[[Wire], Wire]
) -> None:
    handle = transport.handle_async_request

    async def handle_async_request(one: Any, request: httpx2.Request) -> httpx2.Response:
        return await handle(one, _changed(request, await request.aread(), change))

    monkeypatch.setattr(transport, "handle_async_request", handle_async_request)


def _changed(request: httpx2.Request, body: bytes, change: Callable[[Wire], Wire]) -> httpx2.Request:
    framing = ("content-length", "transfer-encoding")
    headers = tuple((name.lower(), value) for name, value in request.headers.multi_items() if name not in framing)
    wire = change(Wire(request.method, request.url.raw_path, headers, body))
    # The HTTP library sends the `target` extension unchanged, but encodes a URL.
    return httpx2.Request(
        wire.method,
        request.url,
        headers=list(wire.headers),
        content=wire.body,
        extensions={**request.extensions, "target": wire.target},
    )


def changing_requests(name: str, *documents: str) -> Callable[[Callable[[BaseRequest], BaseRequest]], None]:
    """Plant a change of the request values that clients send."""

    def planted(change: Callable[[BaseRequest], BaseRequest]) -> None:
        def plant(monkeypatch: pytest.MonkeyPatch) -> None:
            begin = BaseSession.exchange

            def changed(connection: BaseSession, request: BaseRequest, options: Options) -> Exchange:
                return begin(connection, change(request), options)

            monkeypatch.setattr(BaseSession, "exchange", changed)

        _add(name, plant, documents)

    return planted


def patching(name: str, *documents: str) -> Callable[[Callable[[pytest.MonkeyPatch], None]], None]:
    """Plant a change of the runtime itself."""
    return lambda plant: _add(name, plant, documents)


def _add(name: str, plant: Callable[[pytest.MonkeyPatch], None], documents: tuple[str, ...]) -> None:
    shipped = tuple(one for one in documents if "/" in one)
    PLANTS.append(PlantedBug(name, plant, shipped, tuple(one for one in documents if one not in shipped)))


def _operation(request: BaseRequest, **changes: Any) -> BaseRequest:
    return request.replace(operation=msgspec.structs.replace(request.operation, **changes))


@sending("1 wrong name of a query parameter", "moonshot/list_batches", "parameters")
def _wrong_name(wire: Wire) -> Wire:
    return wire.with_query(lambda pairs: [b"x" + pairs[0], *pairs[1:]])


@sending("2 header parameters dropped", "parameters")
def _headers_dropped(wire: Wire) -> Wire:
    return wire.without(*(name for name, _ in wire.headers if name.startswith("x-")))


@sending("2b accept dropped", "moonshot/get_balance", "answers")
def _accept_dropped(wire: Wire) -> Wire:
    return wire.without("accept")


@sending("3 exploded arrays joined by a comma", "mistral/list_batch_jobs")
def _joined(wire: Wire) -> Wire:
    def join(pairs: list[bytes]) -> list[bytes]:
        found: dict[bytes, list[bytes]] = {}
        for pair in pairs:
            found.setdefault(pair.partition(b"=")[0], []).append(pair.partition(b"=")[2])
        return [name + b"=" + b",".join(texts) for name, texts in found.items()]

    return wire.with_query(join)


@sending("4 body field lost", "moonshot/create_batch", "bodies")
def _field_lost(wire: Wire) -> Wire:
    return wire.with_json(lambda body: dict([*body.items()][:-1]) if isinstance(body, dict) else body)


@changing_requests("5 path parameters swapped", "serialization")
def _swapped(request: BaseRequest) -> BaseRequest:
    return request.replace(path=dict(zip(request.path, [*request.path.values()][::-1], strict=True)))


@changing_requests("6 errors documented under another status", "moonshot/create_batch", "responses")
def _other_status(request: BaseRequest) -> BaseRequest:
    errors = request.operation.errors
    return _operation(
        request, errors=dict(zip(errors, [*errors.values()][1:] + [dict[str, int]], strict=True)) if errors else {}
    )


@patching("6b 404 taken for a success", "moonshot/retrieve_file", "responses")
def _missing_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = httpx2.HTTPTransport.handle_request

    def handle_request(transport: Any, request: httpx2.Request) -> httpx2.Response:
        response = handle(transport, request)
        response.status_code = 200 if response.status_code == 404 else response.status_code
        return response

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", handle_request)


def _events_changed(monkeypatch: pytest.MonkeyPatch, change: Callable[[list[Any]], list[Any]]) -> None:
    for name in ("feed", "feed_data"):
        feed = getattr(SSEParser, name)
        monkeypatch.setattr(SSEParser, name, lambda parser, chunk, feed=feed: change(feed(parser, chunk)))


@patching("7 third event of a chunk dropped", "moonshot/create_chat_completion", "streams")
def _third_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    _events_changed(monkeypatch, lambda events: [*events[:2], *events[3:]])


@patching("7b event before the terminator dropped", "moonshot/create_chat_completion")
def _last_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(events: list[Any]) -> list[Any]:
        data = [one if isinstance(one, bytes) else one.data for one in events]
        return [*events[:-2], events[-1]] if len(events) > 1 and data[-1] == b"[DONE]" else events

    _events_changed(monkeypatch, change)


@patching("7c of several lines of data only the last kept", "moonshot/create_chat_completion", "streams")
def _lines_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(events: list[Any]) -> list[Any]:
        return [
            one.rpartition(b"\n")[2]
            if isinstance(one, bytes)
            else msgspec.structs.replace(one, data=one.data.rpartition(b"\n")[2])
            for one in events
        ]

    _events_changed(monkeypatch, change)


@changing_requests("8 page skipped", "mistral/list_fine_tuning_jobs", "pages")
def _page_skipped(request: BaseRequest) -> BaseRequest:
    name = getattr(request.operation.pagination, "page", None)
    if name is None or name not in request.query:
        return request
    return request.replace(query={**request.query, name: request.query[name] + 1})


@patching("8b cursor of the wrong item", "moonshot/list_batches", "pages")
def _wrong_item(monkeypatch: pytest.MonkeyPatch) -> None:
    take, following = Trail.take, Trail.following
    pages: dict[int, Any] = {}

    def taken(trail: Any, response: Any) -> bool:
        pages[id(trail)] = response.parsed
        return take(trail, response)

    def followed(trail: Any) -> Any:
        found: Any = following(trail)
        last = getattr(found.operation.pagination, "last", None) if found is not None else None
        if last is None or id(trail) not in pages:
            return found
        first = pagination.items(found, pages[id(trail)])[0]
        return found.replace(query={**found.query, found.operation.pagination.cursor: pagination.at(first, last)})

    monkeypatch.setattr(Trail, "take", taken)
    monkeypatch.setattr(Trail, "following", followed)


@changing_requests("8c page of a body skipped", "pages_in_bodies")
def _page_of_body_skipped(request: BaseRequest) -> BaseRequest:
    name = getattr(request.operation.pagination, "page", None)
    body = request.body
    if name is None or not isinstance(body, JsonBody) or name not in body.value:
        return request
    return request.replace(body=JsonBody({**body.value, name: body.value[name] + 1}, body.content_type))


@changing_requests("8d terms of a search lost on further pages", "pages_in_bodies")
def _terms_lost(request: BaseRequest) -> BaseRequest:
    body = request.body
    if not isinstance(body, JsonBody) or "after" not in body.value:
        return request
    return request.replace(body=JsonBody({**body.value, "terms": []}, body.content_type))


@patching("8e cursor of a header ignored", "pages_in_bodies")
def _header_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    after = Trail._after_cursor

    def ended(trail: Any, page: Any, found: Any, response: Any) -> Any:
        return None if found.header is not None else after(trail, page, found, response)

    monkeypatch.setattr(Trail, "_after_cursor", ended)


@sending("9 file name of a part lost", "moonshot/upload_file", "multipart")
def _filename_lost(wire: Wire) -> Wire:
    return wire.with_form(lambda body: re.sub(rb'; filename="[^"]*"', b"", body))


@patching("10 instant without its offset", "formats")
def _no_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scalar, "_datetime_text", lambda value: value.replace(tzinfo=None).isoformat())


@patching("10b instant shifted", "formats")
def _shifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scalar, "_datetime_text", lambda value: value.replace(tzinfo=None).isoformat() + "Z")


@sending("11 null of a field dropped", "mistral/create_batch_job", "bodies")
def _null_dropped(wire: Wire) -> Wire:
    def change(body: Any) -> Any:
        return {key: one for key, one in body.items() if one is not None} if isinstance(body, dict) else body

    return wire.with_json(change)


@sending("12 default sent", "moonshot/list_models", "defaults")
def _default_sent(wire: Wire) -> Wire:
    return attrs.evolve(wire, target=wire.target + (b"&" if b"?" in wire.target else b"?") + b"limit=20")


@sending("13 wrong method", "moonshot/get_balance", "bodies")
def _wrong_method(wire: Wire) -> Wire:
    return attrs.evolve(wire, method={"POST": "PUT", "GET": "POST"}.get(wire.method, wire.method))


@sending("14 credentials missing on forms", "moonshot/upload_file")
def _form_without_key(wire: Wire) -> Wire:
    return wire.without("authorization") if "multipart" in wire.header("content-type") else wire


@patching("14b credentials missing on repeated tries", "moonshot/get_balance")
def _repeated_without_key(monkeypatch: pytest.MonkeyPatch) -> None:
    next_request = Exchange.next_request

    def changed(exchange: Exchange, auth: Any, *, asynchronous: bool) -> Any:
        return next_request(exchange, None if exchange.state.attempts > 1 else auth, asynchronous=asynchronous)

    monkeypatch.setattr(Exchange, "next_request", changed)


@changing_requests("15 POST repeated like GET", "moonshot/create_batch", "bodies")
def _everything_safe(request: BaseRequest) -> BaseRequest:
    return _operation(request, safe=True)


@sending("16 cookies joined by a comma", "parameter_styles")
def _cookies_joined(wire: Wire) -> Wire:
    headers = ((name, value.replace("; ", ", ") if name == "cookie" else value) for name, value in wire.headers)
    return attrs.evolve(wire, headers=tuple(headers))


@sending("17 True for true in a query", "mistral/list_batch_jobs")
def _title_case(wire: Wire) -> Wire:
    return wire.with_query(lambda pairs: [re.sub(rb"=true$", b"=True", pair) for pair in pairs])


@patching("18 override sends another purpose", "moonshot/upload_file")
def _other_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    def upload(*, file: Any, purpose: str) -> Any:
        return files.upload(file=file, purpose="video" if purpose == "image" else "image")

    monkeypatch.setattr(overriding, "files", SimpleNamespace(upload=upload))


@sending("19 Last-Event-ID not sent", "resumable")
def _no_event_id(wire: Wire) -> Wire:
    return wire.without("last-event-id")


@changing_requests("20 body of an error handed back raw", "moonshot/create_batch", "responses")
def _raw_errors(request: BaseRequest) -> BaseRequest:
    return _operation(request, errors={})


@sending("21 last boundary of a form missing", "moonshot/upload_file", "multipart")
def _unended(wire: Wire) -> Wire:
    return wire.with_form(lambda body: body[: body.rstrip().rfind(b"\r\n")])


@sending("22 path not percent-encoded", "moonshot/retrieve_file")
def _decoded(wire: Wire) -> Wire:
    return attrs.evolve(wire, target=re.sub(rb"%[2-7][0-9A-F]", lambda hit: unquote_to_bytes(hit[0]), wire.target))


@changing_requests("23 answers handed back as dictionaries", "moonshot/get_balance", "answers")
def _no_models(request: BaseRequest) -> BaseRequest:
    returns = request.operation.returns
    return (
        _operation(request, returns=JsonPayload(Any, returns.accept)) if isinstance(returns, JsonPayload) else request
    )


@patching("24 events handed back as dictionaries", "moonshot/create_chat_completion", "streams")
def _no_event_models(monkeypatch: pytest.MonkeyPatch) -> None:
    def untyped(stream: type) -> Callable[..., None]:
        build: Any = vars(stream)["__init__"]

        def changed(made: Any, connection: Any, request: BaseRequest, *rest: Any) -> None:
            returns = msgspec.structs.replace(request.operation.returns, kind=Any)
            build(made, connection, _operation(request, returns=returns), *rest)

        return changed

    for stream in (EventStream, AsyncEventStream):
        monkeypatch.setattr(stream, "__init__", untyped(stream))


def findings(plant: PlantedBug, subject_named: Callable[[str], Subject], folder: Path) -> Iterator[str]:
    """Yield where a planted bug is found: `contract` and the provider, or `conformance` and the case."""
    for one in plant.operations:
        provider, _, operation_id = one.partition("/")
        if _found_by_contract(subject_named(provider), operation_id):
            yield f"contract {one}"
    sys.path.insert(0, str(folder))
    try:
        for number, name in enumerate(plant.cases):
            package = f"planted_{re.sub('[^a-z0-9]', '_', plant.name.lower())}_{number}"
            found = check_sample(CASES / name / "spec.yaml", package, folder, operations=8, cases=4)
            if any(one.wrong or one.unequal for one in found.outcomes):
                yield f"conformance {name}"
    finally:
        sys.path.remove(str(folder))


def _found_by_contract(subject: Subject, operation_id: str) -> bool:
    with Harness(subject) as harness:
        checks = (harness.overrides, harness.sends, harness.reads, harness.reads_errors, harness.pages, harness.retries)
        for operation in (one for one in subject.api.operations if one.id == operation_id):
            for check in checks:
                try:
                    check(operation, EXAMPLES)
                except (Violation, BaseExceptionGroup):
                    return True
    return False
