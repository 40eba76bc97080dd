"""Use of the models of a client: in requests, in responses, or in both."""

from __future__ import annotations

from collections.abc import Iterator

from specwire_codegen.ir import (
    AliasModel,
    Api,
    EventStream,
    JsonPayload,
    ListOf,
    MapOf,
    Model,
    ModelRef,
    Nullable,
    TupleOf,
    TypeExpr,
    UnionOf,
)


def received(api: Api) -> frozenset[str]:
    """Return the names of the models that responses and webhooks can contain."""
    models = {model.name: model for model in api.models}
    queue = [name for type_ in _response_types(api) for name in references(type_)]
    found = {*api.webhooks}
    while queue:
        name = queue.pop()
        if name not in found and name in models:
            found.add(name)
            queue += [each for type_ in types_of(models[name]) for each in references(type_)]
    return frozenset(found)


def _response_types(api: Api) -> Iterator[TypeExpr]:
    for operation in api.operations:
        for payload in (operation.payload, *(payload for _, payload in operation.payloads_by_status)):
            match payload:
                case JsonPayload(type_) | EventStream(type_):
                    yield type_
                case _:
                    pass
        yield from (type_ for _, type_ in operation.errors.by_status)


def types_of(model: Model) -> tuple[TypeExpr, ...]:
    """Return the types in a model: those of its fields, or the one that it names."""
    return (model.type,) if isinstance(model, AliasModel) else tuple(field.type for field in model.fields)


def references(type_: TypeExpr) -> Iterator[str]:
    """Yield the names of the models in a type."""
    match type_:
        case ModelRef(name):
            yield name
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            yield from references(inner)
        case TupleOf(types) | UnionOf(types):
            for each in types:
                yield from references(each)
        case _:
            pass
