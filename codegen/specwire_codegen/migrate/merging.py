"""A document merged with another one, as actions of an overlay."""

from __future__ import annotations

from typing import Any

from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers

_DEPTH = 100


def merge(value: Any, pointer: str, node: Node, subject: Subject, reason: str, depth: int = 0) -> None:
    """Merge a value into the place at a pointer: objects by key, lists of objects by index, others replace."""
    old = subject.get(pointer)
    if isinstance(old, dict) and isinstance(value, dict) and depth < _DEPTH:
        plain: dict[str, Any] = {}
        for key, new in value.items():
            there = old.get(key)
            if key in old and isinstance(there, (dict, list)) or key in old and isinstance(new, (dict, list)):
                merge(new, pointers.join(pointer, key), node.child(key, new), subject, reason, depth + 1)
            elif key not in old or there != new:
                plain[str(key)] = new
        if plain:
            subject.update(pointer, plain, node, reason)
    elif (
        isinstance(old, list)
        and isinstance(value, list)
        and old
        and all(isinstance(each, dict) for each in old + value)
    ):
        for index, new in enumerate(value[: len(old)]):
            merge(new, pointers.join(pointer, index), node.child(index, new), subject, reason, depth + 1)
        if value[len(old) :]:
            subject.update(pointer, value[len(old) :], node, reason)
    elif old != value:
        subject.replace(pointer, value, node, reason)
