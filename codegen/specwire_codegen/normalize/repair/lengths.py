"""Length limits of names and paths, checked before any code is generated from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.walk import walk

NAME = 1_000
"""Longest operationId, tag or component name, in characters."""
PATH = 8_000
"""Longest path, in characters; servers have a similar limit for request lines."""


def apply(data: Node, report: Report) -> Node:
    """Report each name and path of stamped data that is too long."""
    for what, text, longest, place in _named(data):
        if isinstance(text, str) and len(text) > longest:
            message = f"{what} of {len(text):,} characters is too long: {text[:50]!r} ..."
            report.error("too-long", message, place, f"use at most {longest:,} characters")
    return data


def _named(data: Node) -> Iterator[tuple[str, Any, int, str]]:
    for keyword in ("paths", "webhooks"):
        for path, item in _members(data.get(keyword)):
            yield "a path" if keyword == "paths" else "a name", path, PATH, origin_of(item, f"/{keyword}")
    for kind, components in _members(data.get("components")):
        for name, component in _members(components):
            yield "the name of a component", name, NAME, origin_of(component, f"/components/{kind}")
    for number, tag in enumerate(data["tags"] if isinstance(data.get("tags"), list) else ()):
        if isinstance(tag, dict):
            yield "the name of a tag", tag.get("name"), NAME, pointers.join("/tags", number)
    for node, _, _ in walk(data, "openapi", kinds=frozenset({"operation"})):
        yield "an operationId", node.get("operationId"), NAME, origin_of(node)
        for tag in node["tags"] if isinstance(node.get("tags"), list) else ():
            yield "a tag", tag, NAME, origin_of(node)


def _members(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
