"""Objects of OpenAPI 3.2: fields in the order of the specification, and their types.

These tables drive every walk over a document: validation, rewriting, ordering.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from specwire_codegen.openapi.methods import METHODS

ObjectType = str
Node = dict[str, Any]
STYLE_KEYS = ("style", "explode", "allowReserved")
"""Fields of an encoding that replace its content type."""
FieldType = Literal["text", "texts", "string_map", "boolean", "number", "list", "map", "types", "any"]


@attrs.frozen
class Child:
    """A field that holds one object of a kind, a list of them, or a map to them."""

    kind: ObjectType
    shape: Literal["one", "list", "map"] = "one"


Fields = Mapping[str, Child | FieldType]


def _one(kind: ObjectType) -> Child:
    return Child(kind)


def _many(kind: ObjectType) -> Child:
    return Child(kind, "list")


def _named(kind: ObjectType) -> Child:
    return Child(kind, "map")


_SWAGGER_VALUES: Fields = {
    "type": "types",
    "format": "text",
    "items": _one("swaggerItems"),
    "collectionFormat": "text",
    "default": "any",
    "enum": "list",
    "maximum": "number",
    "exclusiveMaximum": "boolean",
    "minimum": "number",
    "exclusiveMinimum": "boolean",
    "maxLength": "number",
    "minLength": "number",
    "pattern": "text",
    "maxItems": "number",
    "minItems": "number",
    "uniqueItems": "boolean",
    "multipleOf": "number",
    "example": "any",
}
"""Schema keywords of Swagger 2.0 on a parameter or header itself."""

FIELDS: Mapping[ObjectType, Fields] = {
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
        "deprecated": "boolean",
        "security": "list",
        "servers": _many("server"),
    },
    "externalDocs": {"description": "text", "url": "text"},
    "parameter": {
        "name": "text",
        "in": "text",
        "description": "text",
        "required": "boolean",
        "deprecated": "boolean",
        "allowEmptyValue": "boolean",
        "style": "text",
        "explode": "boolean",
        "allowReserved": "boolean",
        "schema": _one("schema"),
        "content": _named("mediaType"),
        "example": "any",
        "examples": _named("example"),
    },
    "requestBody": {"description": "text", "content": _named("mediaType"), "required": "boolean"},
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
        "explode": "boolean",
        "allowReserved": "boolean",
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
        "required": "boolean",
        "deprecated": "boolean",
        "style": "text",
        "explode": "boolean",
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
    "discriminator": {"propertyName": "text", "mapping": "string_map", "defaultMapping": "text"},
    "xml": {
        "nodeType": "text",
        "name": "text",
        "namespace": "text",
        "prefix": "text",
        "attribute": "boolean",
        "wrapped": "boolean",
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
        "deprecated": "boolean",
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
        "scopes": "string_map",
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
        "deprecated": "boolean",
        "readOnly": "boolean",
        "writeOnly": "boolean",
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
        "uniqueItems": "boolean",
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
        "deprecated": "boolean",
        "security": "list",
    },
    "swaggerResponses": {},
    "swaggerParameter": {
        "name": "text",
        "in": "text",
        "description": "text",
        "required": "boolean",
        "allowEmptyValue": "boolean",
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
        "scopes": "string_map",
    },
}
"""Fields by object type. Swagger 2.0 is included only as far as references need it, since it is converted first."""

PATTERNED: Mapping[ObjectType, ObjectType] = {
    "paths": "pathItem",
    "responses": "response",
    "callback": "pathItem",
    "swaggerPaths": "swaggerPathItem",
    "swaggerResponses": "swaggerResponse",
}
"""Objects with arbitrary keys: every key that is not an extension leads to an object of this kind."""

SECTIONS: Mapping[ObjectType, str] = {
    child.kind: section for section, child in FIELDS["components"].items() if isinstance(child, Child)
}
"""Kinds that a `$ref` can refer to -> their section of `components`."""
