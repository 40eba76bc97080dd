"""Live runs stay within their limits, remove what they create, hide secrets, and can be replayed without a network."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import httpx2
import pytest
from specwire_codegen.contract.live.budget import Budget
from specwire_codegen.contract.live.cassette import read
from specwire_codegen.contract.live.plan import Limits, Wishes, plan_run
from specwire_codegen.contract.live.run import LiveRun, Target, replayed_target
from specwire_codegen.contract.live.tokens import limited
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.contract.reports.report import Report
from specwire_codegen.contract.subject import Subject
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.generated_client import generated_client

KEY = "sk-very-secret-key"
FAST = Limits(per_second=1000)
DOCUMENT = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
security: [{key: []}]
servers: [{url: 'https://shop.example/v2'}]
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pets'}}}}
    post:
      operationId: addPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}}
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  /pets/{petId}:
    parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getPet
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
    put:
      operationId: replacePet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
    delete: {operationId: deletePet, responses: {'204': {description: d}}}
  /notes:
    post:
      operationId: addNote
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  /chat:
    post:
      operationId: chat
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [prompt]
              properties: {prompt: {type: string}, max_tokens: {type: integer, minimum: 1}}
      responses: {'200': {description: d, content: {application/json: {schema: {type: object}}}}}
components:
  securitySchemes: {key: {type: apiKey, in: query, name: api_key}}
  schemas:
    NewPet: {type: object, required: [name], properties: {name: {type: string}}}
    Pet: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}}}
    Pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """Client of a document with a collection, a note that cannot be removed, and a model."""
    folder = tmp_path_factory.mktemp("live_shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield generated_client(DOCUMENT, "live_shop", folder)


def silent(step: str, done: int = 0, total: int = 0) -> None:
    """Ignore progress."""


@contextmanager
def live(subject: Subject, middleware: Any = None) -> Iterator[tuple[str, Recorder]]:
    """Provide the address of a server below /v2, and its recorder."""
    recorder = Recorder(build(dict(subject.document), keys=(KEY,)))
    with serve(recorder if middleware is None else middleware(recorder)) as url:
        yield f"{url}/v2", recorder


def run_on(subject: Subject, url: str, wishes: Wishes) -> tuple[LiveRun, Report]:
    """Check a live server."""
    run = LiveRun(subject, Target(url, KEY), wishes)
    run.check(silent)
    return run, run.report()


def paths(recorder: Recorder, method: str) -> list[str]:
    """Return the paths of the successful requests with a method."""
    app: Any = recorder.inner
    return [one.path for one in app.state.requests if one.method == method and one.status < 300]


@pytest.mark.parametrize("creating", [False, True])
def test_an_included_removal_takes_only_what_the_run_created(shop: Subject, creating: bool) -> None:
    """Things that were there before stay; without others to remove, the operation is not called."""
    with live(shop) as (url, recorder):
        before = httpx2.get(f"{url}/pets", params={"api_key": KEY}).json()
        included = ("addPet", "deletePet", "replacePet") if creating else ("deletePet",)
        _, report = run_on(shop, url, Wishes(included, examples=2, limits=FAST))
        assert before == httpx2.get(f"{url}/pets", params={"api_key": KEY}).json() != []
    assert report.problems == ()
    rows = {row.operation_id: row for row in report.rows}
    assert rows["deletePet"].checked is creating
    if creating:
        assert rows["deletePet"].tried == rows["replacePet"].tried == 2
        assert len(paths(recorder, "DELETE")) == len(paths(recorder, "POST"))
        assert {*paths(recorder, "PUT")} <= {*paths(recorder, "DELETE")}
    else:
        assert rows["deletePet"].note == "the run created nothing to remove"
        assert paths(recorder, "DELETE") == []


def test_what_was_created_is_removed_and_the_rest_is_listed(shop: Subject) -> None:
    """Each pet by its DELETE, with the key; a note has none."""
    with live(shop) as (url, recorder):
        wishes = Wishes(("addPet", "addNote"), examples=2, limits=FAST)
        _, report = run_on(shop, url, wishes)
    created, removed = paths(recorder, "POST"), paths(recorder, "DELETE")
    assert created.count("/v2/pets") == len(set(removed)) == len(removed) > 2
    assert all(f"api_key={KEY}" in one.query for one in recorder.arrivals if one.method == "DELETE")
    assert len(report.left) == created.count("/v2/notes") > 0
    assert {one.partition(" created")[0] for one in report.left} == {"what addNote"}


def test_what_was_created_is_removed_after_an_interrupt(shop: Subject) -> None:
    """Ctrl-C during the checks ends them; every pet is removed all the same."""
    count = 0

    def middleware(app: ASGIApp) -> ASGIApp:
        async def interrupting(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal count
            await app(scope, receive, send)
            count += scope["method"] == "POST"
            if count == 3 and scope["method"] == "POST":
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        return interrupting

    with live(shop, middleware) as (url, recorder):
        run = LiveRun(shop, Target(url, KEY), Wishes(("addPet",), examples=20, limits=FAST))
        with pytest.raises(KeyboardInterrupt):
            run.check(silent)
    assert len(paths(recorder, "POST")) == len(paths(recorder, "DELETE")) > 0
    assert run.report().left == ()
    assert run.report().stopped == "it was interrupted"


def test_an_interrupt_that_a_finalizer_dropped_ends_the_run(shop: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python drops exceptions of finalizers; nothing more is sent, and the run ends as interrupted."""

    class Finalized:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def progress(step: str, done: int = 0, total: int = 0) -> None:
        if step == "client: listPets":
            Finalized()

    dropped: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    with live(shop) as (url, recorder):
        run = LiveRun(shop, Target(url, KEY), Wishes(examples=3, limits=FAST))
        with pytest.raises(KeyboardInterrupt):
            run.check(progress)
    assert [each.exc_type for each in dropped] == [KeyboardInterrupt]
    assert list(recorder.arrivals) == []
    assert run.report().stopped == "it was interrupted"


