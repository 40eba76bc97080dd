"""Omissions: fields that an object needs and lacks, or that cannot be meant, as far as the rest says what was meant."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from specwire_codegen import pointer as pointers
from specwire_codegen.grammar import Kind, Node, rebuild
from specwire_codegen.normalize.origin import ORIGIN, Report, origin_of
from specwire_codegen.normalize.swagger2 import SCHEMA_KEYS

_STYLES: Mapping[str, frozenset[str]] = {
    "path": frozenset({"matrix", "label", "simple"}),
    "query": frozenset({"form", "spaceDelimited", "pipeDelimited", "deepObject"}),
    "header": frozenset({"simple"}),
    "cookie": frozenset({"form", "cookie"}),
}
_PLACES = {*_STYLES, "querystring"}


def settle(data: Node, report: Report) -> Node:
    """Return the document with what was left out put in, or left out as a whole; each is warned of."""
    settler = _Settler(report)
    settled: Node = rebuild(data, "openapi", settler.visit)
    return settled


@attrs.frozen
class _Settler:
    report: Report

    def visit(self, node: Node, kind: Kind, pointer: str) -> Node:
        here = origin_of(node, pointer)
        match kind:
            case "parameter" | "header" if "$ref" not in node:
                typed = self._typed(node, here)
                return self._placed(typed, here) if kind == "parameter" else typed
            case "server":
                return self._addressed(node)
            case "openapi" | "pathItem" | "operation":
                return self._operation(self._served(node, here), here, is_operation=kind == "operation")
            case "schema" if isinstance(node.get("discriminator"), dict):
                return self._told_apart(node, here)
            case _:
                return node

    def _warn(self, code: str, message: str, place: str, help: str) -> None:
        self.report.warning(code, message, place, help)

    def _typed(self, node: Node, here: str) -> Node:
        """Return a parameter with one description of its values: a schema or content, not both, and not Swagger's."""
        name = node.get("name")
        if "content" in node and (node["content"] == {} or "schema" in node and isinstance(node["content"], dict)):
            what = "says nothing" if node["content"] == {} else "stands beside a schema, which counts"
            self._warn(
                "odd-parameter", f"the 'content' of the parameter {name!r} {what}", here, "remove one of the two"
            )
            node = {key: value for key, value in node.items() if key != "content"}
        if isinstance(node.get("type"), str) and "schema" not in node and "content" not in node:
            message = f"the parameter {name!r} has a type and no schema, as Swagger 2.0 has it; taken for its schema"
            self._warn("odd-parameter", message, here, "put the type into a schema")
            schema = {key: value for key, value in node.items() if key in SCHEMA_KEYS}
            rest = {key: value for key, value in node.items() if key not in SCHEMA_KEYS - {"example"}}
            node = {**rest, "schema": {**schema, ORIGIN: here}}
        return node

    def _placed(self, node: Node, here: str) -> Node:
        """Return a parameter with the place and the style that it can have."""
        name, stated = node.get("name"), node.get("in")
        place = stated.strip().lower() if isinstance(stated, str) else ""
        if stated is None and isinstance(name, str):
            place = "path" if f"{{{name}}}" in _path_of(here) else "query"
            message = f"the parameter {name!r} does not say where it stands; taken for 'in: {place}'"
            self._warn("missing-field", message, here, "add 'in'")
        elif place != stated and place in _PLACES:
            self._warn(
                "wrong-type", f"there is no place {stated!r}; taken for {place!r}", here, "write it in lower case"
            )
        if place != stated and place in _PLACES:
            node = {**node, "in": place}
        if "style" in node and place in _STYLES and node["style"] not in _STYLES[place]:
            message = f"a parameter in {place} has no style {str(node['style'])!r}; ignored"
            self._warn("bad-style", message, pointers.join(here, "style"), f"use {', '.join(sorted(_STYLES[place]))}")
            node = {key: value for key, value in node.items() if key != "style"}
        return node

    def _addressed(self, node: Node) -> Node:
        """Return a server whose variables have a value each; without one, its address says that it is open."""
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

    def _served(self, node: Node, here: str) -> Node:
        """Return a node whose servers and tags are such."""
        for field, need in (("servers", "url"), ("tags", "name")):
            stated = node.get(field)
            if field == "servers" and isinstance(stated, (str, dict)) and stated:
                self._warn(
                    "wrong-type", "'servers' is no list; taken for one", pointers.join(here, field), "make it a list"
                )
                stated = [self._addressed(stated) if isinstance(stated, dict) else stated]
            if not isinstance(stated, list) or (field == "tags" and "openapi" not in node):
                continue
            listed = [{need: each} if isinstance(each, str) else each for each in stated]
            kept = [each for each in listed if not isinstance(each, dict) or isinstance(each.get(need), str)]
            if len(kept) < len(stated):
                message = f"one of the {field} has no {need!r}; ignored"
                self._warn("missing-field", message, pointers.join(here, field), f"add {need!r}, or remove it")
            node = {**node, field: kept}
        return node

    def _operation(self, node: Node, here: str, *, is_operation: bool) -> Node:
        body = node.get("requestBody")
        if is_operation and isinstance(body, dict) and "$ref" not in body and not body.get("content"):
            message = "the request body does not say what is in it; the operation takes none"
            self._warn(
                "missing-field", message, origin_of(body, here), "add 'content', with a media type and its schema"
            )
            node = {key: value for key, value in node.items() if key != "requestBody"}
        return node

    def _told_apart(self, node: Node, here: str) -> Node:
        if isinstance(node["discriminator"].get("propertyName"), str) and node["discriminator"]["propertyName"]:
            return node
        message = "the discriminator does not say which property tells the variants apart; ignored"
        self._warn("missing-field", message, pointers.join(here, "discriminator"), "add 'propertyName'")
        return {key: value for key, value in node.items() if key != "discriminator"}


def _path_of(pointer: str) -> str:
    """Return the path of the document that a place is in; empty where it is in none."""
    tokens = pointers.split(pointer)
    return tokens[1] if len(tokens) > 1 and tokens[0] == "paths" else ""
