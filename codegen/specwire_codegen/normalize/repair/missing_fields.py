"""Missing and contradictory fields, completed from the rest of the object if its meaning is clear."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.normalize.upgrade.swagger2 import SCHEMA_KEYS
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.methods import METHODS
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import rebuild

_STYLES: Mapping[str, frozenset[str]] = {
    "path": frozenset({"matrix", "label", "simple"}),
    "query": frozenset({"form", "spaceDelimited", "pipeDelimited", "deepObject"}),
    "header": frozenset({"simple"}),
    "cookie": frozenset({"form", "cookie"}),
}
_NO_CONTENT = "the request body has no content; ignored"
_ADD_CONTENT = "add 'content', with a media type and its schema"
_QUERYSTRING = "querystring"
"""Name of an unnamed `in: querystring` parameter; it is never sent."""
_USUAL = frozenset(method.upper() for method in METHODS)
_PLACES = {*_STYLES, "querystring"}


def apply(data: Node, report: Report) -> Node:
    """Return the document with missing fields completed or their objects removed; report each."""
    settler = _Settler(report)
    settled: Node = rebuild(data, "openapi", settler.visit)
    return settled


@attrs.frozen
class _Settler:
    report: Report

    def visit(self, node: Node, kind: ObjectType, trail: Trail) -> Node:
        if kind == "schema" and not isinstance(node.get("discriminator"), dict):
            return node
        here = origin_of(node, trail)
        match kind:
            case "parameter" | "header" if "$ref" not in node:
                typed = self._typed(node, kind, here)
                return self._placed(typed, here) if kind == "parameter" else typed
            case "requestBody" if "$ref" not in node and not node.get("content"):
                self._warn("missing-field", _NO_CONTENT, here, _ADD_CONTENT)
                return {**node, "content": {}}
            case "server":
                return self._with_server_variables(node)
            case "operation":
                return self._single_query(
                    _without_empty_body(self._with_request_body(self._with_servers_and_tags(node, here), here)), here
                )
            case "pathItem":
                return self._single_query(
                    self._without_standard_methods(self._with_servers_and_tags(node, here), here), here
                )
            case "openapi":
                return self._with_servers_and_tags(node, here)
            case "schema":
                return self._discriminated(node, here)
            case _:
                return node

    def _warn(self, code: str, message: str, place: str, help: str) -> None:
        self.report.warning(code, message, place, help)

    def _typed(self, node: Node, kind: ObjectType, here: str) -> Node:
        """Return a parameter with either a schema or content, converted from Swagger 2.0 if needed."""
        name = node.get("name")
        if "content" in node and (node["content"] == {} or ("schema" in node and isinstance(node["content"], dict))):
            what = "is empty" if node["content"] == {} else "is ignored because there is a schema"
            self._warn("odd-parameter", f"'content' of parameter {name!r} {what}", here, "remove one of the two")
            node = {key: value for key, value in node.items() if key != "content"}
        if isinstance(node.get("type"), str) and "schema" not in node and "content" not in node:
            message = f"parameter {name!r} has a type but no schema, as in Swagger 2.0; treated as a schema"
            self._warn("odd-parameter", message, here, "move the type into a schema")
            schema = {key: value for key, value in node.items() if key in SCHEMA_KEYS}
            rest = {key: value for key, value in node.items() if key not in SCHEMA_KEYS - {"example"}}
            node = {**rest, "schema": {**schema, ORIGIN: here}}
        if isinstance(node.get("content"), dict) and len(node["content"]) > 1:
            media = next((each for each in node["content"] if "json" in each), next(iter(node["content"])))
            message = f"the {kind} {name or ''!r} has several media types; {media!r} is used"
            self._warn("odd-parameter", message, pointers.join(here, "content"), "keep one of them")
            node = {**node, "content": {media: node["content"][media]}}
        if kind == "header" and "schema" not in node and "content" not in node:
            self._warn("untyped-parameter", "the header has neither a schema nor content", here, "add a schema")
            node = {**node, "schema": {ORIGIN: here}}
        return node

    def _placed(self, node: Node, here: str) -> Node:
        """Return a parameter with a valid place and style."""
        stated = node.get("in")
        if stated == "querystring" and "name" not in node:
            message = f"the querystring parameter has no name; {_QUERYSTRING!r} is used"
            self._warn("missing-field", message, here, "add 'name'")
            node = {**node, "name": _QUERYSTRING}
        name = node.get("name")
        place = stated.strip().lower() if isinstance(stated, str) else ""
        if stated is None and isinstance(name, str):
            place = "path" if f"{{{name}}}" in _path_of(here) else "query"
            message = f"the parameter {name!r} has no 'in'; treated as 'in: {place}'"
            self._warn("missing-field", message, here, "add 'in'")
        elif place != stated and place in _PLACES:
            self._warn(
                "wrong-type", f"unknown value {stated!r} for 'in'; treated as {place!r}", here, "write it in lower case"
            )
        if place != stated and place in _PLACES:
            node = {**node, "in": place}
        if "style" in node and place in _STYLES and str(node["style"]) not in _STYLES[place]:
            message = f"style {str(node['style'])!r} is not allowed for {place} parameters; ignored"
            self._warn("bad-style", message, pointers.join(here, "style"), f"use {', '.join(sorted(_STYLES[place]))}")
            node = {key: value for key, value in node.items() if key != "style"}
        return node

    def _with_server_variables(self, node: Node) -> Node:
        """Return a server whose variables all have a default; the others are removed."""
        variables = node.get("variables")
        if not isinstance(variables, dict):
            return node
        found: Node = {}
        for name, variable in variables.items():
            enum = variable.get("enum") if isinstance(variable, dict) else None
            if isinstance(variable, dict) and "default" not in variable:
                if not (isinstance(enum, list) and enum):
                    continue
                variable = {**variable, "default": enum[0]}
            found[name] = variable
        return {**node, "variables": found}

    def _with_servers_and_tags(self, node: Node, here: str) -> Node:
        """Return a node with valid servers and tags."""
        for field, need in (("servers", "url"), ("tags", "name")):
            stated = node.get(field)
            if field == "servers" and isinstance(stated, (str, dict)) and stated:
                self._warn(
                    "wrong-type",
                    "'servers' is not a list; treated as one",
                    pointers.join(here, field),
                    "make it a list",
                )
                stated = [self._with_server_variables(stated) if isinstance(stated, dict) else stated]
            if not isinstance(stated, list) or (field == "tags" and "openapi" not in node):
                continue
            listed = [{need: each} if isinstance(each, str) else each for each in stated]
            kept = [each for each in listed if isinstance(each, dict) and isinstance(each.get(need), str)]
            if len(kept) < len(stated):
                message = f"an entry of {field!r} has no {need!r}; ignored"
                self._warn("missing-field", message, pointers.join(here, field), f"add {need!r}, or remove it")
            node = {**node, field: kept}
        return node

    def _with_request_body(self, node: Node, here: str) -> Node:
        """Return an operation whose Swagger 2.0 body parameters are moved to `requestBody`."""
        stated = node.get("parameters")
        parameters = stated if isinstance(stated, list) else []
        foreign = [each for each in parameters if isinstance(each, dict) and each.get("in") in ("body", "formData")]
        if not foreign or "requestBody" in node:
            return node
        message = "the body is a parameter, as in Swagger 2.0; treated as the request body"
        self._warn("odd-parameter", message, origin_of(foreign[0], here), "move it to 'requestBody'")
        rest = {**node, "parameters": [each for each in parameters if all(each is not one for one in foreign)]}
        return {**rest, "requestBody": {**_body_of(foreign), ORIGIN: origin_of(foreign[0], here)}}

    def _single_query(self, node: Node, here: str) -> Node:
        """Return an operation or path with either a querystring parameter or query parameters, not both."""
        stated = node.get("parameters")
        parameters = stated if isinstance(stated, list) else []
        places = [each.get("in") if isinstance(each, dict) else None for each in parameters]
        if "querystring" not in places or ("query" not in places and places.count("querystring") == 1):
            return node
        spare = {index for index, place in enumerate(places) if place == "querystring"}
        spare -= set() if "query" in places else {min(spare)}
        for index in spare:
            message = "a querystring parameter cannot be combined with other query parameters; ignored"
            self._warn("odd-parameter", message, origin_of(parameters[index], here), "keep one or the others")
        return {**node, "parameters": [each for index, each in enumerate(parameters) if index not in spare]}

    def _without_standard_methods(self, node: Node, here: str) -> Node:
        """Return a path item without standard methods in `additionalOperations`."""
        added = node.get("additionalOperations")
        if not isinstance(added, dict):
            return node
        for name in [name for name in added if name in _USUAL]:
            place = pointers.join(here, "additionalOperations", name)
            taken = "ignored" if name.lower() in node else f"treated as {name.lower()!r}"
            message = f"{name!r} is a standard method, not an additional operation; {taken}"
            self._warn("odd-operation", message, place, f"write it as {name.lower()!r}")
            rest = {other: operation for other, operation in node["additionalOperations"].items() if other != name}
            node = {name.lower(): added[name], **node, "additionalOperations": rest}
        return node

    def _discriminated(self, node: Node, here: str) -> Node:
        if isinstance(node["discriminator"].get("propertyName"), str) and node["discriminator"]["propertyName"]:
            return node
        message = "the discriminator has no property name; ignored"
        self._warn("missing-field", message, pointers.join(here, "discriminator"), "add 'propertyName'")
        return {key: value for key, value in node.items() if key != "discriminator"}


def _path_of(pointer: str) -> str:
    """Return the path that contains a location, or an empty string."""
    match pointers.split(pointer):
        case ["paths", path, *_]:
            return path
        case _:
            return ""


def _without_empty_body(node: Node) -> Node:
    """Return an operation without an empty request body."""
    body = node.get("requestBody")
    if not isinstance(body, dict) or "$ref" in body or body.get("content"):
        return node
    return {key: value for key, value in node.items() if key != "requestBody"}


def _body_of(parameters: list[Node]) -> Node:
    """Return the request body for Swagger 2.0 body and form parameters."""
    required = any(each.get("required") is True for each in parameters)
    whole = next((each for each in parameters if each["in"] == "body"), None)
    if whole is not None:
        return {"content": {"application/json": {"schema": whole.get("schema", {})}}, "required": required}
    fields = {str(each.get("name")): each.get("schema", {}) for each in parameters}
    needed = [str(each.get("name")) for each in parameters if each.get("required") is True]
    has_file = any(isinstance(each, dict) and each.get("type") == "file" for each in fields.values())
    schemas = {
        name: {**each, "type": "string", "format": "binary"} if each.get("type") == "file" else each
        for name, each in fields.items()
    }
    media = "multipart/form-data" if has_file else "application/x-www-form-urlencoded"
    schema = {"type": "object", "properties": schemas, "required": needed}
    return {"content": {media: {"schema": schema}}, "required": required}
