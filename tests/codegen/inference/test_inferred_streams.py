"""Streams that a document leaves out: which field selects them, how they end, and what their events are."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from specwire.errors import StreamEventError
from specwire_codegen.documents.document import Document
from specwire_codegen.generate import build
from specwire_codegen.normalize import Inference, Normalized, normalize
from specwire_codegen.project import single

PIECE = {"$ref": "#/components/schemas/Piece"}
PIECES = {
    "Piece": {"type": "object", "properties": {"a": {"type": "string"}}},
    "Reply": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
    "ReplyStreamEvent": {"type": "object", "required": ["delta"], "properties": {"delta": {"type": "string"}}},
    "Run": {"type": "object", "required": ["state"], "properties": {"state": {"type": "string"}}},
    "AnyStreamEvent": {
        "oneOf": [
            {
                "type": "object",
                "required": ["event", "data"],
                "properties": {"event": {"const": "run.begun"}, "data": {"$ref": "#/components/schemas/Run"}},
            }
        ]
    },
}
FLAG = {"type": "boolean"}
TEXT = {"type": "string"}


def post(
    fields: dict[str, Any], response: dict[str, Any], *, kind: str = "application/json", required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return an operation that sends these fields."""
    schema = {"type": "object", "required": ["text", *required], "properties": {"text": TEXT, **fields}}
    return {
        "requestBody": {"required": True, "content": {kind: {"schema": schema}}},
        "responses": {"200": {"description": "ok", "content": {key: {"schema": one} for key, one in response.items()}}},
    }


BOTH = {"application/json": PIECE, "text/event-stream": PIECE}
OPERATIONS: dict[str, dict[str, Any]] = {
    "say": post({"stream": {**FLAG, "default": False, "description": "The last line of data is [DONE]."}}, BOTH),
    "eager": post({"stream": {**FLAG, "default": True}}, BOTH),
    "decided": post({"stream": FLAG}, BOTH, required=("stream",)),
    "camel": post({"streamResponse": FLAG}, BOTH),
    "alone": post({"stream": FLAG}, {"application/json": PIECE}),
    "reply": post({"stream": FLAG}, {"application/json": {"$ref": "#/components/schemas/Reply"}}),
    "run": post({"stream": {"type": ["boolean", "null"]}}, {"application/json": {"$ref": "#/components/schemas/Run"}}),
    "speak": post(
        {"stream_format": {**TEXT, "enum": ["audio", "sse"], "default": "audio"}},
        {"application/octet-stream": {**TEXT, "format": "binary"}, "text/event-stream": PIECE},
    ),
    "fixed": post({"stream": {**FLAG, "enum": [True], "default": True}}, {"text/event-stream": PIECE}),
    "upload": post({"stream": FLAG}, BOTH, kind="multipart/form-data"),
}


