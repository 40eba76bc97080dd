"""Resource and verb of each operation from its path and its HTTP method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import attrs

from specwire_codegen.lower.naming.named import Named
from specwire_codegen.lower.naming.route import Route, Step, is_plural, is_qualified, is_same, route_of
from specwire_codegen.lower.naming.vocabulary import BASIC, ENDING, MAKING, SHOWING, VERBS, is_verb
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.plurals import singular

_SHARE = 0.95
"""Minimum share of the operations with a prefix or flag for it to be dropped from names."""
_FEW = 10
"""Documents with fewer operations have no common prefix."""
_SUBTREES = 15
"""Number of different resources below a scope such as `/accounts/{id}`."""
_SCOPED = 0.2
"""Share of the operations that must be below a scope."""

Place = tuple[object, ...]


@attrs.frozen
class Spot:
    """An operation in the tree of resources."""

    one: Named
    route: Route
    resource: tuple[str, ...]
    verb: str
    """Name of the method on its resource."""
    action: bool = False
    """True if the path names the method: `/jobs/{id}/cancel`."""
    item: bool = False
    """True if the path identifies one item."""
    several: bool = False
    """True if the path identifies several items."""
    collected: bool = False
    """True if the path with one more parameter identifies an item."""
    methods: frozenset[str] = frozenset()
    """The HTTP methods of its path."""
    changed: bool = False
    """True if another operation changes one item of it."""
    inverted: bool = False
    """True if, by its operationId, the PUT of its path creates something."""
    whole: tuple[str, ...] = ()
    """The resource with its scope, if the scope was dropped."""


def spots(operations: Sequence[Named]) -> Mapping[str, Spot]:
    """Return the place of each operation in the tree of resources, by key."""
    routes = {one.key: route_of(one.path) for one in operations}
    plain = _without_flags(routes)
    plain = _without_prefix(plain)
    places = route_places(plain.values())
    selected = {key: _selected(route, places) for key, route in plain.items()}
    bare = {key: route for key, (route, _) in selected.items()}
    scopes = _scopes(bare.values())
    tree = _Tree(bare, operations)
    return {one.key: _spot(one, bare[one.key], selected[one.key][1], tree, scopes) for one in operations}


def route_places(routes: Iterable[Route]) -> frozenset[Place]:
    """Return the paths of routes with the names of their parameters blanked."""
    return frozenset(route.place for route in routes)


def _without_flags(routes: Mapping[str, Route]) -> dict[str, Route]:
    """Return the routes without flags that nearly all have."""
    counts = Counter(flag for route in routes.values() for flag in route.flags)
    kept = {flag for flag, count in counts.items() if count < _SHARE * len(routes)}
    return {
        key: attrs.evolve(route, flags=tuple(flag for flag in dict.fromkeys(route.flags) if flag in kept))
        for key, route in routes.items()
    }


def _without_prefix(routes: dict[str, Route]) -> dict[str, Route]:
    """Return the routes without the first segments that nearly all have, if they aren't resources themselves."""
    while len(routes) >= _FEW:
        firsts = Counter(route.steps[0] for route in routes.values() if route.steps)
        if not firsts:
            break
        first, count = firsts.most_common(1)[0]
        below = [route.steps[1:] for route in routes.values() if route.steps[:1] == (first,)]
        seconds = {steps[0].words for steps in below if steps and steps[0].kind == "fixed"}
        if count < _SHARE * len(routes) or len(seconds) < 3 or any(not s or s[0].kind != "fixed" for s in below):
            break
        routes = {
            key: attrs.evolve(route, steps=route.steps[1:]) if route.steps[:1] == (first,) else route
            for key, route in routes.items()
        }
    return routes


