"""A document, and edits of it with what each means for users of its client."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml
from specwire_codegen.diff.change import Severity

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
        - {name: limit, in: query, schema: {type: integer}}
        - {name: cursor, in: query, schema: {type: string}}
      x-specwire-pagination: {style: cursor, items: /data, cursor: cursor, next: /next}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/PetPage"}}}}
        "400": {description: bad, content: {application/json: {schema: {$ref: "#/components/schemas/Problem"}}}}
    post:
      operationId: pets.create
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/NewPet"}}}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
  /pets/{pet}:
    parameters: [{name: pet, in: path, required: true, schema: {type: string}}]
    get:
      operationId: pets.retrieve
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
    delete:
      operationId: pets.delete
      responses: {"204": {description: gone}}
  /pets/{pet}/photo:
    parameters: [{name: pet, in: path, required: true, schema: {type: string}}]
    put:
      operationId: pets.photo
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties: {file: {type: string, format: binary}, note: {type: string}}
      responses: {"204": {description: done}}
  /talk:
    get:
      operationId: talk.listen
      responses:
        "200": {description: ok, content: {text/event-stream: {schema: {$ref: "#/components/schemas/Word"}}}}
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
    admin: {type: apiKey, in: header, name: x-admin}
  schemas:
    PetPage:
      type: object
      required: [data]
      properties: {data: {type: array, items: {$ref: "#/components/schemas/Pet"}}, next: {type: string}}
    Pet:
      type: object
      required: [id, name, status]
      properties:
        id: {type: string}
        name: {type: string}
        status: {type: string, enum: [sold, free, ill]}
        age: {type: integer}
        owner: {$ref: "#/components/schemas/Owner"}
        food: {anyOf: [{type: string}, {$ref: "#/components/schemas/Food"}]}
    NewPet:
      type: object
      required: [name]
      properties:
        name: {type: string}
        kind: {type: string, enum: [cat, dog]}
        weight: {type: number}
        owner: {$ref: "#/components/schemas/Owner"}
        tags: {type: array, items: {type: string}}
    Owner: {type: object, required: [email], properties: {email: {type: string}, phone: {type: string}}}
    Food: {type: object, required: [brand], properties: {brand: {type: string}, grams: {type: integer}}}
    Word: {type: object, required: [text], properties: {text: {type: string}}}
    Problem: {type: object, required: [reason], properties: {reason: {type: string}}}
""")


class Edit(NamedTuple):
    """A change of the document, and the changes of the client that it must be reported as."""

    change: Callable[[dict[str, Any]], object]
    expected: tuple[tuple[Severity, str], ...]


def edited(edit: Edit) -> dict[str, Any]:
    """Return the document after an edit."""
    document = copy.deepcopy(DOCUMENT)
    edit.change(document)
    return document


