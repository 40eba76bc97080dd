"""Places of a document that a path in a response leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.media_types import is_json

_MOST_STEPS = 200
_STREAMS = ("text/event-stream", "application/jsonl", "application/x-ndjson", "application/json-seq")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARTS = ("allOf", "anyOf", "oneOf")


class Places:
    """A document as it is before normalization, with overlays applied."""

    def __init__(self, data: Mapping[str, Any], routes: Mapping[str, tuple[str, str]]) -> None:
        self.data = data
        self._routes = routes
        """Path and HTTP method by operationId, which a document need not have."""

    def get(self, pointer: str) -> Any:
        """Return the value at a pointer, or None."""
        try:
            return pointers.get(self.data, pointer)
        except KeyError:
            return None

    def json_path(self, pointer: str) -> str:
        """Return a pointer as a JSONPath (RFC 9535)."""
        path = "$"
        value: Any = self.data
        for token in pointers.split(pointer):
            path += f"[{token}]" if isinstance(value, list) else _segment(token)
            value = value[int(token)] if isinstance(value, list) else value[token]
        return path

    def followed(self, pointer: str) -> str:
        """Return the pointer of the value that references at a pointer lead to."""
        for _ in range(_MOST_STEPS):
            value = self.get(pointer)
            ref = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(ref, str) or not ref.startswith("#"):
                return pointer
            pointer = pointers.from_fragment(ref)
        return pointer

    def operation(self, operation_id: str) -> str | None:
        """Return the pointer of an operation, or None if it has no place."""
        if operation_id not in self._routes:
            return None
        path, method = self._routes[operation_id]
        item = self.followed(pointers.join("/paths", path))
        found = pointers.join(item, method)
        return found if isinstance(self.get(found), dict) else None

    def response(self, operation: str, status: int | None) -> str | None:
        """Return the pointer of the response that a status has, or of the first success."""
        responses = self.get(f"{operation}/responses")
        if not isinstance(responses, dict):
            return None
        by_name = {str(name).upper(): name for name in responses}
        wanted = [str(status), f"{status // 100}XX", "DEFAULT"] if status is not None else []
        wanted += sorted(name for name in by_name if name.startswith("2")) if status is None or status < 300 else []
        name = next((by_name[each] for each in wanted if each in by_name), None)
        return self.followed(pointers.join(f"{operation}/responses", name)) if name is not None else None

    def schema(self, response: str) -> str | None:
        """Return the pointer of the schema of a JSON response, or of the events of a stream."""
        if isinstance(self.get(f"{response}/schema"), dict):  # Swagger 2.0
            return f"{response}/schema"
        content = self.get(f"{response}/content")
        if not isinstance(content, dict):
            return None
        for media_type in sorted(content, key=lambda each: not is_json(each)):
            if not is_json(media_type) and media_type not in _STREAMS and media_type != "*/*":
                continue
            for key in ("itemSchema", "schema"):
                found = pointers.join(f"{response}/content", media_type, key)
                if isinstance(self.get(found), dict):
                    return found
        return None

    def within(self, schema: str, path: str) -> Iterator[str]:
        """Yield the schemas that a JSON path, without its `$`, leads to; several in a union."""
        waiting, seen = [(schema, path)], set[tuple[str, str]]()
        while waiting:
            place, rest = waiting.pop()
            if not rest:
                yield place
                continue
            here = self.followed(place)
            node = self.get(here)
            if not isinstance(node, dict) or (here, rest) in seen:
                continue
            seen.add((here, rest))
            waiting += ((part, rest) for part in reversed(self._parts(node, here)))
            if not rest.startswith("[]"):
                waiting += ((member, rest[1 + len(name) :]) for name, member in self._members(node, here, rest))
            elif isinstance(node.get("items"), dict):
                waiting.append((f"{here}/items", rest[2:]))

    @staticmethod
    def _parts(node: Mapping[str, Any], here: str) -> list[str]:
        """Return the parts of a union or intersection."""
        return [
            f"{here}/{key}/{index}"
            for key in _PARTS
            if isinstance(parts := node.get(key), list)
            for index in range(len(parts))
        ]

    def _members(self, node: Mapping[str, Any], here: str, path: str) -> Iterator[tuple[str, str]]:
        """Yield the property that a path begins with, or the values of a map; names can contain dots and brackets."""
        rest = path[1:]
        properties = node.get("properties")
        names = [name for name in properties if rest.startswith(name)] if isinstance(properties, dict) else []
        for name in sorted(names, key=len, reverse=True):
            if rest[len(name) :][:1] in ("", ".", "["):
                yield name, pointers.join(here, "properties", name)
                return
        if isinstance(node.get("additionalProperties"), dict):
            ends = [at for at in (rest.find("."), rest.find("[")) if at > 0]
            yield rest[: min(ends, default=len(rest))], f"{here}/additionalProperties"

    def having(self, schema: str, key: str) -> Iterator[str]:
        """Yield the schemas with a keyword among a schema and the parts of its unions and intersections."""
        waiting, seen = [schema], set[str]()
        while waiting:
            here = self.followed(waiting.pop())
            node = self.get(here)
            if not isinstance(node, dict) or here in seen:
                continue
            seen.add(here)
            if key in node:
                yield here
            waiting += reversed(self._parts(node, here))


def _segment(name: str) -> str:
    """Return the segment of a JSONPath for a member of an object."""
    if _NAME.fullmatch(name):
        return f".{name}"
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return "['" + "".join(f"\\u{ord(each):04x}" if ord(each) < 32 else each for each in quoted) + "']"
