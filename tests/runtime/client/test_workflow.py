"""Workflows: several calls written once and run by either client; above all, waiters."""

from __future__ import annotations

import time
import warnings
from typing import Any

import pytest
import trio
from specwire import Pause, Request, Workflow, send, wait
from specwire.errors import InvalidRequestError, NotFoundError, ServerError, UnknownStatusError, WaitTimeoutError
from specwire.support import JsonPayload, Operation, Polling

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Job, Thing, get, job, make
from tests.support.server import Server, reply

GOOD = reply({"id": "1"})


def state(status: Any) -> Any:
    """Return a job in a state."""
    return reply({"id": "j", "status": status})


def make_and_get(name: str) -> Workflow[tuple[str, Thing]]:
    """Make a thing and get it."""
    made = yield from send(make(name=name))
    found = yield from send(get(made.id))
    return made.id, found


def test_a_workflow_is_run_by_either_client(caller: Caller, client: Any, server: Server) -> None:
    """The results of the calls are the values of its `yield` expressions, its return value the result."""
    server.play(GOOD, reply({"id": "1", "size": 3}))
    assert ("1", Thing(id="1", size=3)) == caller.run(client.send(make_and_get("x")))
    assert ["/things", "/things/1"] == [received.target for received in server.received]


def test_errors_are_raised_inside_the_workflow(caller: Caller, client: Any, server: Server) -> None:
    """It may catch the error of a call and continue."""

    def get_or_make() -> Workflow[Thing]:
        try:
            return (yield from send(get("9")))
        except NotFoundError:
            return (yield from send(make(name="9")))

    server.play(reply({}, status=404), GOOD)
    assert Thing(id="1") == caller.run(client.send(get_or_make()))


def test_an_uncaught_error_ends_the_workflow(caller: Caller, client: Any, server: Server) -> None:
    """It reaches the caller, and the workflow's cleanup runs."""
    cleaned: list[str] = []

    def careless() -> Workflow[Thing]:
        try:
            return (yield from send(get("9")))
        finally:
            cleaned.append("yes")

    server.play(reply({}, status=404))
    with pytest.raises(NotFoundError, match="HTTP 404"):
        caller.run(client.send(careless()))
    assert ["yes"] == cleaned

    def failing() -> Workflow[Thing]:
        yield Pause(0)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        caller.run(client.send(failing()))


def test_a_pause_lasts_the_requested_time(caller: Caller, client: Any) -> None:
    """A workflow can sleep."""

    def resting() -> Workflow[str]:
        yield Pause(0.05)
        return "rested"

    started = time.monotonic()
    assert "rested" == caller.run(client.send(resting()))
    assert 0.05 <= time.monotonic() - started < 5


@pytest.mark.parametrize("end", ["DONE", "FAILED"])
def test_a_waiter_polls_until_the_job_ends(caller: Caller, client: Any, server: Server, end: str) -> None:
    """It returns the job with a final status, success or failure; each poll is reported."""
    server.play(state("QUEUED"), state("RUNNING"), state(end))
    reported: list[str] = []
    done = caller.run(client.jobs.wait("j", on_progress=lambda job: reported.append(job.status)))
    assert Job(id="j", status=end) == done
    assert ["QUEUED", "RUNNING", end] == reported
    assert ["/jobs/j"] * 3 == [received.target for received in server.received]


def test_an_unknown_status_is_waited_through_if_no_steps_are_listed(
    caller: Caller, client: Any, server: Server
) -> None:
    """The document does not list the intermediate statuses."""
    server.play(state("ODD"), state("DONE"))
    assert "DONE" == caller.run(client.jobs.wait("j")).status


@pytest.mark.parametrize("end", ["expired", "Cancelled", "INCOMPLETE", "requires-action", "timed_out"])
def test_a_status_that_means_an_end_ends_the_wait(caller: Caller, client: Any, server: Server, end: str) -> None:
    """Final statuses are recognized by their meaning if the document omits them."""
    server.play(state("RUNNING"), state(end))
    assert end == caller.run(client.jobs.wait("j", timeout=5)).status


@pytest.mark.parametrize("status", [{"phase": 1}, None, "", 3])
def test_a_job_without_a_status_is_not_waited_for(caller: Caller, client: Any, server: Server, status: Any) -> None:
    """It would never end; the error has the job as received."""
    server.play(state(status))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(UnknownStatusError, match=r"get_job: the job has the unknown status") as caught:
            caller.run(client.jobs.wait("j"))
    assert "j" == caught.value.last.id
    assert 1 == len(server.received)


@pytest.mark.parametrize(("status", "known"), [("RUNNING", True), ("", True), ("finished", True), ("ODD", False)])
def test_an_unknown_status_ends_the_wait_if_steps_are_listed(status: str, known: bool) -> None:
    """It raises an error."""
    polling = Polling(("status",), frozenset({"DONE"}), frozenset(), progress=frozenset({"RUNNING", "", "finished"}))
    operation = Operation(id="job", method="GET", path="/", returns=JsonPayload(Job), polling=polling)
    flow: Workflow[Job] = wait(Request(operation))
    next(flow)
    if known:
        assert isinstance(flow.send(Job(id="j", status=status)), Pause)
    else:
        with pytest.raises(UnknownStatusError, match="'ODD'"):
            flow.send(Job(id="j", status=status))


def test_a_waiter_raises_after_its_timeout(caller: Caller, client: Any, server: Server) -> None:
    """`WaitTimeoutError` has the last job."""
    server.respond = lambda _: state("RUNNING")
    started = time.monotonic()
    with pytest.raises(WaitTimeoutError) as caught:
        caller.run(client.jobs.wait("j", interval=60, timeout=0.5))
    assert 0.5 <= time.monotonic() - started < 5
    assert Job(id="j", status="RUNNING") == caught.value.last
    assert str(caught.value).startswith("get_job: still 'RUNNING' after 0.")
    assert isinstance(caught.value, TimeoutError)
    assert job("j") == caught.value.request
    assert 2 == len(server.received)


def test_a_finished_job_is_returned_at_once(caller: Caller, client: Any, server: Server) -> None:
    """It is returned after the first poll, even without time left."""
    server.play(state("DONE"))
    assert "DONE" == caller.run(client.jobs.wait("j", interval=60, timeout=0)).status


def test_a_failed_poll_is_retried_and_then_raised(caller: Caller, client: Any, server: Server) -> None:
    """Polls are retried like other reads."""
    busy = reply({}, status=503)
    server.play(state("RUNNING"), busy, state("DONE"), busy, busy, busy)
    assert "DONE" == caller.run(client.jobs.wait("j")).status
    with pytest.raises(ServerError, match="HTTP 503"):
        caller.run(client.jobs.wait("j"))


def test_options_apply_to_every_call_of_a_workflow(caller: Caller, client: Any, server: Server) -> None:
    """`with_options` applies to each poll."""
    server.play(state("RUNNING"), state("DONE"))
    caller.run(client.jobs.wait.with_options(headers={"x-team": "blue"})("j"))
    assert ["blue", "blue"] == [received.headers["x-team"] for received in server.received]


def test_an_operation_without_a_status_cannot_be_waited_for() -> None:
    """It is rejected."""
    with pytest.raises(InvalidRequestError, match="get_thing does not read a job that can be waited for"):
        next(wait(get("1")))


def test_workflows_run_under_trio(server: Server) -> None:
    """A waiter sleeps in the running loop."""
    server.play(state("RUNNING"), state("DONE"))

    async def main() -> str:
        async with AsyncSample(KEY, base_url=server.url) as client:
            return (await client.jobs.wait("j")).status

    assert "DONE" == trio.run(main)
