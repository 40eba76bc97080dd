"""Default method names: resource and verb, from hints of the document, paths, tags and operationIds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import attrs

from specwire_codegen.config import Verbs
from specwire_codegen.lower.naming.named import Named
from specwire_codegen.lower.naming.route import is_plural, is_prefix, is_same, owner_of
from specwire_codegen.lower.naming.spoken import (
    after_resource,
    is_change,
    is_derived,
    is_glued,
    names_in,
    spoken,
    without_module,
    without_resources,
)
from specwire_codegen.lower.naming.tagged import by_ids, by_tags, resource_name, shared_prefixes
from specwire_codegen.lower.naming.tree import Spot, spots
from specwire_codegen.lower.naming.vocabulary import ASKING, BASIC, LISTING, MAKING, is_verb
from specwire_codegen.openapi.casing import snake, words
from specwire_codegen.openapi.plurals import singular

RESERVED_RESOURCE = frozenset(
    "accumulated deprecated downloaded endpoint workflow mixed paginated resource streamed".split()
)
"""Names used by resource classes and their source."""
_PLURALS = {"endpoint": "endpoints", "resource": "resources"}
"""Names of resources in place of those that a resource needs for itself."""
RESERVED = RESERVED_RESOURCE | frozenset("aclose base_url close send with_options".split())
"""Names used by the client."""
_NO_TAGS = frozenset({"api", "default", "general", "misc", "other", "root", "untagged"})
"""Tags without meaning."""


@attrs.frozen
class Choice:
    """The name of a method and where it comes from."""

    method: tuple[str, ...]
    reason: str


@attrs.frozen
class _Candidate:
    resource: tuple[str, ...]
    name: str
    reason: str


def default_methods(
    operations: Iterable[Named], taken: Iterable[tuple[str, ...]], verbs: Verbs = "retrieve"
) -> dict[str, Choice]:
    """Return a method for each operation, by its key; no result is in `taken` or equals a resource.

    Where operations want the same name, the one with the simplest path gets it.
    """
    wanted = without_module(list(operations))
    namer = _Namer(wanted, verbs)
    candidates = {one.key: namer.candidates(one) for one in wanted}
    first = {key: next(each) for key, each in candidates.items()}
    used = set(taken)
    names = _Resources()
    owners = {key: names.free(each.resource) for key, each in first.items()}
    resources = {method[:depth] for method in used for depth in range(1, len(method))}
    resources |= {owner[:depth] for owner in owners.values() for depth in range(1, len(owner) + 1)}
    found: dict[str, Choice] = {}
    for one in sorted(wanted, key=namer.precedence):
        choice = next(
            (
                Choice(method, candidate.reason)
                for candidate in chain((first[one.key],), candidates[one.key])
                if (method := _free((*names.free(candidate.resource), candidate.name))) not in used
                and method not in resources
                and (method[-1] == candidate.name or one.http_method != "GET")
            ),
            None,
        )
        if choice is None:
            last = first[one.key]
            method = _free((*owners[one.key], last.name))
            while method in used or method in resources:
                method = (*method[:-1], f"{method[-1]}_")
            choice = Choice(method, f"{last.reason}; the name was taken")
        used.add(choice.method)
        resources |= {choice.method[:depth] for depth in range(1, len(choice.method))}
        found[one.key] = choice
    return {one.key: found[one.key] for one in wanted}


class _Namer:
    """Candidates for the names of all operations of a document."""

    def __init__(self, operations: Sequence[Named], verbs: Verbs) -> None:
        self.operations = operations
        self.verbs = verbs
        self.spots: Mapping[str, Spot] = spots(operations)
        self.dotted = by_ids(operations)
        self.tagged = by_tags(operations)
        self.spoken = {one.key: spoken(one) for one in operations}
        self.words = {one.key: () if is_derived(name := self.spoken[one.key], one) else name for one in operations}
        self.shared = shared_prefixes(self.spoken, self.tagged)
        self.versions = {spot.route.version for spot in self.spots.values()}
        self.rivals: dict[tuple[tuple[str, ...], str], list[Spot]] = {}
        """Operations whose paths give them the same name."""
        for spot in self.spots.values():
            self.rivals.setdefault((spot.resource, spot.verb), []).append(spot)

    def candidates(self, one: Named) -> Iterator[_Candidate]:
        """Yield the candidates of an operation, best first."""
        return (attrs.evolve(each, name=snake(each.name)) for each in self._candidates(one) if each.name)

    def precedence(self, one: Named) -> tuple[object, ...]:
        """Return a sort key for operations that want the same name: items and collections, then the simplest paths."""
        spot = self.spots[one.key]
        route = spot.route
        versions = [int(each) for each in re.findall(r"\d+", route.version)]
        plain = not spot.action and (spot.item or spot.collected)
        stated = one.method is not None
        scoped = spot.whole != spot.resource
        return (not stated, scoped, not plain, bool(route.variant), route.parameters, versions, len(one.path), one.key)

    def _candidates(self, one: Named) -> Iterator[_Candidate]:
        spot, name = self.spots[one.key], self.words[one.key]
        first = self._preferred(one, spot, name)
        yield first
        variant = "_".join(spot.route.variant)
        if variant:
            yield attrs.evolve(first, name=f"{first.name}_{variant}")
        if one.http_method == "PUT" and first.name == "update":
            yield attrs.evolve(first, name="replace")
        if spot.action:
            yield attrs.evolve(first, name=spot.verb)
        rivalled, owner = not spot.item and self._has_rival(spot), owner_of(spot.route)
        if rivalled and owner:
            yield attrs.evolve(first, name="_".join(without_resources(name, first.resource)[0]), reason="operationId")
            yield attrs.evolve(first, name=f"{first.name}_by_{owner}")
        if spot.route.version and len(self.versions) > 1:
            yield attrs.evolve(first, resource=(snake(spot.route.version), *first.resource))
        if spot.whole != spot.resource and spot.whole:
            yield attrs.evolve(first, resource=spot.whole, reason="path with its scope")
        if spot.item and spot.route.steps:
            yield attrs.evolve(first, name=f"{first.name}_by_{spot.route.steps[-1].name}")
        for rest in ("_".join(without_resources(name, first.resource)[0]), "_".join(name), snake(one.id)):
            yield attrs.evolve(first, name=rest, reason="operationId, since the name of the path was taken")
        whole = "_".join([one.http_method.lower(), *(word.lower() for word in words(one.path))])
        yield attrs.evolve(first, name=whole, reason="HTTP method and path, since other names were taken")

    def _has_rival(self, spot: Spot) -> bool:
        """Return whether another operation of the same version has the same name, by its path."""
        rivals = self.rivals[spot.resource, spot.verb]
        return any(other is not spot and other.route.version == spot.route.version for other in rivals)

    def _preferred(self, one: Named, spot: Spot, name: tuple[str, ...]) -> _Candidate:
        if one.resource is not None or one.method is not None:
            return self._stated(one, spot, name)
        if one.key in self.dotted:
            *resource, verb = self.dotted[one.key]
            return _Candidate(tuple(resource), verb, "dotted operationId")
        if one.key in self.tagged:
            return self._tagged(one, spot, self.spoken[one.key][self.shared.get(self.tagged[one.key], 0) :])
        return self._by_path(one, spot, name)

    def _stated(self, one: Named, spot: Spot, name: tuple[str, ...]) -> _Candidate:
        """Return the name in the document, completed from operationId and path."""
        path = self._by_path(one, spot, name)
        resource = path.resource
        if one.resource is not None:
            resource = tuple(resource_name(part) for part in one.resource.split(".") if words(part))
        if one.method is not None:
            return _Candidate(resource, one.method, "extension of the document")
        spoken_name = next(names_in(one, name, resource, spot.item, spot.several), "") if name else path.name
        return _Candidate(resource, spoken_name or path.name, "resource of an extension, operationId")

    def _tagged(self, one: Named, spot: Spot, name: tuple[str, ...]) -> _Candidate:
        """Return the name in the resource of a tag, in a document whose tags are paths of resources."""
        flags = spot.route.flags
        name = name[len(flags) :] if flags and name[: len(flags)] == flags else name
        tag = self.tagged[one.key]
        if len(tag) == 1 and self._is_basic(spot, tag[0], name):
            reading = name[0] if name and name[0] in ("get", "retrieve") else "retrieve"
            verb = self._read(spot.verb) if reading == "retrieve" else spot.verb.replace("retrieve", reading)
            return _Candidate(spot.resource, verb, "path, as its tag")
        resource = (*(flag for flag in flags if flag not in tag), *tag)
        name = after_resource(name, resource[-1])
        rest = without_resources(name, resource)[0]
        noun = tuple(resource[-1].split("_"))
        silent = not rest or rest[0] in ("post", "put", "patch") and len(rest) == 1 or is_same(rest, noun)
        acts = spot.action and one.http_method in ("GET", "POST") and is_verb(spot.verb.partition("_")[0])
        if silent or acts and rest[0] in BASIC:
            return _Candidate(resource, self._read(spot.verb) or "call", "dotted tag, path")
        if is_glued(rest) and spot.route.fixed:
            return _Candidate(resource, self._leaf(one, spot), "tag, path")
        chosen = next(names_in(one, name, resource, spot.item, spot.several))
        return _Candidate(resource, chosen, "dotted tag, operationId")

    def _is_basic(self, spot: Spot, tag: str, name: tuple[str, ...]) -> bool:
        """Return whether a path below the resource of a tag names a basic operation, and the operationId agrees."""
        fixed = spot.route.fixed
        if spot.action or not fixed or not is_same(fixed[0].words, tuple(tag.split("_"))):
            return False
        nouns = {singular(word) for step in fixed for word in step.words}
        return not name or name[0] in BASIC or is_verb(name[0]) and singular(name[0]) in nouns

    def _leaf(self, one: Named, spot: Spot) -> str:
        """Return a verb with the last segment: `get_health`, `create_report`."""
        leaf = spot.route.fixed[-1]
        verb = {"GET": "get", "POST": "create"}.get(one.http_method, spot.verb.partition("_")[0])
        return leaf.name if is_verb(leaf.words[0]) else f"{verb}_{leaf.name}"

    def _by_path(self, one: Named, spot: Spot, name: tuple[str, ...]) -> _Candidate:
        """Return the name by the path, completed from tags and operationIds."""
        tag = (
            resource_name(one.tag) if one.tag and words(one.tag) and not self._is_silent_tag(one.tag, one.path) else ""
        )
        if not spot.route.steps:
            resource = (tag,) if tag else ()
            rest = next(names_in(one, name, resource, False, False)) if name else one.http_method.lower()
            return _Candidate(resource, rest, "operationId")
        if self._is_alone(one, spot):
            return self._alone(one, spot, name, tag)
        if spot.action:
            return self._action(one, spot, tag)
        return _Candidate(spot.resource, self._read(self._verb(one, spot, name)), "path")

    def _action(self, one: Named, spot: Spot, tag: str) -> _Candidate:
        """Return the name of an operation whose path ends in a verb: `cancel` in `/jobs/{id}/cancel`."""
        resource = spot.resource or ((tag,) if tag else ())
        action = tuple(spot.verb.split("_"))
        rest = without_resources(action, resource)[0]
        if is_verb(rest[0]) and rest != action and len(rest) == 1:
            return _Candidate(resource, self._read("_".join(rest)), "path")
        if len(resource) == 1 and is_same(action, tuple(resource[0].split("_"))):
            return _Candidate(resource, "create" if one.http_method == "POST" else self._read("retrieve"), "tag, path")
        return _Candidate(resource, spot.verb, "path" if spot.resource else "tag, path")

    def _is_alone(self, one: Named, spot: Spot) -> bool:
        """Return whether an operation is all there is at and below a first segment in the singular: `/health`."""
        steps = spot.route.steps
        if len(steps) != 1 or steps[0].kind != "fixed" or is_plural(steps[0].words) and one.several is not False:
            return False
        here = (other.route for other in self.spots.values() if other.route.steps[:1] == steps)
        return sum(other.version == spot.route.version for other in here) == 1

    def _alone(self, one: Named, spot: Spot, name: tuple[str, ...], tag: str) -> _Candidate:
        """Return the name of an operation without siblings: by its tag and operationId, if they hold more words."""
        noun = spot.route.steps[0].words
        resource = (*spot.route.flags, tag) if tag else spot.route.flags
        if tag and is_same(tuple(tag.split("_")), noun):
            verb = self._read("retrieve") if one.http_method == "GET" else "create"
            return _Candidate(
                resource, self._read(self._verb(one, spot, name)) if not spot.action else verb, "tag, path"
            )
        if tag and (not name or is_glued(name)):
            return _Candidate(resource, self._leaf(one, spot), "tag, path")
        if not name:
            return (
                self._action(one, spot, tag)
                if spot.action
                else _Candidate(spot.resource, self._read(spot.verb), "path")
            )
        if tag:
            return _Candidate(resource, next(names_in(one, name, resource, False, False)), "tag, operationId")
        if is_same(name, noun) or not is_same(name[-len(noun) :], noun) or name[0] not in BASIC:
            return _Candidate(resource, "_".join(name), "operationId")
        return _Candidate(spot.resource, self._read(spot.verb), "path")

    def _verb(self, one: Named, spot: Spot, name: tuple[str, ...]) -> str:
        """Return the verb of a basic operation; the operationId tells what POST and PATCH do."""
        verb = spot.verb
        known = {singular(word) for part in spot.resource for word in part.split("_")}
        telling = bool(name) and is_verb(name[0]) and name[0] not in BASIC and singular(name[0]) not in known
        match one.http_method:
            case "GET" if verb == "retrieve" and not spot.item and name and (name[0] in LISTING or "all" in name):
                return "list"
            case "POST" if telling and spot.item:
                return "_".join(without_resources(name, spot.resource)[0])
            case "POST" if spot.item and name and name[0] in MAKING:
                return verb.replace("update", "create")
            case "POST" if not spot.item and name and name[0] in ASKING:
                return next(names_in(one, name, spot.resource, False, one.several is True))
            case "POST" if not spot.item and not spot.several and is_change(name):
                return verb.replace("create", "update")
            case "PUT" if spot.inverted and not spot.item:
                return "create"
            case "POST" if spot.inverted and not spot.item and is_change(name):
                return "update_all" if spot.changed else "update"
            case "PUT" | "PATCH" if spot.several and name and self._is_single(spot, name) and not spot.changed:
                return verb.removesuffix("_all")
            case "PUT" | "PATCH" if spot.several and name and self._is_single(spot, name):
                return "_".join((verb.removesuffix("_all"), *map(singular, spot.resource[-1].split("_"))))
            case "PUT" if verb == "replace" and self._is_partial(spot):
                return "update"
            case "PATCH" if verb == "update" and self._is_partial(spot):
                return "partial_update"
            case _:
                return verb

    def _is_single(self, spot: Spot, name: tuple[str, ...]) -> bool:
        """Return whether an operationId names one item of its resource: `updatePet` in `pets`."""
        last = spot.resource[-1].split("_")[-1]
        return singular(last) in name and (last not in name or singular(last) == last)

    def _is_partial(self, spot: Spot) -> bool:
        """Return whether the operations of a path are called update and partial update."""
        here = (key for key, other in self.spots.items() if other.route.place == spot.route.place)
        return {"PUT", "PATCH"} <= spot.methods and any("partial" in self.words[key] for key in here)

    def _is_silent_tag(self, tag: str, path: str) -> bool:
        return tag.lower() in _NO_TAGS or is_prefix(tag)

    def _read(self, verb: str) -> str:
        """Return a verb in the convention of the client."""
        return re.sub(r"^(retrieve|get)(?=$|_by_)", self.verbs, verb)


class _Resources:
    """Distinct names of resources."""

    def __init__(self) -> None:
        self.owners: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.renamed: dict[tuple[str, ...], tuple[str, ...]] = {}

    def free(self, owner: tuple[str, ...]) -> tuple[str, ...]:
        """Return the name of a resource."""
        if owner not in self.renamed:
            name = _free(tuple(_PLURALS.get(snake(part), snake(part)) for part in owner))
            while self.owners.setdefault(name, owner) != owner:
                name = (*name[:-1], f"{name[-1]}_")
            self.renamed[owner] = name
        return self.renamed[owner]


def _free(method: tuple[str, ...]) -> tuple[str, ...]:
    """Return a dotted path without names reserved for the client or its resources."""
    reserved = [RESERVED, *[RESERVED_RESOURCE] * len(method)]
    return tuple(f"{name}_" if name in names else name for name, names in zip(method, reserved, strict=False))
