"""Sharing of names: equal inline schemas in several places become one component."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.normalize.unions import variants
from specwire_codegen.openapi import words
from specwire_codegen.openapi.objects import Node

_GENERIC = frozenset({*variants.TAGS, "code", "data", "error", "id", "item", "result", "state", "status", "value"})
"""Property names too generic to name a schema after."""
_VERBS = frozenset(
    {
        *("add", "change", "create", "delete", "destroy", "edit", "fetch", "find", "get", "insert", "list", "make"),
        *("modify", "new", "patch", "post", "put", "query", "read", "register", "remove", "replace", "retrieve"),
        *("save", "search", "set", "show", "store", "submit", "update", "upsert"),
    }
)
_ARTICLES = frozenset({"a", "an", "the"})


def noun_of(operation_id: str) -> str:
    """Return the noun of an operationId (`getUser`, `user_create`: `User`), or an empty string.

    An operationId made from the path ends in path parameters, not in a noun.
    """
    parts = words.snake(operation_id).split("_")
    if len(parts) < 2 or "__" in operation_id or operation_id.endswith("_"):
        return ""
    if parts[0] in _VERBS:
        return words.pascal("_".join(part for part in parts[1:] if part not in _ARTICLES))
    return words.pascal("_".join(parts[:-1])) if parts[-1] in _VERBS else ""


@attrs.frozen
class Key:
    """Key of a shared component: equal structure and, except for enumerations, the same noun."""

    print: str
    noun: str


@attrs.define
class Uses:
    """Occurrences of each inline schema: its noun and the name it would have on its own."""

    found: dict[Key, list[tuple[str, str]]] = attrs.field(factory=dict)

    def add(self, key: Key | None, noun: str, name: str) -> None:
        """Record one occurrence."""
        if key is not None:
            self.found.setdefault(key, []).append((noun, name))

    def names(self, components: Mapping[str, Any], prints: Mapping[str, str]) -> dict[Key, str]:
        """Return names for schemas that occur several times or equal a named component."""
        names: dict[Key, str] = {}
        listed = {prints[name]: name for name in reversed(list(components)) if "enum" in components[name]}
        taken = set(components)
        for key, places in sorted(self.found.items(), key=lambda pair: -len(pair[1])):
            if not key.noun and key.print in listed:
                names[key] = listed[key.print]
            elif key.noun and prints.get(key.noun) == key.print:
                names[key] = key.noun
            elif len({name for _, name in places}) > 1:
                chosen = next((name for name in _candidates(places) if name not in taken), None)
                if chosen is not None:
                    taken.add(chosen)
                    names[key] = chosen
        return names


def key_of(schema: Node, print_: str, noun: str) -> Key | None:
    """Return the key of a schema used for a noun, or None if it is not shared."""
    if "enum" in schema:
        return Key(print_, "")
    return Key(print_, noun) if noun else None


def _candidates(places: list[tuple[str, str]]) -> Iterator[str]:
    noun, _ = Counter(noun for noun, _ in places).most_common(1)[0]
    names = [name for _, name in places]
    if noun and noun.lower() not in _GENERIC:
        if all(name.endswith("Request") for name in names):
            yield f"{words.singular(noun) or noun}Request"
        elif words.singular(noun) and all(name.endswith("Response") for name in names):
            yield f"{noun}Response"
        else:
            yield noun
    yield names[0]