def document(operations: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a document of POST operations, and one GET with a query parameter."""
    paths: dict[str, Any] = {
        f"/v1/{name}": {"post": {"operationId": name, "tags": ["talk"], **one}} for name, one in operations.items()
    }
    asked = {"name": "stream", "in": "query", "description": "Stream the reply as server-sent events.", "schema": FLAG}
    found = {"200": {"description": "ok", "content": {"application/json": {"schema": PIECE}}}}
    paths["/v1/again"] = {"get": {"operationId": "again", "tags": ["talk"], "parameters": [asked], "responses": found}}
    info = {"title": "T", "version": "1"}
    servers = [{"url": "https://api.test"}]
    return {"openapi": "3.1.0", "info": info, "servers": servers, "paths": paths, "components": {"schemas": PIECES}}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The client of all operations."""
    folder = tmp_path_factory.mktemp("inferred")
    (folder / "t.json").write_text(json.dumps(document(OPERATIONS)), "utf-8")
    for name, text in build(single(str(folder / "t.json"), "inferred_talk", folder)).files.items():
        path = folder / "inferred_talk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("inferred_talk")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "inferred_talk"]:
        del sys.modules[name]


class Server:
    """A server that sends one answer and notes what it was asked."""

    def __init__(self, package: Any, response: bytes, kind: str = "text/event-stream") -> None:
        self.asked: list[httpx2.Request] = []
        self._response = httpx2.Response(200, content=response, headers={"content-type": kind})
        transport = httpx2.MockTransport(self._take)
        self.client = package.InferredTalk(http_client=httpx2.Client(transport=transport))
        self.async_client = package.AsyncInferredTalk(http_client=httpx2.AsyncClient(transport=transport))

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.asked.append(request)
        return self._response

    def sent(self) -> Any:
        """Return the JSON of the request."""
        return json.loads(self.asked[0].content)


EVENTS = b'data: {"a":"x"}\n\ndata: {"a":"y"}\n\ndata: [DONE]\n\n'

SENT: dict[str, tuple[str, Any]] = {
    "say": ("stream", True),
    "eager": ("stream", True),
    "decided": ("stream", True),
    "camel": ("streamResponse", True),
    "alone": ("stream", True),
    "speak": ("stream_format", "sse"),
}


@pytest.mark.parametrize("name", SENT)
def test_the_stream_method_sends_the_switch(package: Any, name: str) -> None:
    """The caller gives only the text; `[DONE]` ends the stream, stated or not."""
    server = Server(package, EVENTS)
    with getattr(server.client.talk, f"{name}_stream")(text="hi") as events:
        assert ["x", "y"] == [event.a for event in events]
    field, value = SENT[name]
    assert {"text": "hi", field: value} == server.sent()


def test_a_stream_with_one_value_of_the_switch_sends_it(package: Any) -> None:
    """A field with one value is not an argument."""
    server = Server(package, EVENTS)
    assert ["x", "y"] == [event.a for event in server.client.talk.fixed(text="hi")]
    assert {"text": "hi", "stream": True} == server.sent()


@pytest.mark.parametrize(
    ("name", "rest"),
    [("say", {}), ("camel", {}), ("alone", {}), ("eager", {"stream": False}), ("decided", {"stream": False})],
)
def test_the_other_method_sends_what_keeps_the_response_whole(package: Any, name: str, rest: dict[str, Any]) -> None:
    """Nothing if the server sends no stream by itself, otherwise the opposite."""
    server = Server(package, b'{"a":"x"}', "application/json")
    assert "x" == getattr(server.client.talk, name)(text="hi").a
    assert {"text": "hi", **rest} == server.sent()


@pytest.mark.parametrize("value", [False, None])
def test_a_flag_that_is_off_asks_for_the_whole_response(package: Any, value: Any) -> None:
    """`stream=False` is what other clients take too."""
    server = Server(package, b'{"a":"x"}', "application/json")
    assert "x" == server.client.talk.say(text="hi", stream=value).a
    assert {"text": "hi"} == server.sent()


def test_the_argument_selects_the_stream(package: Any) -> None:
    """`say(stream=True)` is `say_stream()`, with changed options too."""
    server = Server(package, EVENTS)
    with server.client.talk.say.with_options(headers={"x-a": "b"})(text="hi", stream=True) as events:
        assert ["x", "y"] == [event.a for event in events]
    assert {"text": "hi", "stream": True} == server.sent()
    assert "b" == server.asked[0].headers["x-a"]


def test_the_argument_selects_an_awaited_stream(package: Any) -> None:
    """`await say(stream=True)` opens the stream; `async with say(stream=True)` does too."""

    async def read() -> None:
        server = Server(package, EVENTS)
        events = await server.async_client.talk.say(text="hi", stream=True)
        assert ["x", "y"] == [event.a async for event in events]
        async with server.async_client.talk.say(text="hi", stream=True) as again:
            assert ["x", "y"] == [event.a async for event in again]

    asyncio.run(read())


def test_a_download_or_its_events(package: Any) -> None:
    """An enumeration remains an argument of the method for the other response."""
    server = Server(package, EVENTS)
    assert ["x", "y"] == [event.a for event in server.client.talk.speak(text="hi", stream_format="sse")]
    assert {"text": "hi", "stream_format": "sse"} == server.sent()
    server = Server(package, b"sound", "audio/mpeg")
    assert b"sound" == server.client.talk.speak(text="hi", stream_format="audio").read()
    assert {"text": "hi", "stream_format": "audio"} == server.sent()


def test_a_form_sends_the_switch_as_a_part(package: Any) -> None:
    """The switch of a form is a part of it."""
    server = Server(package, EVENTS)
    assert ["x", "y"] == [event.a for event in server.client.talk.upload_stream(text="hi")]
    assert b'name="stream"\r\n\r\ntrue' in server.asked[0].content


def test_a_query_parameter_selects_a_stream(package: Any) -> None:
    """Only if its description mentions it: a flag in a query can have many meanings."""
    server = Server(package, EVENTS)
    assert ["x", "y"] == [event.a for event in server.client.talk.again(stream=True)]
    assert b"stream=true" == server.asked[0].url.query
    server = Server(package, b'{"a":"x"}', "application/json")
    assert ("x", b"") == (server.client.talk.again().a, server.asked[0].url.query)


def test_events_have_their_own_schema(package: Any) -> None:
    """By the name of the response, or by an envelope with it inside; no operation refers to these schemas."""
    server = Server(package, b'event: delta\ndata: {"delta":"x"}\n\n')
    assert [package.models.ReplyStreamEvent(delta="x")] == list(server.client.talk.reply(text="hi", stream=True))
    server = Server(package, b'event: run.begun\ndata: {"state":"going"}\n\ndata: [DONE]\n\n')
    assert [package.models.Run(state="going")] == list(server.client.talk.run(text="hi", stream=True))


@pytest.mark.parametrize(
    "error",
    [
        b'event: error\ndata: {"message":"too busy"}\n\n',
        b'data: {"error":{"message":"too busy"}}\n\n',
        b'data: {"type":"error","error":{"message":"too busy"}}\n\n',
        b'data: {"error":"too busy"}\n\n',
    ],
)
def test_an_error_event_raises(package: Any, error: bytes) -> None:
    """Events before it are handed out; an event with nothing but an error is one, declared or not."""
    server = Server(package, b'data: {"a":"x"}\n\n' + error)
    stream = server.client.talk.camel_stream(text="hi")
    assert "x" == next(iter(stream)).a
    with pytest.raises(StreamEventError, match="too busy"):
        next(stream)


def test_an_error_beside_other_content_is_no_error_event(package: Any) -> None:
    """A field named `error` of an ordinary event."""
    server = Server(package, b'data: {"a":"x","error":{"message":"partly"}}\n\n')
    assert ["x"] == [event.a for event in server.client.talk.camel_stream(text="hi")]


def normalized(data: dict[str, Any], inference: Inference | None = None) -> Normalized:
    """Return the normalized form of a document."""
    return normalize(Document(data, "t.json"), inference=inference)


def streams(found: Normalized) -> dict[str, bool]:
    """Return the operations with an inferred stream, and whether it was applied."""
    return {guess.operation: guess.applied for guess in found.guesses if guess.kind == "streams"}


def test_a_normalized_document_states_what_was_inferred() -> None:
    """With the reason; normalizing it again changes nothing and infers nothing."""
    once = normalized(document(OPERATIONS))
    assert {*OPERATIONS, "again"} == {*streams(once)}
    operation = once.data["paths"]["/v1/say"]["post"]
    media = operation["responses"]["200"]["content"]["text/event-stream"]
    assert {"switch": {"field": "stream", "value": True}, "terminator": "[DONE]"} == media["x-specwire-stream"]
    reason = "the field 'stream', which selects text/event-stream in place of application/json"
    assert {"streams": reason} == operation["x-specwire-inferred"]
    again = normalized(once.data)
    assert once.data == again.data and not streams(again)


NOTHING: dict[str, dict[str, Any]] = {
    "a property of what is made": post(
        {"stream": FLAG}, {"application/json": {"type": "object", "properties": {"stream": FLAG, "id": TEXT}}}
    ),
    "described otherwise": post(
        {"stream": {**FLAG, "description": "Whether the river is one."}}, {"application/json": PIECE}
    ),
    "no flag": post({"stream": TEXT}, {"application/json": PIECE}),
    "options of a stream": post({"stream_options": {"type": "object"}}, {"application/json": PIECE}),
    "an enumeration of JSON alone": post({"format": {**TEXT, "enum": ["json", "sse"]}}, {"application/json": PIECE}),
    "off": {**post({"stream": FLAG}, BOTH), "x-specwire-stream": False},
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_may_mean_something_else_is_left_alone(name: str) -> None:
    """A wrong guess is worse than none."""
    found = normalized(document({"say": NOTHING[name]}))
    assert "say" not in streams(found)
    assert "x-specwire-inferred" not in found.data["paths"]["/v1/say"]["post"]
    assert found.data == normalized(found.data).data


@pytest.mark.parametrize(
    ("inference", "applied"),
    [
        (Inference(off=frozenset({"streams"})), {"say": False, "again": False}),
        (Inference(chosen={"streams": {"say": False}}), {"say": False, "again": True}),
        (Inference(off=frozenset({"streams"}), chosen={"streams": {"say": True}}), {"say": True, "again": False}),
    ],
)
def test_inference_is_switched_off_by_kind_and_by_operation(inference: Inference, applied: dict[str, bool]) -> None:
    """The operation's own switch wins."""
    found = normalized(document({"say": OPERATIONS["say"]}), inference)
    assert applied == streams(found)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"x-specwire-stream": True}, {"text/event-stream"}),
        ({"x-specwire-stream": {"media_type": "application/x-ndjson"}}, {"application/x-ndjson"}),
        (
            {"x-specwire-stream": {"switch": {"field": "live", "value": True, "in": "query"}}},
            {"application/json", "text/event-stream"},
        ),
    ],
)
def test_one_line_on_an_operation_declares_its_stream(change: dict[str, Any], kinds: set[str]) -> None:
    """For documents that declare JSON where the server sends events."""
    found = {"200": {"description": "ok", "content": {"application/json": {"schema": PIECE}}}}
    data = document({})
    data["paths"]["/v1/events/stream"] = {"get": {"operationId": "watch", "responses": found, **change}}
    operation = normalized(data).data["paths"]["/v1/events/stream"]["get"]
    assert kinds == {*operation["responses"]["200"]["content"]}
    assert "x-specwire-stream" not in operation


