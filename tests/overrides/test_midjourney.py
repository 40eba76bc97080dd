"""Workflow `imagine_and_wait`, driven by hand: its requests and results."""

import json
import pickle
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from specwire import Pause, Workflow
from specwire._client.workflow import Step
from specwire.errors import DecodeError, EnvelopeError, JobFailedError, SpecwireError, WaitTimeoutError
from specwire_clients.aitre import Aitre
from specwire_clients.aitre.models import MidjourneySubmitResponse, MidjourneyTask
from specwire_clients.aitre.operations import midjourney
from specwire_overrides.aitre.midjourney import imagine_and_wait


def submitted(code: int = 1, result: str | int | None = "7") -> MidjourneySubmitResponse:
    """Return the response to a submission."""
    return MidjourneySubmitResponse(code=code, description="said", result=result)


def task(status: str, progress: str = "", **more: Any) -> MidjourneyTask:
    """Return a task."""
    return MidjourneyTask(id="7", action="IMAGINE", status=status, progress=progress, **more)


def driven(flow: Workflow[MidjourneyTask], responses: Sequence[Any]) -> tuple[list[Step], MidjourneyTask | None]:
    """Respond to the requests of a workflow; return its steps, and its value if it ended."""
    steps: list[Step] = []
    left = iter(responses)
    sent: Any = None
    try:
        while True:
            step = flow.send(sent)
            steps.append(step)
            if isinstance(step, Pause):
                sent = None
            else:
                sent = next(left)
    except StopIteration as end:
        return steps, end.value


FETCH = midjourney.fetch("7")


def test_a_task_is_submitted_and_read_until_it_is_done() -> None:
    """The steps are the submission and the polls with their pauses; the value is the finished task."""
    done = task("SUCCESS", "100%", image_url="https://img.test/7.png")
    responses = [submitted(), task(""), task("IN_PROGRESS", "50%"), done]
    steps, value = driven(imagine_and_wait(prompt="a cat", state="mine"), responses)
    submission = midjourney.imagine(prompt="a cat", state="mine")
    assert [submission, FETCH, Pause(3.0), FETCH, Pause(3.0), FETCH] == steps
    assert done == value


def test_progress_and_interval_are_the_callers() -> None:
    """Every poll is reported, and the pauses are as requested."""
    reported: list[Any] = []
    flow = imagine_and_wait(prompt="a cat", interval=0.5, on_progress=lambda seen: reported.append(seen.progress))
    steps, _ = driven(flow, [submitted(), task("SUBMITTED", "0%"), task("SUCCESS", "100%")])
    assert (["0%", "100%"], Pause(0.5)) == (reported, steps[2])


@pytest.mark.parametrize(("code", "result"), [(1, "7"), (21, "7"), (22, "7"), (1, 7)])
def test_every_accepted_code_is_waited_for(code: int, result: str | int) -> None:
    """A queued or existing task is read like any other, whether its id is text or a number."""
    steps, value = driven(imagine_and_wait(prompt="a cat"), [submitted(code, result), task("SUCCESS")])
    assert (FETCH, task("SUCCESS")) == (steps[1], value)


def test_a_task_that_needs_input_is_returned() -> None:
    """The status MODAL ends the wait without an error."""
    _, value = driven(imagine_and_wait(prompt="a cat"), [submitted(21), task("MODAL")])
    assert task("MODAL") == value


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (task("FAILURE", fail_reason="banned"), "mj_fetch_task: task 7 ended as FAILURE: banned"),
        (task("FAILURE", fail_reason=None, description="odd"), "mj_fetch_task: task 7 ended as FAILURE: odd"),
        (task("CANCEL"), "mj_fetch_task: task 7 ended as CANCEL: no reason given"),
    ],
)
def test_a_failed_task_is_an_error(end: MidjourneyTask, message: str) -> None:
    """It has the reason and the task, and pickles."""
    with pytest.raises(JobFailedError) as caught:
        driven(imagine_and_wait(prompt="a cat"), [submitted(), end])
    again = pickle.loads(pickle.dumps(caught.value))
    assert (message, end, end) == (str(caught.value), caught.value.job, again.job)
    assert isinstance(caught.value, SpecwireError)


def test_a_submission_without_an_id_is_an_error() -> None:
    """Such a task cannot be polled."""
    with pytest.raises(DecodeError) as caught:
        driven(imagine_and_wait(prompt="a cat"), [submitted(21, None)])
    assert "mj_submit_imagine: the server accepted the task with code 21 but returned no id" == str(caught.value)


def test_a_timeout_has_the_last_task() -> None:
    """The wait can be resumed."""
    with pytest.raises(WaitTimeoutError) as caught:
        driven(imagine_and_wait(prompt="a cat", timeout=0), [submitted(), task("IN_PROGRESS", "10%")])
    assert task("IN_PROGRESS", "10%") == caught.value.last


def test_an_error_envelope_of_a_submission_is_raised() -> None:
    """Nothing is polled."""
    asked: list[str] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        body = {"code": 24, "description": "a banned word", "properties": {"bannedWord": "x"}}
        return httpx2.Response(200, headers={"content-type": "application/json"}, text=json.dumps(body))

    with httpx2.Client(transport=httpx2.MockTransport(serve)) as http:
        client = Aitre("k", base_url="https://aitre.test", http_client=http)
        with pytest.raises(EnvelopeError) as caught:
            client.midjourney.imagine_and_wait(prompt="x")
    assert (["/mj/submit/imagine"], 24) == (asked, caught.value.code)
    assert "mj_submit_imagine: the server returned error code 24: a banned word" == str(caught.value)
