"""Templates: every path begins with a slash, has its parameters in single braces, and is the path that is requested."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import attrs
from specwire._network.server_url import has_dot_segment

from specwire_codegen.normalize.extensions import SPANS
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.walk import is_extension

_PARAMETER = re.compile(r"\{(\*{1,2}|\+)?([\w.-]+?)(\*{1,2}|[+?]|[:=](?:[^{}]|\{[^{}]*\})*)?\}")
"""A parameter with what frameworks add for those that span slashes, are optional or have a pattern."""
_SPANNING = re.compile(r"\*{1,2}|\+|:path|[:=].*(?:/|\*\*|\.[*+]).*")
"""What frameworks add for those that span slashes: a sign, a converter, or a pattern that slashes match."""
_DOUBLE = re.compile(r"\{\{([\w.-]+)\}\}")
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f\\]")
"""Characters that no URL has: HTTP libraries refuse them, or read a backslash as a slash."""
_SIGN = re.compile(rf"\{{[^{{}}]+\}}|{_UNSENDABLE.pattern}")
"""Such a character, or a whole parameter, whose name is not sent."""


@attrs.frozen
class _Wildcard:
    """A parameter that spans slashes: what it is called in the document and in the template, and what marks it."""

    old: str
    name: str
    mark: str


def apply(data: Node, report: Report) -> Node:
    """Return the document with its paths as templates; braces that are no parameter's are sent as they stand."""
    paths = data.get("paths")
    if not isinstance(paths, dict):
        return data
    settled: dict[str, Any] = {}
    for path, item in paths.items():
        if is_extension(path):
            settled[path] = item
            continue
        place = origin_of(item, pointers.join("/paths", path))
        if (flaw := _misleading(path)) is not None:
            message = f"the path {path!r} {flaw}; its operations are left out"
            report.warning("unsendable-path", message, place, "write the path that the server is asked for")
            continue
        mended, renamed = _with_wildcards(_mended(path), item)
        if mended != path and mended in paths:
            mended, renamed = _mended(path), []
        if re.search(r"[{}]", re.sub(r"\{[^{}]+\}", "", mended)):
            message = f"the path {path!r} has braces that are no parameter's; they are sent as they stand"
            report.warning("bad-path", message, place, "write parameters as {name}, other braces percent-encoded")
        elif _UNSENDABLE.search(re.sub(r"\{[^{}]+\}", "", path)):
            message = f"the path {path!r} has characters that no URL has; read as {mended!r}"
            report.warning("bad-path", message, place, "percent-encode them")
        elif mended != path:
            message = f"the path {path!r} is not a path template; read as {mended!r}"
            report.warning("bad-path", message, place, "begin it with a slash, and write parameters as {name}")
        if "#" in mended:
            message = f"the path {path!r} has a fragment, which is never sent"
            report.warning("path-fragment", message, place, "leave it out, or write %23 if it is part of the path")
        if mended != path and (mended in paths or mended in settled):
            report.error("duplicate-path", f"the path {mended!r} is defined again here", place, "remove one of the two")
        settled[mended] = _renamed(item, renamed, place) if renamed else item
    return {**data, "paths": settled}


def _misleading(path: str) -> str | None:
    """Return why a request of this path would be one of another path; None where it is sent as it is meant."""
    bare, _, fragment = path.partition("#")
    if has_dot_segment(bare.partition("?")[0]):
        return "has the segment '.' or '..', which makes it the path of something else"
    return "has parameters in its fragment, which is never sent" if re.search(r"\{[^{}]+\}", fragment) else None


def _mended(path: str) -> str:
    rooted = path if path.startswith("/") else f"/{path}"
    sent = _SIGN.sub(lambda found: found[0] if len(found[0]) > 1 else quote(found[0]), rooted)
    return _DOUBLE.sub(r"{\1}", sent)


def _with_wildcards(path: str, item: Any) -> tuple[str, list[_Wildcard]]:
    """Return a path with a plain parameter in the place of each wildcard, and the wildcards."""
    declared = set(_names(item))
    wildcards: list[_Wildcard] = []

    def plain(found: re.Match[str]) -> str:
        before, name, after = found.groups()
        if found[0][1:-1] in declared or before == after is None or f"{{{name}}}" in path:
            return found[0]
        if _SPANNING.fullmatch(before or after or ""):
            wildcards.append(_Wildcard(name, name, "allowReserved" if before == "+" else SPANS))
        return f"{{{name}}}"

    segments = _PARAMETER.sub(plain, path).split("/")
    for index, segment in enumerate(segments):
        if segment in ("*", "**"):
            name = _free("path", path, declared)
            segments[index] = f"{{{name}}}"
            wildcards.append(_Wildcard(segment, name, SPANS))
    return "/".join(segments), wildcards


def _free(name: str, path: str, declared: set[str]) -> str:
    while name in declared or f"{{{name}}}" in path:
        name = f"{name}_"
    return name


def _operations(item: Any) -> Iterator[tuple[str, Node]]:
    for key, each in item.items() if isinstance(item, dict) else ():
        if isinstance(each, dict) and "responses" in each:
            yield key, each


def _names(item: Any) -> Iterator[str]:
    for holder in (item, *(each for _, each in _operations(item))):
        for parameter in holder.get("parameters", ()) if isinstance(holder, dict) else ():
            if isinstance(parameter, dict) and parameter.get("in") == "path":
                yield str(parameter.get("name"))


def _renamed(item: Any, wildcards: list[_Wildcard], place: str) -> Any:
    """Return a path item whose wildcards are parameters of all its operations, spanning what follows."""
    if not isinstance(item, dict):
        return item
    found = {**item, **{key: _renamed_in(each, wildcards) for key, each in _operations(item)}}
    declared = set(_names(item))
    added = [_added(each, place) for each in wildcards if each.old.startswith("*") and each.old not in declared]
    if added:
        found["parameters"] = [*(found.get("parameters") or ()), *added]
    return _renamed_in(found, wildcards)


def _added(wildcard: _Wildcard, place: str) -> Node:
    schema = {"type": "string", ORIGIN: place}
    return {
        "name": wildcard.name,
        "in": "path",
        "required": True,
        wildcard.mark: True,
        "description": "What follows, with its slashes; it may be empty.",
        "schema": schema,
        ORIGIN: place,
    }


def _renamed_in(holder: Node, wildcards: list[_Wildcard]) -> Node:
    parameters = holder.get("parameters")
    if not isinstance(parameters, list):
        return holder
    named = {each.old: each for each in wildcards}
    return {**holder, "parameters": [_marked(each, named) for each in parameters]}


def _marked(parameter: Any, wildcards: Mapping[str, _Wildcard]) -> Any:
    if not isinstance(parameter, dict) or parameter.get("in") != "path":
        return parameter
    wildcard = wildcards.get(parameter.get("name", ""))
    return parameter if wildcard is None else {**parameter, "name": wildcard.name, wildcard.mark: True}
