"""Empty values of the wrong type, such as null, which serializers write for absent fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, Child, FieldType, Node, ObjectType
from specwire_codegen.openapi.walk import child_of, is_extension, rebuild

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

    def visit(self, node: Node, kind: ObjectType, pointer: str) -> Node:
        here = origin_of(node, pointer)
        return dict(self._members(node, kind, here))

    def _members(self, node: Node, kind: ObjectType, here: str) -> Iterator[tuple[str, Any]]:
        for key, value in node.items():
            field = None if is_extension(key) else child_of(kind, key) or FIELDS[kind].get(key)
            place = pointers.below(here, key)
            new = value if field is None else self._field(key, value, field, place)
            if new is not _DROPPED:
                yield key, new

    def _field(self, key: str, value: Any, field: Child | FieldType, place: str) -> Any:
        new = _DROPPED if value == [] and key in _UNIONS else _filled(value, field, place)
        if new is not value:
            self._warn(key, value, new, place)
        elif (
            isinstance(field, Child)
            and field.shape == "map"
            and isinstance(new, dict)
            and field.kind != "securityScheme"
        ):
            return {name: self._member(name, each, field, pointers.below(place, name)) for name, each in new.items()}
        elif isinstance(field, Child) and field.shape == "list" and isinstance(new, list):
            items = [self._item(key, item, field, f"{place}/{index}") for index, item in enumerate(new)]
            return [item for item in items if item is not _DROPPED]
        return new

    def _member(self, name: str, value: Any, field: Child, place: str) -> Any:
        if not _is_blank(value) or isinstance(value, dict):
            return value
        new = {ORIGIN: place}
        self._warn(name, value, new, place)
        return new

    def _item(self, key: str, value: Any, field: Child, place: str) -> Any:
        if not _is_blank(value) or isinstance(value, dict):
            return value
        new: Any = {ORIGIN: place} if key == "prefixItems" else _DROPPED
        if value is None and key in _ALTERNATIVES:
            new = {"type": "null", ORIGIN: place}
        self._warn(key, value, new, place)
        return new

    def _warn(self, key: str, value: Any, new: Any, place: str) -> None:
        taken = "ignored"
        if isinstance(new, dict):
            taken = "treated as the type 'null'" if "type" in new else "treated as an empty object"
        elif new is not _DROPPED:
            taken = "treated as an empty list"
        what = "null" if value is None else "an empty string" if value == "" else "an empty list"
        message = f"{key!r} is {what if not isinstance(value, dict) else 'an empty object'}; {taken}"
        where, known = self.report.locate(place), self.found.get(message)
        if known is None:
            self.found[message] = Diagnostic("warning", "wrong-type", message, where, _HELP)
        else:
            self.found[message] = attrs.evolve(known, also=(*known.also, where))


def _filled(value: Any, field: Child | FieldType, place: str) -> Any:
    """Return the value of a field, with empty values replaced."""
    if not _is_blank(value) or field in ("any", "types"):
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
        return {ORIGIN: place} if isinstance(field, Child) and field.shape == "one" else {}
    return [] if wanted is list else value


def _is_blank(value: Any) -> bool:
    """Return whether a value is empty; an object can still carry its origin."""
    return value is None or value in ("", []) or (isinstance(value, dict) and not value.keys() - {ORIGIN})
