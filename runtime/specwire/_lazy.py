"""Lazy imports: names of a package that are imported on first use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

from specwire._abi import require


def by_module(groups: Mapping[str, str]) -> dict[str, str]:
    """Return a mapping of names to modules, from the space-separated names of each module."""
    return {name: module for module, names in groups.items() for name in names.split()}


def lazy(package: str, names: Mapping[str, str], home: str = "", *, abi: int | None = None) -> Callable[[str], object]:
    """Return a module-level `__getattr__`; `names` maps each public name to the submodule that defines it.

    An empty submodule means that the name is a submodule. `home` is the module that exposes the names, if it isn't
    the package. `abi` is the level of the runtime that a generated package needs.
    """
    if abi is not None:
        require(package, abi)

    def get(name: str) -> object:
        submodule = names.get(name)
        if submodule is None:
            raise AttributeError(f"module {(home or package)!r} has no attribute {name!r}")
        module = import_module(f"{package}.{submodule or name}")
        value: object = getattr(module, name) if submodule else module
        setattr(sys.modules[home or package], name, value)
        return value

    return get
