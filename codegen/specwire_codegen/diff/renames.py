"""Classes that have another name in the new version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from specwire_codegen.diff.methods import argument_types, response_type
from specwire_codegen.diff.operations import Pair
from specwire_codegen.ir import (
    AliasModel,
    Api,
    ListOf,
    Literals,
    MapOf,
    Model,
    ModelRef,
    Nullable,
    ObjectModel,
    TupleOf,
    TypeExpr,
    UnionOf,
)

_ALIKE = 0.5
"""Smallest share of common fields with which a class in the place of another is the same with a new name."""


def renamed_classes(old: Api, new: Api, pairs: Sequence[Pair]) -> Mapping[str, str]:
    """Return new class names by old ones: of similar classes in the same place, and of equal ones without a rival."""
    before, after = ({model.name: model for model in api.models} for api in (old, new))
    gone, fresh = before.keys() - after.keys(), after.keys() - before.keys()
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    queue = [names for one, other in _places(pairs) for names in parallel(one, other)]
    while queue:
        name, now = names = queue.pop()
        if names in seen or name not in before or now not in after:
            continue
        seen.add(names)
        if name in gone and now in fresh and name not in found and _are_alike(before[name], after[now]):
            found[name] = now
        if name == now or found.get(name) == now:
            queue += _inner(before[name], after[now])
    rest = gone - found.keys(), fresh - set(found.values())
    shapes = [
        Counter(map(_shape, (side[name] for name in names))) for side, names in zip((before, after), rest, strict=True)
    ]
    by_shape = {_shape(after[name]): name for name in rest[1]}
    for name in sorted(rest[0]):
        shape = _shape(before[name])
        if shape in by_shape and shapes[0][shape] == shapes[1][shape] == 1:
            found[name] = by_shape[shape]
    return found


def _places(pairs: Sequence[Pair]) -> Iterator[tuple[TypeExpr, TypeExpr]]:
    """Yield the types of the same response, argument or error in both versions."""
    for pair in pairs:
        responses = response_type(pair.old), response_type(pair.new)
        if responses[0] is not None and responses[1] is not None:
            yield responses[0], responses[1]
        arguments = argument_types(pair.old), argument_types(pair.new)
        yield from ((arguments[0][name], arguments[1][name]) for name in arguments[0].keys() & arguments[1].keys())
        errors = dict(pair.old.errors.by_status), dict(pair.new.errors.by_status)
        yield from ((errors[0][status], errors[1][status]) for status in errors[0].keys() & errors[1].keys())


def parallel(one: TypeExpr, other: TypeExpr) -> Iterator[tuple[str, str]]:
    """Yield the names of models in the same place of two types."""
    match one, other:
        case ModelRef(name), ModelRef(now):
            yield name, now
        case (ListOf(inner), ListOf(outer)) | (MapOf(inner), MapOf(outer)) | (Nullable(inner), Nullable(outer)):
            yield from parallel(inner, outer)
        case (Nullable(inner), _):
            yield from parallel(inner, other)
        case (_, Nullable(outer)):
            yield from parallel(one, outer)
        case (TupleOf(types), TupleOf(others)) | (UnionOf(types), UnionOf(others)):
            for each, counterpart in zip(types, others, strict=False):
                yield from parallel(each, counterpart)
        case _:
            pass


def _inner(one: Model, other: Model) -> Iterator[tuple[str, str]]:
    match one, other:
        case AliasModel(), AliasModel():
            yield from parallel(one.type, other.type)
        case ObjectModel(), ObjectModel():
            types = {field.wire_name: field.type for field in other.fields}
            for field in one.fields:
                if field.wire_name in types:
                    yield from parallel(field.type, types[field.wire_name])


def _are_alike(one: Model, other: Model) -> bool:
    match one, other:
        case AliasModel(), AliasModel():
            return _outline(one.type) == _outline(other.type)
        case ObjectModel(), ObjectModel():
            names = [{field.wire_name for field in model.fields} for model in (one, other)]
            common, whole = names[0] & names[1], names[0] | names[1]
            return not whole or len(common) >= _ALIKE * len(whole)
        case _:
            return False


def _shape(model: Model) -> object:
    """Return the content of a class without its names, to compare it with that of another class."""
    if isinstance(model, AliasModel):
        return "alias", _outline(model.type)
    return (
        "object",
        model.tag,
        frozenset((field.wire_name, field.required, field.access, _outline(field.type)) for field in model.fields),
    )


def _outline(type_: TypeExpr) -> object:
    """Return a type without the names of models."""
    match type_:
        case ModelRef():
            return "model"
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            return type(type_).__name__, _outline(inner)
        case TupleOf(types) | UnionOf(types):
            return type(type_).__name__, *map(_outline, types)
        case Literals(values):
            return "literals", frozenset(values)
        case _:
            return type_
