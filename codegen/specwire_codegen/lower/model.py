"""Lowering of component schemas to models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from specwire_codegen.ir import (
    ADDITIONAL,
    AliasModel,
    AnyJson,
    Discriminator,
    Field,
    ListOf,
    Literals,
    LiteralValue,
    MapOf,
    Model,
    ModelRef,
    Nullable,
    ObjectModel,
    Primitive,
    Tag,
    TupleOf,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.lower.documentation import described, with_component_docs
from specwire_codegen.lower.schema import Schema, component_of, is_object, type_of, union_of, value_of
from specwire_codegen.openapi.casing import argument, pascal
from specwire_codegen.openapi.identifiers import LONGEST_CLASS, RESERVED_FIELDS, distinct, shortened
from specwire_codegen.openapi.plurals import singular

_UNREPRESENTABLE = re.compile(r'["\\\x00-\x1f]')


def lower_models(schemas: Mapping[str, Schema], names: Mapping[str, str]) -> tuple[Model, ...]:
    """Return the models of all components, sorted by name."""
    tags = _tags(schemas, names)
    objects = {names[component] for component, schema in schemas.items() if is_object(schema)}
    models: list[Model] = []
    for component, schema in schemas.items():
        name = names[component]
        doc = schema.get("description", "")
        if name in objects:
            tag = tags.get(component)
            fields = tuple(field for field in _fields(schema, schemas, names, tag) if is_representable(field.wire_name))
            models.append(ObjectModel(name, fields, doc, tag))
        else:
            models.append(_alias(name, type_of(schema, names), doc, _discriminator(schema, names)))
    by_name = {model.name: model for model in models}
    for model in models:
        by_name[model.name] = (
            _with_named_unions(model, by_name) if isinstance(model, ObjectModel) else _resolved(model, by_name)
        )
    return tuple(sorted(by_name.values(), key=lambda model: model.name))


def _alias(name: str, type_: TypeExpr, doc: str, discriminator: Discriminator | None) -> AliasModel:
    """Return a union that includes its default variant."""
    if discriminator is not None and discriminator.default is not None:
        type_ = union_of([type_, ModelRef(discriminator.default)])
    return AliasModel(name, type_, doc, discriminator=discriminator)


def name_unions(type_: TypeExpr, wish: str, models: dict[str, Model]) -> TypeExpr:
    """Return a type with unions that need resolution by structure replaced by new models in `models`."""
    match type_:
        case ListOf(inner):
            return attrs.evolve(type_, item=name_unions(inner, singular(wish), models))
        case TupleOf(items):
            return TupleOf(tuple(name_unions(item, singular(wish), models) for item in items))
        case MapOf(inner):
            return MapOf(name_unions(inner, singular(wish), models))
        case Nullable(inner):
            return Nullable(name_unions(inner, wish, models))
        case UnionOf(variants) if not native(type_, models):
            type_ = _with_named_items(type_, wish, models)
            for name, model in models.items():
                if isinstance(model, AliasModel) and model.type == type_:
                    return ModelRef(name)
            name = shortened(wish, LONGEST_CLASS)
            name = name if name not in models else f"{name}Union"
            while name in models:
                name += "_"
            models[name] = AliasModel(name, type_, "", "structure")
            return ModelRef(name)
        case UnionOf(variants):
            return UnionOf(tuple(name_unions(variant, wish, models) for variant in variants))
        case _:
            return type_


def _with_named_unions(model: ObjectModel, models: dict[str, Model]) -> ObjectModel:
    fields = tuple(
        attrs.evolve(field, type=name_unions(field.type, f"{model.name}{_wish(field)}", models))
        if has_union(field.type)
        else field
        for field in model.fields
    )
    return attrs.evolve(model, fields=fields)


def has_union(type_: TypeExpr) -> bool:
    """Return whether a type is a union, or a list, map or tuple with one in it."""
    match type_:
        case UnionOf():
            return True
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            return has_union(inner)
        case TupleOf(items):
            return any(map(has_union, items))
        case _:
            return False


def _wish(field: Field) -> str:
    return pascal(field.name if field.wire_name == ADDITIONAL else field.wire_name)


def field_names(schema: Schema, names: Mapping[str, str]) -> dict[str, str]:
    """Return the Python name of each property of an object, and of the field for additional properties.

    `names` maps components to classes. In a script without capitals, a field name can equal a class name.
    """
    wishes = [(wire, argument(_stated(each) or wire)) for wire, each in schema.get("properties", {}).items()]
    foreign = any(not wish.isascii() for _, wish in wishes)
    classes = frozenset(name for name in names.values() if not name.isascii()) if foreign else frozenset[str]()
    return distinct([*wishes, (ADDITIONAL, "additional_properties")], classes | RESERVED_FIELDS)


def _stated(property_: object) -> str | None:
    name = property_.get("x-specwire-name") if isinstance(property_, dict) else None
    return name if isinstance(name, str) else None


def fields_of(schema: Schema, schemas: Mapping[str, Schema], names: Mapping[str, str]) -> tuple[Field, ...]:
    """Return the fields of an object."""
    return tuple(_fields(schema, schemas, names, None))


def _fields(
    schema: Schema, schemas: Mapping[str, Schema], names: Mapping[str, str], tag: Tag | None
) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    python = field_names(schema, names)
    for wire, property_ in schema["properties"].items():
        if tag is not None and wire == tag.wire_name:
            continue
        details: Schema = property_ if isinstance(property_, dict) else {}
        secret = bool(details.get("writeOnly")) and details.get("format") == "password"
        type_ = type_of(property_, names)
        whole = {**schemas.get(component_of(details) or "", {}), **details}
        default = constant_of(whole) if wire in required else None
        doc = described(with_component_docs(details, schemas))
        yield Field(python[wire], wire, type_, wire in required, doc, secret, _access(whole), default)
    additional = _additional(schema, names)
    if additional is not None:
        yield Field(python[ADDITIONAL], ADDITIONAL, MapOf(additional), False, "Additional properties by name.")


def _additional(schema: Schema, names: Mapping[str, str]) -> TypeExpr | None:
    """Return the type of the additional properties of an object, or None if they are not expected.

    Undocumented properties can still occur; see the option `keep_unknown`.
    """
    more = [property_ for wire, property_ in schema["properties"].items() if not is_representable(wire)]
    if schema.get("patternProperties") or schema.get("additionalProperties", False) is not False:
        return union_of([value_of(schema, names), *(type_of(one, names) for one in more)])
    return AnyJson() if more else None


def constant_of(schema: Schema) -> LiteralValue | None:
    """Return the only allowed value of a schema, or None."""
    return plain_constant(schema.get("const"))


def plain_constant(value: Any) -> LiteralValue | None:
    """Return a value that can be a literal: a string, a boolean or a 64-bit integer; None for others."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return None
    return value if isinstance(value, str | int) else None


