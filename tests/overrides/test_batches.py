"""Batches of a provider: files, jobs and results, through crashes at any step."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from specwire import bulk
from specwire.errors import ConfigurationError, InvalidRequestError, SpecwireError, UnprocessableEntityError
from specwire.support import BatchProgress
from specwire_clients.mistral.operations import agents as mistral_agents, chat as mistral_chat, models as mistral_models
from specwire_clients.moonshot.operations import chat as moonshot_chat

from tests.overrides.batch_servers import KINDS, BatchServer, Killed, runner
from tests.runtime.bulk.test_journal import Killed as KilledWriting, killed_after
from tests.sampling import sample_number

CHATS: dict[str, Any] = {"mistral": mistral_chat, "moonshot": moonshot_chat}
TEXTS = ["a", "bad", "b", "c", "lost", "d"]
MODELS = ["one", "two"]


def requests_for(provider: str, texts: list[str] = TEXTS) -> list[Any]:
    """Return requests of two models in turns."""
    complete = CHATS[provider].complete
    return [
        (f"row-{number}", complete(model=MODELS[number % 2], messages=[{"role": "user", "content": text}]))
        for number, text in enumerate(texts)
    ]


def shown(results: Any) -> list[Any]:
    """Return the text of each result in order, or its error."""
    return [
        (one.id, one.value.choices[0].message.content if one.succeeded else type(one.error).__name__) for one in results
    ]


EXPECTED = [
    ("row-0", "a"),
    ("row-1", "UnprocessableEntityError"),
    ("row-2", "b"),
    ("row-3", "c"),
    ("row-4", "SpecwireError"),
    ("row-5", "d"),
]
ways = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
providers = pytest.mark.parametrize("provider", KINDS)


@ways
@providers
def test_results_are_joined_to_their_requests(provider: str, asynchronous: bool, tmp_path: Path) -> None:
    """In the order of the requests, with models and errors in their types."""
    server = KINDS[provider][0]()
    run, _ = runner(provider, asynchronous, server)
    progress: list[BatchProgress] = []
    given = requests_for(provider)
    results = run(given, folder=tmp_path / "b", interval=0, on_progress=progress.append)
    assert isinstance(results, bulk.BatchResults)
    assert len(results) == len(TEXTS)
    assert shown(results) == shown(results) == EXPECTED
    outcomes = list(results)
    assert isinstance(outcomes[1].error, UnprocessableEntityError)
    assert outcomes[1].error.status_code == 422
    assert "not so" in str(outcomes[1].error)
    assert "no result" in str(outcomes[4].error)
    assert [one.item.body.value["model"] for one in outcomes] == MODELS * 3
    assert outcomes[0].item.body.value == given[0][1].body.value
    assert len(server.jobs) == 2, "one model in each file"
    assert (progress[-1].jobs, progress[-1].jobs_ended, progress[-1].total) == (2, 2, 6)


@providers
def test_every_file_has_one_model_and_unique_ids(provider: str, tmp_path: Path) -> None:
    server = KINDS[provider][0]()
    runner(provider, False, server)[0](requests_for(provider), folder=tmp_path / "b", interval=0)
    for job, model in zip(server.jobs.values(), MODELS, strict=True):
        lines = server.inputs(job)
        assert len({line["custom_id"] for line in lines}) == len(lines) == 3
        assert {job.get("model") or line["body"]["model"] for line in lines} == {model}


def _requests_of_a_run(provider: str) -> int:
    server = KINDS[provider][0]()
    with TemporaryDirectory() as folder:
        runner(provider, False, server)[0](requests_for(provider), folder=folder, interval=0)
    return server.requests


@ways
@providers
def test_a_crash_at_any_request_pays_nothing_twice(provider: str, asynchronous: bool, tmp_path: Path) -> None:
    """Before the server gets the request, and after it acted on it."""
    for number in range(_requests_of_a_run(provider)):
        for after in (False, True):
            server = KINDS[provider][0]()
            server.kill_at = number, after
            run, _ = runner(provider, asynchronous, server)
            folder = tmp_path / f"{number}-{after}"
            with pytest.raises(Killed):
                run(requests_for(provider), folder=folder, interval=0)
            server.kill_at = None
            assert shown(run(requests_for(provider), folder=folder, interval=0)) == EXPECTED
            assert len(server.jobs) == 2, f"killed at request {number}"


def test_a_crash_at_any_write_pays_nothing_twice(exhaustive: bool, tmp_path: Path) -> None:
    """Also in the middle of a record; of the places, a sample that changes daily."""
    with killed_after(10**9) as done:
        runner("mistral", False, KINDS["mistral"][0]())[0](requests_for("mistral"), folder=tmp_path / "all", interval=0)
    for steps in range(0, done["steps"], 7) if exhaustive else range(sample_number() % 35, done["steps"], 35):
        server = KINDS["mistral"][0]()
        run, _ = runner("mistral", False, server)
        with killed_after(steps), pytest.raises(KilledWriting):
            run(requests_for("mistral"), folder=tmp_path / str(steps), interval=0)
        assert shown(run(requests_for("mistral"), folder=tmp_path / str(steps), interval=0)) == EXPECTED
        assert len(server.jobs) == 2, f"killed after {steps} steps"


@ways
@providers
def test_a_cancelled_batch_returns_what_was_done(provider: str, asynchronous: bool, tmp_path: Path) -> None:
    server = KINDS[provider][0]()
    server.never_ends = True
    run, cancel = runner(provider, asynchronous, server)

    def give_up(progress: BatchProgress) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        run(requests_for(provider), folder=tmp_path, interval=0, on_progress=give_up)
    assert cancel(folder=tmp_path) == 2
    results = run(requests_for(provider), folder=tmp_path, interval=0)
    assert shown(results) == EXPECTED
    assert "cancelled" in str(list(results)[4].error).lower()
    assert cancel(folder=tmp_path) == 0


@providers
def test_a_job_whose_creation_was_not_recorded_can_be_cancelled(provider: str, tmp_path: Path) -> None:
    server = KINDS[provider][0]()
    server.kill_at = 1, True
    run, cancel = runner(provider, False, server)
    with pytest.raises(Killed):
        run(requests_for(provider), folder=tmp_path, interval=0)
    assert cancel(folder=tmp_path) == 1


def test_a_jobs_own_failure_is_the_reason_of_its_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = KINDS["mistral"][0]()

    def fail(job: dict[str, Any]) -> None:
        job.update(status="FAILED", errors=[{"message": "the file is unreadable", "count": 1}])

    monkeypatch.setattr(server, "end", fail)
    results = runner("mistral", False, server)[0](requests_for("mistral"), folder=tmp_path, interval=0)
    assert {str(one.error) for one in results} == {
        "chat_complete: no result, the job ended as 'FAILED': the file is unreadable"
    }


def _bad_requests() -> dict[str, tuple[Any, str]]:
    messages: Any = [{"role": "user", "content": "x"}]
    return {
        "stream": (mistral_chat.stream(model="m", messages=messages), "request 1 is a StreamRequest"),
        "other operation": (
            mistral_models.retrieve("m"),
            "request 1 calls retrieve_model, which batches do not accept",
        ),
        "agents": (mistral_agents.complete(agent_id="a", messages=messages), "batches do not accept: they accept /v1/"),
        "no request": ({"model": "m"}, "request 1 is a dict"),
        "header": (
            mistral_chat.complete(model="m", messages=messages).replace(headers={"x": "y"}),
            "parameters outside of its body",
        ),
    }


@pytest.mark.parametrize("case", _bad_requests())
def test_requests_that_a_batch_cannot_contain_are_refused(case: str, tmp_path: Path) -> None:
    """Before anything is sent."""
    request, message = _bad_requests()[case]
    server = KINDS["mistral"][0]()
    run, _ = runner("mistral", False, server)
    with pytest.raises(InvalidRequestError, match=message):
        run([*requests_for("mistral")[:1], request], folder=tmp_path, interval=0)
    assert server.requests == 0
    assert len(run(requests_for("mistral"), folder=tmp_path, interval=0)) == 6


def test_an_empty_batch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="at least one request"):
        runner("mistral", False, BatchServer())[0]([], folder=tmp_path)


def test_a_file_in_place_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SpecwireError, match="cannot be made: "):
            runner("mistral", False, BatchServer())[0](requests_for("mistral"), folder=folder)


def test_a_batch_that_was_not_begun_cannot_be_cancelled(tmp_path: Path) -> None:
    """The name of its folder is misspelled."""
    with pytest.raises(ConfigurationError, match="no batch was begun in"):
        runner("mistral", False, BatchServer())[1](folder=tmp_path / "other")
    assert list(tmp_path.iterdir()) == []


def test_other_requests_in_the_same_folder_are_refused(tmp_path: Path) -> None:
    run, _ = runner("mistral", False, KINDS["mistral"][0]())
    run(requests_for("mistral"), folder=tmp_path, interval=0)
    for texts in (["other", *TEXTS[1:]], TEXTS[:3]):
        with pytest.raises(SpecwireError, match="are not those of the batch in"):
            run(requests_for("mistral", texts), folder=tmp_path, interval=0)


@pytest.mark.parametrize(("limit", "value", "files"), [("MAX_LINES", 2, 4), ("MAX_BYTES", 200, 6)])
def test_files_stay_below_the_limits(
    limit: str, value: int, files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from specwire_overrides.moonshot import batches

    monkeypatch.setattr(batches, limit, value)
    server = KINDS["moonshot"][0]()
    results = runner("moonshot", False, server)[0](requests_for("moonshot"), folder=tmp_path, interval=0)
    assert shown(results) == EXPECTED
    assert len(server.jobs) == files
    assert all(len(server.files[job["input_file_id"]]) <= 400 for job in server.jobs.values())
