"""The names of methods that `client.toml` does not name: resource and verb, from tags, operationIds and paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.naming import singular, snake, words

_CONNECTIVES = frozenset({"a", "an", "the"})


@attrs.frozen
class Named:
    """An operation that wants a name."""

    key: str
    """What tells it from all others: method and path."""
    id: str
    tag: str | None
    http_method: str
    path: str


def default_methods(operations: Iterable[Named], taken: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return a method for each operation, by its key; none is one of `taken`, none is also a resource.

    The first operation that wants a name gets it; a later one is named by its whole operationId, else by its path.
    """
    wanted = list(operations)
    used = set(taken)
    resources = {method[:depth] for method in used for depth in range(1, len(method))}
    resources |= {(snake(one.tag),) for one in wanted if one.tag}
    found: dict[str, tuple[str, ...]] = {}
    for one in wanted:
        resource = (snake(one.tag),) if one.tag else ()
        method = (*resource, snake(one.id))
        for name in _candidates(one):
            method = (*resource, name)
            if method not in used and method not in resources:
                break
        while method in used or method in resources:
            method = (*method[:-1], f"{method[-1]}_")
        used.add(method)
        found[one.key] = method
    return found


def named(raw: Mapping[str, Any], http_method: str, path: str) -> Named:
    """Return what a method's name is made of."""
    tags: Sequence[str] = raw.get("tags", ())
    return Named(f"{http_method} {path}", raw["operationId"], tags[0] if tags else None, http_method, path)


def _candidates(one: Named) -> list[str]:
    whole = _without_route([word.lower() for word in words(one.id)], one)
    verb = _without_resource(whole, one.tag)
    route = [one.http_method.lower(), *(word.lower() for word in words(one.path))]
    return [snake("_".join(name)) for name in (verb, whole, route) if name]


def _without_route(name: list[str], one: Named) -> list[str]:
    """Take off the path and the HTTP method that frameworks append: `read_item_items__item_id__get` -> `read_item`."""
    route = [*(word.lower() for word in words(one.path)), one.http_method.lower()]
    if len(name) > len(route) and name[-len(route) :] == route:
        return name[: -len(route)]
    return name


def _without_resource(name: list[str], tag: str | None) -> list[str]:
    """Take off the words that the resource already says: `pets.list_pets` -> `pets.list`."""
    if tag is None:
        return name
    resource = [singular(word.lower()) for word in words(tag)]
    size = len(resource)
    for start in range(len(name) - size, -1, -1):
        if [singular(word) for word in name[start : start + size]] == resource:
            rest = name[:start] + name[start + size :]
            rest = [word for word in rest if word not in _CONNECTIVES] or rest
            return rest if rest else name
    return name
