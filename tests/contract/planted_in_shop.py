"""Disagreements planted in a shop: formats, cursors and links, conditional requests, uploads, idempotency, streams."""

from __future__ import annotations

import copy
import gzip
import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import attrs
from specwire_codegen.contract.live.plan import Limits, Wishes
from specwire_codegen.contract.live.run import LiveRun, Target
from specwire_codegen.contract.recorder import whole
from specwire_codegen.contract.reports.report import Report
from specwire_codegen.contract.subject import Subject
from specwire_codegen.generate import build
from specwire_codegen.mock.server import serve
from specwire_codegen.project import single
from starlette.types import Receive, Scope, Send

from .planted_in_servers import KEY, Reply, Side

DOCUMENT = """\
openapi: 3.2.0
info: {title: Shop, version: '1'}
security: [{key: []}]
x-specwire-retry: {idempotency_header: Idempotency-Key}
paths:
  /catalog:
    get:
      operationId: listCatalog
      parameters:
      - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50, default: 4}}
      - {name: cursor, in: query, schema: {type: string}}
      x-specwire-pagination: {style: cursor, items: /items, cursor: cursor, next: /next, size: limit}
      responses:
        '200':
          description: d
          content:
            application/json:
              schema:
                type: object
                required: [items, total]
                properties:
                  items: {type: array, items: {$ref: '#/components/schemas/Item'}}
                  next: {type: [string, 'null']}
                  total: {type: integer}
        '422': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /reviews:
    get:
      operationId: listReviews
      parameters:
      - {name: per_page, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
      - {name: page, in: query, schema: {type: integer, minimum: 1}}
      x-specwire-pagination: {style: link, items: '', size: per_page}
      responses:
        '200':
          description: d
          headers: {Link: {schema: {type: string}}}
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Item'}}}}
        '422': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /product:
    get:
      operationId: getProduct
      parameters: [{name: If-None-Match, in: header, schema: {type: string}}]
      responses:
        '200':
          description: d
          headers: {ETag: {required: true, schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Product'}}}
        '304': {description: d}
  /orders:
    post:
      operationId: createOrder
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}}
      responses:
        '201':
          description: d
          headers: {Location: {required: true, schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
        '422': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /orders/{orderId}:
    parameters: [{name: orderId, in: path, required: true, schema: {type: string}}]
    delete:
      operationId: deleteOrder
      responses: {'204': {description: d}}
  /files:
    post:
      operationId: uploadFile
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file, purpose]
              properties: {file: {type: string, format: binary}, purpose: {type: string, enum: [photo, manual]}}
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/File'}}}}
        '422': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /feed:
    get:
      operationId: followFeed
      responses:
        '200':
          description: d
          content:
            text/event-stream:
              x-specwire-stream: {terminator: '[DONE]', resumable: true}
              itemSchema:
                type: object
                required: [data]
                properties:
                  id: {type: string}
                  data: {type: string, contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/Event'}}
  /lines:
    get:
      operationId: readLines
      responses:
        '200': {description: d, content: {application/jsonl: {itemSchema: {$ref: '#/components/schemas/Event'}}}}
  /note:
    get: {operationId: getNote, responses: {'200': {description: d, content: {text/plain: {schema: {type: string}}}}}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Problem: {type: object, required: [message], properties: {message: {type: string}}}
    Item: {type: object, required: [id], properties: {id: {type: string}}}
    Event: {type: object, required: [step], properties: {step: {type: integer}}}
    NewOrder:
      type: object
      required: [product, count]
      additionalProperties: false
      properties: {product: {type: string, minLength: 1}, count: {type: integer, minimum: 1, maximum: 9}}
    Order: {type: object, required: [id, product, count], properties: {id: {type: string}, product: {type: string}, count: {type: integer}}}
    File: {type: object, required: [id, bytes], properties: {id: {type: string}, bytes: {type: integer}}}
    Round: {type: object, required: [radius], properties: {radius: {type: number}}}
    Flat: {type: object, required: [width], properties: {width: {type: number}}}
    Product:
      type: object
      required: [id, serial, price, made, day, mail, labels, place, rows, shape, size, photo, address]
      properties:
        id: {type: string, format: uuid}
        serial: {type: integer, format: int64}
        price: {type: number, multipleOf: 0.01}
        made: {type: string, format: date-time}
        day: {type: string, format: date}
        mail: {type: string, format: email}
        labels: {type: object, minProperties: 1, propertyNames: {pattern: '^[a-z]+$'}, additionalProperties: {type: string}}
        place: {type: array, prefixItems: [{type: string}, {type: number}], items: false, minItems: 2}
        rows: {type: array, items: {type: array, items: {type: integer}}}
        shape: {oneOf: [{$ref: '#/components/schemas/Round'}, {$ref: '#/components/schemas/Flat'}]}
        size: {type: string, enum: [small, large]}
        photo: {type: string, contentEncoding: base64, format: byte}
        address: {type: string, format: ipv4}
        secret: {type: string, writeOnly: true}
        unit: {type: string}
        amount: {type: number}
      dependentRequired: {amount: [unit]}
"""
PRODUCT: dict[str, Any] = {
    "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "serial": 9_007_199_254_740_993,
    "price": 12.5,
    "made": "2026-01-02T03:04:05Z",
    "day": "2026-01-02",
    "mail": "a@example.com",
    "labels": {"colour": "red"},
    "place": ["shelf", 1.5],
    "rows": [[1, 2], [3]],
    "shape": {"radius": 2},
    "size": "small",
    "photo": "aGk=",
    "address": "127.0.0.1",
    "unit": "kg",
    "amount": 1,
}
ITEMS = [{"id": f"i{number}"} for number in range(7)]
ETAG = '"v1"'
INCLUDED = ("createOrder", "uploadFile", "followFeed", "readLines", "deleteOrder", "getProduct")


