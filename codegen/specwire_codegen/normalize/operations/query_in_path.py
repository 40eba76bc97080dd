"""Query parameters in path templates, which repeat declared parameters."""

from __future__ import annotations

import re

from specwire_codegen.normalize.operations.operations import methods
from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.walk import is_extension

_EXPANSION = re.compile(r"\{[?&]([^{}]*)\}")
_PAIR = re.compile(r"[^={}]+=\{([^{}]*)\}")


def without_declared_queries(paths: Node, report: Report) -> Node:
    """Return paths without `?a={a}` and `{?a}` if every operation declares `a` as a query parameter."""
    separated: Node = {}
    for path, item in paths.items():
        shorter = path if is_extension(path) else _without_query(path, _queried(item))
        if shorter != path and shorter not in paths and shorter not in separated:
            message = f"the path {path!r} repeats its query parameters; treated as {shorter!r}"
            report.warning("query-in-path", message, origin_of(item), f"write {shorter!r}")
            separated[shorter] = item
        else:
            separated[path] = item
    return separated


def _queried(item: Node) -> frozenset[str]:
    """Return the names that are query parameters in all operations of a path and path parameters in none."""
    found: list[set[str]] = []
    for _, operation in methods(item):
        parameters = operation.get("parameters", [])
        names = {
            place: {str(one.get("name")) for one in parameters if one.get("in") == place} for place in ("query", "path")
        }
        found.append(names["query"] - names["path"])
    return frozenset(set.intersection(*found)) if found else frozenset()


def _without_query(path: str, queried: frozenset[str]) -> str:
    path = _EXPANSION.sub(lambda hit: "" if set(hit[1].split(",")) <= queried else hit[0], path)
    base, mark, query = path.partition("?")
    if not mark or "{" in base.rpartition("}")[2]:
        return path
    left = [pair for pair in query.split("&") if not ((hit := _PAIR.fullmatch(pair)) and hit[1] in queried)]
    return f"{base}?{'&'.join(left)}" if left else base
