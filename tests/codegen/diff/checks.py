"""Checks of document differs, by row of the checklist in `docs/diff.md`, with the worst change for users of a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import yaml
from specwire_codegen.diff.change import Severity

from .edits import operation_named

Edit: TypeAlias = Callable[[Any], object]
DOCUMENT: dict[str, Any] = yaml.safe_load("""
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: https://shop.test}]
security: [{key: []}]
paths:
  /pets:
    get:
      operationId: pets.list
      parameters:
        - {name: status, in: query, schema: {type: string, enum: [sold, free]}}
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100, default: 10}}
        - {name: ids, in: query, schema: {type: array, items: {type: string}}}
        - {name: q, in: query, schema: {type: string, minLength: 1, pattern: ^a}}
        - {name: x-trace, in: header, schema: {type: string}}
      responses:
        "200":
          description: ok
          headers: {x-limit: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}
        "400": {description: bad, content: {application/json: {schema: {$ref: "#/components/schemas/Problem"}}}}
    post:
      operationId: pets.create
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewPet"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
  /texts:
    post:
      operationId: texts.send
      requestBody: {required: true, content: {text/plain: {schema: {type: string}}}}
      responses: {"204": {description: done}}
  /open:
    put:
      operationId: open.put
      security: []
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Animal"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Animal"}}}}}
  /owned:
    get:
      operationId: owned.list
      security: [{oauth: [read]}]
      responses: {"204": {description: done}}
webhooks:
  sold:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Sold"}}}}
      responses: {"204": {description: done}}
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: https://shop.test/token, scopes: {read: r, write: w}}}}
  schemas:
    Pet:
      type: object
      required: [id, name, state]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        state: {type: string, enum: [new, old, ill]}
        age: {type: [integer, "null"]}
        kind: {const: pet}
        place: {type: array, prefixItems: [{type: number}, {type: number}], items: false, minItems: 2}
        labels: {type: object, additionalProperties: {type: string}}
        note: {type: string}
        size: {anyOf: [{type: string}, {type: integer}]}
    NewPet:
      type: object
      required: [name]
      properties:
        name: {type: string, maxLength: 10}
        kind: {type: string, enum: [cat, dog]}
        weight: {type: number}
        nick: {type: [string, "null"]}
        tags: {type: array, items: {type: string}, maxItems: 5}
        labels: {type: object, additionalProperties: {type: string}}
        mode: {type: string, default: a}
        size: {anyOf: [{type: string}, {type: integer}]}
    Cat: {type: object, required: [type, meow], properties: {type: {const: cat}, meow: {type: string}}}
    Dog: {type: object, required: [type, bark], properties: {type: {const: dog}, bark: {type: string}}}
    Fish: {type: object, required: [type], properties: {type: {const: fish}}}
    Animal:
      oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}]
      discriminator: {propertyName: type, mapping: {cat: "#/components/schemas/Cat", dog: "#/components/schemas/Dog"}}
    Problem: {type: object, required: [reason], properties: {reason: {type: string}}}
    Sold: {type: object, required: [id], properties: {id: {type: string}, price: {type: integer}}}
