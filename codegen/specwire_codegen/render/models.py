"""Source of `models/__init__.py` and `inputs.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import attrs

from specwire_codegen import classes
from specwire_codegen.classes.annotation import dict_name, into, open_type, out, param_name
from specwire_codegen.ir import (
    AliasModel,
    Api,
    Literals,
    MapOf,
    Model,
    ModelRef,
    Nullable,
    ObjectModel,
    Primitive,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.lower.model import all_refs
from specwire_codegen.python_source import docstring, finished, literal
from specwire_codegen.render.module import IMPORTED, import_block, rendered

_MODELS = "Models of the API."
_INPUTS = "Types of request arguments: typed dictionaries or models. Imported by type checkers only."


@attrs.frozen
class Alias:
    """A type alias, in its form for type checkers and for run time."""

    name: str
    checked: str
    runtime: str
    doc: str


def render_models(api: Api, header: str, known: Mapping[str, tuple[str, str]] = IMPORTED) -> str:
    """Return the source of the wire models; `known` are the names that they import."""
    emitted = classes.structs([model for model in api.models if isinstance(model, ObjectModel)])
    by_name = {model.name: model for model in api.models}
    aliases = list(_quoted(_ordered(api.models), lambda model: _alias(model, by_name)))
    title = docstring(f"{_MODELS}\n\n{header}")
    context = {"title": title, "aliases": aliases, "names": sorted(by_name)}
    return _module("models.py.jinja", emitted, context, bound=by_name, known=known)


def _module(
    template: str,
    classes_: Sequence[str],
    context: Mapping[str, object],
    bound: Iterable[str] = (),
    known: Mapping[str, tuple[str, str]] = IMPORTED,
) -> str:
    """Return a module with the imports that it needs."""
    own = frozenset(bound)
    return rendered(template, {**context, "classes": classes_}, lambda used: import_block(used - own, known=known))


def _alias(model: AliasModel, models: Mapping[str, Model]) -> Alias:
    doc = docstring(finished(model.doc), indent=4) if model.doc else ""
    text = out(model.type)
    inner = model.type.type if isinstance(model.type, Nullable) else model.type
    nullable = " | None" if isinstance(model.type, Nullable) else ""
    if isinstance(inner, Literals):
        return Alias(model.name, f"{out(inner)} | {open_type(inner.values)}{nullable}", text, doc)
    if isinstance(inner, UnionOf) and _objects(inner, models) > 1:
        checked = f"{out(inner)} | Unknown{nullable}"
        runtime = text
    else:
        checked = runtime = text
    if model.resolved_by == "structure":
        variants = [out(variant) for variant in _variants(inner)]
        made = f"({variants[0]},)" if len(variants) == 1 else f"({', '.join(variants)})"
        runtime = f'union(__name__, "{model.name}", lambda: {made}{_discriminator(model)}){nullable}'
    return Alias(model.name, checked, runtime, doc)


def _discriminator(model: AliasModel) -> str:
    """Return the discriminator arguments of a union's runtime class: the property and the variants by its value."""
    if model.discriminator is None:
        return ""
    named = ", ".join(f"{literal(value)}: {name}" for value, name in model.discriminator.variants)
    default = f", lambda: {model.discriminator.default}" if model.discriminator.default is not None else ""
    return f", {literal(model.discriminator.wire_name)}, lambda: {{{named}}}{default}"


def _quoted(models: Sequence[AliasModel], alias: Callable[[AliasModel], Alias]) -> Iterator[Alias]:
    """Yield the aliases; those that refer to themselves or to a later one are quoted."""
    waiting = {model.name for model in models}
    for model in models:
        made = alias(model)
        early = not waiting.isdisjoint(all_refs(model.type))
        waiting.discard(model.name)
        yield attrs.evolve(made, checked=literal(made.checked)) if early else made


def _variants(type_: TypeExpr) -> Sequence[TypeExpr]:
    return type_.variants if isinstance(type_, UnionOf) else (type_,)


def _objects(type_: TypeExpr, models: Mapping[str, Model]) -> int:
    match type_:
        case UnionOf(variants):
            return sum(_objects(variant, models) for variant in variants)
        case Nullable(inner):
            return _objects(inner, models)
        case ModelRef(name):
            model = models[name]
            return 1 if isinstance(model, ObjectModel) else _objects(model.type, models)
        case MapOf():
            return 1
        case _:
            return 0


def _ordered(models: Sequence[Model]) -> list[AliasModel]:
    """Return the aliases so that each comes after the ones it refers to."""
    aliases = {model.name: model for model in models if isinstance(model, AliasModel)}
    ordered: dict[str, AliasModel] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in ordered or name in path:
            return
        for ref in all_refs(aliases[name].type):
            if ref in aliases:
                visit(ref, (*path, name))
        ordered[name] = aliases[name]

    for name in aliases:
        visit(name, ())
    return list(ordered.values())


def _asked(model: AliasModel, api: Api) -> str:
    """Return the type of an alias in requests; open requests also take values that the API may accept later."""
    type_ = model.type.type if isinstance(model.type, Nullable) else model.type
    variants = _variants(type_)
    listed = any(isinstance(one, Literals) and len(one.values) > 1 and _are_texts(one) for one in variants)
    later = " | str" if api.open_enums and listed and Primitive("str") not in variants else ""
    if api.open_unions and model.discriminator is not None:
        later += " | Mapping[str, Any]"
    return into(model.type) + later


def _are_texts(literals_: Literals) -> bool:
    return all(isinstance(value, str) for value in literals_.values)


def render_inputs(api: Api, header: str) -> str:
    """Return the source of the request types: dictionaries or models."""
    wanted = [model for model in api.models if model.name in api.inputs]
    objects = [model for model in wanted if isinstance(model, ObjectModel)]
    emitted = classes.typed_dicts(objects)
    aliases = [
        Alias(param_name(model.name), f"{dict_name(model.name)} | models.{model.name}", "", "") for model in objects
    ]
    aliases += _quoted(
        _ordered(wanted),
        lambda model: Alias(
            param_name(model.name), _asked(model, api), "", docstring(finished(model.doc)) if model.doc else ""
        ),
    )
    title = docstring(f"{_INPUTS}\n\n{header}")
    context = {"title": title, "aliases": aliases, "uses_models": bool(objects)}
    return _module("inputs.py.jinja", emitted, context)