def _selected(route: Route, places: frozenset[Place]) -> tuple[Route, tuple[str, ...]]:
    """Return a route without its last selector, and the words of the selector: `name` of `/pets/name/{name}`."""
    steps = route.steps
    for index in range(len(steps) - 1, 1, -1):
        key, parameter = steps[index - 1], steps[index]
        if key.kind != "fixed" or parameter.kind != "parameter" or steps[index - 2].kind != "fixed":
            continue
        explicit = key.words[0] == "by" and len(key.words) > 1
        words = key.words[1:] if explicit else key.words
        same = parameter.words[-len(words) :] == words and not is_plural(words)
        item = attrs.evolve(route, steps=(*steps[: index - 1], parameter))
        if explicit or same and item.place in places:
            return attrs.evolve(route, steps=(*steps[: index - 1], *steps[index:])), words
    return route, ()


def _scopes(routes: Iterable[Route]) -> frozenset[tuple[str, ...]]:
    """Return the first segments that only say whose resources follow: `accounts` of `/accounts/{id}/...`."""
    below: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    every = 0
    for route in routes:
        every += 1
        match route.steps:
            case (Step("fixed", scope), Step("parameter"), Step("fixed", resource), *_):
                below.setdefault(scope, []).append(resource)
            case _:
                pass
    return frozenset(
        scope for scope, each in below.items() if len(set(each)) >= _SUBTREES and len(each) >= _SCOPED * every
    )


class _Tree:
    """Content of the document at and below each path."""

    def __init__(self, routes: Mapping[str, Route], operations: Sequence[Named]) -> None:
        self.methods: dict[Place, set[str]] = {}
        self.parents: set[Place] = set()
        self.items: set[Place] = set()
        self.makers: set[Place] = set()
        """Paths whose PUT creates something, by its operationId."""
        self.below: Counter[Place] = Counter()
        """Operations below each path."""
        for one in operations:
            place = routes[one.key].place
            self.methods.setdefault(place, set()).add(one.http_method)
            self.parents.update(place[:size] for size in range(len(place)))
            self.below.update(place[:size] for size in range(len(place)))
            own = words(one.id)
            if one.http_method == "PUT" and len(own) > 1 and own[0].lower() in MAKING - {"post"}:
                self.makers.add(place)
            if place and place[-1] is None:
                self.items.add(place[:-1])


def _spot(one: Named, route: Route, selector: tuple[str, ...], tree: _Tree, scopes: frozenset[tuple[str, ...]]) -> Spot:
    whole = _resource(route)
    steps = route.steps
    if len(steps) > 2 and steps[0].words in scopes and steps[1].kind == "parameter" and steps[2].kind == "fixed":
        route = attrs.evolve(route, steps=steps[2:])
    by = f"_by_{'_'.join(selector)}" if selector else ""
    last = route.steps[-1] if route.steps else None
    place = attrs.evolve(route, steps=steps).place
    if last is None:
        return Spot(one, route, _resource(route), "", whole=whole)
    if last.kind == "verb":
        bare = attrs.evolve(route, steps=route.steps[:-1])
        return Spot(one, route, _resource(bare), f"{last.name}{by}", action=True, whole=whole)
    if last.kind == "fixed" and _is_action(one, route, place, tree):
        owner = attrs.evolve(route, steps=route.steps[:-1])
        listing = "list_" if one.several and last.words[-1].endswith("ed") else ""
        below = (*place[:-1], None, place[-1])
        every = "_all" if one.http_method in tree.methods.get(below, ()) and one.http_method != "GET" else ""
        name = f"{listing}{last.name}{by}{every}"
        return Spot(one, route, _resource(owner), name, action=True, whole=whole[:-1])
    item = last.kind == "parameter"
    if item and _is_action_with(one, route, place, tree):
        parameters = next(index for index, step in enumerate(reversed(route.steps)) if step.kind != "parameter")
        acting = route.steps[-parameters - 1]
        owner = attrs.evolve(route, steps=route.steps[: -parameters - 1])
        return Spot(one, route, _resource(owner), f"{acting.name}{by}", action=True, whole=whole[:-1])
    noun = route.fixed[-1].words if route.fixed else ()
    single = one.http_method == "GET" and one.several is False
    collection = not item and (place in tree.items or is_plural(noun) and not single)
    # `/stops-for-route/{id}` lists stops, unless `/stops-for-route` does.
    qualified = item and is_qualified(noun) and is_plural(noun) and "GET" not in tree.methods.get(place[:-1], ())
    listed = collection or qualified or not item and one.several is True
    verb = _basic(one.http_method, item, listed, tree.methods[place])
    if verb == "delete" and collection or verb in ("update", "replace") and not item and place in tree.items:
        verb = f"{verb}_all"
    return Spot(
        one,
        route,
        _resource(route),
        f"{verb}{by}",
        item=item,
        several=collection,
        collected=place in tree.items,
        methods=frozenset(tree.methods[place]),
        inverted=place in tree.makers,
        changed=not {"PUT", "PATCH", "POST"}.isdisjoint(tree.methods.get((*place, None), ())),
        whole=whole,
    )


