"""Bugs for the runtime, each one change of what clients send, read or retry, and the documents that reveal it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import uuid4

import attrs
import httpx2
import msgspec
import pytest
from specwire import AsyncEventStream, BaseRequest, EventStream, Options
from specwire._client.session import BaseSession
from specwire._codec import scalar
from specwire._exchange.exchange import Exchange
from specwire._pagination import pagination
from specwire._pagination.pagination import Trail
from specwire._pools.async_pools import AsyncPools
from specwire._pools.sync_pools import Pools
from specwire._streaming.sse import SSEParser
from specwire.support import JsonBody, JsonPayload
from specwire_clients.moonshot.operations import files
from specwire_codegen.contract.checks import Checked
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.run import row_of
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.finding import Finding
from specwire_overrides.moonshot import files as overriding

from tests.support.generated_client import generated_client
from tests.support.paths import CASES as ALL_CASES

CASES = ALL_CASES / "positive"
EXAMPLES = 20
CASE_EXAMPLES = 6


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
        headers=[(name.encode(), value.encode(request.headers.encoding)) for name, value in wire.headers],
        content=wire.body,
        extensions={**request.extensions, "target": wire.target},
    )


def receiving(name: str, *documents: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Plant a change of the JSON, or else of the bytes, that clients read."""

    def planted(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def plant(monkeypatch: pytest.MonkeyPatch) -> None:
            for transport in (httpx2.HTTPTransport, Pools):
                _change_received(monkeypatch, transport, change)

        _add(name, plant, documents)
        return change

    return planted


def _change_received(
    monkeypatch: pytest.MonkeyPatch, transport: type[httpx2.BaseTransport], change: Callable[[Any], Any]
) -> None:
    handle = transport.handle_request

    def handle_request(one: Any, request: httpx2.Request) -> httpx2.Response:
        response = handle(one, request)
        body = response.read()
        response.close()
        framing = ("content-length", "transfer-encoding")
        headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in framing]
        try:
            body = json.dumps(change(json.loads(body))).encode()
        except ValueError:
            body = change(body)
        return httpx2.Response(response.status_code, headers=headers, content=body, request=request)

    monkeypatch.setattr(transport, "handle_request", handle_request)


