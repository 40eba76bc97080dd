"""Types of responses: which type each status has, and when a call is sent."""

from __future__ import annotations

import asyncio
import gc
import itertools
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from specwire import AsyncDownload, Download
from specwire.errors import StreamEventError

from tests.support.command_line import exit_code
from tests.support.server import Server, head

HEAD = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\n'
SCHEMAS = """
components:
  schemas:
    Queued: {type: object, properties: {jobID: {type: string}, id: {type: string}}}
    Updated: {type: object, properties: {id: {type: string}, rev: {type: integer}}}
"""


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Return a function that generates and imports the client of a document."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names = (f"answers_{number}" for number in itertools.count())
    made: list[str] = []

    def generate(text: str) -> ModuleType:
        name = next(names)
        made.append(name)
        (tmp_path / "x.yaml").write_text(text, "utf-8")
        assert 0 == exit_code("generate", "x.yaml", "--package", name, "-o", "."), capsys.readouterr().err
        return __import__(name)

    yield generate
    for module in [each for each in sys.modules if each.partition(".")[0] in made]:
        del sys.modules[module]


def response(status: str, media_type: str | None, schema: str = "{}") -> str:
    """Return a response of a document."""
    content = "" if media_type is None else f", content: {{{media_type!r}: {{schema: {schema}}}}}"
    return f'"{status}": {{description: d{content}}}'


def operation(name: str, *responses: str, method: str = "get") -> str:
    """Return a path with one operation."""
    return f"  /{name}: {{{method}: {{operationId: {name}, responses: {{{', '.join(responses)}}}}}}}\n"


def play(module: ModuleType, body: bytes, content_type: str | None, status: int = 200) -> tuple[Any, list[str]]:
    """Return a client with one scripted response, and the list of the methods that it sends."""
    sent: list[str] = []
    headers = {} if content_type is None else {"content-type": content_type}

    def respond(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.method)
        return httpx2.Response(status, content=body, headers=headers)

    name = next(each for each in module.__all__ if each.startswith("Answers"))
    return getattr(module, name)(
        base_url="https://api.test", http_client=httpx2.Client(transport=httpx2.MockTransport(respond))
    ), sent


def test_each_status_has_its_type(generated: Any) -> None:
    """The response of a status is decoded as its own type; the return annotation has all of them."""
    queued, updated = '{$ref: "#/components/schemas/Queued"}', '{$ref: "#/components/schemas/Updated"}'
    json = "application/json"
    module = generated(
        HEAD
        + "paths:\n"
        + operation("run", response("200", json, "{type: object}"), response("201", json, queued), method="post")
        + operation("keep", response("200", json, updated), response("202", json, queued), method="put")
        + operation("text", response("200", "text/csv", "{type: string}"), response("201", json, queued))
        + operation("range", response("200", json, updated), response("2XX", json, queued))
        + operation("empty", response("200", json, updated), response("204", None))
        + SCHEMAS
    )
    models = __import__(f"{module.__name__}.models").models
    for name, status, body, kind, value in [
        ("run", 200, b'{"value":1,"result":[1,2]}', json, {"value": 1, "result": [1, 2]}),
        ("run", 201, b'{"id":"1"}', json, models.Queued(id="1")),
        ("keep", 200, b'{"id":"1"}', json, models.Updated(id="1")),
        ("keep", 202, b'{"id":"1"}', json, models.Queued(id="1")),
        ("text", 200, b"a,b\n", "text/csv", "a,b\n"),
        ("text", 201, b'{"id":"1"}', json, models.Queued(id="1")),
        ("range", 200, b'{"id":"1"}', json, models.Updated(id="1")),
        ("range", 206, b'{"id":"1"}', json, models.Queued(id="1")),
        ("empty", 204, b"", None, None),
    ]:
        client, _ = play(module, body, kind, status)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = getattr(client, name)()
        assert (type(value), value) == (type(found), found), (name, status)


