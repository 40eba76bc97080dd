"""Upgrade from Swagger 2.0 to OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from specwire_codegen.normalize.source_map import ORIGIN, Report, annotate
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import base_type
from specwire_codegen.openapi.methods import METHODS
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.walk import is_extension

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
SCHEMA_KEYS = frozenset(
    {
        "type",
        "format",
        "items",
        "default",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "enum",
        "multipleOf",
        "example",
        "x-nullable",
    }
)
"""Schema keywords that Swagger 2.0 allows directly on a parameter."""
_STYLES = {"csv": ("form", False), "multi": ("form", True), "ssv": ("spaceDelimited", False)}
_STYLES |= {"pipes": ("pipeDelimited", False)}
_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}


def upgrade(data: Node, report: Report) -> Node:
    """Return a Swagger 2.0 document as an OpenAPI 3.0 document that carries the origin of its parts."""
    return _Converter(data, report).document()


def _object(value: Any) -> Node:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_text(media: str) -> bool:
    """Return whether a media type is JSON, text or a form, or a wildcard."""
    base = base_type(media)
    return (
        "*" in base or base.startswith(("text/", "multipart/")) or base.endswith(("json", "xml", "yaml", "urlencoded"))
    )


def _texts(value: Any) -> list[str]:
    return [each for each in _list(value) if isinstance(each, str)]


def _moved(value: Any) -> Any:
    """Return a value with its references converted to the sections of OpenAPI 3."""
    if isinstance(value, list):
        return [_moved(each) for each in value]
    if not isinstance(value, dict):
        return value
    moved = {key: _moved(each) for key, each in value.items()}
    ref = value.get("$ref")
    if isinstance(ref, str):
        for section, new in (("definitions", "schemas"), ("responses", "responses"), ("parameters", "parameters")):
            if ref.startswith(f"#/{section}/"):
                moved["$ref"] = f"#/components/{new}/{ref.removeprefix(f'#/{section}/')}"
    return moved


@attrs.frozen
class _Converter:
    data: Node
    report: Report

    def document(self) -> Node:
        data = self.data
        kept = ("info", "tags", "externalDocs", "security")
        converted: Node = {"openapi": "3.0.3", ORIGIN: ""}
        converted |= {key: data[key] for key in data if key in kept or is_extension(key)}
        servers = self.servers(_texts(data.get("schemes")))
        if servers:
            converted["servers"] = servers
        paths = _object(data.get("paths"))
        converted["paths"] = {path: self.path_item(item, pointers.join("/paths", path)) for path, item in paths.items()}
        converted["components"] = {
            "schemas": {
                name: self.schema(schema, pointers.join("/definitions", name))
                for name, schema in _object(data.get("definitions")).items()
            },
            "responses": {
                name: self.response(response, _texts(data.get("produces")), pointers.join("/responses", name))
                for name, response in _object(data.get("responses")).items()
            },
            "securitySchemes": {
                name: self.security_scheme(scheme, pointers.join("/securityDefinitions", name))
                for name, scheme in _object(data.get("securityDefinitions")).items()
            },
        }
        return annotate(converted)

    def servers(self, schemes: list[str]) -> list[Node]:
        host = str(self.data.get("host", "")).rpartition("://")[2].rstrip("/")
        base = f"/{self.data.get('basePath', '')}".replace("//", "/").rstrip("/")
        if not host:
            return [{"url": base}] if base else []
        names = [scheme for scheme in ("https", "http", "wss", "ws") if scheme in schemes] or ["https"]
        return [{"url": f"{name}://{host}{base}"} for name in names]

    def schema(self, schema: Any, here: str) -> Any:
        return annotate(_moved(schema), "schema", here) if isinstance(schema, dict) else schema

    def path_item(self, item: Any, here: str) -> Any:
        if not isinstance(item, dict):
            return item
        shared = self.resolved(item.get("parameters"), pointers.join(here, "parameters"))
        converted: Node = {key: each for key, each in item.items() if is_extension(key) or key == "$ref"}
        for method in METHODS:
            if isinstance(item.get(method), dict):
                converted[method] = self.operation(item[method], shared, pointers.join(here, method))
        return converted

    def resolved(self, parameters: Any, here: str) -> list[Node]:
        """Return parameters with references followed, each with its origin."""
        found: list[Node] = []
        for index, parameter in enumerate(_list(parameters)):
            place = pointers.join(here, index)
            ref = _object(parameter).get("$ref")
            if isinstance(ref, str):
                place = pointers.from_fragment(ref)
                try:
                    parameter = pointers.get(self.data, place)
                except (KeyError, ValueError):
                    found.append({"$ref": ref.replace("#/parameters/", "#/components/parameters/"), ORIGIN: place})
                    continue
            found.append({**_object(parameter), ORIGIN: place})
        return found

    def operation(self, node: Node, shared: list[Node], here: str) -> Node:
        own = self.resolved(node.get("parameters"), pointers.join(here, "parameters"))
        named = {(str(each.get("name")), str(each.get("in"))) for each in own}
        both = [each for each in shared if (str(each.get("name")), str(each.get("in"))) not in named] + own
        consumes = _texts(node.get("consumes", self.data.get("consumes")))
        produces = _texts(node.get("produces", self.data.get("produces")))
        files = [each for each in _texts(node.get("produces")) if not _is_text(each)]
        kept = ("tags", "summary", "description", "externalDocs", "operationId", "deprecated", "security")
        converted: Node = {key: node[key] for key in node if key in kept or is_extension(key)}
        converted[ORIGIN] = here
        if _texts(node.get("schemes")) and self.data.get("host"):
            converted["servers"] = self.servers(_texts(node.get("schemes")))
        parameters = [self.parameter(each) for each in both if each.get("in") not in ("body", "formData")]
        if parameters:
            converted["parameters"] = parameters
        bodies = [each for each in both if each.get("in") == "body"]
        fields = [each for each in both if each.get("in") == "formData"]
        body = bodies[0] if bodies else None
        for extra in [*bodies[1:], *(fields if bodies else ())]:
            message = f"parameter {str(extra.get('name'))!r} is a second body; ignored"
            self.report.warning("second-body", message, str(extra[ORIGIN]), "combine both into one body parameter")
        if body is not None:
            converted["requestBody"] = self.body(body, consumes)
        elif fields:
            converted["requestBody"] = self.form(fields, consumes, here)
        converted["responses"] = {
            status: self.response(each, produces, pointers.join(here, "responses", status), files)
            for status, each in _object(node.get("responses")).items()
        }
        return converted

    def parameter(self, node: Node) -> Node:
        if "$ref" in node:
            return node
        converted = {key: each for key, each in node.items() if key not in SCHEMA_KEYS and key != "collectionFormat"}
        converted["schema"] = self.inline_schema(node)
        if node.get("type") == "array":
            known = ("csv", "ssv", "pipes", "multi") if node.get("in") == "query" else ("csv",)
            style, explode = _STYLES[self.collection_format(node, known)]
            if node.get("in") != "query":
                style = "simple"
            converted |= {"style": style, "explode": explode}
        return converted

    def collection_format(self, node: Node, known: Sequence[str]) -> str:
        """Return the collection format of an array; commas where OpenAPI 3 has no equivalent."""
        stated = str(node.get("collectionFormat", "csv"))
        nested = str(_object(node.get("items")).get("collectionFormat", "csv"))
        for what, allowed in ((stated, known), (nested, ("csv",))):
            if what not in allowed:
                message = f"collectionFormat {what!r} is not supported here; commas are used"
                help = "use csv, or multi, ssv or pipes in a query"
                self.report.warning("collection-format", message, str(node.get(ORIGIN, "")), help)
        return stated if stated in known else "csv"

    def inline_schema(self, node: Node) -> Node:
        schema = {key: _moved(each) for key, each in node.items() if key in SCHEMA_KEYS}
        items = schema.get("items")
        if isinstance(items, dict):
            schema["items"] = self.inline_schema(items) if "$ref" not in items else items
        return annotate(schema, "schema", str(node.get(ORIGIN, "")))

    def body(self, node: Node, consumes: list[str]) -> Node:
        here = str(node[ORIGIN])
        schema = self.schema(node.get("schema", {}), pointers.join(here, "schema"))
        content = {media: {"schema": schema, ORIGIN: here} for media in consumes or [_JSON]}
        converted: Node = {"content": content, "required": node.get("required") is True, ORIGIN: here}
        if "description" in node:
            converted["description"] = node["description"]
        return converted

    def form(self, fields: list[Node], consumes: list[str], here: str) -> Node:
        properties: Node = {}
        encoding: Node = {}
        for field in fields:
            name = str(field.get("name"))
            properties[name] = self.inline_schema(field)
            if "description" in field:
                properties[name]["description"] = field["description"]
            if field.get("type") == "array":
                style, explode = _STYLES[self.collection_format(field, ("csv", "ssv", "pipes", "multi"))]
                if (style, explode) != ("form", True):  # a field for each item is the default
                    encoding[name] = {"style": style, "explode": explode}
        required = [str(field.get("name")) for field in fields if field.get("required") is True]
        schema: Node = {"type": "object", "properties": properties, ORIGIN: pointers.join(here, "parameters")}
        if required:
            schema["required"] = required
        has_file = any(field.get("type") == "file" for field in fields)
        media = [each for each in consumes if each in {_FORM, _MULTIPART}] or [_MULTIPART if has_file else _FORM]
        if has_file:
            media = [_MULTIPART]
        body = {"schema": schema, **({"encoding": encoding} if encoding else {})}
        return {"content": dict.fromkeys(media, body), "required": bool(required), ORIGIN: here}

    def response(self, node: Any, produces: list[str], here: str, files: Sequence[str] = ()) -> Any:
        """Return a response; `files` are the binary media types of the operation, used without a schema."""
        if not isinstance(node, dict) or "$ref" in node:
            return _moved(node)
        converted: Node = {"description": node.get("description", ""), ORIGIN: here}
        converted |= {key: each for key, each in node.items() if is_extension(key)}
        examples = _object(node.get("examples"))
        if isinstance(node.get("schema"), dict):
            schema = self.schema(node["schema"], pointers.join(here, "schema"))
            is_file = node["schema"].get("type") == "file"
            media = produces or [*examples] or [_JSON]
            if is_file:
                media = [each for each in produces if not each.endswith(("json", "xml"))] or ["*/*"]
            converted["content"] = {each: self.media_type(schema, each, examples, here) for each in media}
        elif files and here.rsplit("/", 1)[-1] in ("200", "201", "default"):
            binary = {"type": "string", "format": "binary"}
            converted["content"] = {each: self.media_type(binary, each, examples, here) for each in files}
        headers = _object(node.get("headers"))
        if headers:
            converted["headers"] = {
                name: self.header(each, pointers.join(here, "headers", name)) for name, each in headers.items()
            }
        return converted

    def media_type(self, schema: Any, media: str, examples: Node, here: str) -> Node:
        example = {"example": examples[media]} if media in examples else {}
        return {"schema": schema, **example, ORIGIN: here}

    def header(self, node: Any, here: str) -> Any:
        if not isinstance(node, dict):
            return node
        node = {**node, ORIGIN: here}
        description = {"description": node["description"]} if "description" in node else {}
        return {**description, "schema": self.inline_schema(node), ORIGIN: here}

    def security_scheme(self, node: Any, here: str) -> Any:
        if not isinstance(node, dict):
            return node
        about = {key: each for key, each in node.items() if key == "description" or is_extension(key)} | {ORIGIN: here}
        if node.get("type") == "basic":
            return {"type": "http", "scheme": "basic", **about}
        if node.get("type") != "oauth2":
            return {**{key: node[key] for key in ("type", "name", "in") if key in node}, **about}
        flow = {key: node[key] for key in ("authorizationUrl", "tokenUrl") if key in node}
        name = str(node.get("flow"))
        return {
            "type": "oauth2",
            "flows": {_FLOWS.get(name, name): {**flow, "scopes": _object(node.get("scopes"))}},
            **about,
        }
