"""The names of methods that `client.toml` does not name: resource and verb, from tags, operationIds and paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from specwire_codegen.lower.route import (
    ends_in_parameter,
    is_plural,
    is_same,
    is_spoken,
    route_names,
    segments_of,
    static_segments,
)
from specwire_codegen.naming import singular, snake, words

_CONNECTIVES = frozenset({"a", "an", "the"})
_READING = frozenset({"get", "retrieve", "fetch", "find", "read"})
_PLAIN = frozenset({"post", "put", "patch"})
"""HTTP methods that nobody would call a method of a client."""
_HOLDERS = frozenset({"api", "apis", "controller", "endpoint", "endpoints", "rest"})
"""Words at the end of a tag that say only that there are operations."""
_CLASS = re.compile(r"^[A-Za-z0-9]*Controller[_.#/](?=[A-Za-z])")
"""The class of a handler, before its name."""
_COUNTED = re.compile(r"Using(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH)(_\d+)?$|\[\d+\]$")
"""What frameworks append so that operationIds differ: `listUsingGET_1`, `list[0]`."""
_DEPTH = 10
"""Parts of a dotted operationId above which it is no path of resources."""
RESERVED_RESOURCE = frozenset("accumulated connection downloaded endpoint flowing paginated resource streamed".split())
"""Names that a resource needs for itself, and those that its class is written with."""
RESERVED = RESERVED_RESOURCE | frozenset("aclose base_url close provider send with_options".split())
"""Names that a client needs for itself."""


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
    groups = _groups(wanted)
    dotted = _dotted(wanted)
    owners = _apart({one.key: dotted[one.key][:-1] if dotted else _resource(one, groups) for one in wanted})
    resources = {method[:depth] for method in used for depth in range(1, len(method))}
    resources |= {_free(owner[:depth]) for owner in owners.values() for depth in range(1, len(owner) + 1)}
    found: dict[str, tuple[str, ...]] = {}
    for one in wanted:
        resource = owners[one.key]
        method = _free((*resource, snake(one.id)))
        said = dotted[one.key][-1:] if dotted else ()
        for name in (*said, *_candidates(one, resource[-1] if resource else None)):
            method = _free((*resource, name))
            if method not in used and method not in resources:
                break
        while method in used or method in resources:
            method = (*method[:-1], f"{method[-1]}_")
        used.add(method)
        found[one.key] = method
    return found


def _dotted(operations: Sequence[Named]) -> dict[str, tuple[str, ...]]:
    """Return resources and verb of each operation where all operationIds are dotted: `drive.files.list`; else nothing.

    A first word that they all share, although they say more than resource and verb, is the name of the API.
    """
    parts = {one.key: [part for part in one.id.split(".") if words(part)] for one in operations}
    if any("." not in one.id for one in operations) or not all(0 < len(each) <= _DEPTH for each in parts.values()):
        return {}
    sizes = [len(each) for each in parts.values()]
    if len({each[0] for each in parts.values()}) == 1 and min(sizes) > 1 and max(sizes) > 2:
        parts = {key: each[1:] for key, each in parts.items()}
    return {key: (*map(_resource_name, each[:-1]), snake(each[-1])) for key, each in parts.items()}


def _apart(owners: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the resources with other names where two would share a module: `a.b_c` and `a_b.c`."""
    modules: dict[str, tuple[str, ...]] = {}
    renamed: dict[tuple[str, ...], tuple[str, ...]] = {}
    for owner in dict.fromkeys(owners.values()):
        name = owner
        while modules.setdefault("_".join(name), owner) != owner:
            name = (*name[:-1], f"{name[-1]}_")
        renamed[owner] = name
    return {key: renamed[owner] for key, owner in owners.items()}


def _groups(operations: Iterable[Named]) -> frozenset[str]:
    """Return the first segments that several paths have in common."""
    firsts: dict[str, set[str]] = {}
    for one in operations:
        for first in static_segments(one.path)[:1]:
            firsts.setdefault(first, set()).add(one.path)
    return frozenset(first for first, paths in firsts.items() if len(paths) > 1)


def _resource(one: Named, groups: frozenset[str]) -> tuple[str, ...]:
    """Return the resource of an operation, by its tag, else by the first segment of its path."""
    if one.tag and words(one.tag):
        return (_resource_name(one.tag),)
    segments = static_segments(one.path)
    if not segments:
        return ()
    named = not _is_derived(_words_of(one), one)
    if named and (segments_of(one.path)[0].startswith("{") or is_same(one.id, segments[0])):
        return ()
    is_group = segments[0] in groups or len(segments) > 1 or (is_plural(segments[0]) and not is_spoken(segments[0]))
    return (snake(segments[0]),) if is_group else ()


