"""Live servers: nothing that changes something or costs money is called, and no key is shown."""

from collections.abc import Callable, Iterator

import attrs
import pytest
from specwire_codegen.contract.harness import KEY
from specwire_codegen.contract.live import plan_calls
from specwire_codegen.contract.recorder import Recorder
from specwire_codegen.contract.report import summary
from specwire_codegen.contract.run import Target, check_live, live_target, skipped_operations
from specwire_codegen.contract.subject import Subject
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve


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


def silent(step: str) -> None:
    """Ignore progress."""


def test_only_reading_operations_are_called(server: Server, moonshot: Subject) -> None:
    """Lists are read, then items by the ids in the lists; only GET requests arrive."""
    report = check_live(moonshot, Target(server.url, KEY), 1, silent)
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
    refused = {planned_call.operation.id for planned_call in plan_calls(subject) if planned_call.skip_reason}
    writing = {one.id for one in subject.api.operations if one.http_method not in ("GET", "HEAD")}
    assert writing <= refused == set(skipped_operations(subject))


def test_a_rejected_key_ends_the_run_and_is_not_shown(server: Server, moonshot: Subject) -> None:
    """The message does not quote it."""
    with pytest.raises(SpecwireCodegenError, match="refused the key") as caught:
        check_live(moonshot, Target(server.url, "sk-secret-1"), 1, silent)
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
    """The operation whose response differs has a problem."""
    schemas = moonshot.document["components"]["schemas"]
    changed = {**moonshot.document, "components": {**moonshot.document["components"], "schemas": {**schemas}}}
    paths = {**moonshot.document["paths"]}
    answer = {"description": "The balance.", "content": {"application/json": {"schema": {"const": {"code": "zero"}}}}}
    operation = {**moonshot.raw("get_balance"), "responses": {"200": answer}}
    paths["/v1/users/me/balance"] = {"get": operation}
    report = check_live(moonshot, Target(served({**changed, "paths": paths}).url, KEY), 1, silent)
    assert {problem.partition(":")[0] for problem in report.problems} == {"get_balance"}


@pytest.fixture
def served() -> Iterator[Callable[[dict[str, object]], Server]]:
    """Function that serves a document until the end of the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def start(document: dict[str, object]) -> Server:
            recorder = Recorder(build(document))
            return Server(stack.enter_context(serve(recorder)), recorder)

        yield start
