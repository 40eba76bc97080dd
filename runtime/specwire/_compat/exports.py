"""Names of the package of a client, imported on first use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

from specwire._abi import require


def exports(package: str, client: str, pages: bool, *, abi: int) -> Callable[[str], object]:
    """Return a module-level `__getattr__` for the clients of a package, its modules, and names of the runtime.

    `abi` is the level of the runtime that the package needs.
    """
    require(package, abi)
    classes = {name: name for name in (client, f"Async{client}")} | {"Client": client, "AsyncClient": f"Async{client}"}
    modules = {"models", "types", *(("pagination",) if pages else ())}

    def get(name: str) -> object:
        value: object
        if name in classes:
            value = getattr(import_module(f"{package}.client"), classes[name])
        elif name in modules:
            value = import_module(f"{package}.{name}")
        elif name.startswith("__"):
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        else:
            value = getattr(import_module("specwire.compat"), "SDKError" if name == f"{client}Error" else name)
        setattr(sys.modules[package], name, value)
        return value

    return get
