"""Modules of resources."""

from __future__ import annotations

from collections.abc import Iterable

from specwire_codegen.openapi.identifiers import distinct, file_name, is_device

_ROOT = "root"
_LONGEST = 100


def module_names(resources: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Return the module of each resource; `a.b_c` and `a_b.c` have different ones."""
    paths = {".".join(resource): resource for resource in sorted(resources)}
    names = distinct([(dotted, _wanted(resource)) for dotted, resource in paths.items()])
    return {resource: names[dotted] for dotted, resource in paths.items()}


def _wanted(resource: tuple[str, ...]) -> str:
    """Return the module name of a resource, short enough for a file name."""
    name = file_name("_".join(resource), _LONGEST)
    bare = name.rstrip("_")
    return f"{name}_" if bare == _ROOT or is_device(bare) else name or _ROOT
