"""`specwire bulk` and `specwire batch`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx2
import pyarrow.dataset
import pytest

from tests.overrides.batch_servers import MistralBatches
from tests.runtime.bulk.bulk_client import answered, completion, lines, text_of
from tests.support import paths
from tests.support.command_line import Specwire, project, specwire
from tests.support.server import HTTPResponse, Received, Server, reply

__all__ = ["project", "specwire"]

COMMAND = (sys.executable, "-m", "specwire")
CLIENT = ("--root", str(paths.ROOT), "mistral", "chat.complete", "--set", "model=m")


def messages(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Ten rows with a column that is not called like its argument."""
    path = tmp_path / "rows.jsonl"
    rows = [{"key": f"k{number}", "question": messages(f"q{number}")} for number in range(10)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of a server that answers with the text of the request; `bad` is a bad request."""
    monkeypatch.setenv("MISTRAL_API_KEY", "k" * 32)

    def respond(received: Received) -> HTTPResponse:
        text = text_of(received.json)
        return reply({"detail": []}, status=422) if text == "q3" else reply(completion(text))

    with Server() as server:
        server.respond = respond
        yield server.url


def given(source: Path, output: Path, *more: str) -> tuple[str, ...]:
    return (*CLIENT, "--input", str(source), "--output", str(output), "--map", "messages=question", *more)


def test_each_row_is_called_once(specwire: Specwire, source: Path, tmp_path: Path, url: str) -> None:
    """Failed rows are in a file of their own, and `--resume` calls nothing again."""
    out = tmp_path / "out.jsonl"
    code, summary, err = specwire("bulk", *given(source, out, "--id", "key", "--base-url", url))
    assert (code, summary.split(",")[:2]) == (0, ["9 succeeded", " 1 failed"])
    assert "--retry-failed" in err
    assert answered(out) == {number: f"q{number}" for number in range(10) if number != 3}
    assert {line["id"] for line in lines(out)} == {f"k{number}" for number in range(10) if number != 3}
    assert [line["id"] for line in lines(tmp_path / "out.jsonl.failed.jsonl")] == ["k3"]
    code, _, err = specwire("bulk", *given(source, out, "--id", "key", "--base-url", url))
    assert code == 1
    assert "add --resume" in err
    code, summary, _ = specwire("bulk", *given(source, out, "--id", "key", "--base-url", url, "--resume"))
    assert (code, summary.split(",")[:3]) == (0, ["0 succeeded", " 0 failed", " 10 before"])
    code, summary, _ = specwire("bulk", *given(source, out, "--id", "key", "--base-url", url, "--retry-failed"))
    assert (code, summary.split(",")[:3]) == (0, ["0 succeeded", " 1 failed", " 9 before"])


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_a_sigterm_ends_the_command_with_its_exit_code(source: Path, tmp_path: Path, url: str) -> None:
    """Once the calls in flight are written; `--resume` makes the others."""
    out = tmp_path / "out.jsonl"
    arguments = [
        *COMMAND,
        "bulk",
        *given(source, out, "--base-url", url, "--concurrency", "2", "--requests-per-minute", "60"),
    ]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 30
    while not (out.exists() and out.stat().st_size) and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert (143, b"error: terminated\n") == (process.returncode, errors[-18:])
    assert 0 < len(answered(out)) < 9
    done = subprocess.run([*arguments[:-2], "--resume"], capture_output=True, timeout=60, check=False)
    assert 0 == done.returncode
    assert len(answered(out)) == 9


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_ctrl_c_tells_how_to_continue(source: Path, tmp_path: Path, url: str) -> None:
    out = tmp_path / "out.jsonl"
    arguments = [*COMMAND, "bulk", *given(source, out, "--base-url", url, "--requests-per-minute", "60")]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, preexec_fn=default_interrupt)
    until = time.monotonic() + 30
    while not (out.exists() and out.stat().st_size) and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    advice = f"{out} has the results so far: add --resume to continue\nerror: interrupted\n"
    assert (130, advice) == (process.returncode, errors.decode().replace("far:\n", "far: ")[-len(advice) :])


def default_interrupt() -> None:
    """A shell without job control lets its background processes ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_method_without_one_response_is_refused_at_once(specwire: Specwire, source: Path, tmp_path: Path) -> None:
    command = ("--root", str(paths.ROOT), "mistral", "chat.stream", "--set", "model=m", "--map", "messages=question")
    for verb, more in product(("bulk", "batch"), ((), ("--dry-run",))):
        code, _, errors = specwire(
            verb, *command, "--input", str(source), "--output", str(tmp_path / "out.jsonl"), *more
        )
        assert (2, "error: chat.stream has more than one response: choose a method with one") == (code, errors.strip())
    assert list(tmp_path.glob("out*")) == []


def test_a_run_that_could_not_begin_needs_no_option_to_begin(
    specwire: Specwire, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with a wrong key ends with the first response, and has no results."""
    monkeypatch.setenv("MISTRAL_API_KEY", "k" * 32)
    out = tmp_path / "out.jsonl"
    with Server() as server:
        server.respond = lambda _: reply({"message": "Unauthorized"}, status=401)
        assert specwire("bulk", *given(source, out, "--base-url", server.url))[0] == 1
        server.respond = lambda received: reply(completion(text_of(received.json)))
        assert specwire("bulk", *given(source, out, "--base-url", server.url))[0] == 0
        assert len(answered(out)) == 10
        assert "has rows of an earlier run" in specwire("bulk", *given(source, out, "--base-url", server.url))[2]


def test_answers_are_written_to_parquet(specwire: Specwire, source: Path, tmp_path: Path, url: str) -> None:
    out = tmp_path / "out.parquet"
    assert specwire("bulk", *given(source, out, "--base-url", url))[0] == 0
    assert len(pyarrow.dataset.dataset(out).to_table()) == 9


@pytest.mark.parametrize("command", ["bulk", "batch"])
def test_a_dry_run_shows_the_first_request_and_calls_nothing(
    command: str, specwire: Specwire, source: Path, tmp_path: Path
) -> None:
    more = ("--price-input", "1", "--price-output", "2") if command == "bulk" else ()
    code, out, _ = specwire(command, *given(source, tmp_path / "out.jsonl", "--dry-run", *more))
    assert code == 0
    assert "10 requests of chat.complete (POST /v1/chat/completions)" in out
    assert json.loads(out.partition("first request: ")[2])["body"]["messages"] == messages("q0")
    assert list(tmp_path.glob("out*")) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--map", "messages=answer"), "the row has no column 'answer'"),
        (("--map", "messages=question", "--id", "kee"), "the row has no column 'kee': its columns are key, question"),
        (("--map", "message=question"), "has no argument 'message': did you mean 'messages'?"),
        (("--map", "messages"), "--map is 'messages': write NAME=VALUE"),
        (("--set", "model=n"), "--set has 'model' twice: leave out one of them"),
        (("--set", "temperature=hot"), "error: --set: temperature is 'hot': write a number"),
        (("--set", "modle=m"), "has no argument 'modle': did you mean 'model'?"),
        ((), "has no argument 'key'"),
        (("--map", "temperature=key"), "chat.complete needs messages: take a column with --map, or give a value"),
        (("--map", "model=key"), "'model' is in --map and in --set: leave out one of them"),
    ],
)
def test_wrong_columns_and_arguments_are_reported(
    options: tuple[str, ...], message: str, specwire: Specwire, source: Path, tmp_path: Path
) -> None:
    arguments = (*CLIENT, "--input", str(source), "--output", str(tmp_path / "out.jsonl"), *options, "--dry-run")
    code, _, err = specwire("bulk", *arguments)
    assert code == (2 if message.startswith("--") or "--set: " in err or "in --map and" in message else 1)
    assert message in " ".join(err.split())


def test_a_value_for_all_rows_replaces_their_column(specwire: Specwire, tmp_path: Path) -> None:
    """A file whose columns are all arguments needs no --map."""
    row = {"model": "old", "messages": [{"role": "user", "content": "Hi"}]}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    files = ("--input", str(tmp_path / "rows.jsonl"), "--output", str(tmp_path / "out.jsonl"), "--dry-run")
    for options, model in (((), "old"), (("--set", "model=new"), "new")):
        code, out, err = specwire("bulk", "mistral", "chat.complete", *files, *options)
        assert (0, "") == (code, err) and f'"model":"{model}"' in "".join(out.split())


@pytest.mark.parametrize(
    ("option", "value"),
    [("concurrency", "0"), ("requests-per-minute", "-1"), ("tokens-per-minute", "0"), ("price-input", "-1")],
)
def test_a_number_that_makes_no_sense_is_wrong_usage(
    option: str, value: str, specwire: Specwire, source: Path, tmp_path: Path
) -> None:
    """The message names the option."""
    code, out, err = specwire("bulk", *given(source, tmp_path / "out.jsonl", f"--{option}", value, "--dry-run"))
    assert code == 2 and f"--{option}" in out + err


def test_an_empty_or_missing_input_is_reported(specwire: Specwire, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    for name, message in (("empty.jsonl", "has no rows"), ("none.jsonl", "does not exist")):
        code, _, err = specwire("bulk", *given(tmp_path / name, tmp_path / "out.jsonl"))
        assert code == 1
        assert message in " ".join(err.split())


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, MistralBatches]]:
    """Mistral's batches on a server."""
    monkeypatch.setenv("MISTRAL_API_KEY", "k" * 32)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    played = MistralBatches()

    def respond(received: Received) -> HTTPResponse:
        request = httpx2.Request(received.method, f"http://server{received.target}", content=received.body)
        response = played.handle(request)
        return reply(response.content if "content" in received.target else response.json())

    with Server() as server:
        server.respond = respond
        yield server.url, played


def test_a_batch_writes_its_results(
    specwire: Specwire, source: Path, tmp_path: Path, batches: tuple[str, MistralBatches]
) -> None:
    url, played = batches
    out = tmp_path / "out.jsonl"
    code, summary, err = specwire("batch", *given(source, out, "--id", "key", "--base-url", url))
    assert (code, summary.strip()) == (0, "10 succeeded, 0 failed")
    assert "1 of 1 jobs ended" in err
    assert answered(out) == {number: f"q{number}" for number in range(10)}
    assert len(played.jobs) == 1
    assert specwire("batch", *given(source, out, "--id", "key", "--base-url", url))[0] == 0
    assert len(played.jobs) == 1
    code, summary, _ = specwire("batch", *given(source, out, "--base-url", url, "--cancel"))
    assert (code, summary.strip()) == (0, "0 jobs cancelled")


def test_a_client_without_batches_is_reported(specwire: Specwire, source: Path, tmp_path: Path) -> None:
    arguments: tuple[Any, ...] = ("--root", str(paths.ROOT), "aitre", "chat.complete", "--set", "model=m")
    more = ("--input", str(source), "--output", str(tmp_path / "o.jsonl"), "--map", "messages=question")
    code, _, err = specwire("batch", *arguments, *more, "--base-url", "http://127.0.0.1:1")
    assert code == 1
    assert "has no batches of its provider: use specwire bulk" in " ".join(err.split())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question": messages("q")}, "row 10: the row has no column 'key': its columns are question"),
        ({"key": "k"}, "row 10: the row has no column 'question': its columns are key"),
    ],
)
def test_a_wrong_row_of_a_batch_is_named(
    row: dict[str, Any], message: str, specwire: Specwire, source: Path, tmp_path: Path, url: str
) -> None:
    with source.open("a") as file:
        file.write(json.dumps(row) + "\n")
    _, _, errors = specwire("batch", *given(source, tmp_path / "out.jsonl", "--id", "key", "--base-url", url))
    assert message in " ".join(errors.split())


