"""JSON pointers into a response, resolved to paths of Python attributes."""

from __future__ import annotations

from specwire_codegen.diagnostics import Location, failure
from specwire_codegen.ir import AnyJson, MapOf, ModelRef, Nullable, TypeExpr, UnionOf
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.model import field_names
from specwire_codegen.lower.schema import is_object
from specwire_codegen.openapi.pointer import split


class Paths:
    """Resolver of wire keys to attribute names through a type."""

    def __init__(self, components: Components, root: TypeExpr, location: Location | None) -> None:
        self._components = components
        self.location = location
        self._root = root

    def below(self, type_: TypeExpr) -> Paths:
        """Return a resolver of pointers into another type."""
        return Paths(self._components, type_, self.location)

    def names(self, pointer: str | None) -> tuple[str, ...] | None:
        """Return the attribute names of a pointer, or None without a pointer."""
        if pointer is None:
            return None
        return self.follow(split(pointer))[0]

    def follow(self, keys: tuple[str, ...]) -> tuple[tuple[str, ...], TypeExpr]:
        """Return the attribute names of wire keys and their final type; raise if a key does not exist."""
        type_ = self._root
        names: list[str] = []
        for key in keys:
            name, type_ = self._step(type_, key)
            names.append(name)
        return tuple(names), type_

    def are_required(self, keys: tuple[str, ...]) -> bool:
        """Return whether every object on the way to a value has it: no key is optional, and no object null."""
        type_ = self._root
        for key in keys:
            if not isinstance(type_, ModelRef):
                return False
            schema = self._components.schemas[self._component(type_.name)]
            if key not in schema.get("required", ()):
                return False
            _, type_ = self._step(type_, key)
        return True

    def resolved(self, type_: TypeExpr) -> TypeExpr:
        """Return the target of an alias without null; other types unchanged."""
        match type_:
            case Nullable(inner):
                return self.resolved(inner)
            case ModelRef(name):
                schema = self._components.schemas[self._component(name)]
                return type_ if is_object(schema) else self.resolved(self._components.type_of(schema))
            case _:
                return type_

    def _step(self, type_: TypeExpr, key: str) -> tuple[str, TypeExpr]:
        match type_:
            case Nullable(inner):
                return self._step(inner, key)
            case MapOf(value):
                return key, value
            case AnyJson():
                return key, type_
            case UnionOf(variants):
                return self._step(variants[0], key)
            case ModelRef(name):
                schema = self._components.schemas[self._component(name)]
                if not is_object(schema):
                    return self._step(self._components.type_of(schema), key)
                if key in schema["properties"]:
                    return field_names(schema, self._components.names)[key], self._components.type_of(
                        schema["properties"][key]
                    )
        message = f"the response has no property {key!r}, which an x-specwire extension refers to"
        raise failure("bad-pointer", message, self.location, "use a pointer to a property of the response")

    def _component(self, class_name: str) -> str:
        return next(component for component, name in self._components.names.items() if name == class_name)
