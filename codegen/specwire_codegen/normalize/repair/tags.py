"""Tags: each declared once, and below no tag but those that are declared."""

from __future__ import annotations

from typing import Any

from specwire_codegen.normalize.source_map import Report, origin_of
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node


def apply(data: Node, report: Report) -> Node:
    """Return the document with every tag declared once; of those declared again, the first counts."""
    if not data.get("tags"):
        return data
    found: dict[str, Node] = {}
    for tag in data["tags"]:
        name = tag["name"]
        if name in found:
            message = f"the tag {name!r} is declared again; the first declaration counts"
            report.warning("duplicate-tag", message, origin_of(tag), "remove one of the two")
        found.setdefault(name, tag)
    return {**data, "tags": [_placed(tag, found, report) for tag in found.values()]}


def _placed(tag: Node, tags: dict[str, Node], report: Report) -> Node:
    """Return a tag without its parent if that is not declared, or leads back to the tag."""
    seen: list[Any] = [tag["name"]]
    parent = tag.get("parent")
    while parent is not None and parent in tags and parent not in seen:
        seen.append(parent)
        parent = tags[parent].get("parent")
    if parent is None or (parent not in tags and len(seen) > 1) or (parent in seen and parent != tag["name"]):
        return tag
    reason = "leads back to itself" if parent in tags else f"has the parent {parent!r}, which is not declared"
    place = pointers.join(origin_of(tag), "parent")
    report.warning("bad-tag-parent", f"the tag {tag['name']!r} {reason}; it has none", place, "correct the parent")
    return {key: value for key, value in tag.items() if key != "parent"}
