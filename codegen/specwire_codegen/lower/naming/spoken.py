"""Words of operationIds, without what frameworks add to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

from specwire_codegen.lower.naming.named import Named
from specwire_codegen.lower.naming.prefix import after, shared_words
from specwire_codegen.lower.naming.route import prefix_words
from specwire_codegen.lower.naming.vocabulary import (
    BASIC,
    CHANGING,
    CONNECTIVES,
    HANDLERS,
    MODULES,
    PREPOSITIONS,
    QUANTITIES,
    READING,
    is_verb,
    is_version,
)
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.plurals import is_plural, singular
from specwire_codegen.openapi.words import split_controller

_COUNTED = re.compile(r"Using(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH)(_\d+)?$|_\d+$|\[\d+\]$")
"""Counters that frameworks append to make operationIds unique: `listUsingGET_1`, `list[0]`."""

_LONGEST_VERB = 14
"""Longer words that begin with a verb are several words."""
_STARTS = tuple(word for word in BASIC if len(word) > 2)


def without_module(operations: Sequence[Named]) -> list[Named]:
    """Return the operations without the module prefix of all operationIds: `app_list_trips`, `app_get_trip`."""
    shared = shared_words([one.id for one in operations], is_verb)
    if not shared or any(singular(shared[0]) in fixed_words(one.path) for one in operations):
        return list(operations)
    return [attrs.evolve(one, id=after(one.id, shared)) for one in operations]


def spoken(one: Named) -> tuple[str, ...]:
    """Return the words of an operationId without framework additions and API version; () if it has no letters."""
    _, plain = split_controller(re.sub(_COUNTED, "", one.id) or one.id)
    found = _without_route(_words(plain), one)
    found = _without_path(_after_holder(found), one.path)
    while len(found) > 1 and (found[-1] in HANDLERS or is_version(found[-1]) and "api" in found[1:]):
        found = found[:-1]
    versions = {word.lower() for word in words(one.path) if re.fullmatch(r"[vV]\d+\w*", word)}
    while len(found) > 1 and (found[-1] in versions or re.fullmatch(r"v\d+", found[-1])):
        found = found[:-1]
    found = [word for word in found if word not in versions] or found
    glued = next((each for each in versions if found[-1:] and found[-1].endswith(each) and found[-1] != each), None)
    if glued is not None:
        found[-1] = found[-1].removesuffix(glued)
    return tuple(found) if any(map(str.isalpha, "".join(found))) else ()


def _words(text: str) -> list[str]:
    return [word.lower() for word in words(text)]


def _base(path: str) -> str:
    return re.split(r"[?#]", path, maxsplit=1)[0]


def fixed_words(path: str) -> set[str]:
    """Return the words of the fixed segments of a path, in the singular."""
    return {singular(word) for word in _words(re.sub(r"\{[^{}]*\}", " ", _base(path)))}


def is_derived(name: Sequence[str], one: Named) -> bool:
    """Return whether an operationId only repeats method and path: `put_chart_pk` for `PUT /chart/{pk}`.

    It may repeat the path in part: `patch_assets__code_`.
    """
    method = one.http_method.lower()
    if not name or method not in (*name[:1], *name[-1:]) or not words(one.path):
        return False
    rest = list(name[1:] if name[0] == method else name[:-1])
    fixed = _words(re.sub(r"\{[^{}]*\}", " ", _base(one.path)))
    prefix = prefix_words(one.path)
    if rest in (fixed, fixed[len(prefix) :], []):
        return True
    known = {singular(word) for word in _words(one.path)}
    keys = known - {singular(word) for word in fixed}
    named = {singular(word) for word in rest}
    return named <= known and (method in ("post", "put", "patch") or bool(named & keys))


def _after_holder(name: list[str]) -> list[str]:
    """Return the words after a framework's module prefix: `trips_api_list_trips` -> `list_trips`."""
    for index, word in enumerate(name[1:-1], 1):
        if word in MODULES and is_verb(name[index + 1]) and not is_verb(name[0]):
            return name[index + 1 :]
    return name


def _without_route(name: list[str], one: Named) -> list[str]:
    """Return the words before an appended route: `read_item_items__item_id__get` -> `read_item`."""
    whole = _words(_base(one.path))
    for words_ in (whole, whole[len(prefix_words(one.path)) :]):
        route = [*words_, one.http_method.lower()]
        if len(name) > len(route) and name[-len(route) :] == route:
            return name[: -len(route)]
    return name


