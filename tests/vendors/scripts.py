"""Scripts of four servers: what the APIs answer to streams, lists, jobs, uploads and downloads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import httpx2

Json = dict[str, Any]
ServerResponse: TypeAlias = Any
"""JSON of a response, or a whole response."""
Script: TypeAlias = Callable[[str, Mapping[str, str], Json, int], ServerResponse]
"""Answer to a path, a query, a body, and the number of earlier requests of this path."""

ITEMS = [{"id": f"item-{number}", "text": str(number)} for number in range(5)]
"""The whole of each list; a page has two."""


FORM = "a form"
"""The only field of the body of a request that sends a form."""


class Server:
    """A server that follows a script and records requests."""

    def __init__(self, script: Script) -> None:
        self.bodies: list[Json] = []
        self.contents: list[bytes] = []
        self._script = script
        self._counts: Counter[str] = Counter()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request."""
        content = request.read()
        is_json = request.headers.get("content-type", "").startswith("application/json")
        body: Json = json.loads(content) if is_json and content else {}
        if request.headers.get("content-type", "").startswith("multipart/"):
            body = {FORM: True}
        path = request.url.path
        self.bodies.append(body)
        self.contents.append(content)
        found = self._script(path, dict(request.url.params), body, self._counts[path])
        self._counts[path] += 1
        return found if isinstance(found, httpx2.Response) else httpx2.Response(200, json=found)


def events(*parts: Json, named: bool = False, done: bool = False) -> httpx2.Response:
    """Return a stream of events, with their `type` as names or without names."""
    text = "".join((f"event: {part['type']}\n" if named else "") + f"data: {json.dumps(part)}\n\n" for part in parts)
    text += "data: [DONE]\n\n" if done else ""
    return httpx2.Response(200, content=text.encode(), headers={"content-type": "text/event-stream"})


def lines(*parts: Json, kind: str = "application/x-jsonl") -> httpx2.Response:
    """Return JSON Lines."""
    return httpx2.Response(
        200, content="".join(f"{json.dumps(part)}\n" for part in parts).encode(), headers={"content-type": kind}
    )


def after(last: str | None) -> tuple[Sequence[Json], bool]:
    """Return the two items after an id, and whether more follow."""
    start = 0 if last is None else 1 + next(index for index, item in enumerate(ITEMS) if item["id"] == last)
    return ITEMS[start : start + 2], start + 2 < len(ITEMS)


def by_id(last: str | None) -> Json:
    """Return a page after an id, with its first and last id."""
    found, more = after(last)
    return {"data": [*found], "has_more": more, "first_id": found[0]["id"], "last_id": found[-1]["id"]}


def by_cursor(cursor: str | None, items: str, following: str, **more: Any) -> Json:
    """Return a page after an opaque cursor."""
    start = int((cursor or "mark-0").removeprefix("mark-"))
    ends = start + 2 >= len(ITEMS)
    return {items: ITEMS[start : start + 2], following: None if ends else f"mark-{start + 2}", **more}


def by_number(page: int, first: int) -> Sequence[Json]:
    """Return a page by its number."""
    start = (page - first) * 2
    return ITEMS[start : start + 2]


