"""The objects of OpenAPI 3.2: which fields they have, in the order of the specification, and what stands in them.

Every walk over a document is driven by these tables: checking, rewriting, ordering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import attrs

from specwire_codegen import pointer as pointers

Kind = str
Node = dict[str, Any]
Plain = Literal["text", "texts", "textmap", "flag", "number", "list", "map", "types", "any"]


@attrs.frozen
class Child:
    """A field that holds one object of a kind, a list of them, or a map to them."""

    kind: Kind
    shape: Literal["one", "list", "map"] = "one"


Fields = Mapping[str, Child | Plain]


def _one(kind: Kind) -> Child:
    return Child(kind)


def _many(kind: Kind) -> Child:
    return Child(kind, "list")


def _named(kind: Kind) -> Child:
    return Child(kind, "map")


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

_SWAGGER_VALUES: Fields = {
    "type": "types",
    "format": "text",
    "items": _one("swaggerItems"),
    "collectionFormat": "text",
    "default": "any",
    "enum": "list",
    "maximum": "number",
    "exclusiveMaximum": "flag",
    "minimum": "number",
    "exclusiveMinimum": "flag",
    "maxLength": "number",
    "minLength": "number",
    "pattern": "text",
    "maxItems": "number",
    "minItems": "number",
    "uniqueItems": "flag",
    "multipleOf": "number",
    "example": "any",
}
"""What Swagger 2.0 says about the values of a parameter or header on the parameter itself."""

FIELDS: Mapping[Kind, Fields] = {
    "openapi": {
        "openapi": "text",
        "$self": "text",
        "info": _one("info"),
        "jsonSchemaDialect": "text",
        "servers": _many("server"),
        "paths": _one("paths"),
        "webhooks": _named("pathItem"),
        "components": _one("components"),
        "security": "list",
        "tags": _many("tag"),
        "externalDocs": _one("externalDocs"),
    },
    "info": {
        "title": "text",
        "summary": "text",
        "description": "text",
        "termsOfService": "text",
        "contact": _one("contact"),
        "license": _one("license"),
        "version": "text",
    },
    "contact": {"name": "text", "url": "text", "email": "text"},
    "license": {"name": "text", "identifier": "text", "url": "text"},
    "server": {"url": "text", "description": "text", "name": "text", "variables": _named("serverVariable")},
    "serverVariable": {"enum": "texts", "default": "text", "description": "text"},
    "components": {
        "schemas": _named("schema"),
        "responses": _named("response"),
        "parameters": _named("parameter"),
        "examples": _named("example"),
        "requestBodies": _named("requestBody"),
        "headers": _named("header"),
        "securitySchemes": _named("securityScheme"),
        "links": _named("link"),
        "callbacks": _named("callback"),
        "pathItems": _named("pathItem"),
        "mediaTypes": _named("mediaType"),
    },
    "paths": {},
    "pathItem": {
        "$ref": "text",
        "summary": "text",
        "description": "text",
        **{method: _one("operation") for method in METHODS},
        "additionalOperations": _named("operation"),
        "servers": _many("server"),
        "parameters": _many("parameter"),
    },
    "operation": {
        "tags": "texts",
        "summary": "text",
        "description": "text",
        "externalDocs": _one("externalDocs"),
        "operationId": "text",
        "parameters": _many("parameter"),
        "requestBody": _one("requestBody"),
        "responses": _one("responses"),
        "callbacks": _named("callback"),
        "deprecated": "flag",
        "security": "list",
        "servers": _many("server"),
    },
    "externalDocs": {"description": "text", "url": "text"},
    "parameter": {
        "name": "text",
        "in": "text",
        "description": "text",
        "required": "flag",
        "deprecated": "flag",
        "allowEmptyValue": "flag",
        "style": "text",
        "explode": "flag",
        "allowReserved": "flag",
        "schema": _one("schema"),
        "content": _named("mediaType"),
        "example": "any",
        "examples": _named("example"),
    },
    "requestBody": {"description": "text", "content": _named("mediaType"), "required": "flag"},
    "mediaType": {
        "description": "text",
        "schema": _one("schema"),
        "itemSchema": _one("schema"),
        "example": "any",
        "examples": _named("example"),
        "encoding": _named("encoding"),
        "prefixEncoding": _many("encoding"),
        "itemEncoding": _one("encoding"),
    },
    "encoding": {
        "contentType": "text",
        "headers": _named("header"),
        "encoding": _named("encoding"),
        "prefixEncoding": _many("encoding"),
        "itemEncoding": _one("encoding"),
        "style": "text",
        "explode": "flag",
        "allowReserved": "flag",
    },
    "responses": {},
    "response": {
        "summary": "text",
        "description": "text",
        "headers": _named("header"),
        "content": _named("mediaType"),
        "links": _named("link"),
    },
    "callback": {},
    "example": {
        "summary": "text",
        "description": "text",
        "dataValue": "any",
        "serializedValue": "text",
        "externalValue": "text",
        "value": "any",
    },
    "link": {
        "operationRef": "text",
        "operationId": "text",
        "parameters": "map",
        "requestBody": "any",
        "description": "text",
        "server": _one("server"),
    },
    "header": {
        "description": "text",
        "required": "flag",
        "deprecated": "flag",
        "style": "text",
        "explode": "flag",
        "schema": _one("schema"),
        "content": _named("mediaType"),
        "example": "any",
        "examples": _named("example"),
    },
    "tag": {
        "name": "text",
        "summary": "text",
        "description": "text",
        "externalDocs": _one("externalDocs"),
        "parent": "text",
        "kind": "text",
    },
    "discriminator": {"propertyName": "text", "mapping": "textmap", "defaultMapping": "text"},
    "xml": {
        "nodeType": "text",
        "name": "text",
        "namespace": "text",
        "prefix": "text",
        "attribute": "flag",
        "wrapped": "flag",
    },
    "securityScheme": {
        "type": "text",
        "description": "text",
        "name": "text",
        "in": "text",
        "scheme": "text",
        "bearerFormat": "text",
        "flows": _one("oauthFlows"),
        "openIdConnectUrl": "text",
        "oauth2MetadataUrl": "text",
        "deprecated": "flag",
    },
    "oauthFlows": {
        "implicit": _one("oauthFlow"),
        "password": _one("oauthFlow"),
        "clientCredentials": _one("oauthFlow"),
        "authorizationCode": _one("oauthFlow"),
        "deviceAuthorization": _one("oauthFlow"),
    },
    "oauthFlow": {
        "authorizationUrl": "text",
        "deviceAuthorizationUrl": "text",
        "tokenUrl": "text",
        "refreshUrl": "text",
        "scopes": "textmap",
    },
    "schema": {
        "$schema": "text",
        "$id": "text",
        "$anchor": "text",
        "$dynamicAnchor": "text",
        "$vocabulary": "map",
        "$ref": "text",
        "$dynamicRef": "text",
        "$comment": "text",
        "title": "text",
        "description": "text",
        "deprecated": "flag",
        "readOnly": "flag",
        "writeOnly": "flag",
        "type": "types",
        "format": "text",
        "const": "any",
        "enum": "list",
        "multipleOf": "number",
        "minimum": "number",
        "exclusiveMinimum": "number",
        "maximum": "number",
        "exclusiveMaximum": "number",
        "minLength": "number",
        "maxLength": "number",
        "pattern": "text",
        "contentEncoding": "text",
        "contentMediaType": "text",
        "contentSchema": _one("schema"),
        "prefixItems": _many("schema"),
        "items": _one("schema"),
        "unevaluatedItems": _one("schema"),
        "contains": _one("schema"),
        "minContains": "number",
        "maxContains": "number",
        "minItems": "number",
        "maxItems": "number",
        "uniqueItems": "flag",
        "required": "texts",
        "properties": _named("schema"),
        "patternProperties": _named("schema"),
        "additionalProperties": _one("schema"),
        "unevaluatedProperties": _one("schema"),
        "propertyNames": _one("schema"),
        "minProperties": "number",
        "maxProperties": "number",
        "dependentRequired": "map",
        "dependentSchemas": _named("schema"),
        "allOf": _many("schema"),
        "anyOf": _many("schema"),
        "oneOf": _many("schema"),
        "not": _one("schema"),
        "if": _one("schema"),
        "then": _one("schema"),
        "else": _one("schema"),
        "discriminator": _one("discriminator"),
        "default": "any",
        "example": "any",
        "examples": "list",
        "xml": _one("xml"),
        "externalDocs": _one("externalDocs"),
        "$defs": _named("schema"),
        "definitions": _named("schema"),
    },
    "swagger": {
        "swagger": "text",
        "info": _one("info"),
        "host": "text",
        "basePath": "text",
        "schemes": "texts",
        "consumes": "texts",
        "produces": "texts",
        "paths": _one("swaggerPaths"),
        "definitions": _named("schema"),
        "parameters": _named("swaggerParameter"),
        "responses": _named("swaggerResponse"),
        "securityDefinitions": _named("swaggerSecurityScheme"),
        "security": "list",
        "tags": _many("tag"),
        "externalDocs": _one("externalDocs"),
    },
    "swaggerPaths": {},
    "swaggerPathItem": {
        "$ref": "text",
        **{method: _one("swaggerOperation") for method in METHODS},
        "parameters": _many("swaggerParameter"),
    },
    "swaggerOperation": {
        "tags": "texts",
        "summary": "text",
        "description": "text",
        "externalDocs": _one("externalDocs"),
        "operationId": "text",
        "consumes": "texts",
        "produces": "texts",
        "parameters": _many("swaggerParameter"),
        "responses": _one("swaggerResponses"),
        "schemes": "texts",
        "deprecated": "flag",
        "security": "list",
    },
    "swaggerResponses": {},
    "swaggerParameter": {
        "name": "text",
        "in": "text",
        "description": "text",
        "required": "flag",
        "allowEmptyValue": "flag",
        "schema": _one("schema"),
        **_SWAGGER_VALUES,
    },
    "swaggerResponse": {
        "description": "text",
        "schema": _one("schema"),
        "headers": _named("swaggerHeader"),
        "examples": "map",
    },
    "swaggerHeader": {"description": "text", **_SWAGGER_VALUES},
    "swaggerItems": {**_SWAGGER_VALUES, "properties": _named("schema"), "allOf": _many("schema")},
    "swaggerSecurityScheme": {
        "type": "text",
        "description": "text",
        "name": "text",
        "in": "text",
        "flow": "text",
        "authorizationUrl": "text",
        "tokenUrl": "text",
        "scopes": "textmap",
    },
}
"""Of Swagger 2.0 as far as references can stand in it: it is converted before anything else looks at it."""

PATTERNED: Mapping[Kind, Kind] = {
    "paths": "pathItem",
    "responses": "response",
    "callback": "pathItem",
    "swaggerPaths": "swaggerPathItem",
    "swaggerResponses": "swaggerResponse",
}
"""Objects whose own keys are data: every key that is no extension leads to an object of this kind."""

SECTIONS: Mapping[Kind, str] = {
    child.kind: section for section, child in FIELDS["components"].items() if isinstance(child, Child)
}
"""Kinds that a `$ref` may stand for, and the section of `components` that holds them."""

ANNOTATIONS = frozenset(
    {
        "$comment",
        "title",
        "description",
        "deprecated",
        "readOnly",
        "writeOnly",
        "default",
        "example",
        "examples",
        "externalDocs",
        "xml",
    }
)
"""Schema keywords that say nothing about which values are valid."""

OWNERS = frozenset({"readOnly", "writeOnly"})
"""Annotations that tell who sends a property."""
PLACE_ONLY = frozenset({"default", "deprecated", *OWNERS})
"""Annotations of the place where a schema stands, which do not move with the schema."""


_CHILDREN: Mapping[Kind, Mapping[str, Child]] = {
    kind: {key: field for key, field in fields.items() if isinstance(field, Child)} for kind, fields in FIELDS.items()
}
_PATTERNED: Mapping[Kind, Child] = {kind: Child(member) for kind, member in PATTERNED.items()}


def children(node: Node, kind: Kind) -> Iterator[tuple[tuple[str | int, ...], Any, Kind]]:
    """Yield the tokens, the value and the kind of every typed object directly below a node."""
    for key, child in _typed(node, kind):
        value = node[key]
        if child.shape == "one":
            yield (key,), value, child.kind
        elif child.shape == "list" and isinstance(value, list):
            for index, item in enumerate(value):
                yield (key, index), item, child.kind
        elif child.shape == "map" and isinstance(value, dict):
            for name, item in value.items():
                yield (key, name), item, child.kind


def _typed(node: Node, kind: Kind) -> list[tuple[str, Child]]:
    """Return the fields of a node that hold typed objects."""
    if kind in PATTERNED:
        child = _PATTERNED[kind]
        return [(key, child) for key in node if not is_extension(key) and key != "$ref"]
    fields = _CHILDREN[kind]
    return [(key, fields[key]) for key in node if key in fields]


def child_of(kind: Kind, key: str) -> Child | None:
    """Return what stands in a field, if it is typed."""
    if kind in PATTERNED:
        return None if is_extension(key) or key == "$ref" else _PATTERNED[kind]
    return _CHILDREN[kind].get(key)


CONTAINER: Kind = "list or map"


def kind_at(tokens: Sequence[str], kind: Kind = "openapi") -> Kind | None:
    """Return the kind of object that stands at a place of a document; None where the specification knows nothing."""
    if not tokens:
        return kind
    child = child_of(kind, tokens[0])
    if child is None:
        return None
    if child.shape == "one":
        return kind_at(tokens[1:], child.kind)
    return kind_at(tokens[2:], child.kind) if len(tokens) > 1 else CONTAINER


def is_extension(key: str) -> bool:
    """Tell whether a key is a specification extension."""
    return key.startswith("x-")


Replace = Callable[[Any, Kind, tuple[str | int, ...]], Any]


def map_children(node: Node, kind: Kind, replace: Replace) -> Node:
    """Return a shallow copy of a node with every typed object directly below it replaced."""
    copy = dict(node)
    for tokens, value, child_kind in list(children(node, kind)):
        new = replace(value, child_kind, tokens)
        if new is value:
            continue
        if len(tokens) == 1:
            copy[str(tokens[0])] = new
            continue
        container, key = str(tokens[0]), tokens[1]
        if copy[container] is node[container]:
            copy[container] = copy[container].copy()
        copy[container][key] = new
    return copy


Visit = Callable[[Node, Kind, str], Any]


def rebuild(value: Any, kind: Kind, visit: Visit, pointer: str = "") -> Any:
    """Return a copy of a tree with `visit` applied to every OpenAPI object in it, children before parents."""
    if not isinstance(value, dict):
        return value
    copy = dict(value)
    for key, child in _typed(value, kind):
        inside, below = value[key], pointers.below(pointer, key)
        if child.shape == "one":
            copy[key] = rebuild(inside, child.kind, visit, below)
        elif child.shape == "list" and isinstance(inside, list):
            copy[key] = [rebuild(item, child.kind, visit, f"{below}/{index}") for index, item in enumerate(inside)]
        elif child.shape == "map" and isinstance(inside, dict):
            copy[key] = {
                name: rebuild(item, child.kind, visit, pointers.below(below, name)) for name, item in inside.items()
            }
    return visit(copy, kind, pointer)


def walk(value: Any, kind: Kind, pointer: str = "") -> Iterator[tuple[Node, Kind, str]]:
    """Yield every OpenAPI object of a tree with its kind and pointer, parents before children."""
    if not isinstance(value, dict):
        return
    waiting = [(value, kind, pointer)]
    while waiting:
        node, kind, pointer = waiting.pop()
        yield node, kind, pointer
        found = [
            (child, child_kind, pointers.join(pointer, *tokens))
            for tokens, child, child_kind in children(node, kind)
            if isinstance(child, dict)
        ]
        waiting += reversed(found)