def _access(schema: Schema) -> Literal["read-write", "read-only", "write-only"]:
    if bool(schema.get("readOnly")) == bool(schema.get("writeOnly")):
        return "read-write"
    return "read-only" if schema.get("readOnly") else "write-only"


def is_representable(wire: str) -> bool:
    """Return whether a property can be a model field: msgspec rejects quotes, backslashes and control characters."""
    return _UNREPRESENTABLE.search(wire) is None


def _tags(schemas: Mapping[str, Schema], names: Mapping[str, str]) -> dict[str, Tag]:
    """Return the tag of each component in a discriminated union that msgspec can decode by itself.

    A component has one tag. A union that would need a second tag, or that has a default, is resolved by structure.
    """
    tags: dict[str, Tag] = {}
    for component, schema in schemas.items():
        discriminator = schema.get("discriminator")
        variants = list(_variants_of(component, schemas, ()))
        if not discriminator or "defaultMapping" in discriminator or not all(variants):
            continue
        wire = discriminator["propertyName"]
        found = {variant: _tag(schemas[variant], wire, names) for variant in variants if variant is not None}
        agreed = all(tag is not None and tags.get(component, tag) == tag for component, tag in found.items())
        values = [tag.value for tag in found.values() if tag is not None]
        if agreed and len(set(values)) == len(found) and len({type(value) for value in values}) == 1:
            tags.update({component: tag for component, tag in found.items() if tag is not None})
    return tags


def _variants_of(component: str, schemas: Mapping[str, Schema], inside: tuple[str, ...]) -> Iterator[str | None]:
    """Yield the component variants of a union, with nested unions expanded; None for inline variants."""
    for variant in schemas[component].get("oneOf", schemas[component].get("anyOf", ())):
        name = component_of(variant)
        if name in (component, *inside):
            continue
        if name is not None and "properties" not in schemas[name] and {"oneOf", "anyOf"} & schemas[name].keys():
            yield from _variants_of(name, schemas, (*inside, component))
        else:
            yield name


def _tag(schema: Schema, wire: str, names: Mapping[str, str]) -> Tag | None:
    property_ = schema.get("properties", {}).get(wire)
    if not is_object(schema) or not isinstance(property_, Mapping) or wire not in schema.get("required", ()):
        return None
    constants = [property_["const"]] if "const" in property_ else property_.get("enum", [])
    if len(constants) != 1 or isinstance(constants[0], bool) or not isinstance(constants[0], str | int):
        return None
    return Tag(field_names(schema, names)[wire], wire, constants[0])


def _discriminator(schema: Schema, names: Mapping[str, str]) -> Discriminator | None:
    raw = schema.get("discriminator")
    if not raw or not raw.get("mapping"):
        return None
    targets = ((value, component_of({"$ref": target})) for value, target in raw["mapping"].items())
    named = tuple((value, names[target]) for value, target in targets if target is not None and target in names)
    default = component_of({"$ref": raw.get("defaultMapping")})
    return Discriminator(raw["propertyName"], named, names.get(default) if default is not None else None)


