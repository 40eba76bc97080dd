"""Paths to words: what a route says of itself, for operations that have no better name."""

from __future__ import annotations

import re

from specwire_codegen.naming import singular, snake, words

_PREFIX = re.compile(r"v\d+(\.\d+)*(alpha|beta)?\d*|api|rest|\d+(\.\d+)*", re.IGNORECASE)
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete", "QUERY": "query"}


def static_segments(path: str) -> list[str]:
    """Return the segments that name things, without parameters and without leading versions and `api`."""
    segments = [segment for segment in path.split("/") if segment]
    while len(segments) > 1 and _PREFIX.fullmatch(segments[0]):
        segments = segments[1:]
    return [segment for segment in segments if "{" not in segment and words(segment)]


def resource_of(path: str) -> str | None:
    """Return the resource that a path belongs to; None for one word alone, which is rather the name of a method."""
    segments = static_segments(path)
    if not segments:
        return None
    alone = len(segments) == 1 and "{" not in path and not is_plural(segments[0])
    return None if alone else snake(segments[0])


def is_plural(text: str) -> bool:
    """Whether a name means several things, as far as its ending tells."""
    found = words(text)
    return bool(found) and singular(found[-1].lower()) != found[-1].lower()


def ends_in_parameter(path: str) -> bool:
    """Whether a path leads to one thing among several."""
    return path.rstrip("/").rpartition("/")[2].startswith("{")


def route_names(http_method: str, path: str, resource: str | None) -> list[str]:
    """Return method names for a route, best first: `GET /users/{id}/posts` of `users` is `list_posts`."""
    segments = static_segments(path)
    nouns = segments[1:] if segments and resource is not None and snake(segments[0]) == resource else segments
    verb = _VERBS.get(http_method, http_method.lower())
    several = not ends_in_parameter(path)
    last = nouns[-1] if nouns else segments[-1] if segments else ""
    if http_method == "GET" and several and is_plural(last):
        verb = "list"
    if not nouns:
        return [verb, http_method.lower()]
    if http_method == "POST" and several and not is_plural(last):
        return [_joined([last]), _joined(nouns), _joined([verb, *nouns])]
    one = [*nouns[:-1], singular(last.lower()) if verb != "list" and is_plural(last) else last]
    return [_joined([verb, one[-1]]), _joined([verb, *one]), _joined([http_method, *one])]


def _joined(parts: list[str]) -> str:
    return "_".join(word.lower() for part in parts for word in words(part))
