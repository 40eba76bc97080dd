"""Names of a description, made fit for a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.config import is_class_name, is_method
from specwire_codegen.lower.naming.chosen import reserved_in
from specwire_codegen.migrate.description import Description, Method
from specwire_codegen.openapi.casing import pascal, respelled

_MOST = 5
"""Maximum number of underscores that tell a name apart."""


def fit_methods(description: Description) -> None:
    """Rename methods that cannot have their name, and leave out those that cannot be in the client; record both."""
    everything = [each for methods in description.methods.values() for each in methods]
    dotted = {tuple(each.name.split(".")) for each in everything}
    resources = {method[:depth] for method in dotted for depth in range(1, len(method))}
    taken: set[tuple[str, ...]] = set()
    for route, methods in description.methods.items():
        fit = [_fit(each, resources, taken) for each in methods]
        description.methods[route] = [each for each in fit if each is not None]
    description.methods = {route: methods for route, methods in description.methods.items() if methods}


def _fit(method: Method, resources: set[tuple[str, ...]], taken: set[tuple[str, ...]]) -> Method | None:
    """Return a method under a name that it can have, or None."""
    parts = tuple(method.name.split("."))
    while (reserved := reserved_in(parts)) is not None:
        parts = tuple(f"{each}_" if each == reserved else each for each in parts)
    if not is_method(".".join(parts)):
        method.node.leave(f"{method.name!r} is not a name for a method", "choose one in [operations]")
        return None
    for _ in range(_MOST):
        if parts not in taken and parts not in resources:
            break
        parts = (*parts[:-1], f"{parts[-1]}_")
    else:
        method.node.leave(f"{method.name} is the name of too many methods", "choose another in [operations]")
        return None
    taken.add(parts)
    name = ".".join(parts)
    if name != method.name:
        method.node.leave(
            f"{method.name} is {name}: the client needs the name, or has it twice", "use this name in your code"
        )
    return attrs.evolve(method, name=name)


def fit_models(description: Description, data: Mapping[str, Any]) -> None:
    """Keep the class names of components that the client has, and make room for them."""
    components = data.get("components", {}).get("schemas", {})
    description.models = {name: model for name, model in description.models.items() if name in components}
    for component, model in list(description.models.items()):
        if not is_class_name(model.class_name):
            model.node.leave(f"{model.class_name!r} is not a class name", "choose one in [models]")
            del description.models[component]
    if description.compat is not None:
        types = description.compat.types.items()
        description.compat.types = {name: component for name, component in types if component in components}
    owners = {model.class_name: model for model in description.models.values()}
    for component in components:
        usual = respelled(pascal(component), description.casing)
        if component not in description.models and usual in owners:
            other = f"{usual}Model"
            while other in owners:
                other += "Model"
            owners[other] = attrs.evolve(owners[usual], class_name=other)
            description.models[component] = owners[other]
