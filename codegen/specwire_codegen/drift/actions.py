"""Overlay actions that declare what a client has received."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specwire import DriftEntry

from specwire_codegen.drift.places import Places
from specwire_codegen.openapi import pointer as pointers

Action = dict[str, Any]
_CLOSED = frozenset({"$ref", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "$dynamicRef"})
"""Keywords that restrict values of any type, so that another type needs an alternative."""
_TYPES: Mapping[str, Action] = {
    **{name: {"type": name} for name in ("boolean", "integer", "number", "string")},
    "array": {"type": "array", "items": {}},
    "object": {"type": "object", "additionalProperties": True},
}
_VARIANT = re.compile(r"object with (.+?)=(.+)")


DECLARED = "the document declares it already"


class Unplaced(Exception):
    """Drift that no action declares; the message is the reason."""


def actions_for(entry: DriftEntry, places: Places) -> list[Action]:
    """Return the overlay actions that declare an entry; raise `Unplaced`."""
    operation = places.operation(entry.operation)
    if operation is None:
        raise Unplaced("the document has no such operation")
    if entry.kind == "body":
        return [*_body(entry, places, operation)]
    response = places.response(operation, entry.status)
    schema = places.schema(response) if response is not None else None
    if schema is None:
        raise Unplaced("the document declares no JSON for this response")
    if entry.status is not None and entry.status >= 400 and entry.path == "$":
        return _own_error(entry.status, places, operation)
    path = entry.path.removeprefix("$")
    if entry.kind == "missing":
        return _optional(places, schema, path)
    found = list(dict.fromkeys(places.within(schema, path)))
    if not found:
        raise Unplaced("the document has no schema for this place")
    writer = _Writer(places)
    declared = [actions for place in found if (actions := writer.declared(entry, place)) is not None]
    if not declared:
        raise Unplaced("no correction of the document is known for it")
    if not any(declared):
        raise Unplaced(DECLARED)
    return [action for actions in declared for action in actions]


def _body(entry: DriftEntry, places: Places, operation: str) -> Iterator[Action]:
    """Yield the action that declares a body, of a response that the document may lack."""
    status = str(entry.status) if entry.status is not None else None
    received = list(entry.got)
    is_text = any(re.fullmatch(r"bytes of text/plain", each) for each in received)
    json = not is_text and (
        entry.expected == "no declared body" or any(re.search(r"[/+]json$", each) for each in received)
    )
    if not json and not is_text:
        raise Unplaced(f"another media type is declared than what came ({', '.join(received)})")
    content = {"text/plain": {"schema": {"type": "string"}}} if is_text else {"application/json": {"schema": {}}}
    if "swagger" in places.data:
        added: Action = {"schema": {"type": "string"} if is_text else {}}
    else:
        added = {"content": content}
    responses = places.get(f"{operation}/responses")
    if status is not None and (not isinstance(responses, dict) or status not in map(str, responses)):
        new = {status: {"description": "Received, and not in the document.", **added}}
        yield {"target": places.json_path(operation), "update": {"responses": new}}
        return
    response = places.response(operation, entry.status)
    if response is None or places.schema(response) is not None:
        raise Unplaced("the document declares another body")
    yield {"target": places.json_path(response), "update": added}


def _own_error(status: int, places: Places, operation: str) -> list[Action]:
    """Return the action that gives an error status a body of its own, next to that of all errors."""
    if places.get(pointers.join(f"{operation}/responses", str(status))) is not None:
        raise Unplaced("the document declares another body for this status")
    added: Action = {"schema": {}} if "swagger" in places.data else {"content": {"application/json": {"schema": {}}}}
    new = {str(status): {"description": "Received, and not in the document.", **added}}
    return [{"target": places.json_path(operation), "update": {"responses": new}}]


def _optional(places: Places, schema: str, path: str) -> list[Action]:
    """Return the actions that make a property optional; its name may contain dots."""
    for at in (index for index in range(len(path) - 1, -1, -1) if path[index] == "."):
        above, name = path[:at], path[at + 1 :]
        owners = places.within(schema, above)
        holders = dict.fromkeys(holder for owner in owners for holder in places.having(owner, "required"))
        if actions := [action for holder in holders for action in _not_required(places, holder, name)]:
            return actions
    exists = any(True for _ in places.within(schema, path))
    raise Unplaced(DECLARED if exists else "the document does not require it by name")


def _not_required(places: Places, holder: str, name: str) -> Iterator[Action]:
    """Yield the actions that remove a name from the list of required ones."""
    required = places.get(f"{holder}/required")
    if not isinstance(required, list) or name not in required:
        return
    if set(required) == {name}:
        yield {"target": places.json_path(f"{holder}/required"), "remove": True}
        return
    for index in range(len(required) - 1, -1, -1):
        if required[index] == name:
            yield {"target": places.json_path(f"{holder}/required/{index}"), "remove": True}


class _Writer:
    def __init__(self, places: Places) -> None:
        self._places = places
        version = str(places.data.get("openapi", "2"))
        self._is_new = not version.startswith(("2", "3.0"))
        self._nullable = "nullable" if version.startswith("3.0") else "x-nullable"

    def declared(self, entry: DriftEntry, place: str) -> list[Action] | None:
        """Return the actions that declare what was received in place of a schema; None if that is unknown."""
        match entry.kind:
            case "null":
                return self._null(place)
            case "value":
                return self._values(place, entry)
            case "variant":
                return self._variants(place, entry)
            case "type":
                kinds = [_TYPES[got] for got in entry.got if got in _TYPES]
                return self._types(place, kinds) if kinds else None
            case _:
                return None

    def _null(self, place: str) -> list[Action]:
        node = self._places.get(place)
        if self._is_nullable(place):
            return []
        holders = [each for each in self._places.having(place, "enum") if None not in self._places.get(each)["enum"]]
        if not self._is_new:
            if "$ref" in node:
                return self._replaced(place, {self._nullable: True, "allOf": [node]})
            more = {"enum": [None]} if place in holders else {}
            return [{"target": self._places.json_path(place), "update": {self._nullable: True, **more}}]
        if isinstance(node.get("type"), list):
            more = {"enum": [None]} if place in holders else {}
            return [{"target": self._places.json_path(place), "update": {"type": ["null"], **more}}]
        if isinstance(node.get("type"), str) and _CLOSED.isdisjoint(node):
            return self._replaced(place, {**node, "type": [node["type"], "null"]})
        return self._replaced(place, {"anyOf": [node, {"type": "null"}]})

    def _is_nullable(self, place: str) -> bool:
        node = self._places.get(self._places.followed(place))
        parts = [part for key in ("anyOf", "oneOf") for part in node.get(key, ())]
        return node.get(self._nullable) is True or "null" in _listed(node.get("type")) or {"type": "null"} in parts

    def _values(self, place: str, entry: DriftEntry) -> list[Action] | None:
        values = [value for got in entry.got if (value := _value(got)) is not None]
        if not values:
            return None
        for holder in (*self._places.having(place, "enum"), *self._places.having(place, "const")):
            node = self._places.get(holder)
            known = node["enum"] if "enum" in node else [node["const"]]
            if not all(any(type(value) is type(other) for other in known) for value in values):
                continue
            fresh = [value for value in values if value not in known]
            if "enum" in node:
                return [{"target": self._places.json_path(holder), "update": {"enum": fresh}}] if fresh else []
            return [
                {"target": self._places.json_path(f"{holder}/const"), "remove": True},
                {"target": self._places.json_path(holder), "update": {"enum": [*known, *fresh]}},
            ]
        kinds = {bool: "boolean", int: "integer", str: "string"}
        return self._types(place, [_TYPES[kind] for kind in dict.fromkeys(kinds[type(value)] for value in values)])

    def _types(self, place: str, added: Sequence[Action]) -> list[Action]:
        """Return the actions that allow values of more types."""
        here = self._places.followed(place)
        node = self._places.get(here)
        if "format" in node and any(
            each["type"] == "string" and "string" in _listed(node.get("type")) for each in added
        ):
            return [{"target": self._places.json_path(f"{here}/format"), "remove": True}]
        known = [part for key in ("anyOf", "oneOf") for part in node.get(key, ())]
        added = [each for each in added if each not in known]
        if not added:
            return []
        node = self._places.get(place)
        is_plain = _CLOSED.isdisjoint(node) and "type" in node
        if is_plain and node["type"] == "integer" and [*added] == [{"type": "number"}]:
            rest = {key: value for key, value in node.items() if key != "format"}
            return self._replaced(place, {**rest, "type": "number"})
        if is_plain and self._is_new and all(each.keys() == {"type"} for each in added):
            return self._replaced(place, {**node, "type": [*_listed(node["type"]), *(each["type"] for each in added)]})
        return self._replaced(place, {"anyOf": [node, *added]})

    def _variants(self, place: str, entry: DriftEntry) -> list[Action] | None:
        found = [actions for got in entry.got if (actions := self._variant_of(place, got)) is not None]
        return [action for actions in found for action in actions] if found else None

    def _variant_of(self, place: str, got: str) -> list[Action] | None:
        """Return the actions for one description of an object that no variant describes."""
        tagged = _VARIANT.fullmatch(got)
        value = _literal(tagged[2]) if tagged is not None else None
        if tagged is None or not isinstance(value, str):
            return self._types(place, [_TYPES["object"]]) if got.startswith("object of ") else None
        unions = ((union, key) for key in ("oneOf", "anyOf") for union in self._places.having(place, key))
        union, key = next(unions, ("", ""))
        return self._variant(union, key, tagged[1], value) if key else self._types(place, [_TYPES["object"]])

    def _variant(self, union: str, key: str, field: str, value: str) -> list[Action]:
        """Return the actions that add an open object with this discriminator value to a union."""
        tag: Action = {"type": "string", "enum": [value]}
        variant: Action = {
            "type": "object",
            "required": [field],
            "properties": {field: tag},
            "additionalProperties": True,
        }
        mapping = self._places.get(f"{union}/discriminator/mapping")
        if self._places.get(f"{union}/discriminator") is None:
            return [{"target": self._places.json_path(union), "update": {key: [variant]}}]
        schemas = self._places.get("/components/schemas")
        known = schemas if isinstance(schemas, dict) else {}
        name = next(each for each in _names(value) if each not in known)
        ref = f"#/components/schemas/{name}"
        update: Action = {key: [{"$ref": ref}]}
        if isinstance(mapping, dict) or name != value:
            update["discriminator"] = {"mapping": {value: ref}}
        return [
            {"target": "$", "update": {"components": {"schemas": {name: variant}}}},
            {"target": self._places.json_path(union), "update": update},
        ]

    def _replaced(self, place: str, new: Action) -> list[Action]:
        """Return the actions that replace a schema, which has a name."""
        key = pointers.split(place)[-1]
        return [
            {"target": self._places.json_path(place), "remove": True},
            {"target": self._places.json_path(pointers.parent(place)), "update": {key: new}},
        ]


def _listed(type_: Any) -> list[Any]:
    """Return the value of `type` as a list."""
    return type_ if isinstance(type_, list) else [type_]


def _names(value: str) -> Iterator[str]:
    """Yield names of components for a discriminator value."""
    base = re.sub(r"[^A-Za-z0-9_.-]", "_", value)[:60] or "Variant"
    yield base
    yield from (f"{base}{number}" for number in range(2, 1000))


def _value(got: str) -> str | int | bool | None:
    """Return the value in a description such as `string 'x'`."""
    return _literal(got.partition(" ")[2])


def _literal(text: str) -> str | int | bool | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str | int) else None
