"""The answer that a request asks for: counts, lengths, formats, JSON of a schema, and the variant that was made."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from specwire_codegen.mock import app as mock_app, server
from specwire_codegen.mock.reply.requested_shape import granted, spoken

from tests.support.paths import SPECS


def provider(name: str) -> Iterator[httpx2.Client]:
    document = json.loads((SPECS / name / "normalized.json").read_text("utf-8"))
    headers = {"authorization": "Bearer test-key"}
    with server.serve(mock_app.build(document)) as url, httpx2.Client(base_url=url, headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
def mistral() -> Iterator[httpx2.Client]:
    """The mock of Mistral."""
    yield from provider("mistral")


@pytest.fixture(scope="module")
def aitre() -> Iterator[httpx2.Client]:
    """The mock of AITRE."""
    yield from provider("aitre")


@pytest.mark.parametrize(("given", "count"), [("a", 1), (["a"], 1), (["a", "b", "c"], 3), (["x"] * 40, 40)])
def test_a_vector_for_each_input(mistral: httpx2.Client, given: Any, count: int) -> None:
    """As many vectors as texts, each with its index."""
    data = mistral.post("/v1/embeddings", json={"model": "m", "input": given}).json()["data"]
    assert list(range(count)) == [each["index"] for each in data]


@pytest.mark.parametrize("length", [1, 3, 256])
@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_vectors_are_as_long_as_asked(aitre: httpx2.Client, length: int, encoding: str) -> None:
    """`dimensions` counts, in both encodings."""
    asked = {"model": "m", "input": ["a", "b"], "dimensions": length, "encoding_format": encoding}
    vectors = [each["embedding"] for each in aitre.post("/v1/embeddings", json=asked).json()["data"]]
    if encoding == "base64":
        vectors = [list(array("f", base64.b64decode(vector))) for vector in vectors]
    assert [length, length] == [len(vector) for vector in vectors]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_as_many_images_as_asked(aitre: httpx2.Client, count: int) -> None:
    """`n` counts."""
    asked = {"model": "gpt-image-1", "prompt": "x", "n": count}
    assert count == len(aitre.post("/v1/images/generations", json=asked).json()["data"])


@pytest.mark.parametrize(
    ("form", "media", "begins"),
    [
        ("json", "application/json", '{"text"'),
        ("verbose_json", "application/json", '{"language"'),
        ("text", "text/plain", "Good"),
        ("srt", "text/plain", "1\n00:00:00,000 --> "),
        ("vtt", "text/plain", "WEBVTT\n"),
    ],
)
def test_the_format_that_was_asked_for(aitre: httpx2.Client, form: str, media: str, begins: str) -> None:
    """A format chooses the media type, and the example that shows it."""
    sent: dict[str, Any] = {
        "files": {"file": ("a.mp3", b"x", "audio/mpeg")},
        "data": {"model": "whisper-1", "response_format": form},
    }
    answer = aitre.post("/v1/audio/transcriptions", **sent)
    assert answer.headers["content-type"].startswith(media) and answer.text.startswith(begins)


SCHEMA = {
    "type": "object",
    "required": ["name", "tags", "next"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 3},
        "tags": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/Tag"}},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    },
    "$defs": {"Tag": {"type": "string", "enum": ["x"]}},
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "wanted", [{"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}, {"type": "json_object"}]
)
def test_json_of_the_schema_that_was_asked_for(mistral: httpx2.Client, wanted: dict[str, Any], stream: bool) -> None:
    """What the model says is JSON of the request's schema, in one piece or over the events of a stream."""
    asked = {"model": "m", "messages": [{"role": "user", "content": "x"}], "response_format": wanted, "stream": stream}
    answer = mistral.post("/v1/chat/completions", json=asked)
    if stream:
        lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")]
        said = "".join(json.loads(line)["choices"][0]["delta"].get("content") or "" for line in lines)
    else:
        said = answer.json()["choices"][0]["message"]["content"]
    schema = SCHEMA if "json_schema" in wanted else {"type": "object"}
    assert jsonschema_rs.is_valid(schema, json.loads(said))


@pytest.mark.parametrize(
    "schema", [{"type": 5}, {"$ref": "https://example.com/x"}, {"$ref": "#/nowhere"}, {"pattern": "["}]
)
def test_a_schema_that_is_none_changes_nothing(schema: dict[str, Any]) -> None:
    """The answer stays as the document shows it."""
    value = {"choices": [{"message": {"content": "Hello"}}]}
    fields = {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}
    assert value == granted(value, fields, lambda _: True)
    assert [value] == spoken([value], fields)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"n": 0}, {"data": [1, 2]}),
        ({"n": True}, {"data": [1, 2]}),
        ({"n": 3}, {"data": []}),
        ({"n": 3}, {"text": "x"}),
        ({"input": [{"role": "user"}]}, {"output": [1, 2], "data": [1, 2]}),
        ({"input": [1, 2, 3]}, {"data": [1, 2]}),
        ({"dimensions": 2}, {"data": [{"tokens": [1, 2, 3]}]}),
    ],
)
def test_what_is_no_wish_changes_nothing(fields: dict[str, Any], value: dict[str, Any]) -> None:
    """Counts are whole and positive, inputs are texts, vectors hold fractions."""
    assert value == granted(value, fields, lambda _: True)


def test_wishes_are_bounded_and_valid() -> None:
    """No count makes an answer larger than a thousand items, and none makes it break its schema."""
    value = {"data": [{"index": 7, "embedding": [0.5]}]}
    assert 1000 == len(granted(value, {"n": 10**9}, lambda _: True)["data"])
    assert 10_000 == len(granted(value, {"dimensions": 10**9}, lambda _: True)["data"][0]["embedding"])
    assert value == granted(value, {"n": 3, "dimensions": 3}, lambda _: False)


@pytest.mark.parametrize("query", ["order_by=-created", "foo=1", "page=0&page_size=5&order_by=-created&_=2"])
def test_unknown_query_keys_filter_nothing(mistral: httpx2.Client, query: str) -> None:
    """A free-form parameter takes keys that nobody declares; where no item has them, they say nothing of the list."""
    everything = mistral.get("/v1/batch/jobs").json()["total"]
    assert everything and everything == mistral.get(f"/v1/batch/jobs?{query}").json()["total"]


JOBS = {
    "completion": {"job_type": "completion", "suffix": "s", "hyperparameters": {"training_steps": 10}},
    "classifier": {"job_type": "classifier", "hyperparameters": {}},
}


@pytest.mark.parametrize("kind", JOBS)
def test_a_job_stays_of_its_kind(mistral: httpx2.Client, kind: str) -> None:
    """However often it is read, a job is of the variant that it was made in, and shows what it showed."""
    made = mistral.post(
        "/v1/fine_tuning/jobs", json={"model": "open-mistral-7b", "training_files": [], **JOBS[kind]}
    ).json()
    held = ("id", "job_type", "suffix", "training_files", "validation_files", "model", "created_at")
    seen = []
    for _ in range(6):
        job = mistral.get(f"/v1/fine_tuning/jobs/{made['id']}").json()
        assert {name: made.get(name) for name in held} == {name: job.get(name) for name in held}
        assert (kind == "classifier") == ("classifier_targets" in job)
        seen.append(job["status"])
    assert "SUCCESS" == seen[-1] and len(set(seen)) > 2
