"""Examples: values that can be a reference as a whole; nested `$ref` keys are data."""

from __future__ import annotations

import attrs

from specwire_codegen.files.findings import Findings
from specwire_codegen.files.library import UnreachableFileError
from specwire_codegen.files.targets import Spot, Target, Targets, is_reference
from specwire_codegen.openapi.objects import ObjectType

NOTHING = object()
"""Marker for an example that cannot be read."""
_TYPED = frozenset(
    {"header", "mediaType", "parameter", "schema", "swaggerHeader", "swaggerParameter", "swaggerResponse"}
)
"""Kinds whose examples have a schema."""


@attrs.define
class Examples:
    """Reader of examples; tracks the schemas of the enclosing objects."""

    targets: Targets
    findings: Findings
    schemas: list[Spot | None] = attrs.field(factory=list)

    def enter(self, kind: ObjectType, spot: Spot, members: dict[str, Spot]) -> None:
        """Push the schema of an object."""
        if kind in _TYPED:
            self.schemas.append(spot if kind == "schema" else members.get("schema"))

    def leave(self, kind: ObjectType) -> None:
        """Pop the schema of an object."""
        if kind in _TYPED:
            self.schemas.pop()

    def value(self, spot: Spot) -> object:
        """Return an example, or the target of its reference; `NOTHING` with a warning if it cannot be read."""
        passed: list[Target] = []
        while is_reference(spot.value) and len(spot.value) == 1 and not self._has_such_property():
            ref = spot.child("$ref")
            try:
                if spot.target in passed:
                    raise UnreachableFileError(self.findings.circle([*passed, spot.target]))
                passed.append(spot.target)
                spot = self.targets.find(ref.value, ref, text=True)
            except UnreachableFileError as problem:
                self.findings.unreachable(ref, problem, left_out="the example is left out")
                return NOTHING
            self.findings.repaired(ref, self.targets.repairs)
        return spot.value

    def _has_such_property(self) -> bool:
        """Return whether the enclosing schema declares a property named `$ref`."""
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
                inner.append(self.targets.find(value["$ref"], schema))
            except UnreachableFileError:
                return False
        return any(self._declares(each, seen) for each in inner)