def test_the_status_distinguishes_a_file_from_a_value(generated: Any) -> None:
    """If one status returns a file and another a value, the call returns what the server sends."""
    pdf = response("200", "application/pdf", "{type: string, format: binary}")
    state = response("202", "application/json", "{type: object, properties: {state: {type: string}}}")
    module = generated(HEAD + "paths:\n" + operation("report", pdf, state, response("204", None)))
    with Server() as server:
        for status, body in ((200, b"%PDF"), (202, b'{"state":"x"}'), (204, b"")):
            kind = "application/json" if status == 202 else "application/pdf"
            length = {} if status == 204 else {"content-length": str(len(body))}
            server.respond = lambda _, s=status, b=body, k=kind, n=length: (head(s, {"content-type": k, **n}) + b,)
            names = [each for each in module.__all__ if each.startswith(("Answers", "AsyncAnswers"))]
            clients = {name: getattr(module, name)(base_url=server.url) for name in names}
            for name, client in clients.items():
                if name.startswith("Async"):

                    async def call(client: Any = client) -> Any:
                        async with client:
                            found = await client.report()
                            return await found.read() if isinstance(found, AsyncDownload) else found

                    found = asyncio.run(call())
                else:
                    with client:
                        found = client.report()
                        found = found.read() if isinstance(found, Download) else found
                expected = {200: b"%PDF", 204: None}.get(status, getattr(found, "state", None))
                assert expected == (found.state if status == 202 else found)
                assert status != 202 or "x" == found.state


LAZY = [
    response("200", "application/pdf", "{type: string, format: binary}"),
    response("200", "application/octet-stream"),
    response("200", "'*/*'".strip("'"), "{type: string, format: binary}"),
    response("200", "application/json", "{type: object, format: binary}"),
    response("200", "image/png", "{type: string}"),
]
METHODS = ("get", "post", "put", "patch", "delete", "options")


def test_a_write_is_sent_when_it_is_called(generated: Any) -> None:
    """For all lazily read types and all methods except GET, a call sends the request, sync and awaited."""
    paths = "".join(
        operation(f"{method}{number}", each, method=method) for number, each in enumerate(LAZY) for method in METHODS
    )
    module = generated(HEAD + "paths:\n" + paths)
    kind, async_kind = (
        getattr(module, next(each for each in module.__all__ if each.startswith(prefix)))
        for prefix in ("Answers", "AsyncAnswers")
    )
    with Server() as server:
        server.respond = lambda _: (head(200, {"content-length": "1"}) + b"x",)
        with kind(base_url=server.url) as client:
            for method, number in itertools.product(METHODS, range(len(LAZY))):
                server.received.clear()
                download = getattr(client, f"{method}{number}")()
                assert isinstance(download, Download)
                assert ([] if method == "get" else [method.upper()]) == [each.method for each in server.received]
                assert b"x" == download.read()

        async def calls() -> None:
            async with async_kind(base_url=server.url) as client:
                for method, number in itertools.product(METHODS, range(len(LAZY))):
                    server.received.clear()
                    download = await getattr(client, f"{method}{number}")()
                    assert [method.upper()] == [each.method for each in server.received]
                    assert b"x" == await download.read()

        asyncio.run(calls())


@pytest.mark.filterwarnings("default::ResourceWarning")
def test_an_unread_download_or_stream_gives_a_resource_warning(generated: Any) -> None:
    """It was never sent; the warning names the remedy."""
    file, events = LAZY[0], response("200", "text/event-stream", "{type: string}")
    module = generated(HEAD + "paths:\n" + operation("file", file) + operation("talk", events, method="post"))
    client, sent = play(module, b"", None)
    for name in ("file", "talk"):
        with pytest.warns(ResourceWarning, match=rf"of {name}> was never sent: read"):
            getattr(client, name)()
            gc.collect()
    assert [] == sent


def test_plain_strings_are_text(generated: Any) -> None:
    """A string under any media type, that of bytes included, is a `str`, whatever the method."""
    text = "{type: string}"
    paths = "".join(
        operation(f"{method}{number}", response("200", kind, text), method=method)
        for number, kind in enumerate(("*/*", "application/octet-stream", "text/plain"))
        for method in ("get", "post", "delete")
    )
    module = generated(HEAD + "paths:\n" + paths)
    client, sent = play(module, b"done", "text/plain")
    for method, number in itertools.product(("get", "post", "delete"), range(3)):
        assert "done" == getattr(client, f"{method}{number}")()
    assert 9 == len(sent)


SIGNATURES = [
    ("no content", response("200", None), "Any"),
    ("no content can be", response("204", None), "None"),
    ("a string as JSON", response("200", "application/json", "{type: string}"), "str"),
    ("bytes as JSON", response("200", "application/json", "{type: string, format: binary}"), "Download"),
    ("an object of bytes", response("200", "application/json", "{type: object, format: binary}"), "Download"),
    ("a number as text", response("200", "text/plain", "{type: number}"), "float"),
    ("nothing said as text", response("200", "text/plain"), "str"),
    ("a date as text", response("200", "text/plain", "{type: string, format: date}"), "str"),
    ("an object as XML", response("200", "application/xml", "{type: object}"), "str"),
    ("text or nothing", response("200", "text/plain", "{type: string}") + ", " + response("204", None), "str | None"),
    ("events of text", response("200", "text/event-stream", "{type: string}"), "EventStream[str]"),
    ("events of anything", response("200", "text/event-stream"), "EventStream[Any]"),
    ("events of texts", response("200", "text/event-stream", "{type: array, items: {type: string}}"),
     "EventStream[str]"),
    ("events of objects", response("200", "text/event-stream", "{type: array, items: {type: object}}"),
     "EventStream[dict[str, Any]]"),
    ("lines of anything", response("200", "application/x-ndjson", "{type: string}"), "EventStream[Any]"),
    ("a schema in the old way", '"200": {description: d, schema: {type: integer}}', "int"),
]  # fmt: skip