def test_a_batch_that_was_not_begun_cannot_be_cancelled(
    specwire: Specwire, source: Path, tmp_path: Path, url: str
) -> None:
    code, _, errors = specwire("batch", *given(source, tmp_path / "out.jsonl", "--base-url", url, "--cancel"))
    assert (1, True) == (code, "no batch was begun in" in errors)
    assert list(tmp_path.glob("out*")) == []


def test_a_batch_writes_parquet(
    specwire: Specwire, source: Path, tmp_path: Path, batches: tuple[str, MistralBatches]
) -> None:
    """Twice, with the same result: the second time replaces the folder."""
    out = tmp_path / "out.parquet"
    for _ in range(2):
        code, summary, _ = specwire("batch", *given(source, out, "--id", "key", "--base-url", batches[0]))
        assert (code, summary.strip()) == (0, "10 succeeded, 0 failed")
        table = pyarrow.dataset.dataset(out, format="parquet").to_table()
        assert table["index"].to_pylist() == list(range(10))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("out")) == [
        "out.parquet",
        "out.parquet.batch",
    ]


def test_a_batch_refuses_an_output_that_is_not_its_own(
    specwire: Specwire, source: Path, tmp_path: Path, batches: tuple[str, MistralBatches]
) -> None:
    """Before it sends anything."""
    kept = tmp_path / "kept.parquet"
    kept.mkdir()
    for out, message in ((kept, "choose another output"), (tmp_path / "out.csv", "unknown ending")):
        code, _, err = specwire("batch", *given(source, out, "--base-url", batches[0]))
        assert code == 1
        assert message in err
    assert kept.is_dir()
    assert not batches[1].jobs
