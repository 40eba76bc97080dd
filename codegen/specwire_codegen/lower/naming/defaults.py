"""Default names of the methods of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.config import ClientConfig
from specwire_codegen.documents.document import Document
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.naming.chosen import chosen
from specwire_codegen.lower.naming.lists import Lists
from specwire_codegen.lower.naming.method import default_methods
from specwire_codegen.lower.naming.named import Named, named
from specwire_codegen.openapi.walk import operations_of


def operations_to_name(data: Mapping[str, Any], components: Components) -> list[Named]:
    """Return the facts of each operation of a normalized document that its name is derived from."""
    lists = Lists(components)
    return [
        named(raw, method, path, lists.returned(raw))
        for path, item in data.get("paths", {}).items()
        for method, _, raw in operations_of(item)
    ]


def names_of_whole(document: Document, config: ClientConfig) -> dict[str, tuple[str, str]]:
    """Return the default name of each method, and what it comes from, by the key of its operation."""
    components = Components(document.data.get("components", {}).get("schemas", {}), {})
    operations = operations_to_name(document.data, components)
    choice = chosen(attrs.evolve(config, partial=True), operations)
    unnamed = [one for one in operations if not choice.methods("operations", one.id)]
    found = default_methods(unnamed, choice.all(), config.verbs)
    return {key: (".".join(each.method), each.reason) for key, each in found.items()}
