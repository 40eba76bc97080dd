"""Schemas of the events of an operation that documents only its whole response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from specwire_codegen.normalize.inference.reading import followed, members_of, resolved, success
from specwire_codegen.normalize.operations.operations import methods
from specwire_codegen.normalize.order import reached
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.media_types import EVENT_STREAM, base_type, is_json
from specwire_codegen.openapi.objects import Node

_PARTS = frozenset("stream streams streamed streaming chunk chunks event events part".split())
"""Words in the names of events, of which at least one tells that they are."""
_WHOLE = frozenset("response responses result results output body dto model schema object data".split())
"""Words that names of responses and of their events may lack."""


@attrs.frozen(eq=False)
class EventSchemas:
    """The events that a document describes, of operations or of none."""

    data: Node

    def of(self, schema: Any) -> tuple[Node, str]:
        """Return the schema of the events that make up a response, and the reason; else the response's own."""
        name = _component(schema)
        if name is not None:
            for found, reason in ((self._shared.get(name), "another operation"), (self._named(name), "its name")):
                if found is not None:
                    return found, f"events are {_component(found) or 'typed'}, by {reason}"
        return schema, "events have the schema of the response"

    @cached_property
    def _shared(self) -> Mapping[str, Node]:
        """Schemas of events by the component of the response, of operations that declare both."""
        found: dict[str, Node] = {}
        items = [each for each in self.data.get("paths", {}).values() if isinstance(each, dict)]
        for item in items:
            for _, operation in methods(item):
                content = followed(success(operation), self.data).get("content", {})
                whole: Any = next((each for key, each in content.items() if is_json(key)), {})
                events: Any = next((each for key, each in content.items() if base_type(key) == EVENT_STREAM), {})
                name = _component(followed(whole, self.data).get("schema"))
                schema = followed(events, self.data).get("schema")
                if name is not None and isinstance(schema, dict) and schema != {"$ref": name}:
                    found.setdefault(name, schema)
        return found

    def _named(self, name: str) -> Node | None:
        """Return the only event schema of no operation with the name of a response, with it inside, or for any."""
        events = [each for each in self._unused if _says_event(each)]
        alike = [each for each in events if _stem(each) == _stem(name)]
        holding = [each for each in events if name in set(self._data_of(each))]
        common = [each for each in events if not _stem(each)]
        found = next((each for each in (alike, holding, common) if len(each) == 1), None)
        return {"$ref": f"#/components/schemas/{pointers.escape(found[0])}"} if found else None

    @cached_property
    def _unused(self) -> tuple[str, ...]:
        used = {name for kind, name in reached(self.data) if kind == "schema"}
        inner = {each for name in self._schemas if name not in used for each in self._variants(name)}
        return tuple(name for name in self._schemas if name not in used | inner)

    @property
    def _schemas(self) -> Node:
        schemas: Node = self.data.get("components", {}).get("schemas", {})
        return schemas

    def _variants(self, name: str) -> Iterator[str]:
        """Yield the components below a union, also through other unions."""
        waiting, seen = [name], {name}
        while waiting:
            schema = self._schemas.get(waiting.pop(), {})
            for each in map(_component, members_of(schema)):
                if each is not None and each not in seen:
                    seen.add(each)
                    waiting.append(each)
                    yield each

    def _data_of(self, name: str) -> Iterator[str]:
        """Yield the components that are the data of an event, or of a variant of it."""
        for each in (name, *self._variants(name)):
            schema = resolved(self._schemas.get(each), self._schemas)
            inline = [one for one in members_of(schema) if isinstance(one, dict)]
            for one in (schema, *inline):
                properties = one.get("properties", {})
                if "event" in properties and (found := _component(properties.get("data"))) is not None:
                    yield found


def _component(schema: Any) -> str | None:
    reference = schema.get("$ref") if isinstance(schema, Mapping) else None
    return pointers.unescape(reference.rpartition("/")[2]) if isinstance(reference, str) else None


def _stem(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in words(name)) - _PARTS - _WHOLE


def _says_event(name: str) -> bool:
    return any(word.lower() in _PARTS for word in words(name))
