"""Attributes of exceptions: each is declared by its class, so that a misspelt one is found here."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import specwire
from specwire import errors

PACKAGE = Path(specwire.__file__).parent
CLASSES = {name: each for name, each in vars(errors).items() if inspect.isclass(each) and issubclass(each, Exception)}


def declared(kind: type) -> set[str]:
    """Return the attributes that a class and its bases annotate."""
    return {name for base in kind.__mro__ for name in vars(base).get("__annotations__", {})}


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Yield the place, the class and the attributes of every exception that the runtime creates.

    Those of the style of Stainless have the same names, and other attributes.
    """
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.parent.name == "_compat":
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES:
                details = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
                yield f"{file.relative_to(PACKAGE)}:{node.lineno}", node.func.id, details


def test_every_attribute_of_an_exception_is_declared() -> None:
    """Users read them by these names."""
    found = list(raised())
    assert len([details for _, _, details in found if details]) > 10
    unknown = {place: details - declared(CLASSES[name]) for place, name, details in found}
    assert {} == {place: details for place, details in unknown.items() if details}
