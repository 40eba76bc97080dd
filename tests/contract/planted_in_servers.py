"""Disagreements planted in servers and documents: each one change of an answer, or of a document that moved."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

import attrs
from specwire_codegen.contract.live.plan import Limits, Wishes
from specwire_codegen.contract.live.run import LiveRun, Target
from specwire_codegen.contract.reports.report import Report
from specwire_codegen.contract.subject import Subject
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEY = "planted-key"
WAIT = 20.0
"""Seconds for the end of a job that ends at its second reading: many, as the machine may be slow."""
DOCUMENT = """\
openapi: 3.2.0
info: {title: Planted, version: '1'}
security: [{key: []}]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
      - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
      - {name: offset, in: query, schema: {type: integer, minimum: 0}}
      x-specwire-pagination: {style: offset, offset: offset, size: limit, items: /data, total: /total}
      responses:
        '200':
          description: d
          headers: {X-Count: {required: true, schema: {type: integer}}}
          content:
            application/json:
              schema:
                type: object
                required: [data, total]
                properties:
                  data: {type: array, items: {$ref: '#/components/schemas/Pet'}}
                  total: {type: integer}
        '422': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /pets/{petId}:
    get:
      operationId: getPet
      parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
  /store:
    get:
      operationId: getStore
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Store'}}}}}
  /events:
    get:
      operationId: listen
      responses:
        '200':
          description: d
          content:
            text/event-stream:
              x-specwire-stream: {terminator: '[DONE]'}
              itemSchema:
                type: object
                required: [data]
                properties:
                  data:
                    type: string
                    contentMediaType: application/json
                    contentSchema: {$ref: '#/components/schemas/Event'}
  /jobs:
    get:
      operationId: listJobs
      responses:
        '200':
          description: d
          content: {application/json: {schema: {type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/Job'}}}}}}
  /jobs/{jobId}:
    get:
      operationId: getJob
      parameters: [{name: jobId, in: path, required: true, schema: {type: string}}]
      x-specwire-polling: {status: /status, success: [done], failure: [failed], interval: 1, lifecycle: [running, done]}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}}}
  /old:
    get:
      operationId: getOld
      deprecated: true
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}}
  /text:
    get: {operationId: getText, responses: {'200': {description: d, content: {text/plain: {schema: {type: string}}}}}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Problem: {type: object, required: [message], properties: {message: {type: string}}}
    Job:
      type: object
      required: [id, status]
      properties: {id: {type: string}, status: {type: string, enum: [running, done, failed]}}
    Event: {type: object, required: [step], properties: {step: {type: integer}}}
    Pet:
      type: object
      required: [id, name]
      properties: {id: {type: string}, name: {type: string}, tag: {type: [string, 'null']}}
    Cat: {type: object, required: [kind, lives], properties: {kind: {const: cat}, lives: {type: integer}}}
    Dog: {type: object, required: [kind, trick], properties: {kind: {const: dog}, trick: {type: string}}}
    Store:
      type: object
      additionalProperties: false
      required: [state, version, opened, size, code, tags, owner, animal, site, note]
      properties:
        state: {type: string, enum: [open, closed]}
        version: {const: v1}
        opened: {type: string, format: date-time}
        size: {type: integer, minimum: 1, maximum: 10}
        code: {type: string, minLength: 2, maxLength: 4, pattern: '^[a-z]+$'}
        tags: {type: array, minItems: 1, maxItems: 3, uniqueItems: true, items: {type: string}}
        owner: {$ref: '#/components/schemas/Pet'}
        animal:
          oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
          discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}}
        site: {type: string, format: uri}
        note: {type: [string, 'null']}
"""
STORE: dict[str, Any] = {
    "state": "open",
    "version": "v1",
    "opened": "2026-01-02T03:04:05Z",
    "size": 5,
    "code": "abc",
    "tags": ["a", "b"],
    "owner": {"id": "p1", "name": "Rex"},
    "animal": {"kind": "cat", "lives": 9},
    "site": "https://example.com/",
    "note": None,
}
PETS = [{"id": f"p{number}", "name": f"Pet {number}", "tag": None} for number in range(6)]


@attrs.frozen
class Reply:
    """Response of the right server."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def with_json(self, change: Callable[[Any], Any]) -> Reply:
        """Return the response with another JSON body."""
        return attrs.evolve(self, body=json.dumps(change(json.loads(self.body))).encode())

    def with_fields(self, **fields: Any) -> Reply:
        """Return the response with other fields of its object."""
        return self.with_json(lambda value: {**value, **fields})

    def typed(self, content_type: str) -> Reply:
        """Return the response with another content type."""
        return attrs.evolve(self, headers=_with(self.headers, "content-type", content_type))


