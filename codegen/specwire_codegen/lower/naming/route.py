"""Method names derived from paths, for operations without a better name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from specwire_codegen.openapi import plurals
from specwire_codegen.openapi.casing import snake, words
from specwire_codegen.openapi.plurals import singular

_PREFIX = re.compile(r"[a-z]{0,2}\d+(\.\d+)*(alpha|beta)?\d*|api|rest", re.IGNORECASE)
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete", "QUERY": "query"}
_SPEAKING = frozenset(
    "activate add approve archive cancel check clear clone confirm create deactivate delete disable edit enable "
    "execute export fetch find generate get import invite list merge pause publish refresh register reject remove "
    "rename restart restore resume revoke rotate search send set submit subscribe trigger unsubscribe update upload "
    "validate verify".split()
)
"""Verbs; a path segment of several words that begins with one is already a method name."""


def segments_of(path: str) -> list[str]:
    """Return the segments of a path, without query, leading versions and `api`."""
    segments = [segment for segment in re.split(r"[?#]", path, maxsplit=1)[0].split("/") if segment]
    while len(segments) > 1 and _PREFIX.fullmatch(segments[0]):
        segments = segments[1:]
    return segments


def prefix_words(path: str) -> list[str]:
    """Return the words of the leading versions and `api` of a path."""
    segments = [segment for segment in re.split(r"[?#]", path, maxsplit=1)[0].split("/") if segment]
    prefix = segments[: len(segments) - len(segments_of(path))]
    return [word.lower() for segment in prefix for word in words(segment)]


def is_prefix(text: str) -> bool:
    """Return whether a segment is a version or `api`."""
    return bool(_PREFIX.fullmatch(text))


def owners_of(path: str) -> list[str]:
    """Return the segments of a path that a parameter follows: `pots` in `/pots/{id}/seeds`."""
    segments = segments_of(path)
    return [one for one, other in itertools.pairwise(segments) if other.startswith("{") and not one.startswith("{")]


def is_verb(word: str) -> bool:
    """Return whether a word is a verb."""
    return word in _SPEAKING


def static_segments(path: str) -> list[str]:
    """Return the segments without parameters."""
    static = (re.sub(r"\{[^{}]*\}", "", segment) for segment in segments_of(path))
    return [segment for segment in static if words(segment)]


def is_plural(text: str) -> bool:
    """Return whether a name is in the plural, judged by its ending."""
    found = words(text)
    return bool(found) and plurals.is_plural(found[-1].lower())


def is_spoken(segment: str) -> bool:
    """Return whether a segment is a verb with its object: `sendMessage`."""
    found = words(segment)
    return len(found) > 1 and found[0].lower() in _SPEAKING


def is_same(one: str, other: str) -> bool:
    """Return whether two names are equal apart from number."""
    return [singular(word.lower()) for word in words(one)] == [singular(word.lower()) for word in words(other)]


def ends_in_parameter(path: str) -> bool:
    """Return whether a path identifies a single item."""
    segments = segments_of(path)
    return bool(segments) and segments[-1].startswith("{")


def route_names(http_method: str, path: str, resource: str | None, collects: bool = False) -> list[str]:
    """Return method names for a route, best first: `GET /users/{id}/posts` of `users` is `list_posts`.

    `collects` is true if the path identifies several items, even if it does not end in a plural.
    """
    nouns = nouns_of(path, resource)
    if nouns and is_spoken(nouns[-1]):
        return [joined(nouns[-1:]), joined(nouns)]
    verb = _VERBS.get(http_method, http_method.lower())
    several = not ends_in_parameter(path)
    key = [] if several else ["by", segments_of(path)[-1]]
    plural = collects or is_plural(nouns[-1] if nouns else "".join(static_segments(path)[-1:]))
    if http_method == "GET" and several and plural:
        verb = "list"
    if not nouns:
        other = joined([verb, *key]) if key and http_method != "PATCH" else http_method.lower()
        return [verb, other]
    if http_method == "POST" and several and not is_plural(nouns[-1]):
        return [joined(nouns[-1:]), joined(nouns), joined([verb, *nouns])]
    things = nouns
    if is_plural(nouns[-1]) and (http_method == "POST" or not several):
        things = [*nouns[:-1], singular(joined(nouns[-1:]))]
    names = [joined([verb, things[-1]]), joined([verb, things[-1], *key]), joined([verb, *things])]
    return [*names, joined([http_method, *things])]


def nouns_of(path: str, resource: str | None) -> list[str]:
    """Return the segments that are not part of the resource name."""
    segments = static_segments(path)
    if resource is not None:
        most = min(len(segments), len(words(resource)))
        if any(is_same("_".join(segments[-size:]), resource) for size in range(2, most + 1)):
            return []
        while segments and is_same(segments[-1], resource):
            segments = segments[:-1] if len(segments) == 1 or is_same(segments[0], resource) else []
        if segments and is_same(segments[0], resource):
            segments = segments[1:]
    return segments


def joined(parts: Sequence[str]) -> str:
    """Return names as one name in snake case."""
    return snake("_".join(word.lower() for part in parts for word in words(part)))
