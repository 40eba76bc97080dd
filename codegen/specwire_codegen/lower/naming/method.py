"""Default method names: resource and verb, from tags, operationIds and paths."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from specwire_codegen.lower.naming.named import Named
from specwire_codegen.lower.naming.prefix import after, shared_words
from specwire_codegen.lower.naming.route import (
    ends_in_parameter,
    is_plural,
    is_prefix,
    is_same,
    is_spoken,
    is_verb,
    nouns_of,
    owners_of,
    prefix_words,
    route_names,
    segments_of,
    static_segments,
)
from specwire_codegen.openapi.casing import snake, words
from specwire_codegen.openapi.plurals import singular

_CONNECTIVES = frozenset({"a", "an", "the"})
_READING = frozenset({"get", "retrieve", "fetch", "find", "read"})
_DELETING = frozenset({"delete", "destroy", "remove"})
_CHANGING = _DELETING | frozenset("edit modify patch put replace update".split())
"""Verbs for one item of a resource; a method on several items needs a suffix."""
_OF_ITEMS = _CHANGING | {"get"}
"""Verbs for which paths that end in a parameter take precedence."""
_MAKING = _CHANGING | frozenset("add create fetch find get list post read retrieve".split())
"""Verbs of basic operations (create, read, update, delete)."""
_ALL = frozenset("all batch bulk current many multiple my own".split())
"""Words before a noun that express quantity or ownership and are kept."""
_PREPOSITIONS = frozenset("at by for from in into of on per to via with".split())
_HANDLERS = frozenset({"controller", "endpoint", "handler", "view"})
"""Suffixes of operationIds without meaning."""
_REST = {"retrieve": "get", "destroy": "delete"}
"""Verbs at the end of Django REST framework operationIds -> usual verbs."""
_PLAIN = frozenset({"post", "put", "patch"})
"""HTTP methods that are not suitable method names."""
_HOLDERS = frozenset({"api", "apis", "controller", "endpoint", "endpoints", "rest"})
"""Suffixes of tags without meaning."""
_MODULES = frozenset({"api", "endpoints", "handlers", "router", "routers", "routes", "views"})
"""Suffixes of module names without meaning."""
_CLASS = re.compile(r"^[A-Za-z0-9]*Controller[_.#/](?=[A-Za-z])")
"""Controller class in front of the operation name."""
_COUNTED = re.compile(r"Using(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH)(_\d+)?$|\[\d+\]$")
"""Counters that frameworks append to make operationIds unique: `listUsingGET_1`, `list[0]`."""
_DEPTH = 10
"""Maximum number of parts in a dotted operationId."""
RESERVED_RESOURCE = frozenset(
    "accumulated deprecated downloaded endpoint workflow mixed paginated resource streamed".split()
)
"""Names used by resource classes and their source."""
_PLURALS = {"endpoint": "endpoints", "resource": "resources"}
"""Names of resources in place of those that a resource needs for itself."""
RESERVED = RESERVED_RESOURCE | frozenset("aclose base_url close send with_options".split())
"""Names used by the client."""


def default_methods(operations: Iterable[Named], taken: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return a method for each operation, by its key; no result is in `taken` or equals a resource.

    The first operation with a candidate gets it; a later one is named by its whole operationId, else by its path.
    """
    wanted = _without_module(list(operations))
    used = set(taken)
    groups = _groups(wanted)
    dotted = _dotted(wanted)
    owners = _apart({one.key: dotted[one.key][:-1] if dotted else _resource(one, groups) for one in wanted})
    resources = {method[:depth] for method in used for depth in range(1, len(method))}
    resources |= {_free(owner[:depth]) for owner in owners.values() for depth in range(1, len(owner) + 1)}
    manifold = _manifold(wanted, owners)
    names: dict[str, list[str]] = {}
    for one in wanted:
        resource = owners[one.key][-1] if owners[one.key] else None
        said = dotted[one.key][-1:] if dotted else ()
        several = manifold.get(one.key)
        candidates = (*said, *_candidates(one, resource, several is not None and several.collects))
        names[one.key] = [several.named(name, one, resource) for name in candidates] if several else list(candidates)
    _tell_apart(names, wanted)
    found: dict[str, tuple[str, ...]] = {}
    for one in sorted(wanted, key=lambda each: (0, 0, 0) if dotted else _precedence(each, names[each.key][0])):
        method = _free((*owners[one.key], snake(one.id)))
        for name in names[one.key]:
            method = _free((*owners[one.key], name))
            as_wished = method[-1] == name or one.http_method != "GET"  # `get_endpoint`, but `close_`
            if method not in used and method not in resources and as_wished:
                break
        while method in used or method in resources:
            method = (*method[:-1], f"{method[-1]}_")
        used.add(method)
        found[one.key] = method
    return {one.key: found[one.key] for one in wanted}


