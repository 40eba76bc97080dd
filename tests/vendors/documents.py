"""Documents in the shapes that four vendors publish: what they state, and what they leave out."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}


def thing(required: str = "", **properties: Json) -> Json:
    """Return an object; `required` names properties."""
    return {"type": "object", "properties": properties, **({"required": required.split()} if required else {})}


def ref(name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Json) -> Json:
    """Return an array."""
    return {"type": "array", "items": schema}


def null(schema: Json) -> Json:
    """Return a type, or null."""
    return {"type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}


def one(value: str) -> Json:
    """Return a text with one value."""
    return {"type": "string", "const": value}


def enum(*values: str) -> Json:
    """Return a text with these values."""
    return {"type": "string", "enum": [*values]}


def union(tag: str, **variants: str) -> Json:
    """Return a union of components by the value of a property."""
    mapping = {value.replace("__", "."): f"#/components/schemas/{name}" for value, name in variants.items()}
    names = dict.fromkeys(variants.values())
    return {"oneOf": [ref(name) for name in names], "discriminator": {"propertyName": tag, "mapping": mapping}}


def response(**content: Json) -> Json:
    """Return responses with one success, by the short name of each media type."""
    kinds = {
        "json": "application/json",
        "sse": "text/event-stream",
        "lines": "application/x-jsonl",
        "data": "application/octet-stream",
    }
    media = {kinds[key]: {"schema": schema} for key, schema in content.items()}
    return {"200": {"description": "OK", "content": media}}


def asked(schema: Json, kind: str = "application/json") -> Json:
    """Return a required body."""
    return {"required": True, "content": {kind: {"schema": schema}}}


def query(**schemas: Json) -> list[Json]:
    """Return query parameters."""
    return [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()]


def place(*names: str) -> list[Json]:
    """Return path parameters."""
    return [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]


def document(title: str, paths: Json, schemas: Json) -> Json:
    """Return a document."""
    info = {"title": title, "version": "1"}
    servers = [{"url": "https://api.vendor.test"}]
    return {"openapi": "3.1.0", "info": info, "servers": servers, "paths": paths, "components": {"schemas": schemas}}


_MESSAGES = many(thing("role content", role=TEXT, content={}))
_USAGE = thing(prompt_tokens=WHOLE, completion_tokens=WHOLE)
_STREAM = {
    **null(FLAG),
    "default": False,
    "description": "If true, partial message deltas are sent as server-sent events.",
}
_BATCH_WORDS = ("validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled")


def _completion(delta: str) -> Json:
    message = thing("role", role=one("assistant"), content=null(TEXT))
    changed = {"delta": thing(role=TEXT, content=null(TEXT))} if delta else {"message": message}
    choice = thing(f"index {delta or 'message'}", index=WHOLE, finish_reason=null(TEXT), **changed)
    return thing("id choices", id=TEXT, object=TEXT, choices=many(choice), usage=null(_USAGE))


OPENAI = document(
    "First API",
    {
        "/chat/completions": {
            "post": {
                "operationId": "createChatCompletion",
                "requestBody": asked(thing("model messages", model=TEXT, messages=_MESSAGES, stream=_STREAM)),
                "responses": response(json=ref("ChatCompletion"), sse=ref("ChatCompletionChunk")),
            }
        },
        "/completions": {
            "post": {
                "operationId": "createCompletion",
                "requestBody": asked(thing("model prompt", model=TEXT, prompt=TEXT, stream=null(FLAG))),
                "responses": response(json=thing("id choices", id=TEXT, choices=many(thing("text", text=TEXT)))),
            }
        },
        "/responses": {
            "post": {
                "operationId": "createResponse",
                "requestBody": asked(thing("model input", model=TEXT, input=TEXT, stream=_STREAM)),
                "responses": response(json=ref("Response"), sse=ref("ResponseStreamEvent")),
            }
        },
        "/responses/{response_id}": {
            "get": {
                "operationId": "getResponse",
                "parameters": [
                    *place("response_id"),
                    {**query(stream=FLAG)[0], "description": "Stream the response as server-sent events."},
                ],
                "responses": response(json=ref("Response")),
            }
        },
        "/responses/{response_id}/input_items": {
            "get": {
                "operationId": "listInputItems",
                "parameters": [*place("response_id"), *query(limit=WHOLE, after=TEXT)],
                "responses": response(
                    json=thing(
                        "data has_more",
                        data=many({"anyOf": [thing(text=TEXT), thing(image=TEXT)]}),
                        first_id=TEXT,
                        last_id=TEXT,
                        has_more=FLAG,
                    )
                ),
            }
        },
        "/embeddings": {
            "post": {
                "operationId": "createEmbedding",
                "requestBody": asked(thing("model input", model=TEXT, input=TEXT)),
                "responses": response(
                    json=thing("data", data=many(thing("embedding", embedding=many({"type": "number"}))))
                ),
            }
        },
        "/files": {
            "get": {
                "operationId": "listFiles",
                "parameters": [*query(limit=WHOLE, after=TEXT)],
                "responses": response(
                    json=thing("data has_more", data=many(ref("File")), has_more=FLAG, first_id=TEXT, last_id=TEXT)
                ),
            },
            "post": {
                "operationId": "createFile",
                "requestBody": asked(
                    thing("file purpose", file={**TEXT, "format": "binary"}, purpose=enum("batch", "vision")),
                    "multipart/form-data",
                ),
                "responses": response(json=ref("File")),
            },
        },
        "/files/{file_id}/content": {
            "get": {
                "operationId": "downloadFile",
                "parameters": place("file_id"),
                "responses": response(data={**TEXT, "format": "binary"}),
            }
        },
        "/batches/{batch_id}": {
            "get": {
                "operationId": "retrieveBatch",
                "parameters": place("batch_id"),
                "responses": response(json=ref("Batch")),
            }
        },
        "/organization/costs": {
            "get": {
                "operationId": "getCosts",
                "parameters": query(page=TEXT, limit=WHOLE),
                "responses": response(
                    json=thing(
                        "data has_more next_page", data=many(thing(amount=WHOLE)), has_more=FLAG, next_page=null(TEXT)
                    )
                ),
            }
        },
    },
    {
        "ChatCompletion": _completion(""),
        "ChatCompletionChunk": _completion("delta"),
        "File": thing("id", id=TEXT, filename=TEXT),
        "Batch": thing("id status", id=TEXT, status=enum(*_BATCH_WORDS)),
        "Response": thing(
            "id status", id=TEXT, status=enum("completed", "failed", "in_progress", "cancelled", "queued", "incomplete")
        ),
        "ResponseStreamEvent": union(
            "type",
            response__created="ResponseCreated",
            response__output_text__delta="TextDelta",
            response__completed="ResponseDone",
        ),
        "ResponseCreated": thing("type response", type=one("response.created"), response=ref("Response")),
        "TextDelta": thing("type delta", type=one("response.output_text.delta"), delta=TEXT),
        "ResponseDone": thing("type response", type=one("response.completed"), response=ref("Response")),
    },
)

ANTHROPIC = document(
    "Second API",
    {
        "/v1/messages": {
            "post": {
                "operationId": "messages_post",
                "requestBody": asked(
                    thing(
                        "model messages max_tokens",
                        model=TEXT,
                        messages=_MESSAGES,
                        max_tokens=WHOLE,
                        stream={
                            **FLAG,
                            "description": "Whether to incrementally stream the response using server-sent events.",
                        },
                    )
                ),
                "responses": response(json=ref("Message")),
            }
        },
        "/v1/messages/batches": {
            "get": {
                "operationId": "message_batches_list",
                "parameters": query(before_id=TEXT, after_id=TEXT, limit=WHOLE),
                "responses": response(
                    json=thing(
                        "data has_more first_id last_id",
                        data=many(ref("MessageBatch")),
                        has_more=FLAG,
                        first_id=null(TEXT),
                        last_id=null(TEXT),
                    )
                ),
            }
        },
        "/v1/messages/batches/{message_batch_id}": {
            "get": {
                "operationId": "message_batches_retrieve",
                "parameters": place("message_batch_id"),
                "responses": response(json=ref("MessageBatch")),
            }
        },
        "/v1/messages/batches/{message_batch_id}/results": {
            "get": {
                "operationId": "message_batches_results",
                "parameters": place("message_batch_id"),
                "responses": response(lines=ref("BatchResult")),
            }
        },
        "/v1/skills": {
            "get": {
                "operationId": "list_skills",
                "parameters": query(page=null(TEXT), limit=WHOLE),
                "responses": response(
                    json=thing(
                        "data has_more next_page", data=many(thing(id=TEXT)), has_more=FLAG, next_page=null(TEXT)
                    )
                ),
            }
        },
    },
    {
        "Message": thing(
            "id type content", id=TEXT, type=one("message"), content=many(ref("ContentBlock")), stop_reason=null(TEXT)
        ),
        "ContentBlock": union("type", text="TextBlock", thinking="ThinkingBlock", tool_use="ToolUseBlock"),
        "TextBlock": thing("type text", type=one("text"), text=TEXT),
        "ThinkingBlock": thing("type thinking", type=one("thinking"), thinking=TEXT, signature=TEXT),
        "ToolUseBlock": thing("type id name input", type=one("tool_use"), id=TEXT, name=TEXT, input={"type": "object"}),
        "MessageStreamEvent": union(
            "type",
            message_start="MessageStart",
            content_block_start="BlockStart",
            content_block_delta="BlockDelta",
            content_block_stop="BlockStop",
            message_delta="MessageDelta",
            message_stop="MessageStop",
            ping="Ping",
        ),
        "MessageStart": thing("type message", type=one("message_start"), message=ref("Message")),
        "BlockStart": thing(
            "type index content_block", type=one("content_block_start"), index=WHOLE, content_block=ref("ContentBlock")
        ),
        "BlockDelta": thing("type index delta", type=one("content_block_delta"), index=WHOLE, delta=ref("Delta")),
        "Delta": union("type", text_delta="TextPart", thinking_delta="ThinkingPart", input_json_delta="InputPart"),
        "TextPart": thing("type text", type=one("text_delta"), text=TEXT),
        "ThinkingPart": thing("type thinking", type=one("thinking_delta"), thinking=TEXT),
        "InputPart": thing("type partial_json", type=one("input_json_delta"), partial_json=TEXT),
        "BlockStop": thing("type index", type=one("content_block_stop"), index=WHOLE),
        "MessageDelta": thing("type delta", type=one("message_delta"), delta=thing(stop_reason=null(TEXT))),
        "MessageStop": thing("type", type=one("message_stop")),
        "Ping": thing("type", type=one("ping")),
        "MessageBatch": thing(
            "id processing_status", id=TEXT, processing_status=enum("in_progress", "canceling", "ended")
        ),
        "BatchResult": thing("custom_id result", custom_id=TEXT, result={"type": "object"}),
    },
)

COHERE = document(
    "Third API",
    {
        "/v2/chat": {
            "post": {
                "operationId": "chatv2",
                "x-fern-streaming": {"format": "sse", "terminator": "[DONE]", "stream-condition": "$request.stream"},
                "requestBody": asked(
                    thing(
                        "model messages stream",
                        model=TEXT,
                        messages=_MESSAGES,
                        stream={**FLAG, "description": "When true, the response will be a SSE stream of events."},
                    )
                ),
                "responses": response(json={"oneOf": [ref("ChatResponse"), ref("StreamedChatResponse")]}),
            }
        },
        "/v1/chat": {
            "post": {
                "operationId": "chat",
                "requestBody": asked(
                    thing(
                        "message",
                        message=TEXT,
                        stream={**FLAG, "description": "When true, the response will be a JSON stream of events."},
                    )
                ),
                "responses": response(json={"oneOf": [ref("ChatResponse"), ref("StreamedChatResponse")]}),
            }
        },
        "/v1/datasets": {
            "get": {
                "operationId": "list-datasets",
                "parameters": query(limit=WHOLE, offset=WHOLE),
                "responses": response(json=thing(datasets=many(thing("id", id=TEXT)))),
            }
        },
        "/v2/batches": {
            "get": {
                "operationId": "list-batches",
                "parameters": query(page_size=WHOLE, page_token=TEXT),
                "responses": response(json=thing(batches=many(thing("id", id=TEXT)), next_page_token=TEXT)),
            }
        },
        "/v1/embed-jobs/{id}": {
            "get": {
                "operationId": "get-embed-job",
                "parameters": place("id"),
                "responses": response(
                    json=thing(
                        "job_id status",
                        job_id=TEXT,
                        status=enum("processing", "complete", "cancelling", "cancelled", "failed"),
                    )
                ),
            }
        },
    },
    {
        "ChatResponse": thing("id", id=TEXT, text=TEXT),
        "StreamedChatResponse": union("type", **{"content-delta": "ContentDelta", "message-end": "MessageEnd"}),
        "ContentDelta": thing("type text", type=one("content-delta"), text=TEXT),
        "MessageEnd": thing("type", type=one("message-end"), finish_reason=TEXT),
    },
)

MISTRAL = document(
    "Fourth API",
    {
        "/v1/chat/completions": {
            "post": {
                "operationId": "chat_completion_v1_chat_completions_post",
                "requestBody": asked(
                    thing(
                        "model messages",
                        model=TEXT,
                        messages=_MESSAGES,
                        stream={
                            **FLAG,
                            "default": False,
                            "description": "Whether to stream back partial progress, until data: [DONE].",
                        },
                    )
                ),
                "responses": response(json=ref("ChatCompletionResponse"), sse=ref("CompletionEvent")),
            }
        },
        "/v1/agents/completions": {
            "post": {
                "operationId": "agents_completion_v1_agents_completions_post",
                "requestBody": asked(
                    thing("agent_id messages", agent_id=TEXT, messages=_MESSAGES, stream={**FLAG, "default": False})
                ),
                "responses": response(json=ref("ChatCompletionResponse")),
            }
        },
        "/v1/conversations#stream": {
            "post": {
                "operationId": "agents_api_conversations_start_stream",
                "requestBody": asked(thing("inputs", inputs=TEXT, stream={**FLAG, "enum": [True], "default": True})),
                "responses": response(sse=ref("ConversationEvents")),
            }
        },
        "/v1/files": {
            "get": {
                "operationId": "files_api_routes_list_files",
                "parameters": query(page={**WHOLE, "default": 0}, page_size={**WHOLE, "default": 100}),
                "responses": response(json=thing("data", data=many(thing("id", id=TEXT)), total=null(WHOLE))),
            }
        },
        "/v1/agents": {
            "get": {
                "operationId": "agents_api_agents_list",
                "parameters": query(page={**WHOLE, "minimum": 0, "default": 0}, page_size=WHOLE),
                "responses": response(json=many(thing("id", id=TEXT))),
            }
        },
        "/v1/judges": {
            "get": {
                "operationId": "get_judges",
                "parameters": query(page={**WHOLE, "minimum": 1, "default": 1}, page_size=WHOLE),
                "responses": response(
                    json=thing("judges", judges=thing("results", results=many(thing("id", id=TEXT)), count=WHOLE))
                ),
            }
        },
        "/v1/batch/jobs/{job_id}": {
            "get": {
                "operationId": "jobs_api_routes_batch_get_batch_job",
                "parameters": place("job_id"),
                "responses": response(
                    json=thing(
                        "id status",
                        id=TEXT,
                        status=enum(
                            "QUEUED",
                            "RUNNING",
                            "SUCCESS",
                            "FAILED",
                            "TIMEOUT_EXCEEDED",
                            "CANCELLATION_REQUESTED",
                            "CANCELLED",
                        ),
                    )
                ),
            }
        },
    },
    {
        "ChatCompletionResponse": _completion(""),
        "CompletionEvent": thing("data", data=ref("CompletionChunk")),
        "CompletionChunk": _completion("delta"),
        "ConversationEvents": thing(
            "event data",
            event=TEXT,
            data=union("type", message__output__delta="OutputDelta", conversation__response__done="Done"),
        ),
        "OutputDelta": thing("type content", type=one("message.output.delta"), content=TEXT),
        "Done": thing("type", type=one("conversation.response.done")),
    },
)