def test_a_resource_that_cannot_be_removed_is_named(shop: Subject) -> None:
    """The server's status is the reason."""

    def middleware(app: ASGIApp) -> ASGIApp:
        async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["method"] != "DELETE":
                return await app(scope, receive, send)
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return refusing

    with live(shop, middleware) as (url, recorder):
        _, report = run_on(shop, url, Wishes(("addPet",), examples=1, limits=FAST))
    assert len(report.left) == paths(recorder, "POST").count("/v2/pets") > 0
    assert all(one.startswith("DELETE /pets/") and one.endswith("responded with 500") for one in report.left)


def test_only_planned_operations_leave_the_gateway(shop: Subject) -> None:
    """Of all requests of schemathesis and of the clients, only those of the plan arrive."""
    with live(shop) as (url, recorder):
        _, report = run_on(shop, url, Wishes(examples=3, limits=FAST))
    assert {(arrival.method, arrival.raw_path.split("/")[2]) for arrival in recorder.arrivals} == {("GET", "pets")}
    assert [row.operation_id for row in report.rows if row.checked] == ["listPets", "getPet"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("form", ["{url}/pets", "//{host}/pets", "{url}?a=1"])
def test_no_redirect_leads_to_a_host_that_nobody_named(shop: Subject, status: int, form: str) -> None:
    """Neither a client nor schemathesis follows it; the report has it."""
    elsewhere = Recorder(build(dict(shop.document), keys=(KEY,)))
    with serve(elsewhere) as there:
        location = form.format(url=there, host=there.removeprefix("http://")).encode()

        async def redirect(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": status, "headers": [(b"location", location)]})
            await send({"type": "http.response.body", "body": b""})

        with serve(redirect) as url:
            _, report = run_on(shop, url, Wishes(("addPet",), examples=1, limits=FAST))
    assert elsewhere.arrivals == []
    (found,) = {
        finding.exchange
        for _, finding in report.findings
        if finding.check == "reads" and "GET" in str(finding.exchange)
    }
    assert found is not None and found.response_header("location") == location.decode()


def test_a_run_ends_at_the_limit_of_requests(shop: Subject) -> None:
    """What it created is removed beyond the limit; the report gives the reason."""
    with live(shop) as (url, recorder):
        wishes = Wishes(("addPet",), examples=20, limits=attrs.evolve(FAST, requests=9))
        _, report = run_on(shop, url, wishes)
    assert len(recorder.arrivals) - len(paths(recorder, "DELETE")) == 9
    assert len(paths(recorder, "DELETE")) == len(paths(recorder, "POST"))
    assert report.stopped == "the limit of 9 requests is reached (--max-requests)"
    assert report.problems == ()


def test_tokens_are_forced_down(shop: Subject) -> None:
    """In every request, also where the caller sent no limit."""
    with live(shop) as (url, recorder):
        run_on(shop, url, Wishes(("chat",), examples=4, limits=attrs.evolve(FAST, tokens=5)))
    bodies = [json.loads(one.body) for one in recorder.arrivals if one.raw_path == "/v2/chat" and one.body[:1] == b"{"]
    assert len(bodies) > 3
    assert all(body["max_tokens"] <= 5 for body in bodies if isinstance(body.get("max_tokens"), int))
    assert all("max_tokens" in body for body in bodies)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"max_tokens": 900}', {"max_tokens": 7}),
        ('{"max_tokens": 3}', {"max_tokens": 3}),
        ('{"max_tokens": null}', {"max_tokens": 7}),
        ('{"config": [{"maxOutputTokens": 1e9}]}', {"config": [{"maxOutputTokens": 7}], "max_tokens": 7}),
        ('{"max_completion_tokens": 8}', {"max_completion_tokens": 7}),
        ("{}", {"max_tokens": 7}),
    ],
)
def test_every_limit_of_tokens_is_known(body: str, expected: object) -> None:
    """At any depth and in any spelling."""
    assert json.loads(limited(body.encode(), 7, {"max_tokens": {}})) == expected


@pytest.mark.parametrize("body", [b"[1]", b"{", b"", b"\xff", b'"max_tokens"'])
def test_other_bodies_are_not_touched(body: bytes) -> None:
    """They may be invalid on purpose."""
    assert limited(body, 7, {"max_tokens": {}}) == body