def _resource(route: Route) -> tuple[str, ...]:
    """Return the names of the resources of a route; a child does not repeat the name of its parent."""
    names: list[tuple[str, ...]] = []
    for step in route.fixed:
        if not names or not is_same(names[-1], step.words):
            names.append(step.words)
    return (*route.flags, *("_".join(name) for name in names))


def _is_action(one: Named, route: Route, place: Place, tree: _Tree) -> bool:
    """Return whether the last segment is a method of the resource before it."""
    if len(tree.methods[place]) > 1 or place in tree.parents:
        return False
    last = route.steps[-1].words
    before = route.steps[-2] if len(route.steps) > 1 else None
    first = last[0]
    spoken = is_verb(first) and first != "post" or one.http_method != "GET" and _is_said(route, one.id)
    match one.http_method:
        case "POST":
            return spoken or before is not None and before.kind == "parameter" and not is_plural(last)
        case "GET":
            filtered = one.several is not True or last[-1].endswith("ed")
            single = before is not None and (not is_plural(last) or one.several is False) and filtered
            return single or spoken and (before is not None or len(last) > 1 or first in BASIC)
        case "DELETE":
            return first in ENDING or first.startswith("un") and spoken
        case _:
            return spoken


def _is_said(route: Route, id: str) -> bool:
    """Return whether an operationId has the last segment as its verb: `anonymizeUser` for `/users/{id}/anonymize`."""
    *above, last = route.fixed
    own = [singular(word.lower()) for word in words(id)]
    known = {singular(word) for step in above for word in step.words}
    return len(own) > 1 and (own[0],) == last.words and known.issuperset(own[1:])


def _is_action_with(one: Named, route: Route, place: Place, tree: _Tree) -> bool:
    """Return whether the last segment is a verb, and what follows its arguments: `/webhooks/{id}/execute/{trigger}`."""
    parameters = next((index for index, step in enumerate(reversed(route.steps)) if step.kind != "parameter"), 0)
    if not parameters or len(tree.methods[place]) > 1 or place in tree.parents:
        return False
    last = route.steps[-parameters - 1]
    above = [place[: len(place) - index] for index in range(1, parameters + 1)]
    alone = not any(each in tree.methods for each in above) and tree.below[above[-1]] == 1
    verbs = {"GET": SHOWING, "DELETE": ENDING}.get(one.http_method, VERBS - {"post", "list"})
    return alone and last.kind == "fixed" and last.words[0] in verbs


def _basic(http_method: str, item: bool, listed: bool, methods: set[str]) -> str:
    """Return the verb of a basic operation."""
    match http_method:
        case "GET":
            return "list" if listed else "retrieve"
        case "POST":
            return "update" if item else "create"
        case "PUT":
            return "replace" if "PATCH" in methods else "update"
        case "PATCH":
            return "update"
        case _:
            return http_method.lower()
