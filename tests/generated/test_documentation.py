"""Docstrings of the shipped clients describe their methods."""

from __future__ import annotations
from tests.support.paths import ROOT

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROVIDERS = ("mistral", "moonshot", "aitre")


def functions(provider: str) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a client that make requests."""
    for path in sorted((ROOT / "generated/specwire_clients" / provider / "operations").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield node


def sent(provider: str) -> dict[str, set[str]]:
    """Return the fields of the request bodies by operationId."""
    document = json.loads((ROOT / "specs" / provider / "normalized.json").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for item in document["paths"].values():
        for operation in item.values():
            contents = operation.get("requestBody", {}).get("content", {}).values()
            found[operation["operationId"]] = {
                name for content in contents for name in fields(document, content.get("schema", {}))
            }
    return found


def fields(document: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """Return the properties of a schema that may be a reference."""
    for part in schema.get("$ref", "#").split("/")[1:]:
        document = document[part]
        schema = document
    return set(schema.get("properties", ()))


def plain(name: str) -> str:
    """Return a name without its case: `customId` is `custom_id`."""
    return name.replace("_", "").lower()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_docstrings_mention_only_arguments_of_the_method(provider: str) -> None:
    """For example not the field that selects a stream."""
    bodies = sent(provider)
    seen = 0
    for function in functions(provider):
        text = ast.get_docstring(function) or ""
        operation = re.search(r"operation `(\w+)`", text)
        if operation is not None:
            seen += 1
            arguments = {plain(each.arg) for each in (*function.args.args, *function.args.kwonlyargs)}
            absent = {name for name in bodies[operation[1]] if plain(name) not in arguments}
            assert not absent & set(re.findall(r"`(\w+)`", text)), f"{provider}: {function.name}"
    assert seen >= 10
