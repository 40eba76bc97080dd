"""Schemas of models for pydantic, so that they can be fields of its models, and bodies and responses of FastAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from pydantic_core import PydanticCustomError, core_schema

from specwire._codec.conversion import from_dict, to_dict
from specwire._models.model import ADDITIONAL, WireStruct
from specwire._models.union import UnionMarker

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

_REF = "component:"
"""Beginning of references between the schemas of a model, before pydantic names them."""


def core_schema_of(kind: type[WireStruct]) -> CoreSchema:
    """Return a schema that accepts models and objects by wire name, and serializes models by wire name."""

    def validated(value: Any) -> WireStruct:
        if isinstance(value, kind):
            return value
        try:
            return from_dict(kind, value)
        except msgspec.ValidationError as error:
            raise PydanticCustomError("specwire_model", "{reason}", {"reason": str(error)}) from None

    def json_schema(_: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return _Definitions(kind, handler).schema(kind.__name__)

    return core_schema.no_info_plain_validator_function(
        validated,
        ref=_reference(kind, kind.__name__),
        serialization=core_schema.plain_serializer_function_ser_schema(to_dict),
        metadata={"pydantic_js_functions": [json_schema]},
    )


class _Definitions:
    """Components of a model as definitions of a JSON Schema, which pydantic names and includes."""

    def __init__(self, kind: type[WireStruct], handler: GetJsonSchemaHandler) -> None:
        self._kind = kind
        self._handler = handler
        self._components = components_of(kind)
        self._begun: set[str] = set()

    def schema(self, name: str) -> dict[str, Any]:
        """Return the JSON Schema of a component, with references to definitions."""
        self._begun.add(name)
        schema: dict[str, Any] = self._referring(self._components[name])
        return schema

    def _referring(self, schema: Any) -> Any:
        match schema:
            case {"$ref": str(target)}:
                return self._definition(target.removeprefix(_REF))
            case dict():
                # The mapping of a discriminator has references too, but pydantic doesn't rename those.
                return {key: self._referring(item) for key, item in schema.items() if key != "discriminator"}
            case list():
                return [self._referring(item) for item in schema]
        return schema

    def _definition(self, name: str) -> dict[str, Any]:
        reference = _reference(self._kind, name)
        if name in self._begun:
            schema: CoreSchema = core_schema.definition_reference_schema(reference)
        else:
            metadata = {"pydantic_js_functions": [lambda *_: self.schema(name)]}
            schema = core_schema.any_schema(ref=reference, metadata=metadata)
        # The handler makes definitions only of schemas inside others.
        definition: dict[str, Any] = self._handler(core_schema.list_schema(schema))["items"]
        return definition


def _reference(kind: type[WireStruct], name: str) -> str:
    """Return the name of a component among all schemas of a process."""
    return f"{kind.__module__}.{name}"


def components_of(kind: type[WireStruct]) -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas of a model and of all models and unions in it, by name."""
    found: dict[str, dict[str, Any]] = {}
    unions: dict[str, UnionMarker] = {}

    def hook(part: type) -> dict[str, Any]:
        if not isinstance(part, UnionMarker):
            return {}  # any value
        unions[part.__name__] = part
        return {"$ref": f"{_REF}{part.__name__}"}

    def explore(*kinds: Any) -> list[dict[str, Any]]:
        schemas, components = msgspec.json.schema_components(kinds, schema_hook=hook, ref_template=f"{_REF}{{name}}")
        found.update(components)
        return list(schemas)

    explore(kind)
    while missing := unions.keys() - found.keys():
        for name in sorted(missing):
            found[name] = {"title": name, "anyOf": explore(*unions[name].variants())}
    for schema in found.values():
        if more := schema.get("properties", {}).pop(ADDITIONAL, None):
            schema["additionalProperties"] = more.get("additionalProperties", True)
    return found