def test_the_reference_shows_the_type_of_each_response(generated: Any, tmp_path: Path) -> None:
    """Each kind of response has its type in the reference."""
    paths = "".join(operation(f"op{number}", each) for number, (_, each, _) in enumerate(SIGNATURES))
    module = generated(HEAD + "paths:\n" + paths)
    reference = (tmp_path / module.__name__ / "api.md").read_text("utf-8")
    for number, (name, _, expected) in enumerate(SIGNATURES):
        assert f"client.op{number}() -> {expected}\n" in reference, name


def test_swagger_2_files_are_downloads(generated: Any, tmp_path: Path) -> None:
    """Files under plain strings, and media types of files without a schema."""
    module = generated(
        """swagger: "2.0"
info: {title: T, version: "1"}
produces: [application/json, text/plain]
paths:
  /logs: {get: {operationId: logs, responses: {"200": {description: ok, schema: {type: string, format: binary}}}}}
  /tar: {get: {operationId: tar, produces: [application/x-tar], responses: {"200": {description: no error}}}}
  /ping: {get: {operationId: ping, produces: [text/plain], responses: {"200": {description: no error}}}}
"""
    )
    reference = (tmp_path / module.__name__ / "api.md").read_text("utf-8")
    for name, answer in (("logs", "Download"), ("tar", "Download"), ("ping", "Any")):
        assert f"client.{name}() -> {answer}\n" in reference


STATUS = (
    "{type: object, properties: {code: {type: integer}, message: {type: string}, details: {type: array, items: %s}}}"
)
GATEWAY = """swagger: "2.0"
info: {title: Answers, version: "1"}
produces: [application/json]
paths:
  /watch:
    post:
      operationId: watch
      responses:
        "200": {description: "DESCRIPTION", schema: SCHEMA}
definitions:
  Reply: {type: object, properties: {id: {type: string}, error: {type: string}}}
  protobufAny: {type: object, properties: {"@type": {type: string}}, additionalProperties: {}}
  rpcStatus: STATUS
  Renamed: STATUS
  runtimeStreamError: {type: object, properties: {grpc_code: {type: integer}, message: {type: string}}}
  Plain: {type: object, properties: {code: {type: integer}, message: {type: string}, details: {type: string}}}
x-stream-definitions:
  Reply:
    type: object
    properties: {result: {$ref: "#/definitions/Reply"}, error: {$ref: "#/definitions/Plain"}}
""".replace("STATUS", STATUS % '{$ref: "#/definitions/protobufAny"}')
RESULT = '{title: %s, properties: {result: {$ref: "#/definitions/Reply"}, error: {$ref: "#/definitions/%s"}}}'


def gateway(schema: str, description: str = "") -> str:
    """Return a document of grpc-gateway in which one call returns a schema."""
    return GATEWAY.replace("SCHEMA", schema).replace("DESCRIPTION", description)


@pytest.mark.parametrize(
    ("description", "schema"),
    [
        ("", '{$ref: "#/x-stream-definitions/Reply"}'),
        ("", RESULT % ("Stream result of Reply", "Plain")),
        ("A successful response.(streaming responses)", RESULT % ("R", "Plain")),
        ("", RESULT % ("R", "rpcStatus")),
        ("", RESULT % ("R", "Renamed")),
        ("", RESULT % ("R", "runtimeStreamError")),
        ("", '{title: Stream result of Reply, properties: {result: {$ref: "#/definitions/Reply"}}}'),
    ],
)
def test_results_of_grpc_gateway_are_a_stream(generated: Any, description: str, schema: str) -> None:
    """Each line is an event in `result`, which may have a field `error`, or an `error` to raise."""
    module = generated(gateway(schema, description))
    lines = b'{"result":{"id":"1"}}\n{"result":{"id":"2","error":"none"},"error":null}\n'
    broken = b'{"error":{"code":14,"message":"gone away"}}\n{"result":{"id":"3"}}\n'
    client, _ = play(module, lines + broken, "application/json")
    found = []
    with pytest.raises(StreamEventError, match="watch: the server sent an error in the stream: gone away") as raised:
        found += client.watch()
    assert ["1", "2"] == [each.id for each in found]
    assert {"error": {"code": 14, "message": "gone away"}} == raised.value.body
    client, _ = play(module, lines, "application/json")
    assert [("1", False), ("2", True)] == [(each.id, each.error == "none") for each in client.watch()]