@pytest.mark.parametrize(
    ("path", "summary", "proposed"),
    [
        ("/v1/jobs/{id}/stream", "Watch a job", True),
        ("/v1/jobs/{id}/events", "Stream the events of a job", True),
        ("/v1/jobs/{id}/events", "List the events of a job", False),
        ("/v1/streams/{id}", "Get a stream", False),
    ],
)
def test_a_get_that_seems_to_stream_is_proposed(path: str, summary: str, proposed: bool) -> None:
    """Path and summary allow no certain guess, so none is applied."""
    found = {"200": {"description": "ok", "content": {"application/json": {"schema": PIECE}}}}
    data = document({})
    parameter = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    data["paths"][path] = {
        "get": {"operationId": "watch", "summary": summary, "parameters": [parameter], "responses": found}
    }
    assert ({"watch": False} if proposed else {}) == {
        key: each for key, each in streams(normalized(data)).items() if key == "watch"
    }


def test_a_flag_of_a_get_that_declares_json_proposes_a_stream() -> None:
    """What it sends may be lines of JSON, or raw bytes; declared events are certain."""
    flag = {"name": "stream", "in": "query", "schema": {**FLAG, "description": "Stream the output as it comes."}}
    found: dict[str, bool] = {}
    for name, content in (("watch", {"application/json": {"schema": PIECE}}), ("follow", BOTH)):
        data = document({})
        response = {"200": {"description": "ok", "content": content}}
        data["paths"][f"/v1/{name}"] = {"get": {"operationId": name, "parameters": [flag], "responses": response}}
        found |= {key: each for key, each in streams(normalized(data)).items() if key == name}
    assert found == {"watch": False, "follow": True}