def _resolved(model: AliasModel, models: dict[str, Model]) -> AliasModel:
    inside = attrs.evolve(model, type=_with_named_items(model.type, model.name, models))
    models[model.name] = inside
    default = model.discriminator is not None and model.discriminator.default is not None
    if native(inside.type, models) and not is_recursive(model.name, models) and not default:
        return inside
    return attrs.evolve(inside, resolved_by="structure")


def _with_named_items(type_: TypeExpr, name: str, models: dict[str, Model]) -> TypeExpr:
    """Return the type of an alias with a name for each union in its lists and maps."""
    match type_:
        case ListOf(inner):
            return attrs.evolve(type_, item=name_unions(inner, f"{name}Item", models))
        case TupleOf(items):
            return TupleOf(tuple(name_unions(item, f"{name}Item", models) for item in items))
        case MapOf(inner):
            return MapOf(name_unions(inner, f"{name}Value", models))
        case Nullable(inner):
            return Nullable(_with_named_items(inner, name, models))
        case UnionOf(variants):
            return UnionOf(tuple(_with_named_items(variant, name, models) for variant in variants))
        case _:
            return type_


JsonKind = Literal["string", "number", "integer", "boolean", "array", "object", "any"]


def native(type_: TypeExpr, models: Mapping[str, Model]) -> bool:
    """Return whether msgspec can distinguish the variants of a union by itself."""
    match type_:
        case Nullable(inner):
            return native(inner, models)
        case UnionOf():
            leaves = list(_leaves(type_, models))
            objects = [leaf for leaf in leaves if isinstance(leaf, ObjectModel)]
            kinds = [_kind(leaf) for leaf in leaves if not isinstance(leaf, ObjectModel)]
            if len(objects) > 1:
                tags = [model.tag for model in objects]
                distinct_values = len({tag.value for tag in tags if tag is not None}) == len(objects)
                one_field = len({tag.wire_name if tag is not None else None for tag in tags}) == 1
                if None in tags or not distinct_values or not one_field:
                    return False
            if objects:
                kinds.append("object")
            return "any" not in kinds and len(kinds) == len(set(kinds)) and not _opaque(type_, models)
        case _:
            return True


def _opaque(type_: UnionOf, models: Mapping[str, Model]) -> bool:
    """Return whether a union contains one that is resolved by structure; msgspec allows no custom types in unions."""
    for variant in type_.variants:
        model = models.get(variant.name) if isinstance(variant, ModelRef) else None
        if isinstance(model, AliasModel) and (not native(model.type, models) or is_recursive(model.name, models)):
            return True
    return False


def is_recursive(name: str, models: Mapping[str, Model]) -> bool:
    """Return whether an alias refers to itself, directly or through other aliases; classes break the cycle."""
    seen: set[str] = set()
    queue = [name]
    while queue:
        model = models.get(queue.pop())
        for ref in all_refs(model.type) if isinstance(model, AliasModel) else ():
            if ref == name:
                return True
            if ref not in seen:
                seen.add(ref)
                queue.append(ref)
    return False


def _leaves(
    type_: TypeExpr, models: Mapping[str, Model], inside: tuple[str, ...] = ()
) -> Iterator[ObjectModel | TypeExpr]:
    match type_:
        case UnionOf(variants):
            for variant in variants:
                yield from _leaves(variant, models, inside)
        case Nullable(inner):
            yield from _leaves(inner, models, inside)
        case ModelRef(name):
            model = models[name]
            if isinstance(model, ObjectModel):
                yield model
            elif name not in inside:
                yield from _leaves(model.type, models, (*inside, name))
        case _:
            yield type_


def _kind(type_: TypeExpr | ObjectModel) -> JsonKind:
    match type_:
        case ListOf() | TupleOf():
            return "array"
        case MapOf() | ObjectModel():
            return "object"
        case Primitive("int") | Literals((int(), *_)):
            return "integer"
        case Primitive("float"):
            return "number"
        case Primitive("bool"):
            return "boolean"
        case Primitive("IntText"):
            return "any"  # for msgspec, a class of ours
        case Primitive() | Literals():
            return "string"
        case AnyJson() | Nullable() | UnionOf() | ModelRef():
            return "any"


def all_refs(type_: TypeExpr) -> Iterator[str]:
    """Yield the names of the models that a type refers to."""
    match type_:
        case ModelRef(name):
            yield name
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            yield from all_refs(inner)
        case UnionOf(members) | TupleOf(members):
            for member in members:
                yield from all_refs(member)
        case Primitive() | Literals() | AnyJson():
            return


def reachable(roots: Iterator[str], models: tuple[Model, ...]) -> frozenset[str]:
    """Return the names of all models reachable from the roots."""
    by_name = {model.name: model for model in models}
    seen: set[str] = set()
    queue = list(roots)
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        model: Any = by_name[name]
        types = [field.type for field in model.fields] if isinstance(model, ObjectModel) else [model.type]
        queue += [ref for type_ in types for ref in all_refs(type_)]
    return frozenset(seen)