def _everywhere(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change a JSON value and all values in it; bytes stay."""
    if isinstance(value, dict):
        value = {key: _everywhere(one, change) for key, one in value.items()}
    elif isinstance(value, list):
        value = [_everywhere(one, change) for one in value]
    return value if isinstance(value, bytes) else change(value)


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


@sending("3 exploded arrays joined by a comma", "parameter_styles", "parameters")
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
    for transport in (httpx2.HTTPTransport, Pools):
        _succeed_with_404(monkeypatch, transport)


def _succeed_with_404(monkeypatch: pytest.MonkeyPatch, transport: type[httpx2.BaseTransport]) -> None:
    handle = transport.handle_request

    def handle_request(one: Any, request: httpx2.Request) -> httpx2.Response:
        response = handle(one, request)
        response.status_code = 200 if response.status_code == 404 else response.status_code
        return response

    monkeypatch.setattr(transport, "handle_request", handle_request)


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


def _without(value: Any, *left_out: Any) -> Any:
    """Return an object without the fields that have one of some values."""
    if not isinstance(value, dict):
        return value
    return {key: one for key, one in value.items() if not any(one is other for other in left_out)}


@sending("25 false and zero dropped as if they were not given", "bodies", "moonshot/create_chat_completion")
def _falsy_dropped(wire: Wire) -> Wire:
    return wire.with_json(lambda body: _without(body, False, 0))


@sending("26 plus sign left as it is in a query", "parameters", "parameter_styles")
def _plus(wire: Wire) -> Wire:
    return wire.with_query(lambda pairs: [pair.replace(b"%2B", b"+") for pair in pairs])


@sending("27 text of a query in Latin-1", "parameters", "parameter_styles")
def _latin(wire: Wire) -> Wire:
    def change(pair: bytes) -> bytes:
        return re.sub(rb"%C3%([89AB][0-9A-F])", lambda hit: b"%%%02X" % (int(hit[1], 16) + 0x40), pair)

    return wire.with_query(lambda pairs: [change(pair) for pair in pairs])


@sending("28 integers of a body rounded as JavaScript does", "bodies", "moonshot/create_chat_completion")
def _rounded(wire: Wire) -> Wire:
    return wire.with_json(lambda body: _everywhere(body, _as_double))


def _as_double(value: Any) -> Any:
    return int(float(value)) if isinstance(value, int) and not isinstance(value, bool) else value


@sending("29 array of a body in another order", "mistral/create_embeddings", "bodies")
def _reversed(wire: Wire) -> Wire:
    return wire.with_json(lambda body: _everywhere(body, lambda one: one[::-1] if isinstance(one, list) else one))


@sending("30 media type of a part lost", "moonshot/upload_file", "multipart")
def _untyped_part(wire: Wire) -> Wire:
    return wire.with_form(lambda body: re.sub(rb"\r\nContent-Type: [^\r\n]*", b"", body, flags=re.IGNORECASE))


@sending("31 idempotency key that differs in the second try", "idempotency")
def _new_key(wire: Wire) -> Wire:
    headers = ((name, str(uuid4()) if name == "idempotency-key" else value) for name, value in wire.headers)
    return attrs.evolve(wire, headers=tuple(headers))


@sending("32 path encoded twice", "moonshot/retrieve_file")
def _twice_encoded(wire: Wire) -> Wire:
    path, mark, query = wire.target.partition(b"?")
    return attrs.evolve(wire, target=path.replace(b"%", b"%25") + mark + query)


@sending("33 value of a header in lower case", "parameters")
def _lower_case(wire: Wire) -> Wire:
    headers = ((name, value.lower() if name.startswith("x-") else value) for name, value in wire.headers)
    return attrs.evolve(wire, headers=tuple(headers))


@sending("34 name of a field in another case", "moonshot/create_batch", "bodies")
def _other_case(wire: Wire) -> Wire:
    def change(body: Any) -> Any:
        return {key.title() if "_" in key else key.upper(): one for key, one in body.items()}

    return wire.with_json(lambda body: change(body) if isinstance(body, dict) else body)


@sending("35 of a repeated parameter only the last kept", "parameters", "parameter_styles", "mistral/list_batch_jobs")
def _last_kept(wire: Wire) -> Wire:
    return wire.with_query(lambda pairs: [*{pair.partition(b"=")[0]: pair for pair in pairs}.values()])


@sending("36 empty body left out", "moonshot/create_batch", "bodies")
def _no_body(wire: Wire) -> Wire:
    return attrs.evolve(wire, body=b"") if wire.body in (b"{}", b"[]", b"null", b'""') else wire


@receiving("37 last item of an array lost", "moonshot/list_models", "answers")
def _item_lost(value: Any) -> Any:
    return _everywhere(value, lambda one: one[:-1] if isinstance(one, list) else one)


@receiving("38 null read as a missing field", "answers", "moonshot/create_batch")
def _null_lost(value: Any) -> Any:
    return _everywhere(value, lambda one: _without(one, None))


@receiving("39 other alphabets read as question marks", "answers", "moonshot/list_models")
def _question_marks(value: Any) -> Any:
    return _everywhere(value, lambda one: one.encode("ascii", "replace").decode() if isinstance(one, str) else one)


@receiving("40 integers read as JavaScript does", "answers", "moonshot/create_batch")
def _read_as_double(value: Any) -> Any:
    return _everywhere(value, _as_double)


@receiving("41 last byte of a download lost", "downloads", "moonshot/retrieve_file_content")
def _byte_lost(value: Any) -> Any:
    return value[:-1] if isinstance(value, bytes) else value


@receiving("42 body of an error lost", "moonshot/create_batch", "responses")
def _error_lost(value: Any) -> Any:
    return {} if isinstance(value, dict) and "error" in value else value


@receiving("43 fields that the document does not declare lost", "answers", "additional_properties")
def _undeclared_lost(value: Any) -> Any:
    return _everywhere(value, lambda one: dict([*one.items()][:-1]) if isinstance(one, dict) else one)


def findings(plant: PlantedBug, subject_named: Callable[[str], Subject], folder: Path) -> Iterator[tuple[str, Finding]]:
    """Yield the first finding of each document that reveals a bug, with the document and the operation."""
    for one in plant.operations:
        provider, _, operation_id = one.partition("/")
        yield from _first(subject_named(provider), provider, [operation_id], EXAMPLES)
    for number, name in enumerate(plant.cases):
        package = f"planted_{re.sub('[^a-z0-9]', '_', plant.name.lower())}_{number}"
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(folder))
            subject = generated_client(CASES / name / "spec.yaml", package, folder)
            yield from _first(subject, name, subject.operation_ids, CASE_EXAMPLES)


def _first(subject: Subject, name: str, operation_ids: Sequence[str], examples: int) -> Iterator[tuple[str, Finding]]:
    with Harness(subject) as harness:
        for operation_id in operation_ids:
            row = row_of(harness, operation_id, Checked(operation_id), examples)
            if row.findings:
                yield f"{name}/{operation_id}", row.findings[0]
                return