@attrs.frozen
class Call:
    """Request that the server got."""

    path: str
    query: dict[str, str]
    key: str
    number: int = 1
    """Number of requests for this path until now, with this one."""


Fault: TypeAlias = Callable[[Call, Reply], Reply]
Side: TypeAlias = Literal["server", "document"]


@attrs.frozen
class Plant:
    """Planted disagreement."""

    name: str
    operation: str
    side: Side
    fault: Fault = attrs.field(repr=False, default=lambda call, reply: reply)
    """Change of the server's answers."""
    move: Callable[[Any], None] = attrs.field(repr=False, default=lambda document: None)
    """Change of the normalized document, in place."""
    wait: float = 0.0
    """Seconds in which jobs must end; 0 to not wait for them."""


PLANTS: list[Plant] = []


def server(name: str, operation: str, wait: float = 0.0) -> Callable[[Fault], Fault]:
    """Plant a wrong answer."""

    def planted(fault: Fault) -> Fault:
        PLANTS.append(Plant(name, operation, "server", fault=fault, wait=wait))
        return fault

    return planted


def document(name: str, operation: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Plant a document that has moved away from its client and its server."""

    def planted(move: Callable[[Any], None]) -> Callable[[Any], None]:
        PLANTS.append(Plant(name, operation, "document", move=move))
        return move

    return planted


def _with(headers: tuple[tuple[str, str], ...], name: str, value: str | None) -> tuple[tuple[str, str], ...]:
    kept = tuple(pair for pair in headers if pair[0] != name)
    return kept if value is None else (*kept, (name, value))


def _store(name: str, **fields: Any) -> None:
    """Plant another value of a field of the store."""
    PLANTS.append(Plant(name, "getStore", "server", fault=lambda call, reply: reply.with_fields(**fields)))


_store("wrong type of a field", size="5")
_store("new enum value", state="paused")
_store("new variant of a union", animal={"kind": "fish", "fins": 2})
_store("wrong field of a variant", animal={"kind": "cat", "lives": "nine"})
_store("another constant", version="v2")
_store("null where none is allowed", code=None)
_store("text instead of a time", opened="yesterday")
_store("text that is no URI", site="not a uri")
_store("number above its maximum", size=11)
_store("number below its minimum", size=0)
_store("fraction for an integer", size=1.5)
_store("text longer than allowed", code="abcde")
_store("text shorter than allowed", code="a")
_store("text that does not match its pattern", code="ABC")
_store("array longer than allowed", tags=["a", "b", "c", "d"])
_store("empty array", tags=[])
_store("repeated item of a set", tags=["a", "a"])
_store("wrong type of the second item only", tags=["a", 2])
_store("unknown field of a closed object", surprise=1)
_store("wrong type deep in an object", owner={"id": 1, "name": "Rex"})
_store("missing field deep in an object", owner={"id": "p1"})
_store("object in place of a text", note={"text": "x"})


@server("missing required field", "getStore")
def _missing(call: Call, reply: Reply) -> Reply:
    return reply.with_json(lambda value: {key: one for key, one in value.items() if key != "state"})


@server("array in place of an object", "getStore")
def _array(call: Call, reply: Reply) -> Reply:
    return reply.with_json(lambda value: [value])


@server("undocumented success", "getStore")
def _status(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, status=202)


@server("undocumented redirect", "getStore")
def _redirect(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, status=302, headers=_with(reply.headers, "location", "/elsewhere"))


@server("server error", "getStore")
def _error(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, status=500)


@server("undocumented rejection", "getStore")
def _teapot(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, status=418)


@server("wrong content type", "getStore")
def _html(call: Call, reply: Reply) -> Reply:
    return reply.typed("text/html")


@server("page of a proxy as JSON", "getStore")
def _proxy(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b"<html>busy</html>")


@server("cut JSON", "getStore")
def _cut(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body[:-10])


@server("empty body", "getStore")
def _empty(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b"")


@server("wrong encoding", "getStore")
def _latin(call: Call, reply: Reply) -> Reply:
    body = json.dumps({**json.loads(reply.body), "note": "é"}, ensure_ascii=False)
    return attrs.evolve(reply, body=body.encode("latin-1"))


@server("credentials ignored", "getStore")
def _open(call: Call, reply: Reply) -> Reply:
    if reply.status != 401:
        return reply
    body = json.dumps(STORE if call.path == "/store" else {}).encode()
    return Reply(200, (("content-type", "application/json"),), body)


@server("lost header", "listPets")
def _lost(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=_with(reply.headers, "x-count", None))


@server("wrong type of a header", "listPets")
def _header(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=_with(reply.headers, "x-count", "many"))


@server("size of a page ignored", "listPets")
def _ignored(call: Call, reply: Reply) -> Reply:
    return reply.with_fields(data=PETS) if reply.status == 200 else reply


@server("paging that repeats", "listPets")
def _repeats(call: Call, reply: Reply) -> Reply:
    if reply.status != 200 or "limit" not in call.query:
        return reply
    return reply.with_fields(data=PETS[: int(call.query["limit"])])


@server("paging that skips", "listPets")
def _skips(call: Call, reply: Reply) -> Reply:
    start = int(call.query.get("offset", 0))
    if reply.status != 200 or not start:
        return reply
    return reply.with_fields(data=PETS[start + 1 :][: int(call.query.get("limit", 6))])


@server("invalid parameter accepted", "listPets")
def _lenient(call: Call, reply: Reply) -> Reply:
    if reply.status != 422:
        return reply
    page = {"data": PETS, "total": 6}
    return Reply(200, (("content-type", "application/json"), ("x-count", "6")), json.dumps(page).encode())


@server("wrong body of an error", "listPets")
def _other_error(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'{"message": 1}') if reply.status == 422 else reply


@server("listed id that does not exist", "getPet")
def _gone(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, status=404) if call.path.startswith("/pets/") else reply


@server("wrong item of a list", "getPet")
def _other_shape(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'{"id": "p0"}') if call.path.startswith("/pets/") else reply


@server("broken event of a stream", "listen")
def _broken_event(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'data: {"step": 1}\n\ndata: {"st\n\ndata: [DONE]\n\n')


@server("wrong event of a stream", "listen")
def _wrong_event(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'data: {"step": 1}\n\ndata: {"step": "two"}\n\ndata: [DONE]\n\n')


@server("stream without its end", "listen")
def _endless(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'data: {"step": 1}\n\n')


@server("JSON in place of a stream", "listen")
def _no_stream(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply.typed("application/json"), body=b'{"step": 1}')


@server("job stuck", "getJob", wait=0.5)
def _stuck(call: Call, reply: Reply) -> Reply:
    return reply.with_fields(status="running") if call.path.startswith("/jobs/") else reply


@server("job that is lost on the way", "getJob", wait=WAIT)
def _lost_job(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, status=503) if call.path.startswith("/jobs/") and call.number > 3 else reply


@server("deprecation that only the server announces", "getStore")
def _announced(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=_with(reply.headers, "deprecation", "@1767225600"))


@server("JSON in place of text", "getText")
def _no_text(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply.typed("application/json"), body=b'"text"')


def _schemas(document: Any) -> Any:
    return document["components"]["schemas"]


def _field(name: str, field: str, schema: dict[str, Any]) -> None:
    """Plant another schema of a field of the store in the document."""

    def move(document: Any) -> None:
        _schemas(document)["Store"]["properties"][field] = schema

    PLANTS.append(Plant(name, "getStore", "document", move=move))


_field("type of a field moved", "size", {"type": "string"})
_field("enum value removed", "state", {"type": "string", "enum": ["closed"]})
_field("constant moved", "version", {"const": "v2"})
_field("limit of a number moved", "size", {"type": "integer", "maximum": 4})
_field("pattern moved", "code", {"type": "string", "pattern": "^[0-9]+$"})
_field("format moved", "opened", {"type": "string", "format": "date"})
_field("items of an array moved", "tags", {"type": "array", "items": {"type": "integer"}})
_field("null no longer allowed", "note", {"type": "string"})


@document("variant removed", "getStore")
def _fewer_variants(document: Any) -> None:
    _schemas(document)["Store"]["properties"]["animal"] = {"$ref": "#/components/schemas/Dog"}


@document("field became required", "getStore")
def _more_required(document: Any) -> None:
    _schemas(document)["Store"]["properties"]["extra"] = {"type": "string"}
    _schemas(document)["Store"]["required"].append("extra")


@document("field removed from a closed object", "getStore")
def _fewer_fields(document: Any) -> None:
    del _schemas(document)["Store"]["properties"]["note"]
    _schemas(document)["Store"]["required"].remove("note")


@document("status of a success moved", "getStore")
def _other_status(document: Any) -> None:
    responses = document["paths"]["/store"]["get"]["responses"]
    responses["203"] = responses.pop("200")


@document("content type moved", "getText")
def _other_type(document: Any) -> None:
    response = document["paths"]["/text"]["get"]["responses"]["200"]
    response["content"] = {"text/markdown": response["content"]["text/plain"]}


@document("header became required", "getStore")
def _more_headers(document: Any) -> None:
    response = document["paths"]["/store"]["get"]["responses"]["200"]
    response["headers"] = {"X-Trace": {"required": True, "schema": {"type": "string"}}}


@document("deprecated still used", "getStore")
def _deprecated(document: Any) -> None:
    document["paths"]["/store"]["get"]["deprecated"] = True


@document("schema of events moved", "listen")
def _other_events(document: Any) -> None:
    _schemas(document)["Event"]["properties"]["step"] = {"type": "string"}


def report_of(subject: Subject, plant: Plant | None) -> Report:
    """Return the report of a live run against a server, with a planted disagreement."""
    moved: Any = copy.deepcopy(dict(subject.document))
    if plant is not None:
        plant.move(moved)
    stale = plant is not None and plant.side == "document"
    with _served(subject, None if plant is None else plant.fault) as url:
        wait = WAIT if plant is None else plant.wait
        wishes = Wishes(("listen",), examples=12, limits=Limits(requests=3000, per_second=5000, wait=wait))
        run = LiveRun(attrs.evolve(subject, document=moved, stale=stale), Target(url, KEY), wishes)
        run.check(lambda step, done=0, total=0: None)
        return run.report()


@contextmanager
def _served(subject: Subject, fault: Fault | None) -> Iterator[str]:
    mock: ASGIApp = build(dict(subject.document), keys=(KEY,))

    counts: Counter[str] = Counter()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await mock(scope, receive, keep)
        query = dict(pair.split("=", 1) for pair in scope["query_string"].decode().split("&") if "=" in pair)
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        counts[scope["path"]] += 1
        call = Call(scope["path"], query, headers.get("authorization", ""), counts[scope["path"]])
        start = messages[0]
        shown = tuple((name.decode(), value.decode("latin-1")) for name, value in start["headers"])
        body = b"".join(message.get("body", b"") for message in messages[1:])
        reply = _right(call, Reply(start["status"], _with(shown, "content-length", None), body))
        reply = reply if fault is None else fault(call, reply)
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in reply.headers]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await send({"type": "http.response.body", "body": reply.body})

    with serve(app) as url:
        yield url


def _right(call: Call, reply: Reply) -> Reply:
    """Return the answer of the right server, with fixed contents."""
    if reply.status != 200:
        return reply
    if call.path == "/store":
        return reply.with_json(lambda value: STORE)
    if call.path == "/events":
        return attrs.evolve(reply, body=b'data: {"step": 1}\n\ndata: {"step": 2}\n\ndata: [DONE]\n\n')
    if call.path == "/jobs":
        return reply.with_json(lambda value: {"data": [{"id": "j1", "status": "running"}]})
    if call.path.startswith("/jobs/"):
        return reply.with_json(lambda value: {"id": "j1", "status": "running" if call.number < 5 else "done"})
    if call.path.startswith("/pets/"):
        return reply.with_json(lambda value: PETS[0])
    if call.path == "/pets":
        start, count = int(call.query.get("offset", 0)), int(call.query.get("limit", 6))
        page = {"data": PETS[start : start + count], "total": len(PETS)}
        return attrs.evolve(reply.with_json(lambda value: page), headers=_with(reply.headers, "x-count", "6"))
    return reply
