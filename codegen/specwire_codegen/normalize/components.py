"""Components: schema names that are identifiers."""

from __future__ import annotations

from typing import Any

from specwire_codegen.grammar import Node
from specwire_codegen.normalize import words
from specwire_codegen.normalize.equality import same
from specwire_codegen.normalize.namer import is_provisional
from specwire_codegen.normalize.references import rewired, schema_ref


def rename(data: Node) -> Node:
    """Return the document with schemas called by identifiers; names that are identifiers already stay."""
    schemas = data.get("components", {}).get("schemas", {})
    names = {name: name for name in schemas if is_provisional(name) or words.identifier(name) == name}
    taken: dict[str, Any] = {name: schemas[name] for name in names}
    for name, schema in schemas.items():
        if name in names:
            continue
        new = words.identifier(name)
        while new in taken and not same(taken[new], schema):
            new += "Schema"
        names[name] = new
        taken[new] = schema
    renames = {schema_ref(old): schema_ref(new) for old, new in names.items() if old != new}
    if not renames:
        return data
    rewritten = rewired(data, renames)
    kept: dict[str, Any] = {}
    for old, schema in rewritten["components"]["schemas"].items():
        kept.setdefault(names[old], schema)
    return {**rewritten, "components": {**rewritten["components"], "schemas": kept}}
