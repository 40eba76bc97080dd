"""`openapi.transforms`: changes of the document, as actions of an overlay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.stainless.paths import UnsupportedPath, standard
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers

_BY_HAND = "write the change into overlay.yaml"
_USED = ("transforms", "transformations")
_IGNORED = ("code_samples", "code_sample_languages")
_NEEDLESS = frozenset({"oneOfToAnyOf", "mergeAllOf", "flattenAllOf", "deduplicate"})
"""Commands for what other generators cannot read; this one can."""


def apply_transforms(config: Node, subject: Subject) -> None:
    """Apply the transforms of a configuration to the document, in order."""
    stated = config.get("openapi")
    if stated is None:
        return
    stated.only(_USED, _IGNORED)
    for key in _USED:
        listed = stated.get(key)
        for node in listed.items() if listed is not None else ():
            _apply(node, subject)


def _apply(node: Node, subject: Subject) -> None:
    stated, reason = node.get("command"), node.get("reason")
    command = stated.text() if stated is not None else None
    if command is None:
        node.fail("a transform has no command", "write command: update")
        return
    if command in _NEEDLESS:
        return
    function = _COMMANDS.get(command)
    if function is None:
        node.leave(f"the command {command!r} is unknown", _BY_HAND)
        return
    arguments = node.get("args") or node
    text = reason.text() if reason is not None else None
    function(arguments, subject, " ".join((text or "").split()))


def _targets(arguments: Node, subject: Subject, key: str = "target", *, existing: bool = True) -> list[str]:
    """Return the pointers that the paths of an argument match."""
    stated = arguments.get(key)
    if stated is None:
        arguments.fail(f"a transform has no {key}", f"write {key}: $.path")
        return []
    nodes = list(stated.items()) if isinstance(stated.value, list) else [stated]
    found: list[str] = []
    for node in nodes:
        if not isinstance(node.value, str):
            node.leave("only paths can be carried over", _BY_HAND)
            continue
        try:
            hits = subject.find(standard(node.value), node)
        except UnsupportedPath as problem:
            node.leave(f"the path {node.value!r} cannot be followed: {problem}", _BY_HAND)
            continue
        if not hits and existing:
            node.leave(
                f"the path {node.value!r} matches nothing", "ignore this if the document no longer needs the change"
            )
        found += hits
    return list(dict.fromkeys(found))


def _value(arguments: Node) -> Node | None:
    for key in ("value", "object"):
        if isinstance(arguments.value, dict) and key in arguments.value:
            return arguments.child(key, arguments.value[key])
    arguments.fail("a transform has no value", "write value:")
    return None


def _update(arguments: Node, subject: Subject, reason: str) -> None:
    value = _value(arguments)
    template = arguments.get("template")
    for pointer in _targets(arguments, subject) if value is not None else ():
        new = value.value if value is not None else None
        if template is not None and template.value is True:
            old = subject.get(pointer)
            if not isinstance(new, str) or not isinstance(old, str):
                arguments.leave("a template needs texts", _BY_HAND)
                continue
            new = new.replace("{{value}}", old)
        _set(pointer, new, arguments, subject, reason)


def _set(pointer: str, value: Any, node: Node, subject: Subject, reason: str) -> None:
    """Set the value at an existing place."""
    if isinstance(subject.get(pointers.parent(pointer)), dict) and pointer:
        subject.replace(pointer, value, node, reason)
    elif not isinstance(value, (dict, list)) and not isinstance(subject.get(pointer), (dict, list)):
        subject.update(pointer, value, node, reason)
    else:
        node.leave("items of a list cannot be replaced by an overlay", _BY_HAND)


def _merge(arguments: Node, subject: Subject, reason: str) -> None:
    value = _value(arguments)
    for pointer in _targets(arguments, subject) if value is not None else ():
        if value is not None:
            _merge_into(pointer, value.value, arguments, subject, reason)


def _merge_into(pointer: str, value: Any, node: Node, subject: Subject, reason: str) -> None:
    """Merge a value deeply; lists and values of another kind replace what was there."""
    old = subject.get(pointer)
    if not isinstance(old, dict) or not isinstance(value, dict):
        _set(pointer, value, node, subject, reason)
        return
    plain: dict[str, Any] = {}
    for key, new in value.items():
        there = old.get(key)
        same_kind = isinstance(there, dict) and isinstance(new, dict)
        if key in old and (same_kind or isinstance(there, (dict, list)) or isinstance(new, (dict, list))):
            _merge_into(pointers.join(pointer, key), new, node, subject, reason)
        else:
            plain[str(key)] = new
    if plain:
        subject.update(pointer, plain, node, reason)


def _append(arguments: Node, subject: Subject, reason: str) -> None:
    value = _value(arguments)
    for pointer in _targets(arguments, subject) if value is not None else ():
        old, new = subject.get(pointer), value.value if value is not None else None
        if isinstance(old, list):
            subject.update(pointer, new if isinstance(new, list) else [new], arguments, reason)
        elif isinstance(old, dict) and isinstance(new, dict):
            present = sorted(set(map(str, new)) & old.keys())
            if present:
                arguments.leave(f"the document has {', '.join(present)} now", "ignore this if it is correct there")
            if rest := {str(key): each for key, each in new.items() if key not in old}:
                subject.update(pointer, rest, arguments, reason)
        else:
            arguments.leave("values can be appended to lists and objects only", _BY_HAND)


def _remove(arguments: Node, subject: Subject, reason: str) -> None:
    keys = arguments.get("keys")
    targets = _targets(arguments, subject)
    if keys is not None:
        names = keys.texts()
        targets = [
            pointers.join(pointer, name) for pointer in targets for name in names if _has(pointer, name, subject)
        ]
    stated = arguments.get("target")
    if targets and keys is None and stated is not None and isinstance(stated.value, str):
        action: dict[str, Any] = {"target": standard(stated.value), "remove": True}
        subject.act(
            {"target": action["target"], **({"description": reason} if reason else {}), "remove": True}, arguments
        )
        return
    for pointer in reversed(targets):
        if subject.get(pointer) is not None or _has(pointers.parent(pointer), pointers.split(pointer)[-1], subject):
            subject.remove(pointer, arguments, reason)


def _has(pointer: str, key: str, subject: Subject) -> bool:
    holder = subject.get(pointer)
    return isinstance(holder, dict) and key in holder


def _copy(arguments: Node, subject: Subject, reason: str) -> None:
    _transfer(arguments, subject, reason, keep=True)


def _move(arguments: Node, subject: Subject, reason: str) -> None:
    _transfer(arguments, subject, reason, keep=False)


def _transfer(arguments: Node, subject: Subject, reason: str, *, keep: bool) -> None:
    """Copy or move a value to a place that may not exist yet."""
    sources = _targets(arguments, subject, "from")
    if len(sources) != 1:
        if sources:
            arguments.leave(f"the path matches {len(sources)} values", _BY_HAND)
        return
    value = subject.get(sources[0])
    stated = arguments.get("to")
    nodes = [] if stated is None else list(stated.items()) if isinstance(stated.value, list) else [stated]
    done = [_put(node, value, arguments, subject, reason) for node in nodes]
    if done and all(done) and not keep:
        subject.remove(sources[0], arguments, reason)


def _put(node: Node, value: Any, arguments: Node, subject: Subject, reason: str) -> bool:
    text = node.text()
    try:
        path = standard(text) if text is not None else ""
    except UnsupportedPath as problem:
        node.leave(f"the path {text!r} cannot be followed: {problem}", _BY_HAND)
        return False
    existing = subject.find(path, node) if path else []
    if existing:
        for pointer in existing:
            _set(pointer, value, arguments, subject, reason)
        return True
    parent, key = _last(path)
    holders = subject.find(parent, node) if key else []
    if not holders:
        node.leave(f"the path {text!r} leads nowhere", _BY_HAND)
        return False
    return all([subject.update(holder, {key: value}, arguments, reason) for holder in holders])


def _last(path: str) -> tuple[str, str]:
    """Return the path without its last name, and that name; empty if the path does not end with a name."""
    if path.endswith("']"):
        start = path.rfind("['")
        return path[:start], path[start + 2 : -2].replace("\\'", "'").replace("\\\\", "\\")
    head, dot, name = path.rpartition(".")
    return (head, name) if dot and name.isidentifier() and not head.endswith(".") else ("", "")


_COMMANDS: Mapping[str, Callable[[Node, Subject, str], None]] = {
    "update": _update,
    "merge": _merge,
    "append": _append,
    "remove": _remove,
    "copy": _copy,
    "move": _move,
}