def _tell_apart(names: Mapping[str, list[str]], operations: Sequence[Named]) -> None:
    """Put the HTTP method before the name of a handler that has several: `get_status`, `head_status`."""
    firsts = Counter((one.path, names[one.key][0]) for one in operations)
    for one in operations:
        name = names[one.key][0]
        if firsts[one.path, name] > 1 and not is_verb(name.partition("_")[0]):
            names[one.key].insert(0, f"{one.http_method.lower()}_{name}")


@attrs.frozen
class _Several:
    """An operation whose path does not identify a single item, although others of its resource may."""

    collects: bool
    """True if its path identifies several items."""
    taken: frozenset[str]
    """Verbs used by operations on a single item."""
    own: frozenset[str]
    """Verbs of this operation, which apply to all items of its path."""

    def named(self, name: str, one: Named, resource: str | None) -> str:
        """Return a name that differs from those of single-item operations, such as `delete_all`."""
        if name not in self.taken | self.own:
            return name
        whole = _words_of(one)
        said, plural = _without_resource(whole, resource)
        if said != whole and not plural:
            return "_".join(whole)
        return f"{name}_many" if one.http_method == "POST" else f"{name}_all"


def _manifold(operations: Sequence[Named], owners: Mapping[str, tuple[str, ...]]) -> Mapping[str, _Several]:
    """Return the operations that do not act on a single item, by key.

    A path identifies several items if the path with one more parameter exists, or if it ends in a plural.
    """
    parents = {tuple(segments_of(one.path)[:-1]) for one in operations if ends_in_parameter(one.path)}
    taken: dict[tuple[str, ...], frozenset[str]] = {}
    for one in operations:
        if ends_in_parameter(one.path):
            owner = owners[one.key]
            taken[owner] = taken.get(owner, frozenset()) | _verbs_of(one.http_method)
    found: dict[str, _Several] = {}
    for one in operations:
        segments = segments_of(one.path)
        if segments and not ends_in_parameter(one.path):
            above, plural = tuple(segments) in parents, is_plural(segments[-1])
            collects = above or plural
            own = _verbs_of(one.http_method) if above or plural and one.http_method == "DELETE" else frozenset[str]()
            found[one.key] = _Several(collects, taken.get(owners[one.key], frozenset()), own)
    return found


def _verbs_of(http_method: str) -> frozenset[str]:
    """Return the verbs for an HTTP method."""
    match http_method:
        case "DELETE":
            return _DELETING
        case "PUT" | "PATCH":
            return _CHANGING - _DELETING
        case _:
            return frozenset()


def _precedence(one: Named, name: str) -> tuple[int, int, int]:
    """Return a sort key for operations with the same candidate: single items first, then the simplest."""
    item = name in _OF_ITEMS and ends_in_parameter(one.path)
    roundabout = item and "by" in [word.lower() for word in words(one.id)]
    return (0 if item else 1, int(roundabout), one.path.count("{"))


def _without_module(operations: Sequence[Named]) -> list[Named]:
    """Return the operations without the module prefix of all operationIds: `app_list_trips`, `app_get_trip`."""
    shared = shared_words([one.id for one in operations], lambda word: word in _MAKING or is_verb(word))
    if not shared or any(singular(shared[0]) in _said_by(one.path) for one in operations):
        return list(operations)
    return [attrs.evolve(one, id=after(one.id, shared)) for one in operations]


def _dotted(operations: Sequence[Named]) -> dict[str, tuple[str, ...]]:
    """Return resources and verb of each operation if all operationIds are dotted: `drive.files.list`.

    A common first part is the name of the API and dropped, if more than resource and verb remain.
    """
    parts = {one.key: [part for part in one.id.split(".") if words(part)] for one in operations}
    if any("." not in one.id for one in operations) or not all(0 < len(each) <= _DEPTH for each in parts.values()):
        return {}
    sizes = [len(each) for each in parts.values()]
    if len({each[0] for each in parts.values()}) == 1 and min(sizes) > 1 and max(sizes) > 2:
        parts = {key: each[1:] for key, each in parts.items()}
    return {key: (*map(_resource_name, each[:-1]), snake(each[-1])) for key, each in parts.items()}