@pytest.mark.parametrize(
    ("name", "schema", "found"),
    [
        ("incremental", {"type": "boolean", "description": "If true, the reply is sent as server-sent events."}, True),
        ("live", {"type": "boolean", "description": "Return an event stream."}, True),
        ("whole", {"type": "boolean", "description": "Do not reply with server-sent events."}, False),
        ("plain", {"type": "boolean", "description": "Reply with JSON instead of with server-sent events."}, False),
        ("response_mode", {"type": "string", "enum": ["blocking", "streaming"]}, True),
        ("delivery", {"type": "string", "enum": ["sse", "json"]}, True),
        ("output_type", {"type": "string", "enum": ["whole", "stream"]}, True),
        ("mode", {"type": "string", "enum": ["batch", "stream"]}, False),
        ("source_type", {"type": "string", "enum": ["file", "stream"]}, False),
    ],
)
def test_a_switch_of_another_name_selects_an_undeclared_stream(name: str, schema: Any, found: bool) -> None:
    """If its description or its value says that the response is events."""
    data = document({})
    body = {"type": "object", "required": ["text"], "properties": {"text": TEXT, name: schema}}
    data["paths"]["/v1/ask"] = {
        "post": {
            "operationId": "ask",
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": PIECE}}}},
        }
    }
    assert found is streams(normalized(data)).get("ask", False)


