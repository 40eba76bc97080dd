"""Empty values of the wrong type, such as null, which serializers write for absent fields."""

from __future__ import annotations

from operator import is_
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, Child, FieldType, Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.walk import child_of, rebuild

_HELP = "remove it, or give it a value"
_ALTERNATIVES = {"anyOf", "oneOf"}
"""Lists of schemas in which null means the type of that name."""
_UNIONS = _ALTERNATIVES | {"allOf"}
"""Keywords whose list must not be empty; an empty one is dropped."""
_DROPPED = object()
"""Marker for an empty value to remove."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with empty values removed or converted to an empty object or list; report each."""
    filler = _Filler(report)
    filled: Node = rebuild(data, "openapi", filler.visit)
    report.diagnostics.extend(filler.found.values())
    return filled


@attrs.frozen
class _Filler:
    report: Report
    found: dict[str, Diagnostic] = attrs.field(factory=dict)
    """Warnings by message; such values can occur hundreds of times."""

    def visit(self, node: Node, kind: ObjectType, trail: Trail) -> Node:
        changes: Node = {}
        fields = FIELDS[kind]
        for key, value in node.items():
            if isinstance(value, str) and value != "":
                continue
            field = fields.get(key) or child_of(kind, key)
            if field is not None:
                new = self._field(key, value, field, (origin_of(node, trail), key))
                if new is not value:
                    changes[key] = new
        return {key: each for key, each in {**node, **changes}.items() if each is not _DROPPED} if changes else node

    def _field(self, key: str, value: Any, field: Child | FieldType, trail: Trail) -> Any:
        if _is_blank(value):
            new = _DROPPED if value == [] and key in _UNIONS else _filled(value, field, trail)
            if new is not value:
                self._warn(key, value, new, trail)
                return new
        if isinstance(field, Child) and field.shape == "map" and field.kind != "securityScheme":
            return self._members(value, trail) if isinstance(value, dict) else value
        if isinstance(field, Child) and field.shape == "list" and isinstance(value, list):
            return self._items(key, value, trail)
        return value

    def _members(self, members: Node, trail: Trail) -> Node:
        blank = {name: each for name, each in members.items() if not isinstance(each, dict) and _is_blank(each)}
        filled: Node = {name: {ORIGIN: pointers.of((trail, name))} for name in blank}
        for name, value in blank.items():
            self._warn(name, value, filled[name], (trail, name))
        return {**members, **filled} if filled else members

    def _items(self, key: str, items: list[Any], trail: Trail) -> list[Any]:
        new = [self._item(key, item, (trail, index)) for index, item in enumerate(items)]
        return items if all(map(is_, new, items)) else [item for item in new if item is not _DROPPED]

    def _item(self, key: str, value: Any, trail: Trail) -> Any:
        if isinstance(value, dict) or not _is_blank(value):
            return value
        place = pointers.of(trail)
        new: Any = {ORIGIN: place} if key == "prefixItems" else _DROPPED
        if value is None and key in _ALTERNATIVES:
            new = {"type": "null", ORIGIN: place}
        self._warn(key, value, new, trail)
        return new

    def _warn(self, key: str, value: Any, new: Any, trail: Trail) -> None:
        taken = "ignored"
        if isinstance(new, dict):
            taken = "treated as the type 'null'" if "type" in new else "treated as an empty object"
        elif new is not _DROPPED:
            taken = "treated as an empty list"
        what = "null" if value is None else "an empty string" if value == "" else "an empty list"
        message = f"{key!r} is {what if not isinstance(value, dict) else 'an empty object'}; {taken}"
        where, known = self.report.locate(pointers.of(trail)), self.found.get(message)
        if known is None:
            self.found[message] = Diagnostic("warning", "wrong-type", message, where, _HELP)
        else:
            self.found[message] = attrs.evolve(known, also=(*known.also, where))


def _filled(value: Any, field: Child | FieldType, trail: Trail) -> Any:
    """Return what replaces an empty value of a field; the value itself if the field may have it."""
    if field in ("any", "types"):
        return value
    if value is None or value == "":
        return value if value == "" and field == "text" else _DROPPED
    if isinstance(field, Child):
        wanted: type = list if field.shape == "list" else dict
    else:
        wanted = {"list": list, "texts": list, "map": dict, "string_map": dict}.get(field, type(None))
    if isinstance(value, wanted):
        return value
    if wanted is dict:
        return {ORIGIN: pointers.of(trail)} if isinstance(field, Child) and field.shape == "one" else {}
    return [] if wanted is list else value


def _is_blank(value: Any) -> bool:
    """Return whether a value is empty; an object can still carry its origin."""
    return value is None or value in ("", []) or (isinstance(value, dict) and not value.keys() - {ORIGIN})
