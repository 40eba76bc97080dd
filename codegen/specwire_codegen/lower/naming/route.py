"""Paths as routes: their resources, parameters, versions and custom verbs."""

from __future__ import annotations

import re
from typing import Literal

import attrs

from specwire_codegen.lower.naming.vocabulary import FORMATS, ROOTS, VERBS, VERSION, is_version
from specwire_codegen.openapi import plurals
from specwire_codegen.openapi.casing import words

_EXTENSION = re.compile(r"\.(?:csv|html?|json|txt|xml|ya?ml)$")
_CUSTOM = re.compile(r"(.*):([^:{}]+)")
"""A segment with a custom verb: `{id}:cancel`."""
_QUALIFIED = frozenset("at by containing for from in near of on per via with within".split())
"""Words that separate the noun of a segment from its qualification: `stops-for-route`."""
_TRUE = frozenset({"", "1", "true", "yes"})


@attrs.frozen
class Step:
    """A part of a path: a fixed segment, a parameter, or a verb after a colon."""

    kind: Literal["fixed", "parameter", "verb"]
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """The words in snake case."""
        return "_".join(self.words)


@attrs.frozen
class Route:
    """A path without what all paths have in common."""

    steps: tuple[Step, ...]
    version: str = ""
    """The dropped version, such as `v2`."""
    flags: tuple[str, ...] = ()
    """Stage of the version and flags of a fixed query: `beta` of `?beta=true`."""
    variant: tuple[str, ...] = ()
    """Words of the fragment and of other fixed queries, which tell operations on one path apart."""

    @property
    def fixed(self) -> tuple[Step, ...]:
        """The segments without parameters."""
        return tuple(step for step in self.steps if step.kind == "fixed")

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return sum(step.kind == "parameter" for step in self.steps)

    @property
    def place(self) -> tuple[tuple[str, ...] | None, ...]:
        """The path with the names of its parameters blanked, and its flags."""
        flags = (self.flags,) if self.flags else ()
        return (
            *flags,
            *(None if step.kind == "parameter" else step.words for step in self.steps),
        )


def route_of(path: str) -> Route:
    """Return the route of a path: `/api/v1/pets/{id}:feed` has the steps `pets`, a parameter and the verb `feed`."""
    base, _, fragment = path.partition("#")
    base, _, query = base.partition("?")
    segments = [segment for segment in base.split("/") if segment]
    if len(segments) == 1 and "{" not in base and not _EXTENSION.search(base):
        *holders, name = segments[0].split(".")
        segments = [*holders, f":{name}" if holders else name]
    steps: list[Step] = []
    version, stage = "", ""
    for index, segment in enumerate(segments):
        plain = _EXTENSION.sub("", segment)
        last = index == len(segments) - 1 and not any(step.kind == "fixed" for step in steps)
        if "{" not in plain and not last and (found := VERSION.fullmatch(plain)) and (index < 2 or plain[0] in "vV"):
            version, stage = version or plain.lower(), stage or (found[1] or "").lower()
        elif plain.lower() in ROOTS and not any(step.kind == "fixed" for step in steps) and not last:
            continue
        else:
            steps += _steps(plain)
    flags, variant = _fixed_query(query)
    if variant and variant[0] in VERBS and steps:
        steps, variant = [*steps, Step("verb", variant)], ()
    return Route(tuple(steps), version, (*filter(None, [stage]), *flags), (*variant, *_words(fragment)))


def _steps(segment: str) -> list[Step]:
    """Return the steps of a segment: `{id}:cancel` and `Users({id})` have two, `users.{format}` has one."""
    found = _CUSTOM.fullmatch(segment)
    bare, verb = (found[1], found[2]) if found else (segment, "")
    before, brace, rest = bare.partition("{")
    steps = [Step("fixed", _words(before))] if _words(before) else []
    name = _words(rest.partition("}")[0])
    if brace and not (steps and name and name[-1] in FORMATS):
        steps.append(Step("parameter", name))
    steps.append(Step("verb", _words(verb)))
    return [step for step in steps if step.words or step.kind == "parameter"]


def _fixed_query(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the flags of a query in a path, and the words of its other values."""
    flags: list[str] = []
    variant: list[str] = []
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if "{" in pair:
            continue
        if value.lower() in _TRUE:
            flags += ["_".join(_words(name))]
        else:
            variant += _words(value)
    return tuple(filter(None, flags)), tuple(variant)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in words(text))


def is_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two names are equal apart from number."""
    return tuple(map(plurals.singular, one)) == tuple(map(plurals.singular, other))


def is_plural(name: tuple[str, ...]) -> bool:
    """Return whether the noun of a name is in the plural: `stops` in `stops_for_route`."""
    return bool(name) and plurals.is_plural(_noun(name)[-1])


def is_qualified(name: tuple[str, ...]) -> bool:
    """Return whether a name has a qualification, which a parameter after it belongs to: `stops_for_route`."""
    return len(_noun(name)) < len(name)


def _noun(name: tuple[str, ...]) -> tuple[str, ...]:
    index = next((index for index, word in enumerate(name[1:], 1) if word in _QUALIFIED), len(name))
    return name[:index]


def owner_of(route: Route) -> str:
    """Return what the last parameter identifies: `key` in `/keys/{key}/uses`, `job` in `/jobs/{id}/files`."""
    steps = route.steps
    index = next((index for index in range(len(steps) - 1, 0, -1) if steps[index].kind == "parameter"), 0)
    words_ = tuple(word for word in steps[index].words if word not in ("id", "uuid")) if index else ()
    return "_".join(words_ or (map(plurals.singular, steps[index - 1].words) if index else ()))


def is_prefix(text: str) -> bool:
    """Return whether a name is a version or means nothing, such as `api`."""
    return text.lower() in ROOTS or is_version(text)


def prefix_words(path: str) -> list[str]:
    """Return the words of the leading versions and `api` of a path."""
    segments = [segment for segment in re.split(r"[?#]", path, maxsplit=1)[0].split("/") if segment]
    found: list[str] = []
    for segment in segments[:-1]:
        if not is_prefix(segment):
            break
        found += _words(segment)
    return found