def test_events_before_an_error_of_grpc_gateway_are_returned(generated: Any) -> None:
    """A server that does not wrap its events is understood too."""
    module = generated(gateway('{$ref: "#/x-stream-definitions/Reply"}'))
    lines = b'{"id":"1"}\n{"result":{"id":"2"}}\n{"error":{"message":"gone"}}'
    events = iter(play(module, lines, "application/json")[0].watch())
    assert ["1", "2"] == [next(events).id, next(events).id]
    with pytest.raises(StreamEventError, match="gone"):
        next(events)


@pytest.mark.parametrize(
    "schema",
    [
        RESULT % ("R", "Plain"),
        '{type: object, properties: {result: {$ref: "#/definitions/Reply"}}}',
        '{properties: {result: {$ref: "#/definitions/Reply"}, error: {$ref: "#/definitions/rpcStatus"}, id: {}}}',
    ],
)
def test_result_and_error_alone_do_not_make_a_stream(generated: Any, schema: str) -> None:
    """Without a sign of grpc-gateway, such an object is one JSON value."""
    module = generated(gateway(schema))
    client, _ = play(module, b'{"result": {"id": "1"}}', "application/json")
    assert "1" == client.watch().result.id


def test_each_kind_of_response_has_a_method(generated: Any) -> None:
    """JSON, texts and files of one operation are separate methods with their own `Accept`."""
    module = generated(
        HEAD
        + """
paths:
  /export:
    get:
      operationId: export
      responses:
        "200":
          description: d
          content:
            text/csv: {schema: {type: string}}
            application/json: {schema: {type: object}}
            image/png: {schema: {type: string, format: binary}}
            image/jpeg: {schema: {type: string, format: binary}}
            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: {}
        "204": {description: d}
"""
    )
    for name, body, media_type, expected in (
        ("export", b"{}", "application/json", {}),
        ("export_csv", b"a,b\n", "text/csv", "a,b\n"),
        ("export_png", b"\x89PNG", "image/png", b"\x89PNG"),
        ("export_xlsx", b"PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ):
        client, _ = play(module, body, media_type)
        answer = getattr(client, name)()
        assert expected == (answer.read() if isinstance(answer, Download) else answer)
        assert media_type == getattr(client, name).request().operation.returns.accept
        assert not hasattr(client, "export_jpeg")


A, B = "{type: object, properties: {a: {type: string}}}", "{type: object, properties: {b: {type: integer}}}"


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("application/json", "application/vnd.shop.full+json", "get_it_shop_full"),
        ("application/json", "application/geo+json", "get_it_geo"),
        ("application/json; version=1", "application/json; version=2", "get_it_version_2"),
        ("application/vnd.shop.v1+json", "application/vnd.shop.v2+json", "get_it_shop_v2"),
    ],
)
def test_json_of_another_schema_has_its_own_method(generated: Any, first: str, second: str, name: str) -> None:
    """It requests its own media type, with the parameters if only they distinguish the types."""
    content = f"{{{first!r}: {{schema: {A}}}, {second!r}: {{schema: {B}}}}}"
    module = generated(HEAD + "paths:\n" + operation("getIt", f'"200": {{description: d, content: {content}}}'))

    for method, media_type, body, field, value in (
        ("get_it", first, b'{"a":"x"}', "a", "x"),
        (name, second, b'{"b":1}', "b", 1),
    ):
        client, _ = play(module, body, media_type)
        assert value == getattr(getattr(client, method)(), field)
        assert media_type.replace("; ", ";") == getattr(client, method).request().operation.returns.accept


@pytest.mark.parametrize("schema", [A, "{}", "{type: object}"])
def test_json_of_the_same_schema_has_no_other_method(generated: Any, schema: str) -> None:
    """It is the same value in another encoding, or has no schema."""
    content = f"{{application/json: {{schema: {A}}}, application/hal+json: {{schema: {schema}}}}}"
    module = generated(HEAD + "paths:\n" + operation("getIt", f'"200": {{description: d, content: {content}}}'))

    client, _ = play(module, b"{}", "application/json")
    assert ["get_it"] == [name for name in dir(client) if name.startswith("get_it")]


