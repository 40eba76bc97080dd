"""Responses with the requested counts, lengths, formats, JSON schema and variant."""

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
from tests.support.time_limit import PATIENCE


def provider(name: str) -> Iterator[httpx2.Client]:
    document = json.loads((SPECS / name / "normalized.json").read_text("utf-8"))
    headers = {"authorization": "Bearer test-key"}
    with (
        server.serve(mock_app.build(document)) as url,
        httpx2.Client(base_url=url, timeout=PATIENCE, headers=headers) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def mistral() -> Iterator[httpx2.Client]:
    """Mock server of Mistral."""
    yield from provider("mistral")


@pytest.fixture(scope="module")
def aitre() -> Iterator[httpx2.Client]:
    """Mock server of AITRE."""
    yield from provider("aitre")


@pytest.mark.parametrize(("given", "count"), [("a", 1), (["a"], 1), (["a", "b", "c"], 3), (["x"] * 40, 40)])
def test_each_input_has_a_vector(mistral: httpx2.Client, given: Any, count: int) -> None:
    """With its index."""
    data = mistral.post("/v1/embeddings", json={"model": "m", "input": given}).json()["data"]
    assert list(range(count)) == [each["index"] for each in data]


@pytest.mark.parametrize("length", [1, 3, 256])
@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_vectors_have_the_requested_dimensions(aitre: httpx2.Client, length: int, encoding: str) -> None:
    """In both encodings."""
    asked = {"model": "m", "input": ["a", "b"], "dimensions": length, "encoding_format": encoding}
    vectors = [each["embedding"] for each in aitre.post("/v1/embeddings", json=asked).json()["data"]]
    if encoding == "base64":
        vectors = [list(array("f", base64.b64decode(vector))) for vector in vectors]
    assert [length, length] == [len(vector) for vector in vectors]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_requested_number_of_images_is_returned(aitre: httpx2.Client, count: int) -> None:
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
def test_a_format_selects_media_type_and_example(aitre: httpx2.Client, form: str, media: str, begins: str) -> None:
    """A format chooses the media type, and the example that shows it."""
    sent: dict[str, Any] = {
        "files": {"file": ("a.mp3", b"x", "audio/mpeg")},
        "data": {"model": "whisper-1", "response_format": form},
    }
    response = aitre.post("/v1/audio/transcriptions", **sent)
    assert response.headers["content-type"].startswith(media) and response.text.startswith(begins)


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
def test_the_model_returns_json_of_the_requested_schema(
    mistral: httpx2.Client, wanted: dict[str, Any], stream: bool
) -> None:
    """In one piece or over the events of a stream."""
    asked = {"model": "m", "messages": [{"role": "user", "content": "x"}], "response_format": wanted, "stream": stream}
    response = mistral.post("/v1/chat/completions", json=asked)
    if stream:
        lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: {")]
        content = "".join(json.loads(line)["choices"][0]["delta"].get("content") or "" for line in lines)
    else:
        content = response.json()["choices"][0]["message"]["content"]
    schema = SCHEMA if "json_schema" in wanted else {"type": "object"}
    assert jsonschema_rs.is_valid(schema, json.loads(content))


@pytest.mark.parametrize(
    "schema", [{"type": 5}, {"$ref": "https://example.com/x"}, {"$ref": "#/nowhere"}, {"pattern": "["}]
)
def test_an_invalid_schema_is_ignored(schema: dict[str, Any]) -> None:
    """The example is returned."""
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
def test_invalid_counts_and_inputs_are_ignored(fields: dict[str, Any], value: dict[str, Any]) -> None:
    """Counts are positive integers, inputs are texts."""
    assert value == granted(value, fields, lambda _: True)


def test_requested_counts_are_bounded_and_valid() -> None:
    """At most a thousand items, within the schema."""
    value = {"data": [{"index": 7, "embedding": [0.5]}]}
    assert 1000 == len(granted(value, {"n": 10**9}, lambda _: True)["data"])
    assert 10_000 == len(granted(value, {"dimensions": 10**9}, lambda _: True)["data"][0]["embedding"])
    assert value == granted(value, {"n": 3, "dimensions": 3}, lambda _: False)


@pytest.mark.parametrize("query", ["order_by=-created", "foo=1", "page=0&page_size=5&order_by=-created&_=2"])
def test_unknown_query_keys_filter_nothing(mistral: httpx2.Client, query: str) -> None:
    """A free-form parameter has undeclared keys, which no item has."""
    everything = mistral.get("/v1/batch/jobs").json()["total"]
    assert everything and everything == mistral.get(f"/v1/batch/jobs?{query}").json()["total"]


JOBS = {
    "completion": {"job_type": "completion", "suffix": "s", "hyperparameters": {"training_steps": 10}},
    "classifier": {"job_type": "classifier", "hyperparameters": {}},
}


@pytest.mark.parametrize("kind", JOBS)
def test_a_job_keeps_its_variant(mistral: httpx2.Client, kind: str) -> None:
    """Each time it is read, it has the variant and fields of its creation."""
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
