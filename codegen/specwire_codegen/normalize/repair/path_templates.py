"""Path templates: a leading slash, parameters in single braces, no characters that cannot be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import attrs
from specwire._network.server_url import has_dot_segment

from specwire_codegen.normalize.operations.operations import methods, with_methods
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.styles import SPANS
from specwire_codegen.openapi.walk import is_extension

_PARAMETER = re.compile(r"\{(\*{1,2}|\+)?([\w.-]+?)(\*{1,2}|[+?]|[:=](?:[^{}]|\{[^{}]*\})*)?\}")
"""Parameter with framework syntax for slashes, optional values or patterns."""
_SPANNING = re.compile(r"\*{1,2}|\+|:path|[:=].*(?:/|\*\*|\.[*+]).*")
"""Framework syntax for parameters that contain slashes: a sign, a converter, or a pattern that matches slashes."""
_BRACED = re.compile(r"\{[^{}]+\}")
_DOUBLE = re.compile(r"\{\{([\w.-]+)\}\}")
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f\\]")
"""Characters not allowed in URLs; HTTP libraries reject them or read a backslash as a slash."""
_SIGN = re.compile(rf"\{{[^{{}}]+\}}|{_UNSENDABLE.pattern}")
"""Such a character, or a whole parameter, whose name is not sent."""


@attrs.frozen
class _Wildcard:
    """Parameter that can contain slashes: its names in document and template, and its marker."""

    old: str
    name: str
    mark: str


def apply(data: Node, report: Report) -> Node:
    """Return the document with valid path templates; braces that enclose no parameter are sent literally."""
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
            message = f"the path {path!r} {flaw}; its operations are ignored"
            report.warning("unsendable-path", message, place, "write the path of the request")
            continue
        template, renamed = _with_wildcards(_template(path), item)
        if template != path and template in paths:
            template, renamed = _template(path), []
        if re.search(r"[{}]", _BRACED.sub("", template)):
            message = f"the path {path!r} has braces that enclose no parameter; they are sent literally"
            report.warning("bad-path", message, place, "write parameters as {name}, and percent-encode other braces")
        elif _UNSENDABLE.search(_BRACED.sub("", path)):
            message = f"the path {path!r} has characters that URLs cannot contain; treated as {template!r}"
            report.warning("bad-path", message, place, "percent-encode them")
        elif template != path:
            message = f"the path {path!r} is not a valid path template; treated as {template!r}"
            report.warning("bad-path", message, place, "start it with a slash, and write parameters as {name}")
        if "#" in template:
            message = f"the path {path!r} has a fragment, which is never sent"
            report.warning("path-fragment", message, place, "remove it, or write %23 if it is part of the path")
        if template != path and (template in paths or template in settled):
            report.error("duplicate-path", f"the path {template!r} is defined twice", place, "remove one of the two")
        settled[template] = _renamed(item, renamed, place) if renamed else item
    return {**data, "paths": settled}


def _misleading(path: str) -> str | None:
    """Return the reason why a path would request something else, or None."""
    bare, _, fragment = path.partition("#")
    if has_dot_segment(bare.partition("?")[0]):
        return "has the segment '.' or '..', which changes the requested path"
    return "has parameters in its fragment, which is never sent" if _BRACED.search(fragment) else None


def _template(path: str) -> str:
    rooted = path if path.startswith("/") else f"/{path}"
    sent = _SIGN.sub(lambda found: found[0] if len(found[0]) > 1 else quote(found[0]), rooted)
    return _DOUBLE.sub(r"{\1}", sent)


def _with_wildcards(path: str, item: Any) -> tuple[str, list[_Wildcard]]:
    """Return a path with a plain parameter for each wildcard, and the wildcards."""
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


def _names(item: Any) -> Iterator[str]:
    for holder in (item, *(each for _, each in methods(item))) if isinstance(item, dict) else ():
        for parameter in holder.get("parameters", ()):
            if isinstance(parameter, dict) and parameter.get("in") == "path":
                yield str(parameter.get("name"))


def _renamed(item: Any, wildcards: list[_Wildcard], place: str) -> Any:
    """Return a path item that declares its wildcards as parameters of all operations."""
    if not isinstance(item, dict):
        return item
    found = with_methods(item, {method: _renamed_in(each, wildcards) for method, each in methods(item)})
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
        "description": "Rest of the path, with its slashes; can be empty.",
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