def chunks(words: Iterable[str]) -> list[Json]:
    """Return pieces of a chat completion, the last of them with the use of tokens and no choice."""
    found: list[Json] = [
        {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": word}}]}
        for word in words
    ]
    usage = {"prompt_tokens": 1, "completion_tokens": 2}
    return [*found, {"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": usage}]


def completion(text: str) -> Json:
    """Return a whole chat completion."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"id": "c", "object": "chat.completion", "choices": [choice]}


def openai(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Follow the script of the first API."""
    streams = body.get("stream") is True or query.get("stream") == "true"
    response = {"id": "r", "status": "completed"}
    parts = (
        {"type": "response.created", "response": {"id": "r", "status": "in_progress"}},
        {"type": "response.output_text.delta", "delta": "Hi"},
        {"type": "response.completed", "response": response},
    )
    match path.removeprefix("/v1").removeprefix("/").split("/"):
        case ["chat", "completions"]:
            return events(*chunks(["Hel", "lo"]), done=True) if streams else completion("Hello")
        case ["completions"]:
            piece = {"id": "c", "choices": [{"text": "Hi"}]}
            return events(piece, piece, done=True) if streams else piece
        case ["responses"] | ["responses", _]:
            return events(*parts, named=True) if streams else response
        case ["responses", _, "input_items"]:
            return {
                **by_id(query.get("after")),
                "data": [{"text": each["text"]} for each in after(query.get("after"))[0]],
            }
        case ["embeddings"]:
            return {"data": [{"embedding": [0.5, -1]}]}
        case ["files"]:
            return (
                by_id(query.get("after")) if not body and "limit" in query or count or "after" in query else {"id": "f"}
            )
        case ["files", _, "content"]:
            return httpx2.Response(200, content=b"\x00data", headers={"content-type": "application/octet-stream"})
        case ["batches", _]:
            return {"id": "b", "status": ["validating", "in_progress", "finalizing", "completed"][min(count, 3)]}
        case ["organization", "costs"]:
            found = by_cursor(query.get("page"), "data", "next_page")
            costs = [{"amount": int(each["text"])} for each in found["data"]]
            return {**found, "data": costs, "has_more": found["next_page"] is not None}
    return httpx2.Response(404)


def anthropic(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Follow the script of the second API: a message that thinks, calls a tool and speaks."""
    message: Json = {"id": "m", "type": "message", "content": [], "stop_reason": None}
    blocks = (
        ({"type": "thinking", "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": "So"}),
        (
            {"type": "tool_use", "id": "t", "name": "look", "input": {}},
            {"type": "input_json_delta", "partial_json": "{}"},
        ),
        ({"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi"}),
    )
    parts: list[Json] = [{"type": "message_start", "message": message}, {"type": "ping"}]
    for index, (block, delta) in enumerate(blocks):
        parts += [
            {"type": "content_block_start", "index": index, "content_block": block},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    parts += [{"type": "message_delta", "delta": {"stop_reason": "tool_use"}}, {"type": "message_stop"}]
    match path.removeprefix("/v1/").split("/"):
        case ["messages"]:
            return (
                events(*parts, named=True)
                if body.get("stream")
                else {**message, "content": [{"type": "text", "text": "Hi"}]}
            )
        case ["messages", "batches"]:
            found = by_id(query.get("after_id"))
            return {**found, "data": [{**each, "processing_status": "ended"} for each in found["data"]]}
        case ["messages", "batches", _]:
            return {"id": "b", "processing_status": "in_progress" if count < 2 else "ended"}
        case ["messages", "batches", _, "results"]:
            return lines(*({"custom_id": str(number), "result": {"type": "succeeded"}} for number in range(3)))
        case ["skills"]:
            found = by_cursor(query.get("page"), "data", "next_page")
            return {**found, "has_more": found["next_page"] is not None}
    return httpx2.Response(404)


def cohere(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Follow the script of the third API."""
    parts = ({"type": "content-delta", "text": "Hi"}, {"type": "message-end", "finish_reason": "COMPLETE"})
    match path.removeprefix("/").split("/"):
        case ["v2", "chat"]:
            return events(*parts, named=True, done=True) if body["stream"] else {"id": "c", "text": "Hi"}
        case ["v1", "chat"]:
            return lines(*parts, kind="application/stream+json") if body.get("stream") else {"id": "c", "text": "Hi"}
        case ["v1", "datasets"]:
            start = int(query.get("offset", 0))
            return {"datasets": ITEMS[start : start + 2]}
        case ["v2", "batches"]:
            found = by_cursor(query.get("page_token"), "batches", "next_page_token")
            return {key: each for key, each in found.items() if each is not None}
        case ["v1", "embed-jobs", _]:
            return {"job_id": "j", "status": "processing" if count < 2 else "complete"}
    return httpx2.Response(404)


def mistral(path: str, query: Mapping[str, str], body: Json, count: int) -> ServerResponse:
    """Follow the script of the fourth API."""
    match path.removeprefix("/v1/").split("/"):
        case ["chat" | "agents", "completions"]:
            return events(*chunks(["Hel", "lo"]), done=True) if body.get("stream") else completion("Hello")
        case ["conversations"] if body["stream"] is True:
            return events(
                {"type": "message.output.delta", "content": "Hi"}, {"type": "conversation.response.done"}, named=True
            )
        case ["files"]:
            return {"data": by_number(int(query.get("page", 0)), 0), "total": len(ITEMS)}
        case ["agents"]:
            return [*by_number(int(query.get("page", 0)), 0)]
        case ["judges"]:
            return {"judges": {"results": by_number(int(query.get("page", 1)), 1), "count": 2}}
        case ["batch", "jobs", _]:
            return {"id": "b", "status": ["QUEUED", "RUNNING", "SUCCESS"][min(count, 2)]}
    return httpx2.Response(404)