@attrs.define
class Call:
    """Request that the shop got, with what it has kept."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    state: dict[str, Any]


Fault: TypeAlias = Callable[[Call, Reply], Reply]


@attrs.frozen
class ShopPlant:
    """Planted disagreement."""

    name: str
    operation: str
    side: Side
    fault: Fault = attrs.field(repr=False, default=lambda call, reply: reply)
    move: Callable[[Any], None] = attrs.field(repr=False, default=lambda document: None)


PLANTS: list[ShopPlant] = []
HARMLESS: list[ShopPlant] = []
"""Harmless changes: nothing may be reported."""


def server(name: str, operation: str, *, harmless: bool = False) -> Callable[[Fault], Fault]:
    """Plant a change of the shop's answers to successful requests of one operation."""

    def planted(fault: Fault) -> Fault:
        (HARMLESS if harmless else PLANTS).append(ShopPlant(name, operation, "server", fault=fault))
        return fault

    return planted


def document(name: str, operation: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Plant a document that has moved away from its client and its server."""

    def planted(move: Callable[[Any], None]) -> Callable[[Any], None]:
        PLANTS.append(ShopPlant(name, operation, "document", move=move))
        return move

    return planted


def _json(value: Any, status: int = 200, **headers: str) -> Reply:
    named = tuple((name.replace("_", "-").lower(), text) for name, text in headers.items())
    return Reply(status, (("content-type", "application/json"), *named), json.dumps(value).encode())


def _problem(message: str, status: int = 422) -> Reply:
    return _json({"message": message}, status)


def _number(call: Call, name: str, usual: int, most: float = math.inf) -> int | None:
    """Return an integer of the query; None if it is invalid."""
    text = call.query.get(name)
    if text is None:
        return usual
    return int(text) if re.fullmatch(r"[0-9]{1,99}", text) and 1 <= int(text) <= most else None


def shop(call: Call) -> Reply:
    """Return the answer of the right server."""
    if call.headers.get("authorization") != f"Bearer {KEY}":
        return _problem("who are you?", 401)
    order = re.fullmatch(r"/orders/([^/]+)", call.path)
    if order is not None and call.method == "DELETE":
        return Reply(204, (), b"") if call.state["orders"].pop(order[1], None) is not None else _problem("gone", 404)
    known = _HANDLERS.get(call.path)
    if known is None:
        return _problem("no such path", 404)
    method, handler = known
    if method != call.method:
        return attrs.evolve(_problem("no such method", 405), headers=(("allow", method),))
    return handler(call)


def _catalog(call: Call) -> Reply:
    limit, start = _number(call, "limit", 4, 50), call.query.get("cursor", "0")
    if limit is None:
        return _problem("limit")
    first = int(start) if re.fullmatch(r"[0-9]{1,3}", start) else len(ITEMS)
    following = str(first + limit) if first + limit < len(ITEMS) else None
    return _json({"items": ITEMS[first : first + limit], "next": following, "total": len(ITEMS)})


def _reviews(call: Call) -> Reply:
    size, page = _number(call, "per_page", 4, 50), _number(call, "page", 1)
    if size is None or page is None:
        return _problem("page")
    shown = ITEMS[(page - 1) * size :][:size]
    if page * size >= len(ITEMS):
        return _json(shown)
    return _json(shown, link=f'</reviews?per_page={size}&page={page + 1}>; rel="next"')


def _product(call: Call) -> Reply:
    if ETAG in call.headers.get("if-none-match", ""):
        return Reply(304, (("etag", ETAG),), b"")
    return _json(PRODUCT, etag=ETAG)


def _order(call: Call) -> Reply:
    wanted = _read(call.body)
    if not isinstance(wanted, dict) or wanted.keys() != {"product", "count"}:
        return _problem("body")
    product, count = wanted["product"], wanted["count"]
    if not isinstance(product, str) or not product:
        return _problem("product")
    if isinstance(count, bool) or not isinstance(count, int | float) or count != int(count) or not 1 <= count <= 9:
        return _problem("count")
    name = call.headers.get("idempotency-key", "")
    keys: dict[str, Any] = call.state["keys"]
    if name and name in keys:
        return _json(keys[name], 201, location=f"/orders/{keys[name]['id']}")
    call.state["made"] += 1
    made = {"id": f"o{call.state['made']}", "product": product, "count": int(count)}
    call.state["orders"][made["id"]] = made
    keys[name] = made
    return _json(made, 201, location=f"/orders/{made['id']}")


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _upload(call: Call) -> Reply:
    names = {name.decode() for name in re.findall(rb'; name="([^"]*)"', call.body)}
    purpose = re.search(rb'name="purpose"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', call.body, re.DOTALL)
    if names != {"file", "purpose"} or purpose is None or purpose[1] not in (b"photo", b"manual"):
        return _problem("form")
    return _json({"id": "f1", "bytes": len(call.body)})


def _feed(call: Call) -> Reply:
    events = b"".join(b'id: %d\ndata: {"step": %d}\n\n' % (number, number) for number in (1, 2, 3))
    return Reply(200, (("content-type", "text/event-stream"),), events + b"data: [DONE]\n\n")


def _lines(call: Call) -> Reply:
    return Reply(200, (("content-type", "application/jsonl"),), b'{"step": 1}\n{"step": 2}\n')


def _note(call: Call) -> Reply:
    return Reply(200, (("content-type", "text/plain; charset=utf-8"),), "Grüße".encode())


_HANDLERS: dict[str, tuple[str, Callable[[Call], Reply]]] = {
    "/catalog": ("GET", _catalog),
    "/reviews": ("GET", _reviews),
    "/product": ("GET", _product),
    "/orders": ("POST", _order),
    "/files": ("POST", _upload),
    "/feed": ("GET", _feed),
    "/lines": ("GET", _lines),
    "/note": ("GET", _note),
}
_PATHS = {
    "listCatalog": "/catalog",
    "listReviews": "/reviews",
    "getProduct": "/product",
    "createOrder": "/orders",
    "deleteOrder": "/orders/",
    "uploadFile": "/files",
    "followFeed": "/feed",
    "readLines": "/lines",
    "getNote": "/note",
}


def _field(name: str, **fields: Any) -> None:
    """Plant another value of a field of the product."""

    def fault(call: Call, reply: Reply) -> Reply:
        return reply.with_fields(**fields) if reply.status == 200 else reply

    PLANTS.append(ShopPlant(name, "getProduct", "server", fault=fault))


_field("text that is no UUID", id="7c9e6679")
_field("instant in local time, without an offset", made="2026-01-02T03:04:05")
_field("instant with a space", made="2026-01-02 03:04:05")
_field("day in the order of another country", day="02.01.2026")
_field("day that does not exist", day="2026-02-30")
_field("text instead of a mail address", mail="a at example.com")
_field("text that is no IPv4 address", address="127.0.0.256")
_field("integer beyond its format", serial=2**63)
_field("integer as text, for JavaScript", serial="9007199254740993")
_field("number with more decimals than allowed", price=12.345)
_field("value of a map with another type", labels={"colour": 1})
_field("key of a map with another pattern", labels={"Colour": "red"})
_field("empty map", labels={})
_field("places of a tuple swapped", place=[1.5, "shelf"])
_field("tuple with one place too many", place=["shelf", 1.5, 2])
_field("null only in a nested array", rows=[[1, None], [3]])
_field("value that matches both variants", shape={"radius": 2, "width": 1})
_field("value that matches no variant", shape={"side": 2})
_field("enum value in another case", size="Small")
_field("property that must only be written", secret="hunter2")
_field("text instead of base64", photo="a-b*")


@server("property without the one that it requires", "getProduct")
def _alone(call: Call, reply: Reply) -> Reply:
    return reply.with_json(lambda value: {key: one for key, one in value.items() if key != "unit"})


@server("null in place of the whole body", "getProduct")
def _null(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b"null")


@server("NaN in JSON", "getProduct")
def _nan(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body.replace(b"12.5", b"NaN"))


@server("key twice in an object", "getProduct")
def _twice(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body.replace(b'{"id"', b'{"price": 1, "id"', 1))


@server("two documents in a body", "getProduct")
def _two(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body + reply.body)


@server("JSON in UTF-16", "getProduct")
def _utf16(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body.decode().encode("utf-16"))


@server("JSON with single quotes", "getProduct")
def _quotes(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body.replace(b'"', b"'"))


@server("gzip announced, and not applied", "getProduct")
def _no_gzip(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=(*reply.headers, ("content-encoding", "gzip")))


@server("gzip applied, and not announced", "getProduct")
def _gzip(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=gzip.compress(reply.body))


@server("body shorter than announced", "getProduct")
def _short(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=(*reply.headers, ("content-length", str(len(reply.body) + 5))))


@server("charset that does not fit the text", "getNote")
def _charset(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body="Grüße".encode("latin-1"))


@server("no content type", "getNote")
def _untyped(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=())


@server("header twice, with different values", "getProduct")
def _etags(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=(*reply.headers, ("etag", '"v2"')))


@server("304 without a condition", "getProduct")
def _not_modified(call: Call, reply: Reply) -> Reply:
    return Reply(304, (("etag", ETAG),), b"")


@server("ETag ignored", "getProduct")
def _etag_ignored(call: Call, reply: Reply) -> Reply:
    return _json(PRODUCT, etag=ETAG) if reply.status == 304 else reply


@server("problem with status 200", "getProduct")
def _problem_200(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(_problem("no such product", 200), headers=reply.headers)


@server("total of a list wrong", "listCatalog")
def _total(call: Call, reply: Reply) -> Reply:
    return reply.with_fields(total=99) if reply.status == 200 else reply


@server("cursor that ends one page early", "listCatalog")
def _early(call: Call, reply: Reply) -> Reply:
    return reply.with_fields(next=None) if reply.status == 200 and call.query.get("cursor", "0") != "0" else reply


@server("cursor that leads in a circle", "listCatalog")
def _circle(call: Call, reply: Reply) -> Reply:
    return reply.with_fields(next="0") if reply.status == 200 else reply


@server("cursor that the server refuses", "listCatalog")
def _refused_cursor(call: Call, reply: Reply) -> Reply:
    return _problem("cursor") if "cursor" in call.query else reply


@server("default of a parameter wrong", "listCatalog")
def _default(call: Call, reply: Reply) -> Reply:
    if reply.status != 200 or "limit" in call.query:
        return reply
    return _json({"items": ITEMS[:6], "next": "6", "total": 7})


@server("limit off by one", "listCatalog")
def _off_by_one(call: Call, reply: Reply) -> Reply:
    return _problem("limit") if call.query.get("limit") == "50" else reply


@server("page with one item too many", "listCatalog")
def _one_more(call: Call, reply: Reply) -> Reply:
    if reply.status != 200 or "limit" not in call.query:
        return reply
    first, limit = int(call.query.get("cursor", "0") or 0), int(call.query["limit"])
    return reply.with_fields(items=ITEMS[first : first + limit + 1])


@server("link to a page that does not exist", "listReviews")
def _dead_link(call: Call, reply: Reply) -> Reply:
    return _problem("gone", 404) if "page" in call.query else reply


@server("link to the same page", "listReviews")
def _same_link(call: Call, reply: Reply) -> Reply:
    if reply.status != 200:
        return reply
    return _json(ITEMS[:4], link='</reviews>; rel="next"')


@server("link to another host", "listReviews")
def _foreign_link(call: Call, reply: Reply) -> Reply:
    headers = tuple((name, value.replace("</", "<http://127.0.0.2:9/")) for name, value in reply.headers)
    return attrs.evolve(reply, headers=headers)


@server("created without its location", "createOrder")
def _no_location(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, headers=tuple(pair for pair in reply.headers if pair[0] != "location"))


@server("created without a body", "createOrder")
def _no_body(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b"") if reply.status == 201 else reply


@server("200 for a creation", "createOrder")
def _ok(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, status=200) if reply.status == 201 else reply


@server("valid body rejected", "createOrder")
def _strict(call: Call, reply: Reply) -> Reply:
    return _problem("count must be below 1")


@server("idempotency key ignored", "createOrder")
def _repeated(call: Call, reply: Reply) -> Reply:
    call.state["keys"].clear()
    return reply


@server("other values than sent", "createOrder")
def _echo(call: Call, reply: Reply) -> Reply:
    return reply.with_fields(count=str(json.loads(reply.body)["count"])) if reply.status == 201 else reply


@server("part of a form renamed", "uploadFile")
def _renamed(call: Call, reply: Reply) -> Reply:
    return _problem("the part upload is missing")


@server("removal answered with a body", "deleteOrder")
def _body_of_removal(call: Call, reply: Reply) -> Reply:
    return _json({"deleted": True}) if reply.status == 204 else reply


@server("id of an event repeated", "followFeed")
def _same_ids(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=re.sub(rb"id: \d", b"id: 1", reply.body))


@server("stream of keep-alives only", "followFeed")
def _keepalive(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b": ping\n\n: ping\n\n")


@server("stream cut within an event", "followFeed")
def _cut_event(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body[: reply.body.index(b'"step": 3')])


@server("error within a stream", "followFeed")
def _stream_error(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'data: {"error": "busy"}\n\ndata: [DONE]\n\n')


@server("wrong line of a stream", "readLines")
def _line(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'{"step": 1}\n{"step": "2"}\n')


@server("cut line of a stream", "readLines")
def _cut_line(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'{"step": 1}\n{"st')


@server("array in place of lines", "readLines")
def _array_of_lines(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=b'[{"step": 1},\n{"step": 2}]\n')


@server("relative link", "listReviews", harmless=True)
def _relative(call: Call, reply: Reply) -> Reply:
    headers = tuple((name, value.replace("</reviews", "<")) for name, value in reply.headers)
    return attrs.evolve(reply, headers=headers)


@server("link with the address of the server", "listReviews", harmless=True)
def _absolute(call: Call, reply: Reply) -> Reply:
    there = "</reviews", f"<http://{call.headers['host']}/reviews"
    return attrs.evolve(reply, headers=tuple((name, value.replace(*there)) for name, value in reply.headers))


@server("further field of an open object", "getProduct", harmless=True)
def _more(call: Call, reply: Reply) -> Reply:
    return reply.with_fields(surprise=1) if reply.status == 200 else reply


@server("whole number as a fraction", "getProduct", harmless=True)
def _fraction(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body.replace(b"[1, 2]", b"[1.0, 2]"))


@server("gzip applied and announced", "getProduct", harmless=True)
def _packed(call: Call, reply: Reply) -> Reply:
    if reply.status != 200:
        return reply
    return attrs.evolve(reply, headers=(*reply.headers, ("content-encoding", "gzip")), body=gzip.compress(reply.body))


@server("keep-alives between events", "followFeed", harmless=True)
def _pings(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body.replace(b"\n\n", b"\n\n: ping\n\n").replace(b"\n", b"\r\n"))


@server("parameters of a content type", "getProduct", harmless=True)
def _parameters(call: Call, reply: Reply) -> Reply:
    return reply.typed('Application/JSON; charset="UTF-8"') if reply.status == 200 else reply


@server("last line without its end", "readLines", harmless=True)
def _unended_line(call: Call, reply: Reply) -> Reply:
    return attrs.evolve(reply, body=reply.body.rstrip(b"\n"))


@document("security scheme moved", "getProduct")
def _scheme(document: Any) -> None:
    document["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "header", "name": "X-Api-Key"}


@document("operation added", "countItems")
def _added(document: Any) -> None:
    content = {"application/json": {"schema": {"type": "object", "properties": {"count": {"type": "integer"}}}}}
    operation = {"operationId": "countItems", "responses": {"200": {"description": "d", "content": content}}}
    document["paths"]["/count"] = {"get": operation}


@document("path moved", "getNote")
def _path(document: Any) -> None:
    document["paths"]["/remark"] = document["paths"].pop("/note")


@document("method moved", "createOrder")
def _method(document: Any) -> None:
    item = document["paths"]["/orders"]
    item["put"] = item.pop("post")


@document("body of another type", "createOrder")
def _other_body(document: Any) -> None:
    body = document["paths"]["/orders"]["post"]["requestBody"]
    body["content"] = {"application/merge-patch+json": body["content"]["application/json"]}


@document("name of a query parameter in another case", "listCatalog")
def _other_case(document: Any) -> None:
    operation = document["paths"]["/catalog"]["get"]
    operation["parameters"][0]["name"] = "pageSize"
    operation["x-specwire-pagination"]["size"] = "pageSize"


@document("query parameter became required", "getProduct")
def _required(document: Any) -> None:
    document["paths"]["/product"]["get"]["parameters"].append(
        {"name": "region", "in": "query", "required": True, "schema": {"type": "string"}}
    )


@document("field of a body renamed", "createOrder")
def _field_renamed(document: Any) -> None:
    schema = document["components"]["schemas"]["NewOrder"]
    schema["properties"]["quantity"] = schema["properties"].pop("count")
    schema["required"] = ["product", "quantity"]


@document("final event moved", "followFeed")
def _terminator(document: Any) -> None:
    media = document["paths"]["/feed"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    media["x-specwire-stream"]["terminator"] = "[END]"


@document("lines moved", "readLines")
def _other_lines(document: Any) -> None:
    event = document["components"]["schemas"]["Event"]
    event["properties"]["name"] = {"type": "string"}
    event["required"].append("name")


@document("place of a tuple moved", "getProduct")
def _other_place(document: Any) -> None:
    document["components"]["schemas"]["Product"]["properties"]["place"]["prefixItems"][1] = {"type": "string"}


@document("values of a map moved", "getProduct")
def _other_values(document: Any) -> None:
    labels = document["components"]["schemas"]["Product"]["properties"]["labels"]
    labels["additionalProperties"] = {"type": "integer"}


@document("status of a creation moved", "createOrder")
def _other_creation(document: Any) -> None:
    responses = document["paths"]["/orders"]["post"]["responses"]
    responses["202"] = responses.pop("201")


def report_of(subject: Subject, plant: ShopPlant | None) -> Report:
    """Return the report of a live run against the shop, with a planted disagreement."""
    if plant is not None and plant.side == "document":
        subject = moved_from(subject, plant.move)
    with _served(plant) as url:
        wishes = Wishes(INCLUDED, examples=12, limits=Limits(requests=3000, per_second=5000))
        run = LiveRun(subject, Target(url, KEY), wishes)
        run.check(lambda step, done=0, total=0: None)
        return run.report()


def moved_from(subject: Subject, move: Callable[[Any], None]) -> Subject:
    """Return a subject whose document has moved away from its client."""
    moved: Any = copy.deepcopy(dict(subject.document))
    move(moved)
    with TemporaryDirectory() as folder:
        spec = Path(folder, "openapi.json")
        spec.write_text(json.dumps(moved), "utf-8")
        built = build(single(spec, subject.name, Path(folder)))
    return attrs.evolve(subject, document=json.loads(built.normalized), api=built.api, stale=True)


@contextmanager
def _served(plant: ShopPlant | None) -> Iterator[str]:
    state: dict[str, Any] = {"orders": {}, "keys": {}, "made": 0}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(
            scope["method"],
            scope["path"],
            dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
            {name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            await whole(receive),
            state,
        )
        reply = shop(call)
        if plant is not None and reply.status < 400 and call.path.startswith(_PATHS.get(plant.operation, "")):
            reply = plant.fault(call, reply)
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in reply.headers]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await send({"type": "http.response.body", "body": reply.body})

    with serve(app) as url:
        yield url
