"""Operations: `x-speakeasy-*` of the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.documents.routes import Routed
from specwire_codegen.migrate.description import Description
from specwire_codegen.migrate.events import EVENTS
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import snake, words
from specwire_codegen.openapi.media_types import base_type

_OVERRIDE = "x-speakeasy-name-override"
_SIMPLE = re.compile(r"(\^?)((?:\.\*)?)([A-Za-z0-9_-]*)((?:\.\*)?)(\$?)")
"""Patterns that are read: a text, with anything before or after it."""
_LEFT = {
    "x-speakeasy-retries": ("retries of an operation are not carried over", "pass retry= to the client"),
    "x-speakeasy-globals": ("global parameters are not carried over", "pass them where you call the methods"),
    "x-speakeasy-polling": ("polling is not carried over", "describe it with x-specwire-polling"),
    "x-speakeasy-timeout": ("timeouts are not carried over", "pass timeout= to the client"),
    "x-speakeasy-webhooks": ("webhooks are not generated", "write them by hand, in overrides/"),
}


@attrs.frozen
class Rename:
    """A method name for all operations whose id matches a simple pattern."""

    begins: bool
    text: str
    ends: bool
    name: str

    def matches(self, id_: str) -> bool:
        """Return whether an operationId matches."""
        if self.begins and self.ends:
            return id_ == self.text
        if self.begins:
            return id_.startswith(self.text)
        return id_.endswith(self.text) if self.ends else self.text in id_


def read_operations(subject: Subject, description: Description, findings: list[Diagnostic], *, whole: bool) -> None:
    """Add the names of operations to a description; apply the ends of streams to the document.

    With `whole`, the document has all of its hints: an operation without any has the name that Speakeasy gives it.
    """
    root = Node(subject.document.data, subject.document, "", findings)
    renames = list(_renames(root))
    _leave(root)
    _name_servers(root, subject)
    for each in subject.routes().operations:
        raw = subject.get(each.item)
        if not isinstance(raw, dict):
            continue
        node = Node(raw, subject.document, each.item, findings)
        if raw.get("x-speakeasy-ignore") is True:
            description.omitted[each.route] = "x-speakeasy-ignore"
            continue
        for name in _names(node, each, renames) if whole or raw.keys() & {_OVERRIDE, "x-speakeasy-group"} else ():
            description.add_method(each.route, name, node)
        _end_streams(each.item, node, subject)
        _leave(node)


def _leave(node: Node) -> None:
    for key, (message, help_) in _LEFT.items():
        if (stated := node.get(key)) is not None:
            stated.leave(message, help_)


def _renames(root: Node) -> Iterator[Rename]:
    stated = root.get(_OVERRIDE)
    for node in stated.items() if stated is not None else ():
        pattern, name = node.get("operationId"), node.get("methodNameOverride")
        text, chosen = pattern.text() if pattern is not None else None, name.text() if name is not None else None
        if not text or not chosen:
            continue
        found = _SIMPLE.fullmatch(text)
        if found is None:
            node.leave(f"the pattern {text!r} is not applied", "name its operations in [operations]")
            continue
        start, before, fixed, after, end = found.groups()
        yield Rename(bool(start) and not before, fixed, bool(end) and not after, chosen)


def _name_servers(root: Node, subject: Subject) -> None:
    servers = subject.get("/servers")
    for index, server in enumerate(servers if isinstance(servers, list) else ()):
        name = server.get("x-speakeasy-server-id") if isinstance(server, dict) else None
        if isinstance(name, str) and "name" not in server:
            subject.update(f"/servers/{index}", {"name": name}, root, "x-speakeasy-server-id")


def _names(node: Node, operation: Routed[str], renames: Sequence[Rename]) -> list[str]:
    """Return the dotted names of a method: one for each of its groups, which are stated, or else its tags."""
    stated, group = node.get(_OVERRIDE), node.get("x-speakeasy-group")
    method = stated.text() if stated is not None else None
    if method is None and operation.id is not None:
        method = next((each.name for each in renames if each.matches(operation.id)), operation.id)
    if not method:
        return []
    tags = node.value.get("tags")
    if group is not None:
        groups = group.texts()
    else:
        groups = [each for each in tags if isinstance(each, str)] if isinstance(tags, list) else []
    paths = [[snake(part) for part in each.split(".") if words(part)] for each in groups] or [[]]
    return [".".join([*path, snake(method)]) for path in paths]


def _end_streams(operation: str, node: Node, subject: Subject) -> None:
    """State the data of the event that ends a stream."""
    for response in subject.successes(operation):
        content = subject.get(pointers.join(response, "content"))
        for media_type in list(content) if isinstance(content, dict) else ():
            pointer = pointers.join(response, "content", media_type)
            media = subject.get(pointer)
            sentinel = media.get("x-speakeasy-sse-sentinel") if isinstance(media, dict) else None
            known = media.get("x-specwire-stream") if isinstance(media, dict) else None
            if isinstance(sentinel, str) and sentinel and base_type(media_type) == EVENTS and known is None:
                value = {"x-specwire-stream": {"terminator": sentinel}}
                subject.update(pointer, value, node, "x-speakeasy-sse-sentinel")