def test_retry_after_is_heeded(shop: Subject) -> None:
    """A 429 is waited for and does not become a finding."""
    refused: list[float] = []

    def middleware(app: ASGIApp) -> ASGIApp:
        async def busy(scope: Scope, receive: Receive, send: Send) -> None:
            if refused:
                return await app(scope, receive, send)
            refused.append(1)
            start: Message = {"type": "http.response.start", "status": 429, "headers": [(b"retry-after", b"1")]}
            await send(start)
            await send({"type": "http.response.body", "body": b""})

        return busy

    with live(shop, middleware) as (url, _):
        run, report = run_on(shop, url, Wishes(examples=1, limits=FAST))
    assert report.problems == () and refused
    assert run.report().seconds >= 1


def test_requests_keep_their_distance() -> None:
    """A budget counts requests, cost and time, and spaces requests evenly."""
    now = [0.0]
    budget = Budget(Limits(requests=3, seconds=10, per_second=2), 0.5, {"chat": 0.3}, lambda: now[0])
    assert [budget.refusal("chat", 1), budget.wait()] == ["", 0]
    assert "more than 0.5 (--spend)" in budget.refusal("chat", 1)
    assert [budget.refusal("list", 1), budget.wait()] == ["", 0.5]
    assert "--max-upload" in budget.refusal("list", 10**6)
    assert budget.pause(4) and not budget.pause(11)
    assert budget.stopped == ""
    now[0] = 11
    assert "--max-time" in budget.refusal("list", 1)
    now[0] = 0
    budget.stopped = ""
    assert budget.refusal("list", 1) == ""
    assert "--max-requests" in budget.refusal("list", 1)
    assert not budget.again()
    assert (budget.requests, budget.cost) == (3, 0.3)


def test_prices_decide_what_is_called(shop: Subject) -> None:
    """A priced operation needs --spend; one that writes also needs --include."""
    priced = attrs.evolve(shop, prices={"GET /pets": 0.1, "chat": 0.01}, currency="EUR")
    plan = plan_run(priced, Wishes())
    reasons = {call.operation.id: call.skip_reason or "" for call in plan.calls}
    assert "allow it with --spend" in reasons["listPets"] and "allow it with --spend" in reasons["chat"]
    plan = plan_run(priced, Wishes(("chat",), spend=5, examples=2))
    assert [call.operation.id for call in plan.called] == ["listPets", "getPet", "chat"]
    assert plan.cost == pytest.approx(1.1) and "cost about 1.1 EUR, at most 5" in "\n".join(plan.lines("x"))
    with pytest.raises(SpecwireCodegenError, match="unknown operation 'chatt': did you mean 'chat'"):
        plan_run(attrs.evolve(shop, prices={"chatt": 1}), Wishes())


def test_a_recording_replays_without_a_server(shop: Subject, tmp_path: Path) -> None:
    """The same result without network and key; the file has no secret, and is a HAR file."""
    wishes = Wishes(("addPet", "chat"), examples=2, limits=FAST)
    with live(shop) as (url, _):
        run, report = run_on(shop, url, wishes)
    run.record(tmp_path / "shop.har", {"include": ["addPet", "chat"], "examples": 2, "tokens": 16})
    text = (tmp_path / "shop.har").read_text("utf-8")
    assert KEY not in text and "api_key=***" in text
    log = json.loads(text)["log"]
    assert log["version"] == "1.2" and {"request", "response", "timings", "cache"} <= log["entries"][0].keys()

    tape = read(tmp_path / "shop.har")
    replayed = LiveRun(shop, replayed_target(tape), attrs.evolve(wishes, limits=Limits()))
    replayed.check(silent)
    again = replayed.report()
    assert again.problems == report.problems
    assert [row.counts for row in again.rows] == [row.counts for row in report.rows]
    assert again.left == report.left == ()


def test_a_request_that_is_not_recorded_is_a_named_failure(shop: Subject, tmp_path: Path) -> None:
    """Nothing goes to the network instead."""
    with live(shop) as (url, _):
        run, _ = run_on(shop, url, Wishes(examples=1, limits=FAST))
    run.record(tmp_path / "shop.har", {})
    wishes = Wishes(("addPet",), examples=1)
    replayed = LiveRun(shop, replayed_target(read(tmp_path / "shop.har")), wishes)
    replayed.check(silent)
    found = [(operation_id, finding) for operation_id, finding in replayed.report().findings]
    assert [(operation_id, finding.check) for operation_id, finding in found] == [("addPet", "replay")]
    assert "the recording does not have this request" in found[0][1].message
    assert found[0][1].exchange is not None and found[0][1].exchange.method == "POST"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"log": {}}', '{"log": {"entries": [1], "_specwire": {}}}'])
def test_another_file_is_not_a_recording(text: str, tmp_path: Path) -> None:
    """The error says how to make one."""
    (tmp_path / "x.har").write_text(text, "utf-8")
    with pytest.raises(SpecwireCodegenError, match="make one with --record"):
        read(tmp_path / "x.har")
