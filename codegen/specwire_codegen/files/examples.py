"""Examples: values that may be references as a whole, and are data in all that is deeper."""

from __future__ import annotations

import attrs

from specwire_codegen.files.findings import Findings
from specwire_codegen.files.library import UnreachableFileError
from specwire_codegen.files.targets import Spot, Target, Targets, is_reference
from specwire_codegen.openapi.objects import ObjectType

NOTHING = object()
"""Stands for an example that cannot be had."""
_TYPED = frozenset(
    {"header", "mediaType", "parameter", "schema", "swaggerHeader", "swaggerParameter", "swaggerResponse"}
)
"""Kinds whose examples are of a schema that they state, or are."""


@attrs.define
class Examples:
    """Reads examples; knows the schemas of the objects around them."""

    targets: Targets
    findings: Findings
    schemas: list[Spot | None] = attrs.field(factory=list)

    def enter(self, kind: ObjectType, spot: Spot, members: dict[str, Spot]) -> None:
        """Note the schema of the object that is entered."""
        if kind in _TYPED:
            self.schemas.append(spot if kind == "schema" else members.get("schema"))

    def leave(self, kind: ObjectType) -> None:
        """Forget it."""
        if kind in _TYPED:
            self.schemas.pop()

    def value(self, spot: Spot) -> object:
        """Return an example, or what it refers to as a whole; `NOTHING`, and a warning, if that cannot be read."""
        passed: list[Target] = []
        while is_reference(spot.value) and len(spot.value) == 1 and not self._has_such_property():
            ref = spot.child("$ref")
            try:
                if spot.target in passed:
                    raise UnreachableFileError(self.findings.circle([*passed, spot.target]))
                passed.append(spot.target)
                spot = self.targets.find(ref.value, ref.base, text=True)
            except UnreachableFileError as problem:
                self.findings.unreachable(ref, problem, left_out="the example is left out")
                return NOTHING
            self.findings.repaired(ref, self.targets.repairs)
        return spot.value

    def _has_such_property(self) -> bool:
        """Tell whether the values of the schema around may have a property that is called `$ref`."""
        schema = self.schemas[-1] if self.schemas else None
        return schema is not None and self._declares(schema, [])

    def _declares(self, schema: Spot, seen: list[Target]) -> bool:
        value = schema.value
        if not isinstance(value, dict) or schema.target in seen:
            return False
        seen.append(schema.target)
        properties = value.get("properties")
        if isinstance(properties, dict) and isinstance(properties.get("$ref"), (dict, bool)):
            return True
        inner = [
            schema.child(key).child(index)
            for key in ("allOf", "anyOf", "oneOf")
            if isinstance(value.get(key), list)
            for index in range(len(value[key]))
        ]
        if is_reference(value):
            try:
                inner.append(self.targets.find(value["$ref"], schema.base))
            except UnreachableFileError:
                return False
        return any(self._declares(each, seen) for each in inner)
