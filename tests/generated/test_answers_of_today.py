"""Responses and arguments of today's APIs, which the reference pages of the providers do not have yet: without drift."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from specwire_clients.aitre import Aitre
from specwire_clients.mistral import Mistral, models as mistral
from specwire_clients.moonshot import Moonshot

USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def client(kind: type[Any], response: Any) -> Any:
    """Return a client whose server sends one response."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=response))
    return kind(
        api_key="k", base_url="https://x.test", on_drift="raise", http_client=httpx2.Client(transport=transport)
    )


def chat(message: dict[str, Any] | None = None, *, choice: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a completion with changes to its message, its choice and itself; None leaves a field out of the latter."""
    reply = {"role": "assistant", "content": "x", **(message or {})}
    whole = {"index": 0, "finish_reason": "stop", "message": reply, **(choice or {})}
    found = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "usage": USAGE, "choices": [whole]}
    return {key: each for key, each in {**found, **more}.items() if each is not None}


def complete(client: Any) -> Any:
    """Return a completion."""
    return client.chat.complete(model="m", messages=[])


BATCH = {
    "id": "1",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "input_file_id": "f",
    "completion_window": "24h",
    "status": "validating",
    "created_at": 1,
    "request_counts": None,
}
JOB: dict[str, Any] = {
    "id": "1",
    "object": "batch",
    "input_files": [],
    "endpoint": "/v1/ocr",
    "model": None,
    "errors": [],
    "status": "QUEUED",
    "created_at": 1,
    **dict.fromkeys(("total_requests", "completed_requests", "succeeded_requests", "failed_requests"), 0),
}
FILE = {
    "id": "497f6eca-6276-4993-bfeb-53cbbbba6f09",
    "object": "file",
    "bytes": 1,
    "created_at": 1,
    "filename": "a",
    "purpose": "agentic_safety",
    "sample_type": "instruct",
    "source": "upload",
}
DETAILS = {"prompt_tokens_details": None, "completion_tokens_details": None}
COMPLETION = {
    "id": "1",
    "object": "text_completion",
    "created": 1,
    "model": "m",
    "usage": USAGE,
    "choices": [{"text": "x", "index": 0, "finish_reason": "stop"}],
}
THINKING = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "x"}]

RESPONSES: dict[str, tuple[type[Any], Any, Callable[[Any], Any]]] = {
    "no tool calls": (Aitre, chat({"tool_calls": None}), complete),
    "no annotations": (Aitre, chat({"annotations": None}), complete),
    "no usage": (Aitre, chat(usage=None), complete),
    "no details of usage": (Aitre, chat(usage={**USAGE, **DETAILS}), complete),
    "an empty reason": (Aitre, chat(choice={"finish_reason": ""}), complete),
    "no content beside tool calls": (
        Aitre,
        chat(choice={"message": {"role": "assistant", "tool_calls": []}}),
        complete,
    ),
    "no logprobs": (Aitre, COMPLETION, lambda client: client.completions.create(model="m", prompt="x")),
    "a first poll": (Aitre, {"id": "1", "status": "", "progress": "0%"}, lambda client: client.midjourney.fetch("1")),
    "buttons with texts": (
        Aitre,
        {"id": "1", "status": "SUCCESS", "buttons": [{"style": "1", "type": "2"}]},
        lambda client: client.midjourney.fetch("1"),
    ),
    "no counts": (Moonshot, BATCH, lambda client: client.batches.retrieve("1")),
    "no total": (Mistral, {"data": [FILE], "object": "list"}, lambda client: client.files.list(purpose=None)),
    "a null total": (Mistral, {"data": [], "object": "list", "total": None}, lambda client: client.files.list()),
    "a batch of an agent": (Mistral, JOB, lambda client: client.batch.jobs.get("1")),
    "thoughts": (Mistral, chat({"content": THINKING}), complete),
}


@pytest.mark.parametrize("name", RESPONSES)
def test_responses_of_today_fit_the_document(name: str) -> None:
    """Null, empty and absent values of gateways, and newer values, are in the documents."""
    kind, response, call = RESPONSES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert call(client(kind, response)) is not None


def test_thoughts_are_typed() -> None:
    """A part with thoughts is a model, and so is each of its texts."""
    content = complete(client(Mistral, chat({"content": THINKING}))).choices[0].message.content
    assert [mistral.ThinkChunk(thinking=[mistral.TextChunk(text="hm")]), mistral.TextChunk(text="x")] == content


def test_models_of_a_new_kind_are_typed() -> None:
    """They are listed and retrieved without drift, and the known kinds keep their classes."""
    card = {"id": "m", "capabilities": {}, "max_context_length": 4096}
    tuned = {**card, "type": "fine-tuned", "job": "j", "root": "r"}
    cards = [{**card, "type": "base"}, tuned, {**card, "type": "routed", "experts": 8}]
    found = client(Mistral, {"object": "list", "data": cards}).models.list().data
    assert [mistral.BaseModelCard, mistral.FTModelCard, mistral.OtherModelCard] == [type(each) for each in found]
    assert [each.type for each in found] == ["base", "fine-tuned", "routed"]
    assert client(Mistral, cards[2]).models.retrieve("m").max_context_length == 4096


def test_a_batch_takes_its_requests_inline() -> None:
    """Instead of files and a model: requests and an agent, for any endpoint."""
    request = client(Mistral, JOB).batch.jobs.create.request(
        endpoint="/v1/later", requests=[{"custom_id": "1", "body": {}}], agent_id="a"
    )
    assert {
        "endpoint": "/v1/later",
        "requests": [{"custom_id": "1", "body": {}}],
        "agent_id": "a",
    } == request.body.value


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_queries_of_lists_may_be_null() -> None:
    """None is the same as leaving a filter out."""
    asked = client(Mistral, {}).fine_tuning.jobs.list.request(status=None, model=None, suffix=None)
    assert {"status": None, "model": None, "suffix": None} == dict(asked.query)
