"""Outlines of classes: the input of datamodel-code-generator, with slots for document content.

An outline has a head and members, and contains only our own identifiers, such as `T0` for a name in an annotation. The
models of a document share most of their heads and members, which differ only in the contents of their slots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeAlias

import attrs

from specwire_codegen.classes.annotation import dict_name, into, is_wide, out
from specwire_codegen.classes.members import class_doc, field_doc, is_functional, keys, secrets, shadowed, spelling
from specwire_codegen.classes.tree import CLASS
from specwire_codegen.ir import (
    ADDITIONAL,
    AnyJson,
    Field,
    ListOf,
    Literals,
    MapOf,
    ModelRef,
    Nullable,
    ObjectModel,
    Primitive,
    TupleOf,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.python_source import literal, literal_set

Form: TypeAlias = Literal[
    "required", "required renamed", "constant", "constant renamed", "optional", "optional renamed", "additional"
]
"""Form of the annotation and default of a field."""
Kind: TypeAlias = Literal["struct", "typed dict"]
"""Kind of a class: of responses, or of nested input."""


@attrs.frozen
class Member:
    """A field; its type refers to slots only."""

    type: TypeExpr
    form: Form
    documented: bool


@attrs.frozen
class Head:
    """A class without names, constants, texts and members."""

    documented: bool
    open: bool = False
    tagged: bool = False
    renamed: bool = False
    """True if the Python name of the tag differs from its wire name."""
    secret: bool = False
    functional: bool = False


@attrs.frozen
class Outline:
    """The outline of a model, and the source for the slots of its head and of each member."""

    head: Head
    slots: dict[str, str]
    members: tuple[tuple[Member, dict[str, str]], ...]


def struct_outline(model: ObjectModel) -> Outline:
    """Return the outline of a model's `msgspec.Struct`."""
    doc = class_doc(model)
    slots = {CLASS: model.name, "doc": doc}
    if model.tag is not None:
        tag = model.tag
        slots |= {"tag_name": tag.name, "tag_key": literal(tag.wire_name), "tag_value": literal(tag.value)}
    if secret := secrets(model):
        slots["secrets"] = literal_set(secret)
    renamed = shadowed(model)
    slots |= renamed
    renamed_tag = model.tag is not None and model.tag.name != model.tag.wire_name
    head = Head(bool(doc), model.is_open, model.tag is not None, renamed_tag, bool(secret))
    return Outline(
        head, slots, _members(model.fields, lambda type_: out(type_, renamed=renamed), _struct_form, renamed)
    )


def typed_dict_outline(model: ObjectModel) -> Outline:
    """Return the outline of a model's `TypedDict`."""
    name = dict_name(model.name)
    slots = {CLASS: name, "class_text": literal(name), "doc": class_doc(model)}
    fields = keys(model)
    spelled = [field if field.name == (key := spelling(field)) else attrs.evolve(field, name=key) for field in fields]
    head = Head(bool(slots["doc"]), functional=is_functional(fields))
    return Outline(
        head, slots, _members(spelled, into, lambda field: "required" if field.required_in_request else "optional", {})
    )


def _struct_form(field: Field) -> Form:
    if field.wire_name == ADDITIONAL:
        return "additional"
    if field.constant is not None:
        return "constant" if field.name == field.wire_name else "constant renamed"
    if field.name == field.wire_name:
        return "required" if field.required_in_response else "optional"
    return "required renamed" if field.required_in_response else "optional renamed"


def _members(
    fields: Iterable[Field],
    written: Callable[[TypeExpr], str],
    form: Callable[[Field], Form],
    renamed: Mapping[str, str],
) -> tuple[tuple[Member, dict[str, str]], ...]:
    """Return the fields as members, each with the source for its slots; `renamed` names are slots too."""
    members: list[tuple[Member, dict[str, str]]] = []
    for field in fields:
        types: dict[str, str] = {}
        slots = {"name": field.name, "key": literal(field.wire_name), **renamed}
        if field.constant is not None:
            slots["value"] = literal(field.constant)
        if doc := field_doc(field):
            slots["text"] = doc
        member = Member(_slotted(field.type, written, types), form(field), bool(doc))
        members.append((member, slots | {slot: text for text, slot in types.items()}))
    return tuple(members)


def _slotted(type_: TypeExpr, written: Callable[[TypeExpr], str], slots: dict[str, str]) -> TypeExpr:
    """Return a type with each name and constant replaced by a slot; `slots` maps source text to slots.

    So are the variants of unions and types inside of others, which combine in too many ways to ask for each of them.
    """

    def inside(inner: TypeExpr) -> TypeExpr:
        plain = isinstance(inner, Primitive | AnyJson)
        return _slotted(inner, written, slots) if plain else _slot(written(inner), slots)

    match type_:
        case Primitive(name) if name != "IntText" and written(type_) == name:
            return type_
        case Primitive() | ModelRef() | Literals():
            return _slot(written(type_), slots)
        case UnionOf() if is_wide(type_):
            return _slot(written(type_), slots)
        case UnionOf(variants):
            return UnionOf(tuple(_slot(written(variant), slots) for variant in variants))
        case ListOf(unique=True) | TupleOf():
            return _slot(written(type_), slots)
        case ListOf(item):
            return ListOf(inside(item))
        case MapOf(value):
            return MapOf(inside(value))
        case Nullable(AnyJson()):
            return _slot(written(type_), slots)
        case Nullable(inner):
            return Nullable(_slotted(inner, written, slots))
        case AnyJson():
            return type_


def _slot(text: str, slots: dict[str, str]) -> ModelRef:
    return ModelRef(slots.setdefault(text, f"T{len(slots)}"))
