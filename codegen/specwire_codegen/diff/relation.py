"""Relation of two types: whether every value of one is a value of the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, assert_never

from specwire_codegen.classes.annotation import out
from specwire_codegen.diff.change import Severity
from specwire_codegen.ir import (
    AliasModel,
    AnyJson,
    ListOf,
    Literals,
    MapOf,
    Model,
    ModelRef,
    Nullable,
    Primitive,
    TupleOf,
    TypeExpr,
    UnionOf,
)

Relation = Literal["same", "narrower", "wider", "overlapping", "different"]
"""Relation of the new type to the old one."""
_LITERALS = {str: "str", bool: "bool", int: "int"}

_Atom: TypeAlias = tuple[object, ...]
Shape: TypeAlias = frozenset[_Atom]
"""A type as the set of its alternatives, without names of aliases."""
_ANY: _Atom = ("any",)
_NULL: _Atom = ("null",)


class Shapes:
    """Shapes of the types of one version of a client; `renamed` maps its classes to those of the other version."""

    def __init__(self, models: Mapping[str, Model], renamed: Callable[[str], str]) -> None:
        self._models = models
        self._renamed = renamed

    def of(self, type_: TypeExpr, within: frozenset[str] = frozenset()) -> Shape:
        """Return the shape of a type; an alias that contains itself stays a name."""
        match type_:
            case AnyJson():
                return frozenset({_ANY})
            case Primitive(name):
                return frozenset({("primitive", name)})
            case Literals(values):
                return frozenset(("literal", _LITERALS[type(value)], value) for value in values)
            case Nullable(AnyJson()):
                return frozenset({_NULL})
            case Nullable(inner):
                return self.of(inner, within) | {_NULL}
            case UnionOf(variants):
                return frozenset[_Atom]().union(*(self.of(variant, within) for variant in variants))
            case ListOf(item):
                return frozenset({("list", self.of(item, within))})
            case TupleOf(items):
                return frozenset({("tuple", *(self.of(item, within) for item in items))})
            case MapOf(value):
                return frozenset({("map", self.of(value, within))})
            case ModelRef(name):
                model = self._models.get(name)
                if isinstance(model, AliasModel) and name not in within:
                    return self.of(model.type, within | {name})
                return frozenset({("model", self._renamed(name))})
            case _:
                assert_never(type_)

    def named(self, type_: TypeExpr) -> TypeExpr:
        """Return the constants that a type is an alias of; other types unchanged."""
        match type_:
            case Nullable(inner) if (found := self.named(inner)) is not inner:
                return Nullable(found)
            case ModelRef(name) if isinstance(model := self._models.get(name), AliasModel):
                return model.type if isinstance(model.type, Literals) else type_
            case _:
                return type_


def relation(old: Shape, new: Shape) -> Relation:
    """Return how a new type relates to the old one."""
    narrower, wider = fits(new, old), fits(old, new)
    if narrower and wider:
        return "same"
    if narrower or wider:
        return "narrower" if narrower else "wider"
    return "overlapping" if any(fits(frozenset({atom}), old) for atom in new - {_NULL}) else "different"


def fits(one: Shape, other: Shape) -> bool:
    """Return whether every value of one type is a value of the other."""
    return _ANY in other or all(any(_atom_fits(atom, room) for room in other) for atom in one)


def _atom_fits(atom: _Atom, room: _Atom) -> bool:
    if atom == room:
        return True
    match atom, room:
        case ("literal", kind, _), ("primitive", name):
            return kind == name or (kind, name) == ("int", "float")
        case ("primitive", "int"), ("primitive", "float"):
            return True
        case (("list", frozenset() as item), ("list", frozenset() as other)) | (
            ("map", frozenset() as item),
            ("map", frozenset() as other),
        ):
            return fits(item, other)
        case ("tuple", *items), ("list", frozenset() as other):
            return all(isinstance(item, frozenset) and fits(item, other) for item in items)
        case ("tuple", *items), ("tuple", *others):
            pairs = zip(items, others, strict=False)
            return len(items) == len(others) and all(
                isinstance(item, frozenset) and isinstance(other, frozenset) and fits(item, other)
                for item, other in pairs
            )
    return False


def is_assignable(old: Shape, new: Shape) -> bool:
    """Return whether type checkers accept a variable of the old type where a class now has the new one.

    Lists and dictionaries are invariant: a list of integers is not one of integers or texts.
    """
    return _ANY in new or all(any(_is_atom_assignable(atom, room) for room in new) for atom in old)


def _is_atom_assignable(atom: _Atom, room: _Atom) -> bool:
    match atom, room:
        case (("list" | "map" as kind, frozenset() as item), (other, frozenset() as inner)) if kind == other:
            return _ANY in inner or relation(item, inner) == "same"
        case _:
            return _atom_fits(atom, room)


def request_severity(found: Relation) -> Severity:
    """Return the effect of a changed type of requests on users."""
    return "safe" if found in ("same", "wider") else "breaking"


def response_severity(found: Relation) -> Severity:
    """Return the effect of a changed type of responses on users."""
    match found:
        case "same" | "narrower":
            return "safe"
        case "wider" | "overlapping":
            return "risky"
        case _:
            return "breaking"


class Types:
    """The types of both versions."""

    def __init__(self, old: Mapping[str, Model], new: Mapping[str, Model], renamed: Mapping[str, str]) -> None:
        self._old = Shapes(old, lambda name: renamed.get(name, name))
        self._new = Shapes(new, lambda name: name)

    def relation(self, old: TypeExpr, new: TypeExpr) -> Relation:
        """Return how a new type relates to the old one."""
        return relation(self._old.of(old), self._new.of(new))

    def is_assignable(self, old: TypeExpr, new: TypeExpr) -> bool:
        """Return whether type checkers accept a variable of the old type for a field of the new one."""
        return is_assignable(self._old.of(old), self._new.of(new))

    def change(self, old: TypeExpr, new: TypeExpr) -> tuple[Relation, str] | None:
        """Return how a type changed, with a description; None if it did not, or only an alias in it, reported there."""
        found = self.relation(old, new)
        return None if found == "same" or old == new else (found, self.described(old, new))

    def described(self, old: TypeExpr, new: TypeExpr) -> str:
        """Return the change of a type in words; for constants, only those that came or went."""
        return _described(self._old.named(old), self._new.named(new)) or f"{out(old)} is now {out(new)}"


def _described(old: TypeExpr, new: TypeExpr) -> str:
    match old, new:
        case Nullable(before), Nullable(after):
            return _described(before, after)
        case Literals(before), Literals(after):
            gone, come = (
                Literals(tuple(value for value in one if value not in other))
                for one, other in ((before, after), (after, before))
            )
            parts = [f"no longer {out(gone)}"] * bool(gone.values) + [f"also {out(come)}"] * bool(come.values)
            return ", ".join(parts)
        case _:
            return ""
