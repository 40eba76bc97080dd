"""Tags: each declared once, with declared parents only."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node


def apply(data: Node, report: Report) -> Node:
    """Return the document with every tag declared once; the first declaration wins."""
    if not data.get("tags"):
        return data
    found: dict[str, Node] = {}
    for tag in data["tags"]:
        name = tag["name"]
        if name in found:
            message = f"tag {name!r} is declared twice; the first declaration is used"
            report.warning("duplicate-tag", message, origin_of(tag), "remove one of the two")
        found.setdefault(name, tag)
    return {**data, "tags": [_placed(tag, found, report) for tag in found.values()]}


def _placed(tag: Node, tags: dict[str, Node], report: Report) -> Node:
    """Return a tag without its parent if the parent is undeclared or forms a cycle."""
    seen: list[Any] = [tag["name"]]
    parent = tag.get("parent")
    while parent is not None and parent in tags and parent not in seen:
        seen.append(parent)
        parent = tags[parent].get("parent")
    if parent is None or (parent not in tags and len(seen) > 1) or (parent in seen and parent != tag["name"]):
        return tag
    reason = "is its own ancestor" if parent in tags else f"has the parent {parent!r}, which is not declared"
    place = pointers.join(origin_of(tag), "parent")
    report.warning(
        "bad-tag-parent",
        f"the tag {tag['name']!r} {reason}; the parent is ignored",
        place,
        "use the name of a declared tag as its parent",
    )
    return {key: value for key, value in tag.items() if key != "parent"}
