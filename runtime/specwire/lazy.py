"""Names of a package that are imported when they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy(package: str, names: Mapping[str, str]) -> Callable[[str], object]:
    """Return a module's `__getattr__`: `names` maps each public name to the submodule that defines it.

    An empty submodule means that the name is itself a submodule.
    """

    def get(name: str) -> object:
        submodule = names.get(name)
        if submodule is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{submodule or name}")
        value: object = getattr(module, name) if submodule else module
        setattr(sys.modules[package], name, value)
        return value

    return get
