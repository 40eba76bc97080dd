"""Class names of components, by default or from `client.toml`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from specwire_codegen.config import ClientConfig
from specwire_codegen.diagnostics import Diagnostic, error, raise_errors
from specwire_codegen.openapi.casing import pascal, respelled
from specwire_codegen.openapi.identifiers import class_names
from specwire_codegen.openapi.suggest import nearest


def chosen_class_names(components: Collection[str], config: ClientConfig) -> dict[str, str]:
    """Return the class name of each component; raise for unused or conflicting names in `client.toml`."""
    raise_errors([*_unused(components, config), *_collisions(components, config)])
    chosen = {name: choice for name, choice in config.models.items() if name in components}
    return class_names(components, chosen, config.casing)


def _unused(components: Collection[str], config: ClientConfig) -> Iterator[Diagnostic]:
    for component in () if config.partial else config.models:
        if component not in components:
            near = nearest(component, components)
            help_ = "remove the line, or name a component of the normalized document"
            help_ += f": did you mean {near!r}?" if near is not None else ""
            message = f"[models] {component}: no component has this name"
            yield error("unused-name", message, config.locate("models", component), help_)


def _collisions(components: Collection[str], config: ClientConfig) -> Iterator[Diagnostic]:
    owners = {
        respelled(pascal(component), config.casing): component
        for component in components
        if component not in config.models
    }
    for component, name in config.models.items():
        other = owners.setdefault(name, component)
        if other != component:
            message = f"{component} and {other} are both named {name}"
            yield error("name-collision", message, config.locate("models", component), "rename one of them")
