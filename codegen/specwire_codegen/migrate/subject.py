"""The document of the API, with the corrections that a configuration asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.document import Document, Place
from specwire_codegen.documents.json_path import PathError, find
from specwire_codegen.documents.overlay import apply
from specwire_codegen.documents.routes import Routed, Routes
from specwire_codegen.migrate.node import Node
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import is_json
from specwire_codegen.openapi.methods import METHODS

_MOST_STEPS = 50
"""Maximum number of references in a row."""


def json_path(pointer: str, data: Any) -> str:
    """Return the JSONPath of a place in a document."""
    path, value = "$", data
    for token in pointers.split(pointer):
        if isinstance(value, list):
            path, value = f"{path}[{token}]", value[int(token)]
        else:
            path, value = path + _segment(token), value.get(token) if isinstance(value, dict) else None
    return path


def _segment(token: str) -> str:
    if token.isascii() and token.isidentifier():
        return f".{token}"
    quoted = json.dumps(token, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{quoted}']"


@attrs.define
class Subject:
    """A document and the overlay actions that it was changed by."""

    document: Document
    actions: list[dict[str, Any]] = attrs.field(factory=list)

    def act(self, action: Mapping[str, Any], node: Node) -> bool:
        """Apply an action that `node` asks for; return False if it cannot be applied, which is recorded."""
        places = [Place("/actions/0", node.source, node.pointer)]
        if not (isinstance(node.value, dict) and "target" in node.value):
            places.append(Place("/actions/0/update", node.source, node.pointer))
        overlay = Document({"actions": [dict(action)]}, node.place.file, tuple(places))
        try:
            self.document = apply(self.document, overlay)
        except DiagnosticError as problem:
            reasons = "; ".join(each.message for each in problem.diagnostics)
            node.leave(
                f"{node.name or 'it'} cannot be applied to the document: {reasons}", "correct the document itself"
            )
            return False
        self.actions.append(dict(action))
        return True

    def update(self, pointer: str, value: Any, node: Node, reason: str = "") -> bool:
        """Merge a value into the place at a pointer."""
        return self.act({"target": self._path(pointer), **_with_description(reason), "update": value}, node)

    def remove(self, pointer: str, node: Node, reason: str = "") -> bool:
        """Remove the place at a pointer."""
        return self.act({"target": self._path(pointer), **_with_description(reason), "remove": True}, node)

    def replace(self, pointer: str, value: Any, node: Node, reason: str = "") -> bool:
        """Set a member of an object, whatever it was before."""
        parent, key = pointers.parent(pointer), pointers.split(pointer)[-1]
        holder = self.get(parent)
        if not isinstance(holder, dict):
            node.leave("only members of objects can be replaced", "correct the document itself")
            return False
        old = holder.get(key)
        if key in holder and (isinstance(old, (dict, list)) or isinstance(value, (dict, list))):
            if old == value:
                return True
            if not self.remove(pointer, node, reason):
                return False
        return self.update(parent, {key: value}, node, reason)

    def find(self, path: str, node: Node) -> list[str]:
        """Return the pointers that a JSONPath of a configuration matches; record an invalid one."""
        try:
            return find(path, self.document.data)
        except PathError as problem:
            node.leave(f"the path {path!r} cannot be followed: {problem}", "write the change into overlay.yaml")
            return []

    def _path(self, pointer: str) -> str:
        return json_path(pointer, self.document.data)

    def get(self, pointer: str) -> Any:
        """Return the value at a pointer, or None."""
        try:
            return pointers.get(self.document.data, pointer)
        except KeyError:
            return None

    def routes(self) -> Routes[str]:
        """Return all operations, with their pointers."""
        paths = self.document.data.get("paths")
        found: list[Routed[str]] = []
        for path in paths if isinstance(paths, dict) else ():
            place, item = self.followed(pointers.join("/paths", path))
            for method in METHODS if isinstance(item, dict) else ():
                raw = item.get(method)
                if isinstance(raw, dict):
                    id_ = raw.get("operationId")
                    found.append(
                        Routed(id_ if isinstance(id_, str) else None, method, path, pointers.join(place, method))
                    )
        return Routes(found)

    def followed(self, pointer: str) -> tuple[str, Any]:
        """Return pointer and value of a place, with references followed."""
        value = self.get(pointer)
        for _ in range(_MOST_STEPS):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                break
            if not value["$ref"].startswith("#"):
                break
            pointer = pointers.from_fragment(value["$ref"])
            value = self.get(pointer)
        return pointer, value

    def parameters(self, operation: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield pointer and value of each parameter of the operation at a pointer."""
        seen: set[tuple[Any, Any]] = set()
        for holder in (operation, pointers.parent(operation)):
            stated = self.get(pointers.join(holder, "parameters"))
            for index in range(len(stated)) if isinstance(stated, list) else ():
                pointer, value = self.followed(pointers.join(holder, "parameters", index))
                if isinstance(value, dict) and (key := (str(value.get("in")), str(value.get("name")))) not in seen:
                    seen.add(key)
                    yield pointer, value

    def bodies(self, operation: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield media type, pointer and value of each request body of an operation."""
        pointer, body = self.followed(pointers.join(operation, "requestBody"))
        yield from self._media(pointer, body)

    def successes(self, operation: str) -> Iterator[str]:
        """Yield the pointer of each successful response of an operation."""
        responses = self.get(pointers.join(operation, "responses"))
        for status in responses if isinstance(responses, dict) else ():
            if str(status).startswith("2"):
                yield self.followed(pointers.join(operation, "responses", status))[0]

    def response_schema(self, operation: str) -> tuple[str, dict[str, Any]] | None:
        """Return pointer and schema of the first JSON that an operation returns; None if it returns none."""
        return next(self.response_schemas(operation), None)

    def response_schemas(self, operation: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield pointer and schema of each successful response in JSON."""
        for response in self.successes(operation):
            for media_type, pointer, media in self._media(response, self.get(response)):
                if is_json(media_type) and isinstance(media.get("schema"), dict):
                    yield pointers.join(pointer, "schema"), media["schema"]
            schema = self.get(pointers.join(response, "schema"))  # Swagger 2
            if isinstance(schema, dict):
                yield pointers.join(response, "schema"), schema

    def _media(self, pointer: str, holder: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
        content = holder.get("content") if isinstance(holder, dict) else None
        for media_type, media in content.items() if isinstance(content, dict) else ():
            if isinstance(media, dict):
                yield media_type, pointers.join(pointer, "content", media_type), media

    def schema(self, pointer: str) -> tuple[str, dict[str, Any]]:
        """Return pointer and value of a schema, with references followed and null left out."""
        for _ in range(_MOST_STEPS):
            pointer, value = self.followed(pointer)
            if not isinstance(value, dict):
                return pointer, {}
            for keyword in ("anyOf", "oneOf", "allOf"):
                variants = value.get(keyword)
                kept = [
                    index
                    for index, each in enumerate(variants if isinstance(variants, list) else ())
                    if not (isinstance(each, dict) and each.get("type") == "null")
                ]
                if len(kept) == 1 and "properties" not in value:
                    pointer = pointers.join(pointer, keyword, kept[0])
                    break
            else:
                return pointer, value
        return pointer, {}

    def properties(self, pointer: str, depth: int = 0) -> dict[str, str]:
        """Return the properties of an object schema, those of `allOf` included: their pointers by name."""
        place, schema = self.schema(pointer)
        found: dict[str, str] = {}
        parts = schema.get("allOf")
        for index in range(len(parts)) if isinstance(parts, list) and depth < _MOST_STEPS else ():
            found |= self.properties(pointers.join(place, "allOf", index), depth + 1)
        stated = schema.get("properties")
        for name in stated if isinstance(stated, dict) else ():
            found[name] = pointers.join(place, "properties", name)
        return found

    def types(self, pointer: str) -> frozenset[str]:
        """Return the types that a schema states, without null."""
        stated = self.schema(pointer)[1].get("type")
        found = [stated] if isinstance(stated, str) else stated if isinstance(stated, list) else []
        return frozenset(each for each in found if isinstance(each, str)) - {"null"}


def _with_description(reason: str) -> dict[str, str]:
    return {"description": reason} if reason else {}