def _apart(owners: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the resources, renamed where two would share a module: `a.b_c` and `a_b.c`."""
    modules: dict[str, tuple[str, ...]] = {}
    renamed: dict[tuple[str, ...], tuple[str, ...]] = {}
    for owner in dict.fromkeys(owners.values()):
        name = tuple(_PLURALS.get(part, part) for part in owner)
        while modules.setdefault("_".join(name), owner) != owner:
            name = (*name[:-1], f"{name[-1]}_")
        renamed[owner] = name
    return {key: renamed[owner] for key, owner in owners.items()}


def _groups(operations: Iterable[Named]) -> frozenset[str]:
    """Return the first path segments that several paths share."""
    firsts: dict[str, set[str]] = {}
    for one in operations:
        for first in static_segments(one.path)[:1]:
            firsts.setdefault(first, set()).add(one.path)
    return frozenset(first for first, paths in firsts.items() if len(paths) > 1)


def _resource(one: Named, groups: frozenset[str]) -> tuple[str, ...]:
    """Return the resource of an operation: from its tag, else from the first segment of its path."""
    if one.tag and words(one.tag) and not (is_prefix(one.tag) and one.tag.lower() in prefix_words(one.path)):
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
    """Return a dotted path without names reserved for the client or its resources."""
    reserved = [RESERVED, *[RESERVED_RESOURCE] * len(method)]
    return tuple(f"{name}_" if name in names else name for name, names in zip(method, reserved, strict=False))


def _resource_name(tag: str) -> str:
    parts = re.findall(r"[^\W_]+", tag)
    found = list(parts)
    while len(found) > 1 and found[-1].lower() in _HOLDERS:
        found.pop()
    return snake(" ".join(found)) if len(found) < len(parts) else snake(tag)


def _candidates(one: Named, resource: str | None, collects: bool) -> Iterator[str]:
    """Yield candidate names for an operation, best first; `collects` is true if its path identifies several items."""
    route = [name for name in route_names(one.http_method, one.path, resource, collects) if name]
    nouns = nouns_of(one.path, resource)
    if nouns and is_spoken(nouns[-1]):
        route.insert(0, "_".join(_without_resource(route[0].split("_"), resource)[0]))
    whole = _words_of(one)
    said = route if _is_derived(whole, one) or _is_silent(whole, resource, one) else []
    said += ["_".join(name) for name in _spoken(whole, resource, one, collects) if name]
    everything = [one.http_method.lower(), *(word.lower() for word in words(one.path))]
    for name in (*said, *route, "_".join(everything)):
        yield snake(name)


def _is_silent(whole: list[str], resource: str | None, one: Named) -> bool:
    """Return whether an operationId carries no information: no letters, or only the name of the resource."""
    if not any(map(str.isalpha, "".join(whole))):
        return True
    plain = resource is not None and is_same("_".join(whole), resource) and not is_verb(whole[0])
    return plain and not nouns_of(one.path, resource) and (one.http_method == "GET" or is_plural(whole[-1]))


def _spoken(whole: list[str], resource: str | None, one: Named, collects: bool) -> Iterator[list[str]]:
    """Yield names from the operationId, best first: in `pets`, `getPets` is `list`, `getPetById` is `get`."""
    verb, plural = _without_resource(whole, resource)
    item, bare = ends_in_parameter(one.path), not nouns_of(one.path, resource)
    reading = one.http_method == "GET" and verb != whole and verb[0] in _READING
    modifiers = _modifiers(whole, resource)
    extra = bool(modifiers) and bare and _said_by(one.path).isdisjoint(map(singular, modifiers))
    if reading and not item and (plural or collects and bare) and (len(verb) == 1 or extra):
        yield ["list"]
    if one.http_method == "GET" and item and verb == ["list"]:
        yield ["get"]
    if verb != whole and len(verb) == 1 and verb[0] in _REST and whole[-1] == verb[0]:
        yield [_REST[verb[0]]]
    if verb != whole and item and len(verb) > 2 and verb[1] == "by":
        yield verb[:1]
    owners = [singular(words(owner)[-1].lower()) for owner in owners_of(one.path) if words(owner)]
    if extra:
        yield whole[:1]
    elif len(modifiers) == 1 and singular(modifiers[0]) in owners:
        yield [whole[0], "for", singular(modifiers[0])]
    else:
        yield verb
        yield from ([*verb, "for", owner] for owner in owners if resource is None or not is_same(owner, resource))
    yield whole
    if (
        any(word.isalpha() for word in whole)
        and whole[-1] != one.http_method.lower()
        and len(whole) < len(words(one.id))
    ):
        yield [one.http_method.lower(), *whole]
    if any(word.isalpha() for word in whole):
        yield [word.lower() for word in words(one.id)]


def _modifiers(whole: list[str], resource: str | None) -> list[str]:
    """Return the words between a verb and the resource: `pipeline` in `delete_pipeline_snapshot`.

    Without them the name would be wrong: the call does not delete a snapshot of any kind.
    """
    noun = [singular(word) for word in (resource or "").rstrip("_").split("_")]
    ends = len(whole) > len(noun) + 1 and [singular(word) for word in whole[-len(noun) :]] == noun
    found = whole[1 : -len(noun)] if ends and whole[0] in _MAKING else []
    kept = [word for word in found if word not in _CONNECTIVES]
    return [] if _ALL & set(kept) or _PREPOSITIONS & set(kept) else kept


def _said_by(path: str) -> set[str]:
    return {singular(word.lower()) for segment in static_segments(path) for word in words(segment)}


def _is_derived(name: list[str], one: Named) -> bool:
    """Return whether an operationId only repeats method and path: `put_chart_pk` for `PUT /chart/{pk}`.

    It may repeat the path in part: `patch_assets__code_`.
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
    """Return the words of an operationId without framework additions and API version."""
    plain = re.sub(_CLASS, "", re.sub(_COUNTED, "", one.id)) or one.id
    found = _without_route([word.lower() for word in words(plain)], one)
    found = _without_path(_after_holder(found), one.path)
    while len(found) > 1 and (found[-1] in _HANDLERS or is_prefix(found[-1]) and "api" in found[1:]):
        found = found[:-1]
    versions = {word.lower() for word in words(one.path) if re.fullmatch(r"[vV]\d+", word)}
    return [word for word in found if word not in versions] or found


def _after_holder(name: list[str]) -> list[str]:
    """Return the words after a framework's module prefix: `trips_api_list_trips` -> `list_trips`."""
    for index, word in enumerate(name[1:-2], 1):
        if word in _MODULES and name[index + 1] in _MAKING and not (name[0] in _MAKING or is_verb(name[0])):
            return name[index + 1 :]
    return name


def _without_route(name: list[str], one: Named) -> list[str]:
    """Return the words before an appended route: `read_item_items__item_id__get` -> `read_item`."""
    route = [*(word.lower() for word in words(one.path)), one.http_method.lower()]
    if len(name) > len(route) and name[-len(route) :] == route:
        return name[: -len(route)]
    return name


def _without_path(name: list[str], path: str) -> list[str]:
    """Return the words after a path prefix: `api_authors_list` -> `authors_list`, `TodosCreateTodo`."""
    prefix = prefix_words(path)
    if prefix and name[: len(prefix)] == prefix and len(name) > len(prefix):
        name = name[len(prefix) :]
    route = [word.lower() for segment in segments_of(path) for word in words(segment)]
    rest = name[len(route) :]
    if route and rest and name[: len(route)] == route:
        known = {singular(word) for word in route}
        if singular(rest[0]) in known or len(rest) > 1 and singular(rest[-1]) in known:
            return rest
    return name


def _without_resource(name: list[str], resource: str | None) -> tuple[list[str], bool]:
    """Return the words without those of the resource, and True if they were in the plural."""
    if resource is None:
        return name, False
    wanted = [singular(word) for word in resource.rstrip("_").split("_")]
    size = len(wanted)
    for start in range(len(name) - size, -1, -1):
        if [singular(word) for word in name[start : start + size]] == wanted:
            rest = name[:start] + name[start + size :]
            rest = [word for word in rest if word not in _CONNECTIVES] or rest
            while start + size == len(name) and len(rest) > 1 and rest[-1] in _PREPOSITIONS:
                rest = rest[:-1]
            return (rest or name), is_plural(name[start + size - 1])
    return name, False
