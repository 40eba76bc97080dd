"""Live servers: only allowed operations are called, within the limits, and no key is shown."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import attrs
import pytest
from specwire_codegen.contract.live.plan import Limits, Wishes, plan_run
from specwire_codegen.contract.live.run import LiveRun, Target, live_target
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.contract.reports.report import Report, summary
from specwire_codegen.contract.subject import Subject
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock import TEST_KEY
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

from tests.support.generated_client import generated_client

FAST = Limits(per_second=1000)


@attrs.frozen
class Server:
    """Mock server instead of a live one, with its received requests."""

    url: str
    recorder: Recorder


@pytest.fixture(scope="module")
def server(moonshot: Subject) -> Iterator[Server]:
    """Server of the smallest document."""
    recorder = Recorder(build(dict(moonshot.document)))
    with serve(recorder) as url:
        yield Server(url, recorder)


def silent(step: str, done: int = 0, total: int = 0) -> None:
    """Ignore progress."""


def checked(subject: Subject, target: Target, wishes: Wishes | None = None) -> Report:
    """Check a live server."""
    run = LiveRun(subject, target, wishes or Wishes(examples=1, limits=FAST))
    run.check(silent)
    return run.report()


def test_only_reading_operations_are_called(server: Server, moonshot: Subject) -> None:
    """Lists are read, then items by the ids in the lists; only GET requests arrive."""
    report = checked(moonshot, Target(server.url, TEST_KEY))
    assert report.problems == ()
    assert [row.operation_id for row in report.rows if row.checked] == [
        "list_models",
        "get_balance",
        "list_files",
        "retrieve_file",
        "list_batches",
        "retrieve_batch",
    ]
    assert {arrival.method for arrival in server.recorder.arrivals} == {"GET"}
    assert summary(report) == f"moonshot at {server.url}: 6 of 6 operations conform to the document, 7 not called"


def test_every_skipped_operation_has_a_reason(subject: Subject) -> None:
    """Each that changes something."""
    refused = {call.operation.id: call.skip_reason for call in plan_run(subject, Wishes()).calls if call.skip_reason}
    writing = {one.id for one in subject.api.operations if one.http_method not in ("GET", "HEAD")}
    assert writing <= refused.keys()
    assert all(f"--include {one}" in refused[one] for one in writing)


def test_a_rejected_key_ends_the_run_and_is_not_shown(server: Server, moonshot: Subject) -> None:
    """The message does not quote it."""
    with pytest.raises(SpecwireCodegenError, match="refused the key") as caught:
        checked(moonshot, Target(server.url, "sk-secret-1"))
    assert "sk-secret-1" not in str(caught.value)


def test_url_and_key_come_from_the_environment(moonshot: Subject) -> None:
    """A given base URL takes precedence, the document's is the default."""
    assert live_target(moonshot, None, {"MOONSHOT_API_KEY": "k"}) == Target("https://api.moonshot.cn", "k")
    environment = {"MOONSHOT_API_KEY": "k", "MOONSHOT_BASE_URL": "http://there/"}
    assert live_target(moonshot, None, environment) == Target("http://there", "k")
    assert live_target(moonshot, "http://here", environment) == Target("http://here", "k")
    with pytest.raises(SpecwireCodegenError, match="set MOONSHOT_API_KEY"):
        live_target(moonshot, None, {})


def test_drift_of_a_live_server_is_reported(moonshot: Subject, served: Callable[[dict[str, object]], Server]) -> None:
    """The operation whose response differs has a problem, for which the server is blamed."""
    paths = {**moonshot.document["paths"]}
    answer = {"description": "The balance.", "content": {"application/json": {"schema": {"const": {"code": "zero"}}}}}
    operation = {**moonshot.raw("get_balance"), "responses": {"200": answer}}
    paths["/v1/users/me/balance"] = {"get": operation}
    report = checked(moonshot, Target(served({**moonshot.document, "paths": paths}).url, TEST_KEY))
    assert {(operation_id, finding.side) for operation_id, finding in report.findings} == {("get_balance", "server")}


@pytest.fixture
def served() -> Iterator[Callable[[dict[str, object]], Server]]:
    """Function that serves a document until the end of the test."""
    with ExitStack() as stack:

        def start(document: dict[str, object]) -> Server:
            recorder = Recorder(build(document))
            return Server(stack.enter_context(serve(recorder)), recorder)

        yield start


BETAS = """\
openapi: 3.1.0
info: {title: Betas, version: '1'}
servers: [{url: 'https://betas.example'}]
paths:
  /pets?beta=true:
    get:
      operationId: listPets
      responses:
        '200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}
    post:
      operationId: addPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}}
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  /pets/{id}REMOVAL:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getPet
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
    delete: {operationId: deletePet, responses: {'204': {description: d}}}
components:
  schemas:
    NewPet: {type: object, required: [name], properties: {name: {type: string}}}
    Pet: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}}}
"""


@pytest.mark.parametrize("query", ["", "?beta=true", "?force=1"])
def test_what_was_created_is_removed_with_the_query_of_its_path(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids come from lists, too."""
    monkeypatch.syspath_prepend(str(tmp_path))
    package = f"betas_{''.join(filter(str.isalnum, query))}"
    subject = generated_client(BETAS.replace("REMOVAL", query), package, tmp_path)
    app = build(dict(subject.document))
    with serve(Recorder(app)) as url:
        run = LiveRun(subject, Target(url, ""), Wishes(("addPet",), examples=2, limits=FAST))
        run.check(lambda *_: None)
    report = run.report()
    assert (report.problems, report.left) == ((), ())
    assert {row.operation_id for row in report.rows if row.checked} == {"listPets", "addPet", "getPet"}
    created = [one for one in app.state.requests if one.method == "POST" and one.status == 201]
    removed = [one for one in app.state.requests if one.method == "DELETE"]
    assert len(created) == len(removed) > 1
    assert {one.status for one in removed} == {204}
