"""Component names: every schema gets a Python identifier."""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen.normalize.names.namer import is_provisional
from specwire_codegen.normalize.refs.references import rewired, schema_ref
from specwire_codegen.normalize.schema.equality import same
from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi import words
from specwire_codegen.openapi.objects import Node

_KINDS = "anonymous|body|component|def|definition|inline|item|model|object|ref|request|response|schema|type"
_COUNTER = re.compile(rf"_*(?:(?:{_KINDS})s?[-_. ]*)*\d+", re.IGNORECASE)
"""Names that frameworks number: `def-0`, `__schema1`, `inline_model_2`."""
_LONGEST_TITLE = 60
"""Longest title, in characters, that is used as a name."""


def apply(data: Node, _report: Report) -> Node:
    """Return the document with schemas called by identifiers, and those with a counter for a name by their titles.

    Names that are already identifiers stay.
    """
    data = _with_pairs_as_one(data)
    schemas = data.get("components", {}).get("schemas", {})
    titles = {name: title for name, schema in schemas.items() if (title := _title(name, schema))}
    stay = (name for name in schemas if is_provisional(name) or (words.identifier(name) == name and name not in titles))
    names = {name: name for name in stay}
    taken: dict[str, Any] = {name: schemas[name] for name in names}
    for name, schema in schemas.items():
        if name in names:
            continue
        new = titles.get(name, "")
        if not new or (new in taken and not same(taken[new], schema)):
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


def _title(name: str, schema: Any) -> str | None:
    """Return a name from the title of a schema whose own name is only a counter."""
    title = schema.get("title") if isinstance(schema, dict) and _COUNTER.fullmatch(name) else None
    if not isinstance(title, str) or len(title) > _LONGEST_TITLE or not words.pascal(title):
        return None
    return words.identifier(words.pascal(title))


def _with_pairs_as_one(data: Node) -> Node:
    """Return the document with equal FastAPI pairs merged: `Item-Input` and `Item-Output` become `Item`."""
    schemas = data.get("components", {}).get("schemas", {})
    stems = [name.removesuffix("-Input") for name in schemas if name.endswith("-Input")]
    pairs = {stem: (f"{stem}-Input", f"{stem}-Output") for stem in stems if stem and f"{stem}-Output" in schemas}
    while pairs:
        renames = {schema_ref(name): schema_ref(stem) for stem, pair in pairs.items() for name in pair}
        merged = rewired(data, renames)
        found = merged["components"]["schemas"]
        alike = {
            stem: pair
            for stem, pair in pairs.items()
            if same(*(found[each] for each in pair)) and _is_free(stem, found)
        }
        if alike == pairs:
            stem_of = {name: stem for stem, pair in pairs.items() for name in pair}
            kept = {stem_of.get(name, name): schema for name, schema in found.items()}
            return {**merged, "components": {**merged["components"], "schemas": kept}}
        pairs = alike
    return data


def _is_free(stem: str, schemas: Node) -> bool:
    """Return whether no other schema has the common stem of a pair as its name."""
    return stem not in schemas or same(schemas[stem], schemas[f"{stem}-Input"])
