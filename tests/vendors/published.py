"""Whole events, items and jobs of four APIs, with all fields that their published documents require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from tests.vendors.scripts import FORM, Json, ServerResponse, events, lines

ID = "00000000-0000-4000-8000-000000000000"
NOW = "2026-01-01T00:00:00Z"
RESULTS = b'{"custom_id": "1"}\n{"custom_id": "2"}\n'
"""Results of a batch, as servers send files: lines of JSON, under a media type that says nothing."""
_USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
SIZES = 5
"""Number of items in each list; a page has two."""


def _page(start: int, make: Any) -> tuple[list[Json], bool]:
    """Return the items of a page, and whether more follow."""
    stop = min(start + 2, SIZES)
    return [make(number) for number in range(start, stop)], stop < SIZES


def _start(last: str | None) -> int:
    """Return the number of the item after an id."""
    return 0 if last is None else int(last.rpartition("-")[2]) + 1


def _response(status: str, output: list[Json]) -> Json:
    rest = {"metadata": {}, "temperature": 1.0, "top_p": 1.0, "model": "m", "tools": [], "tool_choice": "auto"}
    done = {"error": None, "incomplete_details": None, "instructions": None, "parallel_tool_calls": True}
    return {"id": "r", "object": "response", "created_at": 1, "status": status, "output": output, **rest, **done}


def _openai_events() -> list[Json]:
    call = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}", "status": "completed"}
    text = {"item_id": "m", "output_index": 1, "content_index": 0, "logprobs": []}
    parts: list[Json] = [
        {"type": "response.created", "response": _response("in_progress", [])},
        {"type": "response.output_item.added", "output_index": 0, "item": call},
        {"type": "response.function_call_arguments.delta", "item_id": "f", "output_index": 0, "delta": "{}"},
        {"type": "response.output_text.delta", **text, "delta": "Hi"},
        {"type": "response.completed", "response": _response("completed", [call])},
    ]
    return [{**part, "sequence_number": number} for number, part in enumerate(parts)]


def _chunks(**more: Any) -> list[Json]:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    call = {"index": 0, "id": "t", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    deltas: list[tuple[Json, str | None]] = [
        ({"role": "assistant", "content": "Hel"}, None),
        ({"content": "lo"}, None),
        ({"tool_calls": [call]}, None),
        ({"content": ""}, "tool_calls"),
    ]
    choices = [{"index": 0, "delta": delta, "finish_reason": reason, **more} for delta, reason in deltas]
    return [*({**head, "choices": [choice]} for choice in choices), {**head, "choices": [], "usage": _USAGE}]


def _file(number: int) -> Json:
    facts = {"bytes": 4, "created_at": 1, "filename": "a.jsonl", "purpose": "batch", "status": "processed"}
    return {"id": f"file-{number}", "object": "file", **facts}


def _batch(number: int, status: str = "completed") -> Json:
    facts = {"endpoint": "/v1/chat/completions", "input_file_id": "f", "completion_window": "24h", "created_at": 1}
    return {"id": f"batch-{number}", "object": "batch", "status": status, **facts}


def openai(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Answer as the first API."""
    match path.removeprefix("/v1/").split("/"):
        case ["chat", "completions"]:
            return events(*_chunks(logprobs=None), done=True)
        case ["responses"]:
            return events(*_openai_events(), named=True)
        case ["embeddings"]:
            item = {"object": "embedding", "index": 0, "embedding": [0.5, -1]}
            return {"object": "list", "model": "m", "data": [item], "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        case ["files"] if FORM in body:
            return _file(0)
        case ["files", _, "content"]:
            return httpx2.Response(200, content=RESULTS, headers={"content-type": "application/octet-stream"})
        case ["batches"] if body:
            return _batch(1, "validating")
        case ["files" | "batches" as kind]:
            found, more = _page(_start(query.get("after")), _file if kind == "files" else _batch)
            return {
                "object": "list",
                "data": found,
                "has_more": more,
                "first_id": found[0]["id"],
                "last_id": found[-1]["id"],
            }
        case ["batches", _]:
            return _batch(1, ["validating", "in_progress", "finalizing", "completed"][min(count, 3)])
    return httpx2.Response(404)


def _message(content: list[Json], reason: str | None) -> Json:
    names = "cache_creation cache_creation_input_tokens cache_read_input_tokens inference_geo output_tokens_details"
    absent = dict.fromkeys([*names.split(), "server_tool_use", "service_tier"])
    usage = {**absent, "input_tokens": 1, "output_tokens": 2}
    rest = {"stop_reason": reason, "stop_sequence": None, "stop_details": None, "container": None, "usage": usage}
    return {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": content, **rest}


def _anthropic_events() -> list[Json]:
    tool = {"type": "tool_use", "id": "t", "name": "look", "input": {}, "caller": {"type": "direct"}}
    blocks: list[tuple[Json, Json]] = [
        ({"type": "thinking", "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": "So"}),
        (tool, {"type": "input_json_delta", "partial_json": "{}"}),
        ({"type": "text", "text": "", "citations": None}, {"type": "text_delta", "text": "Hi"}),
    ]
    parts: list[Json] = [{"type": "message_start", "message": _message([], None)}, {"type": "ping"}]
    for index, (block, delta) in enumerate(blocks):
        parts += [
            {"type": "content_block_start", "index": index, "content_block": block},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    usage = _message([], None)["usage"]
    delta = {"stop_reason": "tool_use", "stop_sequence": None, "stop_details": None, "container": None}
    return [*parts, {"type": "message_delta", "delta": delta, "usage": usage}, {"type": "message_stop"}]


def _message_batch(number: int, status: str = "ended") -> Json:
    counts = dict.fromkeys("canceled errored expired processing succeeded".split(), 0)
    dates = {"archived_at": None, "cancel_initiated_at": None, "created_at": NOW, "ended_at": None, "expires_at": NOW}
    state = {"processing_status": status, "request_counts": counts, "results_url": None}
    return {"id": f"batch-{number}", "type": "message_batch", **dates, **state}


def _model(number: int) -> Json:
    limits = {"capabilities": None, "max_input_tokens": None, "max_tokens": None}
    return {"id": f"model-{number}", "type": "model", "created_at": NOW, "display_name": "M", **limits}


def anthropic(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Answer as the second API: a message that thinks, calls a tool and speaks."""
    match path.removeprefix("/v1/").split("/"):
        case ["messages"]:
            return events(*_anthropic_events(), named=True)
        case ["messages", "batches"] if body:
            return _message_batch(1, "in_progress")
        case ["files"] if FORM in body:
            facts = {"filename": "a.jsonl", "mime_type": "text/plain", "size_bytes": 4, "created_at": NOW}
            return {"id": "file-0", "type": "file", **facts}
        case ["files", _, "content"]:
            return httpx2.Response(200, content=RESULTS, headers={"content-type": "application/octet-stream"})
        case ["messages", "batches"] | ["models"] as kind:
            found, more = _page(_start(query.get("after_id")), _model if kind == ["models"] else _message_batch)
            return {"data": found, "has_more": more, "first_id": found[0]["id"], "last_id": found[-1]["id"]}
        case ["messages", "batches", _]:
            return _message_batch(1, "in_progress" if count < 2 else "ended")
        case ["messages", "batches", _, "results"]:
            text = {"type": "text", "text": "Hi", "citations": None}
            result = {"type": "succeeded", "message": _message([text], "end_turn")}
            return lines(*({"custom_id": str(number), "result": result} for number in range(3)))
    return httpx2.Response(404)


def _cohere_events() -> list[Json]:
    call = {"id": "t", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    part = {"message": {"tool_calls": {"function": {"arguments": "{}"}}}}
    return [
        {"type": "message-start", "id": "m", "delta": {"message": {"role": "assistant"}}},
        {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "So"}}},
        {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": call}}},
        {"type": "tool-call-delta", "index": 0, "delta": part},
        {"type": "tool-call-end", "index": 0},
        {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Hi"}}}},
        {"type": "content-end", "index": 0},
        {"type": "message-end", "id": "m", "delta": {"finish_reason": "COMPLETE"}},
    ]


def _dataset(number: int) -> Json:
    dates = {"created_at": NOW, "updated_at": NOW}
    state = {"dataset_type": "embed-input", "validation_status": "validated"}
    return {"id": f"dataset-{number}", "name": "d", **dates, **state}


def _cohere_batch(number: int) -> Json:
    return {"id": f"batch-{number}", "name": "b", "input_dataset_id": "d", "model": "m"}


def cohere(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Answer as the third API."""
    match path.removeprefix("/").split("/"):
        case ["v2", "chat"]:
            return events(*_cohere_events(), named=True, done=True)
        case ["v1", "chat"]:
            start = {"event_type": "stream-start", "is_finished": False, "generation_id": ID}
            text = {"event_type": "text-generation", "is_finished": False, "text": "Hi"}
            whole = {"text": "Hi", "generation_id": ID, "finish_reason": "COMPLETE"}
            end = {
                "event_type": "stream-end",
                "is_finished": True,
                "finish_reason": "COMPLETE",
                "response": whole,
            }
            return lines(start, text, end, kind="application/stream+json")
        case ["v2", "embed"]:
            return {"id": "e", "response_type": "embeddings_by_type", "embeddings": {"float": [[0.5, -1]]}}
        case ["v1", "datasets"] if FORM in body:
            return {"id": "dataset-0"}
        case ["v2", "batches"] if body:
            return {"batch": _cohere_batch(0)}
        case ["v1", "datasets"]:
            found, _ = _page(int(query.get("offset", 0)), _dataset)
            return {"datasets": found}
        case ["v2", "batches"]:
            found, more = _page(int(query.get("page_token", 0)), _cohere_batch)
            return {"batches": found, **({"next_page_token": str(int(query.get("page_token", 0)) + 2)} if more else {})}
        case ["v1", "embed-jobs", _]:
            facts = {"created_at": NOW, "input_dataset_id": "d", "model": "m", "truncate": "END"}
            return {"job_id": "j", "status": "processing" if count < 2 else "complete", **facts}
    return httpx2.Response(404)


def _mistral_file(number: int) -> Json:
    facts = {"bytes": 4, "created_at": 1, "filename": "a.jsonl", "purpose": "batch", "sample_type": "batch_request"}
    return {"id": f"00000000-0000-0000-0000-00000000000{number}", "object": "file", "source": "upload", **facts}


def _mistral_job(status: str) -> Json:
    counts = dict.fromkeys((f"{each}_requests" for each in ("total", "completed", "succeeded", "failed")), 1)
    facts = {"input_files": [], "endpoint": "/v1/chat/completions", "errors": [], "created_at": 1}
    return {"id": "j", "object": "batch", "status": status, **facts, **counts}


def mistral(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Answer as the fourth API."""
    match path.removeprefix("/v1/").split("/"):
        case ["chat" | "agents", "completions"]:
            return events(*_chunks(), done=True)
        case ["conversations"]:
            usage = {"usage": _USAGE}
            return events(
                {"type": "conversation.response.started", "conversation_id": "c", "created_at": NOW},
                {"type": "message.output.delta", "id": "m", "content": "Hi", "created_at": NOW},
                {"type": "conversation.response.done", **usage, "created_at": NOW},
                named=True,
            )
        case ["embeddings"]:
            item = {"object": "embedding", "index": 0, "embedding": [0.5, -1]}
            return {"id": "e", "object": "list", "model": "m", "data": [item], "usage": _USAGE}
        case ["files", _, "content"]:
            return httpx2.Response(200, content=RESULTS, headers={"content-type": "application/octet-stream"})
        case ["batch", "jobs"] if body:
            return _mistral_job("QUEUED")
        case ["files"] if FORM in body:
            return _mistral_file(0)
        case ["files"]:
            found, _ = _page(2 * int(query.get("page", 0)), _mistral_file)
            return {"data": found, "object": "list", "total": SIZES}
        case ["batch", "jobs"]:
            found, _ = _page(
                2 * int(query.get("page", 0)), lambda number: {**_mistral_job("SUCCESS"), "id": str(number)}
            )
            return {"data": found, "object": "list", "total": SIZES}
        case ["batch", "jobs", _]:
            return _mistral_job(["QUEUED", "RUNNING", "SUCCESS"][min(count, 2)])
    return httpx2.Response(404)