def _schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def operation_named(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an operation by its id."""
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and operation.get("operationId") == name:
                return operation
    raise AssertionError(name)


def _field(
    document: dict[str, Any], model: str, name: str, schema: Any = None, *, required: bool | None = None
) -> dict[str, Any]:
    """Set, remove or require a property."""
    found = _schema(document, model)
    if schema is not None:
        found["properties"][name] = schema
    elif required is None:
        del found["properties"][name]
    wanted = set(found.get("required", [])) - {name} | ({name} if required else set())
    found["required"] = sorted(wanted)
    return document


def _parameter(document: dict[str, Any], operation: str, which: str, **changes: Any) -> None:
    """Add or change a query parameter."""
    parameters = operation_named(document, operation).setdefault("parameters", [])
    found = next((each for each in parameters if each["name"] == which), None)
    if found is None:
        parameters.append({"name": which, "in": "query", "schema": {"type": "string"}, **changes})
    else:
        found.update(changes)


def _rename_schema(document: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Rename a component."""
    text = yaml.safe_dump(document).replace(f"#/components/schemas/{old}'", f"#/components/schemas/{new}'")
    text = text.replace(f"#/components/schemas/{old}\n", f"#/components/schemas/{new}\n")
    document.clear()
    document.update(yaml.safe_load(text))
    document["components"]["schemas"][new] = document["components"]["schemas"].pop(old)
    return document


EDITS: dict[str, Edit] = {
    "nothing": Edit(lambda d: None, ()),
    "descriptions": Edit(lambda d: _schema(d, "Pet").update(description="A pet."), ()),
    "method added": Edit(
        lambda d: d["paths"]["/talk"].update(
            post={"operationId": "talk.say", "responses": {"204": {"description": "done"}}}
        ),
        (("safe", "client.talk.say(): added (POST /talk)"),),
    ),
    "method removed": Edit(
        lambda d: d["paths"]["/pets/{pet}"].pop("delete"), (("breaking", "client.pets.delete(): removed"),)
    ),
    "method renamed": Edit(
        lambda d: operation_named(d, "pets.retrieve").update(operationId="pets.fetch"),
        (("breaking", "client.pets.retrieve(): renamed to client.pets.fetch()"),),
    ),
    "path moved": Edit(lambda d: d["paths"].update({"/animals/{pet}": d["paths"].pop("/pets/{pet}")}), ()),
    "names swapped": Edit(
        lambda d: (
            operation_named(d, "pets.delete").update(operationId="x"),
            operation_named(d, "pets.retrieve").update(operationId="pets.delete"),
            operation_named(d, "x").update(operationId="pets.retrieve"),
        ),
        (
            ("breaking", "client.pets.delete(): now calls GET /pets/{pet} instead of DELETE /pets/{pet}"),
            ("breaking", "client.pets.retrieve(): now calls DELETE /pets/{pet} instead of GET /pets/{pet}"),
        ),
    ),
    "deprecated": Edit(
        lambda d: operation_named(d, "pets.delete").update(deprecated=True),
        (("safe", "client.pets.delete(): deprecated"),),
    ),
    "optional argument added": Edit(
        lambda d: _parameter(d, "pets.list", "sort"), (("safe", "client.pets.list(sort=): added"),)
    ),
    "required constant added": Edit(
        lambda d: _field(d, "Owner", "form", {"type": "string", "const": "person"}, required=True),
        (("safe", "models.Owner.form: added"),),
    ),
    "required constant of a component added": Edit(
        lambda d: (
            d["components"]["schemas"].update(Form={"type": "string", "const": "person"})
            or _field(d, "Owner", "form", {"$ref": "#/components/schemas/Form"}, required=True)
        ),
        (("safe", "models.Owner.form: added"), ("safe", "models.Form: added")),
    ),
    "required argument added": Edit(
        lambda d: _parameter(d, "pets.list", "sort", required=True),
        (("breaking", "client.pets.list(sort=): added, and required"),),
    ),
    "argument removed": Edit(
        lambda d: operation_named(d, "pets.list")["parameters"].pop(1),
        (("breaking", "client.pets.list(limit=): removed"),),
    ),
    "argument renamed": Edit(
        lambda d: _parameter(d, "pets.list", "limit", name="size"),
        (("breaking", "client.pets.list(limit=): renamed to size="),),
    ),
    "argument required": Edit(
        lambda d: _parameter(d, "pets.list", "limit", required=True),
        (("breaking", "client.pets.list(limit=): now required"),),
    ),
    "argument widened": Edit(
        lambda d: _parameter(d, "pets.list", "limit", schema={"type": ["integer", "null"]}),
        (("safe", "client.pets.list(limit=): int is now int | None"),),
    ),
    "argument of another type": Edit(
        lambda d: _parameter(d, "pets.list", "limit", schema={"type": "string"}),
        (("breaking", "client.pets.list(limit=): int is now str"),),
    ),
    "value of an argument added": Edit(
        lambda d: _parameter(d, "pets.list", "status", schema={"type": "string", "enum": ["sold", "free", "new"]}),
        (("safe", 'models.PetsListStatus: also Literal["new"]'),),
    ),
    "value of an argument removed": Edit(
        lambda d: _parameter(d, "pets.list", "status", schema={"type": "string", "enum": ["sold"]}),
        (
            ("breaking", 'client.pets.list(status=): no longer Literal["free"]'),
            ("breaking", "models.PetsListStatus: removed"),
        ),
    ),
    "body field added": Edit(
        lambda d: _field(d, "NewPet", "color", {"type": "string"}),
        (("safe", "client.pets.create(color=): added"), ("safe", "models.NewPet.color: added")),
    ),
    "items of a body field widened": Edit(
        lambda d: _field(d, "NewPet", "tags", {"type": "array", "items": {"type": ["string", "integer"]}}),
        (
            ("safe", "client.pets.create(tags=): list[str] is now list[str | int]"),
            (
                "breaking",
                "models.NewPet.tags: list[str] is now list[str | int]; type checkers reject variables of the former type",
            ),
        ),
    ),
    "body field required": Edit(
        lambda d: _field(d, "NewPet", "color", {"type": "string"}, required=True),
        (
            ("breaking", "client.pets.create(color=): added, and required"),
            ("breaking", "models.NewPet.color: added, and required in requests"),
        ),
    ),
    "body field removed": Edit(
        lambda d: _field(d, "NewPet", "weight"),
        (("breaking", "client.pets.create(weight=): removed"), ("breaking", "models.NewPet.weight: removed")),
    ),
    "field of a nested object required": Edit(
        lambda d: _field(d, "Owner", "phone", required=True),
        (
            ("breaking", "models.Owner.phone: now required in requests"),
            ("safe", "models.Owner.phone: now always in responses"),
        ),
    ),
    "file required": Edit(
        lambda d: operation_named(d, "pets.photo")["requestBody"]["content"]["multipart/form-data"]["schema"].update(
            required=["file", "note"]
        ),
        (("breaking", "client.pets.photo(note=): now required"),),
    ),
    "response field added": Edit(
        lambda d: _field(d, "Food", "color", {"type": "string"}), (("safe", "models.Food.color: added"),)
    ),
    "response field removed": Edit(lambda d: _field(d, "Food", "grams"), (("breaking", "models.Food.grams: removed"),)),
    "response field renamed": Edit(
        lambda d: (_field(d, "Food", "grams"), _field(d, "Food", "weight", {"type": "integer"})),
        (("breaking", "models.Food.grams: renamed to weight"),),
    ),
    "response field with another key": Edit(
        lambda d: _schema(d, "Food")["properties"].update(Grams=_schema(d, "Food")["properties"].pop("grams")), ()
    ),
    "response field with another key and type": Edit(
        lambda d: (_field(d, "Food", "grams"), _field(d, "Food", "Grams", {"type": "number"})),
        (("risky", "models.Food.grams: int is now float"),),
    ),
    "response field optional": Edit(
        lambda d: _field(d, "Food", "brand", required=False),
        (("risky", "models.Food.brand: may now be absent from responses"),),
    ),
    "response field nullable": Edit(
        lambda d: _field(d, "Food", "brand", {"type": ["string", "null"]}, required=True),
        (("risky", "models.Food.brand: str is now str | None"),),
    ),
    "response field of another type": Edit(
        lambda d: _field(d, "Food", "grams", {"type": "string"}),
        (("breaking", "models.Food.grams: int is now str"),),
    ),
    "value of a response added": Edit(
        lambda d: _field(d, "Pet", "status", {"type": "string", "enum": ["sold", "free", "ill", "new"]}, required=True),
        (("risky", 'models.PetStatus: also Literal["new"]'),),
    ),
    "value of a response removed": Edit(
        lambda d: _field(d, "Pet", "status", {"type": "string", "enum": ["sold", "ill"]}, required=True),
        (("safe", 'models.PetStatus: no longer Literal["free"]'),),
    ),
    "variant of a response added": Edit(
        lambda d: _schema(d, "Pet")["properties"]["food"]["anyOf"].append({"type": "integer"}),
        (("risky", "models.PetFood: str | Food is now str | Food | int"),),
    ),
    "response is another object": Edit(
        lambda d: operation_named(d, "pets.retrieve")["responses"].update(
            {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}}
        ),
        (("breaking", "the response of client.pets.retrieve(): Pet is now str"),),
    ),
    "response is bytes": Edit(
        lambda d: operation_named(d, "pets.retrieve")["responses"].update(
            {"200": {"description": "", "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}}
        ),
        (("breaking", "client.pets.retrieve(): returned JSON, now returns bytes"),),
    ),
    "stream is JSON": Edit(
        lambda d: operation_named(d, "talk.listen")["responses"].update(
            {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}}
        ),
        (
            ("breaking", "client.talk.listen(): returned a stream of events, now returns JSON"),
            ("breaking", "models.Word: removed"),
        ),
    ),
    "pages removed": Edit(
        lambda d: operation_named(d, "pets.list").update({"x-specwire-pagination": False}),
        (("breaking", "client.pets.list.iter(): removed with .pages()"),),
    ),
    "error added": Edit(
        lambda d: operation_named(d, "pets.retrieve")["responses"].update(
            {
                "404": {
                    "description": "",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            }
        ),
        (("safe", "errors of client.pets.retrieve(): 404: the body is Problem"),),
    ),
    "error removed": Edit(
        lambda d: operation_named(d, "pets.list")["responses"].pop("400"),
        (
            ("breaking", "models.Problem: removed"),
            ("risky", "errors of client.pets.list(): 400: the body has no type any more"),
        ),
    ),
    "model renamed": Edit(
        lambda d: _rename_schema(d, "Food", "Meal"), (("breaking", "models.Food: renamed to models.Meal"),)
    ),
    "model renamed and extended": Edit(
        lambda d: (_rename_schema(d, "Food", "Meal"), _field(d, "Meal", "color", {"type": "string"})),
        (("breaking", "models.Food: renamed to models.Meal"), ("safe", "models.Meal.color: added")),
    ),
    "server moved": Edit(
        lambda d: d.update(servers=[{"url": "https://new.test"}]),
        (("risky", "Shop(base_url=): the default is now https://new.test, before https://shop.test"),),
    ),
    "server removed": Edit(
        lambda d: d.pop("servers"), (("breaking", "Shop(base_url=): now required: the document names no server"),)
    ),
    "credentials removed": Edit(
        lambda d: (d.pop("security"), d["components"].pop("securitySchemes")),
        (("breaking", "Shop(credentials=): the scheme key was removed"),),
    ),
    "credentials of an operation": Edit(
        lambda d: operation_named(d, "pets.delete").update(security=[{"admin": []}]),
        (
            ("risky", "client.pets.delete(): now needs the credentials admin; key was enough before"),
            ("safe", "Shop(credentials=): the scheme admin was added"),
        ),
    ),
}
"""Edits by name."""