def _free(method: tuple[str, ...]) -> tuple[str, ...]:
    """Return a dotted path whose names are none that its client or its resource needs."""
    reserved = [RESERVED, *[RESERVED_RESOURCE] * len(method)]
    return tuple(f"{name}_" if name in names else name for name, names in zip(method, reserved, strict=False))


def named(raw: Mapping[str, Any], http_method: str, path: str) -> Named:
    """Return what a method's name is made of."""
    tags: Sequence[str] = raw.get("tags", ())
    return Named(f"{http_method} {path}", raw["operationId"], tags[0] if tags else None, http_method, path)


def _resource_name(tag: str) -> str:
    parts = re.findall(r"[^\W_]+", tag)
    found = list(parts)
    while len(found) > 1 and found[-1].lower() in _HOLDERS:
        found.pop()
    return snake(" ".join(found)) if len(found) < len(parts) else snake(tag)


def _candidates(one: Named, resource: str | None) -> Iterator[str]:
    """Yield names for an operation, best first."""
    route = [name for name in route_names(one.http_method, one.path, resource) if name]
    whole = _words_of(one)
    said = route if _is_derived(whole, one) or not any(map(str.isalpha, "".join(whole))) else []
    said += ["_".join(name) for name in _spoken(whole, resource, one) if name]
    everything = [one.http_method.lower(), *(word.lower() for word in words(one.path))]
    for name in (*said, *route, "_".join(everything)):
        yield snake(name)


def _spoken(whole: list[str], resource: str | None, one: Named) -> Iterator[list[str]]:
    """Yield names by the operationId, best first: in `pets`, `getPets` is `list`, `getPetById` is `get`."""
    verb, plural = _without_resource(whole, resource)
    collects = one.http_method == "GET" and not ends_in_parameter(one.path)
    if collects and plural and len(verb) == 1 and verb[0] in _READING:
        yield ["list"]
    if verb != whole and ends_in_parameter(one.path) and len(verb) > 2 and verb[1] == "by":
        yield verb[:1]
    yield verb
    yield whole
    if any(word.isalpha() for word in whole):
        yield [word.lower() for word in words(one.id)]


def _is_derived(name: list[str], one: Named) -> bool:
    """Whether an operationId says no more than method and path: `put_chart_pk` for `PUT /chart/{pk}`.

    That it leaves out some of the path makes it no better: `patch_assets__code_`.
    """
    method = one.http_method.lower()
    if method not in (*name[:1], *name[-1:]) or not words(one.path):
        return False
    rest = name[1:] if name[0] == method else name[:-1]
    fixed = [word.lower() for segment in static_segments(one.path) for word in words(segment)]
    if rest == fixed:
        return True
    known = {singular(word.lower()) for word in words(one.path)}
    keys = known - {singular(word) for word in fixed}
    said = {singular(word) for word in rest}
    return bool(said) and said <= known and (method in _PLAIN or bool(said & keys))


def _words_of(one: Named) -> list[str]:
    """Return the words of an operationId without what frameworks add, and without the version that the path has."""
    plain = re.sub(_CLASS, "", re.sub(_COUNTED, "", one.id)) or one.id
    found = _without_route([word.lower() for word in words(plain)], one)
    versions = {word.lower() for word in words(one.path) if re.fullmatch(r"[vV]\d+", word)}
    return [word for word in found if word not in versions] or found


def _without_route(name: list[str], one: Named) -> list[str]:
    """Take off the path and the HTTP method that frameworks append: `read_item_items__item_id__get` -> `read_item`."""
    route = [*(word.lower() for word in words(one.path)), one.http_method.lower()]
    if len(name) > len(route) and name[-len(route) :] == route:
        return name[: -len(route)]
    return name


def _without_resource(name: list[str], resource: str | None) -> tuple[list[str], bool]:
    """Take off the words that the resource already says, and tell whether they were in the plural."""
    if resource is None:
        return name, False
    wanted = [singular(word) for word in resource.rstrip("_").split("_")]
    size = len(wanted)
    for start in range(len(name) - size, -1, -1):
        if [singular(word) for word in name[start : start + size]] == wanted:
            rest = name[:start] + name[start + size :]
            rest = [word for word in rest if word not in _CONNECTIVES] or rest
            return (rest or name), is_plural(name[start + size - 1])
    return name, False