@pytest.mark.parametrize(
    ("second", "schema", "name", "arguments", "body"),
    [
        ("application/vnd.shop.full+json", B, "get_it_shop_full", {"b": 1}, {"b": 1}),
        ("application/json; version=2", B, "get_it_version_2", {"b": 1}, {"b": 1}),
        (
            "application/json-patch+json",
            "{type: array, items: {type: string}}",
            "get_it_json_patch",
            {"body": ["x"]},
            ["x"],
        ),
        ("text/json", "{type: object}", None, {}, None),
        ("application/hal+json", A, None, {}, None),
    ],
)
def test_json_requests_of_another_schema_have_their_own_method(
    generated: Any, second: str, schema: str, name: str | None, arguments: dict[str, Any], body: object
) -> None:
    """Each sends its own media type; the same schema in another encoding needs none."""
    content = f"{{application/json: {{schema: {A}}}, {second!r}: {{schema: {schema}}}}}"
    request = f"requestBody: {{required: true, content: {content}}}"
    path = f"  /getIt: {{post: {{operationId: getIt, {request}, responses: {{'204': {{description: d}}}}}}}}\n"
    module = generated(HEAD + "paths:\n" + path)
    client, _ = play(module, b"", None, status=204)

    assert ["get_it", *([name] if name else [])] == [each for each in dir(client) if each.startswith("get_it")]
    plain = client.get_it.request(a="x").body
    assert ("application/json", {"a": "x"}) == (plain.content_type, plain.value)
    if name is not None:
        other = getattr(client, name).request(**arguments).body
        assert (second.replace("; ", ";"), body) == (other.content_type, other.value)


@pytest.mark.parametrize(
    ("media_type", "schema", "name", "properties"),
    [
        ("text/event-stream", '{$ref: "#/components/schemas/SseEmitter"}', "SseEmitter", "{timeout: {type: integer}}"),
        ("*/*", '{$ref: "#/components/schemas/SseEmitter"}', "SseEmitter", "{timeout: {type: integer}}"),
        ("application/json", '{$ref: "#/components/schemas/org.x.SseEmitter"}', "org.x.SseEmitter", "{}"),
        ("text/event-stream", '{$ref: "#/components/schemas/ResponseBodyEmitter"}', "ResponseBodyEmitter", "{}"),
        (
            "text/event-stream",
            '{type: array, items: {$ref: "#/components/schemas/ServerSentEventString"}}',
            "ServerSentEventString",
            "{}",
        ),
    ],
)
def test_spring_emitters_are_streams_of_any_json(
    generated: Any, media_type: str, schema: str, name: str, properties: str
) -> None:
    """Spring documents the Java object that sends events instead of their type."""
    components = f"components: {{schemas: {{{name}: {{type: object, properties: {properties}}}}}}}\n"
    module = generated(HEAD + "paths:\n" + operation("watch", response("200", media_type, schema)) + components)
    client, _ = play(module, b'data: {"id":1}\n\ndata: [2]\n\ndata: hello\n\n', "text/event-stream")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [{"id": 1}, [2], "hello"] == list(client.watch())


@pytest.mark.parametrize("media_type", ["application/jsonl", "application/json-seq", "text/event-stream"])
@pytest.mark.parametrize("schema", ["true", "{}", "{type: string}"])
def test_media_types_of_streams_are_streams_under_any_schema(generated: Any, media_type: str, schema: str) -> None:
    """Also under one that says nothing."""
    module = generated(HEAD + "paths:\n" + operation("watch", response("200", media_type, schema)))
    body = {"application/jsonl": b'{"id":1}\n', "application/json-seq": b'\x1e{"id":1}\n'}
    client, _ = play(module, body.get(media_type, b'data: {"id":1}\n\n'), media_type)
    as_text = media_type == "text/event-stream" and schema == "{type: string}"
    assert ['{"id":1}' if as_text else {"id": 1}] == list(client.watch())


def test_a_schema_named_like_a_spring_emitter_keeps_its_fields(generated: Any) -> None:
    """A schema that only shares its name with a class of Spring keeps its fields."""
    schema = '{$ref: "#/components/schemas/SseEmitter"}'
    components = "components: {schemas: {SseEmitter: {type: object, properties: {id: {type: integer}}}}}\n"
    module = generated(
        HEAD + "paths:\n" + operation("watch", response("200", "text/event-stream", schema)) + components
    )
    client, _ = play(module, b'data: {"id":1}\n\n', "text/event-stream")
    assert [1] == [each.id for each in client.watch()]
