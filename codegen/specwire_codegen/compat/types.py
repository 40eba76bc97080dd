"""The package `types`: classes of responses and requests by the names of the published client."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import attrs

from specwire_codegen.classes.annotation import out, param_name
from specwire_codegen.compat.imports import COMPAT
from specwire_codegen.compat.operations import arguments_in_order
from specwire_codegen.compat.shape import switched_to
from specwire_codegen.ir import Api, JsonPayload, ModelRef, Operation, TypeExpr
from specwire_codegen.lower.model import reachable
from specwire_codegen.openapi.casing import pascal, respelled, snake
from specwire_codegen.openapi.plurals import singular
from specwire_codegen.python_source import docstring
from specwire_codegen.render.module import import_block, render_template, rendered
from specwire_codegen.render.signature import INPUTS, MODELS, Argument

_INITIALISMS = frozenset(
    "acl api ascii cpu css dns eof guid html http https id ip json qps ram rpc sla smtp sql ssh ssl tcp tls ttl udp "
    "ui uid uri url uuid vm xml xmpp xsrf xss".split()
)
"""Words that class names have in capitals, also as plurals: `IDs`."""

Package: TypeAlias = tuple[str, ...]
"""Path of a package below `types`."""


@attrs.frozen
class Alias:
    """Name of a type of the client's modules."""

    name: str
    value: str
    """Type as written in a module that imports `models` and `inputs`."""


@attrs.frozen
class Params:
    """Arguments of a method as a `TypedDict`."""

    name: str
    arguments: tuple[Argument, ...]


Entry: TypeAlias = Alias | Params


def render_types(api: Api, header: str) -> Iterator[tuple[str, str]]:
    """Yield path and source of the modules of `types`, one for each class, and of their packages."""
    packages: dict[Package, dict[str, Entry]] = {(): {}}
    for package, entry in entries_of(api):
        for depth in range(len(package)):
            packages.setdefault(package[:depth], {})
        packages.setdefault(package, {}).setdefault(entry.name, entry)
    for package, entries in sorted(packages.items()):
        children = sorted({path[len(package)] for path in packages if path[: len(package)] == package != path})
        modules = {name: _module_name(name, children) for name in sorted(entries)}
        yield "/".join(("types", *package, "__init__.py")), _init(package, modules, children, header)
        for name, module in modules.items():
            yield "/".join(("types", *package, f"{module}.py")), _module(package, entries[name], api, header)


def _module_name(name: str, children: Sequence[str]) -> str:
    module = snake(name)
    return f"{module}_" if module in children else module


def entries_of(api: Api) -> Iterator[tuple[Package, Entry]]:
    """Yield the classes of `types` with their packages; of two with one path, the first counts."""
    compat = api.compat
    assert compat is not None
    placed = set(compat.types.values())
    for dotted, model in compat.types.items():
        *package, name = dotted.split(".")
        yield tuple(package), Alias(name, f"{MODELS}{model}")
        if model in api.inputs:
            yield tuple(package), Alias(param_name(name), f"{INPUTS}{param_name(model)}")
    selected = [stream.method for one in api.operations if (stream := switched_to(one, api)) is not None]
    for operation in api.operations:
        if operation.method not in selected:
            yield from _of_operation(operation, api, placed)
    for model in (model.name for model in api.models):
        if model not in placed:
            yield (), Alias(model, f"{MODELS}{model}")
            if model in api.inputs:
                yield (), Alias(param_name(model), f"{INPUTS}{param_name(model)}")


def _of_operation(operation: Operation, api: Api, placed: set[str]) -> Iterator[tuple[Package, Entry]]:
    """Yield the arguments and the response of a method, by the names that Stainless derives for them."""
    arguments = [argument for argument in arguments_in_order(operation) if not argument.positional]
    for *resource, name in (operation.method, *operation.aliases):
        owner = _singular(resource[-1]) if resource else "client"
        base = respelled(_class(f"{owner}_{name.rstrip('_')}"), api.casing)
        if arguments:
            yield tuple(resource[:-1]), Params(f"{base}Params", tuple(arguments))
        if isinstance(operation.payload, JsonPayload):
            response: TypeExpr = operation.payload.type if operation.pagination is None else operation.pagination.item
            if not (isinstance(response, ModelRef) and response.name in placed):
                yield tuple(resource[:-1]), Alias(f"{base}Response", out(response, MODELS))


def _singular(resource: str) -> str:
    *first, last = resource.split("_")
    return "_".join([*first, singular(last)])


def _class(name: str) -> str:
    """Return the name of a class for a name in snake case."""
    return pascal("_".join(map(_spelled, name.split("_"))))


def _spelled(word: str) -> str:
    if word in _INITIALISMS:
        return word.upper()
    return f"{word[:-1].upper()}s" if word[-1:] == "s" and word[:-1] in _INITIALISMS else word


def _init(package: Package, modules: Mapping[str, str], children: Sequence[str], header: str) -> str:
    what = f"Types of `{'.'.join(package)}`." if package else "Types of responses and requests."
    return render_template(
        "compat_names.py.jinja",
        {
            "title": docstring(f"{what}\n\n{header}"),
            "children": children,
            "modules": modules,
            "names": sorted([*modules, *children]),
        },
    )


def _module(package: Package, entry: Entry, api: Api, header: str) -> str:
    up = "." * (len(package) + 2)
    title = docstring(f"`{entry.name}`.\n\n{header}")
    if isinstance(entry, Params):
        aliases: list[Alias] = []
        annotations = [argument.annotation for argument in entry.arguments]
    else:
        aliases = [entry, *_nested(entry, api)]
        annotations = [each.value for each in aliases]
    context = {
        "title": title,
        "aliases": aliases,
        "params": entry if isinstance(entry, Params) else None,
        "names": [entry.name, *(each.name for each in aliases[1:])],
        "modules": list(_modules(annotations, up)),
    }
    return rendered("compat_type.py.jinja", context, lambda used: import_block(used, known=COMPAT))


def _modules(annotations: Iterable[str], up: str) -> Iterator[str]:
    used = {
        node.value.id
        for text in annotations
        for node in ast.walk(ast.parse(text, mode="eval"))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    yield from (f"from {up} import {name}" for name in sorted(used))


def _nested(entry: Alias, api: Api) -> Iterator[Alias]:
    """Yield the classes inside a class by their names there: `Choice` for the `CompletionChoice` of a `Completion`."""
    if not entry.value.startswith(MODELS) or not entry.value.isascii():
        return
    owner = entry.value.removeprefix(MODELS)
    if owner not in {model.name for model in api.models}:
        return
    taken = {entry.name}
    for name in sorted(reachable(iter([owner]), api.models) - {owner}, key=lambda name: (len(name), name)):
        short = name.removeprefix(owner)
        if short != name and short[:1].isupper() and short not in taken:
            taken.add(short)
            yield Alias(short, f"{MODELS}{name}")
