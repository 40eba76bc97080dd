"""Mutations of operations and their surroundings."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from .places import AWKWARD, Data, is_swagger, one


def parameter(document: Data, chance: Random) -> bool:
    """Add an unusual parameter, or change one."""
    operation, known = one(document, chance, "operation"), one(document, chance, "parameter")
    if operation is None:
        return False
    thing = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "array", "items": {}}}}
    new: list[Data] = [
        {"name": "q", "in": "query", "content": {"application/json": {"schema": thing}}},
        {"name": "q", "in": "query", "content": {}},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
        {"name": "filter", "in": "query", "style": "deepObject", "explode": True, "schema": thing},
        {
            "name": "filter",
            "in": "query",
            "style": chance.choice(["form", "pipeDelimited", "matrix", "odd"]),
            "schema": thing,
        },
        {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}},
        {"name": "Content-Type", "in": "header", "type": "string"},
        {"name": "body", "in": "body", "schema": thing},
        {"name": "file", "in": "formData", "type": "file"},
        {"name": "nowhere", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "q", "in": "querystring", "content": {"application/x-www-form-urlencoded": {"schema": thing}}},
        {"name": "a", "in": "query"},
        {"in": "query", "schema": {"type": "string"}},
        {"name": "a"},
        {"name": "limit", "in": "Query", "schema": {"type": "integer", "default": "ten"}},
        {
            "name": chance.choice(AWKWARD),
            "in": chance.choice(["query", "header", "cookie"]),
            "schema": {"type": "boolean"},
        },
        {"name": "ids", "in": "query", "type": "array", "items": {"type": "integer"}, "collectionFormat": "multi"},
        {"$ref": "#/components/parameters/nothing"},
        {},
    ]
    if known and chance.random() < 0.4:
        known.update(copy.deepcopy(chance.choice(new)))
        return True
    stated = operation.get("parameters")
    extra = chance.choice(new)
    operation["parameters"] = [*(stated if isinstance(stated, list) else []), *chance.choice([[extra], [extra, extra]])]
    return True


MEDIA = (
    *("application/json", "*/*", "text/event-stream", "multipart/form-data", "application/octet-stream", "text/plain"),
    *("application/x-www-form-urlencoded", "application/xml", "text/csv", "application/vnd.a.b+json; v=1", "image/*"),
    *(
        "application/json; charset=utf-8",
        "application/pdf",
        "application/x-ndjson",
        "application/problem+json",
        "json",
        "",
    ),
    *(
        "multipart/mixed",
        "application/jsonl",
        "application/zip",
        "text/html",
        "application/json-seq",
        "APPLICATION/JSON",
    ),
)


def media(document: Data, chance: Random) -> bool:
    """Change the media types of bodies or responses."""
    kinds = chance.sample(MEDIA, chance.randrange(1, 4))
    if is_swagger(document):
        holder = chance.choice([document, one(document, chance, "operation") or document])
        holder[chance.choice(["produces", "consumes"])] = kinds
        return True
    operation = one(document, chance, "operation")
    if operation is None:
        return False
    stated = one(document, chance, "media")
    schema = (stated or {}).get("schema", {"type": "object"})
    file = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}, "data": schema}}
    many = {
        "type": "object",
        "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    }
    forms: list[Any] = [{"schema": schema}, {"schema": {"type": "string", "format": "binary"}}, {}, {"schema": file}]
    forms += [{"schema": many, "encoding": {"files": {"contentType": "image/png, image/jpeg", "style": "form"}}}, None]
    content = {kind: copy.deepcopy(chance.choice(forms)) for kind in kinds}
    if chance.random() < 0.5:
        operation["requestBody"] = {"content": content, **chance.choice([{}, {"required": True}])}
    else:
        responses = operation.get("responses")
        code = chance.choice(["200", "201", "204", "default", "2XX", "4xx", "302", 200])
        operation["responses"] = {**(responses if isinstance(responses, dict) else {}), code: {"content": content}}
    return True


def answers(document: Data, chance: Random) -> bool:
    """Change the responses of an operation."""
    operation = one(document, chance, "operation", "responses")
    if operation is None or not isinstance(operation["responses"], dict) or not operation["responses"]:
        return False
    responses = operation["responses"]
    first = next(iter(responses.values()))
    odd = ["default", "2XX", "5xx", "200 OK", "ok", "success", "20x", "", 200, "299", "1XX", "0", "999", "200,201"]
    responses[chance.choice(odd)] = first
    if chance.random() < 0.5:
        responses.pop(next(iter(responses)))
    return True


def security(document: Data, chance: Random) -> bool:
    """Change the security of an operation."""
    holder = chance.choice([document, one(document, chance, "operation") or document])
    names = list((document.get("components") or {}).get("securitySchemes") or {"nothing": 0})
    ways: list[Any] = [
        [{"nothing": []}],
        [{}],
        [],
        {},
        [{names[0]: None}],
        {names[0]: []},
        [names[0]],
        [{"": []}],
        None,
    ]
    holder["security"] = chance.choice(ways)
    if chance.random() < 0.5 and not is_swagger(document) and isinstance(document.get("components"), dict):
        schemes: list[Any] = [
            {"type": "http", "scheme": "Bearer"},
            {"type": "http"},
            {"type": "apiKey"},
            {"type": "oauth2"},
        ]
        schemes += [
            {"type": "oauth2", "flows": {}},
            {"type": "basic"},
            {"type": "apiKey", "in": "query", "name": "a[]"},
        ]
        schemes += [
            {"type": "odd"},
            {},
            {"type": "openIdConnect"},
            {"type": "http", "scheme": "hoba"},
            {"type": "mutualTLS"},
        ]
        stated = document["components"].get("securitySchemes")
        name = chance.choice(AWKWARD)
        document["components"]["securitySchemes"] = {
            **(stated if isinstance(stated, dict) else {}),
            name: chance.choice(schemes),
        }
        holder["security"] = [{name: []}]
    return True


def servers(document: Data, chance: Random) -> bool:
    """Change the servers."""
    if is_swagger(document):
        key = chance.choice(["host", "basePath", "schemes"])
        document[key] = chance.choice(["", "/", "a.com/b", None, ["ws"], [], "https://a.com", "{host}", "/{tenant}/v1"])
        return True
    ways: list[Any] = [[], {}, None, [{"url": ""}], [{"url": "/"}], [{"url": "a.com"}], [{"url": "//a.com/v1/"}], [{}]]
    ways += [
        [{"url": "https://{host}/{v}"}],
        [{"url": "https://{host}", "variables": {"host": {}}}],
        "https://a.com",
        [""],
    ]
    ways += [
        [{"url": "https://{h}", "variables": {"h": {"default": "a", "enum": ["b"]}}}],
        [{"url": "https://a.com?x=1#y"}],
    ]
    holder = chance.choice([document, document, one(document, chance, "operation") or document])
    holder["servers"] = chance.choice(ways)
    return True


def hooks(document: Data, chance: Random) -> bool:
    """Add webhooks and callbacks."""
    operation, item = one(document, chance, "operation"), one(document, chance, "path")
    if operation is None or item is None:
        return False
    if chance.random() < 0.5:
        document["webhooks"] = {chance.choice(AWKWARD): copy.deepcopy(item)}
    else:
        where = chance.choice(["{$request.body#/url}", "http://a.com/{$request.query.url}", chance.choice(AWKWARD)])
        operation["callbacks"] = {chance.choice(AWKWARD): {where: copy.deepcopy(item)}}
    return True


def version(document: Data, chance: Random) -> bool:
    """Change the version of OpenAPI."""
    if is_swagger(document):
        document["swagger"] = chance.choice(["2.0", 2.0, 2, "2"])
    else:
        versions = [
            "3.0.0",
            "3.0.4",
            "3.1.0",
            "3.1.1",
            "3.2.0",
            "3.0",
            "3.1",
            3.0,
            3.1,
            "3",
            3,
            "3.0.0-rc1",
            "3.0.3 ",
            "v3.0.1",
        ]
        document["openapi"] = chance.choice(versions)
    return True