def _without_path(name: list[str], path: str) -> list[str]:
    """Return the words after a path prefix: `api_authors_list` -> `authors_list`, `TodosCreateTodo`."""
    prefix = prefix_words(path)
    if prefix and name[: len(prefix)] == prefix and len(name) > len(prefix):
        name = name[len(prefix) :]
    route = _words(_base(path))[len(prefix) :]
    rest = name[len(route) :]
    if route and rest and name[: len(route)] == route:
        known = {singular(word) for word in route}
        if singular(rest[0]) in known or len(rest) > 1 and singular(rest[-1]) in known:
            return rest
    return name


def without_resource(name: Sequence[str], resource: str) -> tuple[tuple[str, ...], bool]:
    """Return the words without those of a resource, and True if they were in the plural."""
    wanted = [singular(word) for word in resource.rstrip("_").split("_")]
    size = len(wanted)
    for start in range(len(name) - size, -1, -1):
        if start == 0 and len(name) > size and is_verb(name[0]):
            break
        if [singular(word) for word in name[start : start + size]] == wanted:
            rest = [*name[:start], *name[start + size :]]
            rest = [word for word in rest if word not in CONNECTIVES] or rest
            while start + size == len(name) and len(rest) > 1 and rest[-1] in PREPOSITIONS:
                rest = rest[:-1]
            return (tuple(rest), is_plural(name[start + size - 1])) if rest else (tuple(name), False)
    return tuple(name), False


def without_resources(name: Sequence[str], resources: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the words without those of the resources, the last resource first."""
    rest, plural = tuple(name), False
    for index, resource in enumerate(reversed(resources)):
        rest, several = without_resource(rest, resource)
        plural = plural or several and index == 0
    return rest, plural


def after_resource(name: tuple[str, ...], resource: str) -> tuple[str, ...]:
    """Return the words after a resource if no verb precedes it: `agents_api_conversations_start` -> `start`."""
    wanted = [singular(word) for word in resource.split("_")]
    for start in range(len(name) - len(wanted) - 1, -1, -1):
        found = [singular(word) for word in name[start : start + len(wanted)]] == wanted
        if found and not any(map(is_verb, name[:start])) and (start > 0 or not is_verb(name[0])):
            return name[start + len(wanted) :]
    return name


def is_glued(name: Sequence[str]) -> bool:
    """Return whether an operationId is a single word that begins with a verb: `getprojectspendlimit`."""
    return len(name) == 1 and len(name[0]) > _LONGEST_VERB and name[0].startswith(_STARTS)


def names_in(one: Named, name: tuple[str, ...], resources: Sequence[str], item: bool, listed: bool) -> Iterator[str]:
    """Yield names for an operation of a resource, best first: in `pets`, `getPets` is `list`, `getPetById` is `get`."""
    resource = resources[-1] if resources else ""
    verb, plural = without_resources(name, resources)
    modifiers = _modifiers(name, resource)
    extra = bool(modifiers) and fixed_words(one.path).isdisjoint(map(singular, modifiers))
    if item and len(verb) > 2 and verb[1] == "by":
        yield verb[0]
    elif one.http_method == "GET" and item and verb == ("list",):
        yield "get"
    elif verb and verb != name and verb[0] in READING and not item and (plural or listed) and (len(verb) == 1 or extra):
        yield "list"
    elif extra:
        yield name[0]
    elif one.http_method == "GET" and len(verb) > 1 and verb[0] in READING and listed and is_plural(verb[-1]):
        yield "_".join(("list", *verb[1:]))
    elif verb and verb not in (("post",), ("put",), ("patch",)):
        yield "_".join(_posted(verb))
    yield "_".join(name)


def _posted(name: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name with a verb for the HTTP method POST: `post_clear_seeds` is `clear_seeds`."""
    if name[0] != "post":
        return name
    return name[1:] if is_verb(name[1]) else ("create", *name[1:])


def _modifiers(name: tuple[str, ...], resource: str) -> tuple[str, ...]:
    """Return the words between a verb and the resource: `pipeline` in `delete_pipeline_snapshot`.

    Without them the name would be wrong: the call does not delete a snapshot of any kind.
    """
    noun = [singular(word) for word in resource.rstrip("_").split("_")]
    ends = len(name) > len(noun) + 1 and [singular(word) for word in name[-len(noun) :]] == noun
    found = name[1 : -len(noun)] if ends and name[0] in BASIC else ()
    kept = tuple(word for word in found if word not in CONNECTIVES)
    return () if {*QUANTITIES, *PREPOSITIONS} & set(kept) else kept


def is_change(name: Sequence[str]) -> bool:
    """Return whether an operationId has a verb of change: `modify_user`, `Updatespendlimit`."""
    return bool(name) and (not CHANGING.isdisjoint((name[0], name[-1])) or name[0].startswith(("modify", "update")))