""")
DONE = {"responses": {"204": {"description": "done"}}}
FISH = {"$ref": "#/components/schemas/Fish"}


def on(name: str, **fields: Any) -> Edit:
    """Set fields of an operation."""
    return lambda document: operation_named(document, name).update(fields)


def without(name: str, field: str) -> Edit:
    """Remove a field of an operation."""
    return lambda document: operation_named(document, name).pop(field)


def response(name: str, status: str, **fields: Any) -> Edit:
    """Set fields of a response."""
    return lambda document: (
        operation_named(document, name)["responses"].setdefault(status, {"description": "d"}).update(fields)
    )


def parameter(name: str, schema: Any = None, **fields: Any) -> Edit:
    """Add a parameter in the query, or change one."""

    def edit(document: Any) -> None:
        parameters = operation_named(document, "pets.list")["parameters"]
        found = next((each for each in parameters if each["name"] == name), None)
        if found is None:
            found = {"name": name, "in": "query"}
            parameters.append(found)
        found.update(fields, **({} if schema is None else {"schema": schema}))

    return edit


def no_parameter(name: str) -> Edit:
    """Remove a parameter."""

    def edit(document: Any) -> None:
        parameters = operation_named(document, "pets.list")["parameters"]
        parameters[:] = [each for each in parameters if each["name"] != name]

    return edit


def field(model: str, name: str, schema: Any, *, required: bool | None = None) -> Edit:
    """Set a property, and whether it is required if that is stated; None removes it."""

    def edit(document: Any) -> None:
        found = document["components"]["schemas"][model]
        if schema is None:
            del found["properties"][name]
            found["required"] = [each for each in found["required"] if each != name]
            return
        found["properties"][name] = schema
        if required is not None:
            found["required"] = [each for each in found["required"] if each != name] + [name] * required

    return edit


def schema(model: str, **fields: Any) -> Edit:
    """Set fields of a component."""
    return lambda document: document["components"]["schemas"][model].update(fields)


def moved(document: Any) -> None:
    """Move a path."""
    document["paths"]["/animals"] = document["paths"].pop("/pets")


def no_dog(document: Any) -> None:
    """Remove a variant."""
    animal = document["components"]["schemas"]["Animal"]
    animal["oneOf"].pop()
    del animal["discriminator"]["mapping"]["dog"]


def body_of(media_type: str, schema: Any) -> dict[str, Any]:
    """Return the content of a body."""
    return {"content": {media_type: {"schema": schema}}}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
WHY = {"type": "object", "required": ["why"], "properties": {"why": TEXT}}
MAY = {"type": "object", "properties": {"why": TEXT}}
TOKEN = {"tokenUrl": "https://shop.test/other", "scopes": {"read": "r"}}

CHECKS: dict[str, list[tuple[str, Edit, Severity | None]]] = {
    "endpoints and paths": [
        ("added", lambda d: d["paths"].update({"/new": {"get": {"operationId": "new.get", **DONE}}}), "safe"),
        ("removed", lambda d: d["paths"].pop("/texts"), "breaking"),
        ("moved", moved, None),
    ],
    "operationIds and tags": [
        ("operationId changed", on("texts.send", operationId="texts.post"), "breaking"),
        ("tag changed", on("texts.send", tags=["letters"]), None),
    ],
    "parameters and request properties": [
        ("required parameter added", parameter("must", TEXT, required=True), "breaking"),
        ("required header added", parameter("x-must", TEXT, required=True, **{"in": "header"}), "breaking"),
        ("optional parameter added", parameter("may", TEXT), "safe"),
        ("required parameter with a default added", parameter("must", {**TEXT, "default": "a"}, required=True), "safe"),
        ("parameter removed", no_parameter("q"), "breaking"),
        ("header removed", no_parameter("x-trace"), "breaking"),
        ("parameter became required", parameter("q", required=True), "breaking"),
        ("required property added", field("NewPet", "must", TEXT, required=True), "breaking"),
        ("optional property added", field("NewPet", "may", TEXT), "safe"),
        ("property removed", field("NewPet", "weight", None), "breaking"),
        ("property became required", schema("NewPet", required=["name", "weight"]), "breaking"),
        ("property became optional", schema("NewPet", required=[]), "safe"),
    ],
    "request body": [
        ("removed", without("texts.send", "requestBody"), "breaking"),
        ("became optional", on("texts.send", requestBody=body_of("text/plain", TEXT)), "safe"),
        (
            "required one added",
            on("owned.list", requestBody={"required": True, **body_of("application/json", WHY)}),
            "breaking",
        ),
        ("optional one added", on("owned.list", requestBody=body_of("application/json", MAY)), "safe"),
    ],
    "types of parameters": [
        ("parameter changed", parameter("q", NUMBER), "breaking"),
        ("parameter widened", parameter("limit", {"type": "number"}), "safe"),
        ("parameter of several types", parameter("q", {"type": ["string", "integer"]}), "safe"),
        ("items of a parameter changed", parameter("ids", {"type": "array", "items": NUMBER}), "breaking"),
        ("parameter became nullable", parameter("q", {"type": ["string", "null"]}), "safe"),
        ("parameter became a date", parameter("q", {**TEXT, "format": "date"}), "breaking"),
        ("request property changed", field("NewPet", "weight", TEXT), "breaking"),
        ("request property became nullable", field("NewPet", "weight", {"type": ["number", "null"]}), "safe"),
        ("request property became not nullable", field("NewPet", "nick", TEXT), "breaking"),
        ("response property changed", field("Pet", "note", NUMBER), "breaking"),
        ("response property became nullable", field("Pet", "note", {"type": ["string", "null"]}), "risky"),
        ("response property became not nullable", field("Pet", "age", NUMBER), "safe"),
        ("response property became a date and time", field("Pet", "note", {**TEXT, "format": "date-time"}), "breaking"),
    ],
    "enumerations and constants": [
        ("value of a parameter added", parameter("status", {**TEXT, "enum": ["sold", "free", "x"]}), "safe"),
        ("value of a parameter removed", parameter("status", {**TEXT, "enum": ["sold"]}), "breaking"),
        ("parameter became an enumeration", parameter("q", {**TEXT, "enum": ["a", "b"]}), "breaking"),
        ("enumeration became text", parameter("status", TEXT), "breaking"),
        ("value of a request property added", field("NewPet", "kind", {**TEXT, "enum": ["cat", "dog", "x"]}), "safe"),
        ("value of a request property removed", field("NewPet", "kind", {**TEXT, "enum": ["cat"]}), "breaking"),
        ("request property became a constant", field("NewPet", "mode", {"const": "a"}), "breaking"),
        ("value of a response added", field("Pet", "state", {**TEXT, "enum": ["new", "old", "ill", "x"]}), "risky"),
        ("value of a response removed", field("Pet", "state", {**TEXT, "enum": ["new", "old"]}), "safe"),
        ("constant of a response changed", field("Pet", "kind", {"const": "animal"}), "breaking"),
    ],
    "`oneOf`, `anyOf`, `allOf`": [
        ("variant added", lambda d: d["components"]["schemas"]["Animal"]["oneOf"].append(FISH), "risky"),
        ("variant removed", no_dog, "breaking"),
        ("type of a request property added", field("NewPet", "weight", {"anyOf": [{"type": "number"}, TEXT]}), "safe"),
        ("type of a request property removed", field("NewPet", "size", TEXT), "breaking"),
        ("type of a response property added", field("Pet", "note", {"anyOf": [TEXT, NUMBER]}), "risky"),
        ("type of a response property removed", field("Pet", "size", TEXT), "safe"),
        ("property wrapped in allOf", field("NewPet", "weight", {"allOf": [{"type": "number"}]}), None),
    ],
    "discriminators and their mapping": [
        (
            "value renamed",
            lambda d: d["components"]["schemas"]["Animal"]["discriminator"]["mapping"].update(
                kitten=d["components"]["schemas"]["Animal"]["discriminator"]["mapping"].pop("cat")
            ),
            "breaking",
        ),
        ("removed", lambda d: d["components"]["schemas"]["Animal"].pop("discriminator"), None),
    ],
    "`prefixItems`, `items`": [
        (
            "item of a tuple changed",
            field("Pet", "place", {"type": "array", "prefixItems": [TEXT, TEXT], "items": False, "minItems": 2}),
            "breaking",
        ),
        ("items changed", field("NewPet", "tags", {"type": "array", "items": NUMBER}), "breaking"),
        (
            "values of a map of requests changed",
            field("NewPet", "labels", {"type": "object", "additionalProperties": NUMBER}),
            "breaking",
        ),
        (
            "values of a map of responses changed",
            field("Pet", "labels", {"type": "object", "additionalProperties": NUMBER}),
            "breaking",
        ),
    ],
    "read-only and write-only": [
        (
            "request property became read-only",
            field("NewPet", "weight", {"type": "number", "readOnly": True}),
            "breaking",
        ),
        ("required response property became write-only", field("Pet", "name", {**TEXT, "writeOnly": True}), "risky"),
        ("optional response property became write-only", field("Pet", "note", {**TEXT, "writeOnly": True}), None),
        ("response property became not read-only", field("Pet", "id", TEXT), None),
    ],
    "responses: statuses": [
        ("success removed", lambda d: operation_named(d, "pets.list")["responses"].pop("200"), "breaking"),
        ("error added", response("pets.create", "409", **body_of("application/json", FISH)), "safe"),
        ("type of an error removed", lambda d: operation_named(d, "pets.list")["responses"].pop("400"), "breaking"),
        ("media type changed", response("pets.create", "200", **body_of("text/plain", TEXT)), "breaking"),
        ("body removed", response("pets.create", "200", content={}), "breaking"),
        (
            "body became an array",
            response("pets.create", "200", **body_of("application/json", {"type": "array", "items": FISH})),
            "breaking",
        ),
        ("required property removed", field("Pet", "name", None), "breaking"),
        ("optional property removed", field("Pet", "note", None), "breaking"),
        ("property added", field("Pet", "more", TEXT), "safe"),
        ("property became optional", schema("Pet", required=["id", "state"]), "risky"),
        ("property became required", schema("Pet", required=["id", "name", "state", "note"]), "safe"),
    ],
    "security: schemes": [
        (
            "changed",
            lambda d: d["components"]["securitySchemes"].update(key={"type": "apiKey", "in": "header", "name": "k"}),
            "risky",
        ),
        ("replaced", lambda d: d.update(security=[{"oauth": []}]), "breaking"),
    ],
    "security: an operation": [
        ("needs credentials", on("open.put", security=[{"key": []}]), "risky"),
        ("needs none", on("texts.send", security=[]), None),
    ],
    "servers": [("moved", lambda d: d.update(servers=[{"url": "https://new.test"}]), "risky")],
    "deprecation of operations": [("deprecated", on("texts.send", deprecated=True), "safe")],
    "default values": [
        ("of an optional parameter", parameter("limit", {"type": "integer", "default": 20}), None),
        ("of a property", field("NewPet", "mode", {**TEXT, "default": "b"}), None),
        (
            "required property with a default added",
            field("NewPet", "must", {**TEXT, "default": "a"}, required=True),
            "breaking",
        ),
    ],
    "limits": [
        ("maximum", parameter("limit", {"type": "integer", "maximum": 50, "default": 10}), None),
        ("length", field("NewPet", "name", {**TEXT, "maxLength": 3}), None),
        ("pattern", parameter("q", {**TEXT, "pattern": "^b"}), None),
        ("items", field("NewPet", "tags", {"type": "array", "items": TEXT, "maxItems": 2, "uniqueItems": True}), None),
        ("properties", schema("NewPet", minProperties=2), None),
    ],
    "`if`, `not`": [
        ("not", field("Pet", "note", {**TEXT, "not": {"enum": ["x"]}}), None),
        ("dependent", schema("NewPet", dependentRequired={"kind": ["weight"]}), None),
    ],
    "scopes, URLs and flows": [
        ("scope of an operation", on("owned.list", security=[{"oauth": ["write"]}]), None),
        (
            "token URL",
            lambda d: d["components"]["securitySchemes"]["oauth"].update(flows={"clientCredentials": TOKEN}),
            "risky",
        ),
    ],
    "headers of responses": [
        ("removed", lambda d: operation_named(d, "pets.list")["responses"]["200"].pop("headers"), None),
    ],
    "place, style and explode": [
        ("place", parameter("q", **{"in": "header"}), None),
        ("explode", parameter("ids", explode=False), None),
        (
            "status of a success",
            lambda d: operation_named(d, "pets.create")["responses"].update(
                {"201": operation_named(d, "pets.create")["responses"].pop("200")}
            ),
            None,
        ),
        (
            "media type of a body",
            on("texts.send", requestBody={"required": True, **body_of("text/markdown", TEXT)}),
            None,
        ),
    ],
    "sunset dates": [
        ("sunset", on("texts.send", **{"x-sunset": "2030-01-01"}), None),
        ("deprecated parameter", parameter("q", deprecated=True), None),
        ("deprecated property", field("Pet", "note", {**TEXT, "deprecated": True}), None),
    ],
    "version in `info`": [("lowered", lambda d: d["info"].update(version="0"), None)],
    "webhooks and callbacks: their payloads": [
        ("property changed", field("Sold", "price", TEXT), "breaking"),
        ("property became optional", schema("Sold", required=[]), "risky"),
        ("property became required", schema("Sold", required=["id", "price"]), "safe"),
    ],
    "webhooks and callbacks added": [("removed", lambda d: d.pop("webhooks"), "breaking")],
    "descriptions": [
        ("summary", on("texts.send", summary="Send", description="Send a text."), None),
        ("example", field("Pet", "note", {**TEXT, "examples": ["a"]}), None),
    ],
}