SSE_PIECE = {**PIECE, "description": "A server-sent event of a job."}


@pytest.mark.parametrize(
    ("path", "texts", "schema", "certain"),
    [
        ("/v1/jobs/{id}/stream", {"summary": "Stream Job Events"}, {}, True),
        ("/v1/jobs/{id}/stream", {"description": "Streams the logs of a job."}, {"title": "Response"}, True),
        ("/v1/jobs/{id}/log-stream", {"summary": "Stream output"}, {}, True),
        ("/v1/jobs/{id}/stream", {"summary": "Watch a job"}, SSE_PIECE, True),
        ("/v1/jobs/{id}/events", {"summary": "Stream a job", "description": "As server-sent events."}, PIECE, True),
        ("/v1/jobs/{id}/stream", {"description": "Opens a text/event-stream."}, PIECE, True),
        ("/v1/jobs/{id}/stream", {"summary": "Stream Job Events"}, PIECE, False),
        ("/v1/videos/{id}/stream", {"summary": "Stream details"}, {}, False),
        ("/v1/videos/{id}/stream", {"summary": "Get the stream"}, {}, False),
        ("/v1/jobs/{id}/events", {"summary": "The events", "description": "Also as server-sent events."}, PIECE, None),
        ("/v1/jobs/{id}/stream", {"summary": "Stream keys"}, {"type": "array", "items": SSE_PIECE}, False),
        ("/v1/settings/{id}", {"description": "Settings of server-sent events."}, PIECE, None),
        ("/v1/buckets/{id}", {"description": "With SSE-KMS."}, PIECE, None),
    ],
)
def test_a_get_streams_if_two_signs_agree(path: str, texts: Any, schema: Any, certain: bool | None) -> None:
    """The path, the text and the schema; one of them is only proposed, or nothing."""
    found = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    data = document({})
    parameter = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    data["paths"][path] = {"get": {"operationId": "watch", **texts, "parameters": [parameter], "responses": found}}
    made = normalized(data)
    assert certain is streams(made).get("watch")
    content = made.data["paths"][path]["get"]["responses"]["200"]["content"]
    assert ("text/event-stream" in content) is bool(certain)


STATED: dict[str, tuple[Any, Callable[[dict[str, Any]], bool]]] = {
    "events": (
        {"format": "sse", "stream-condition": "$request.stream", "terminator": "<end>"},
        lambda content: "<end>" == content["text/event-stream"]["x-specwire-stream"]["terminator"],
    ),
    "lines": ({"stream-condition": "$request.stream"}, lambda content: "application/x-ndjson" in content),
    "only": ({"format": "sse"}, lambda content: ["text/event-stream"] == [*content]),
}


@pytest.mark.parametrize("name", STATED)
def test_what_is_stated_for_another_generator_is_read(name: str) -> None:
    """One vendor's extension names the field, the format and the end."""
    stated, holds = STATED[name]
    data = document({"say": {**post({"stream": FLAG}, {"application/json": PIECE}), "x-fern-streaming": stated}})
    assert holds(normalized(data).data["paths"]["/v1/say"]["post"]["responses"]["200"]["content"])


def test_a_union_of_a_response_and_its_events_is_taken_apart() -> None:
    """The method for the whole response has no events in its type."""
    data = document(
        {
            "say": post(
                {"stream": FLAG},
                {
                    "application/json": {
                        "oneOf": [
                            {"$ref": "#/components/schemas/NonStreamedReply"},
                            {"$ref": "#/components/schemas/StreamedReply"},
                        ]
                    }
                },
            )
        }
    )
    data["components"]["schemas"] = {
        **PIECES,
        "NonStreamedReply": {"type": "object", "properties": {"text": TEXT}},
        "StreamedReply": {"type": "object", "properties": {"delta": TEXT}},
    }
    content = normalized(data).data["paths"]["/v1/say"]["post"]["responses"]["200"]["content"]
    assert {"$ref": "#/components/schemas/NonStreamedReply"} == content["application/json"]["schema"]
    events = content["text/event-stream"]["itemSchema"]["properties"]["data"]["contentSchema"]
    assert {"$ref": "#/components/schemas/StreamedReply"} == events
