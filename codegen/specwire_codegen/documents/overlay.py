"""OpenAPI Overlay 1.0 to 1.2: corrections to external documents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, error, raise_errors, warning
from specwire_codegen.documents.document import Document, Place, Source
from specwire_codegen.documents.json_path import PathError, find
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.json_types import noun_of
from specwire_codegen.openapi.suggest import did_you_mean

_FIELDS = ("target", "description", "update", "copy", "remove")
_REUSABLE = "#/components/actions/"
_MOST_COPIED = 20_000
"""Maximum number of values that all copies of an overlay can add; a list copied into itself doubles."""
_MOST_UPDATED = 500_000
"""Values that updates may add beyond their first targets, all together."""
_VERBS = ("update", "copy", "remove")


def apply(document: Document, overlay: Document) -> Document:
    """Return the document with every action of the overlay applied, in order; actions without a match are warnings.

    Raises DiagnosticError for all actions that are invalid, or do not fit their target.
    """
    actions = overlay.data.get("actions")
    editor = _Editor(overlay, document)
    if isinstance(actions, list):
        for index, action in enumerate(actions):
            editor.act(action, pointers.join("/actions", index))
    else:
        editor.complain("overlay-actions", "the overlay has no list of actions", "/actions", "add `actions:`")
    findings = (*editor.document.findings, *raise_errors(editor.findings))
    dependencies = (*editor.document.dependencies, overlay.file)
    return attrs.evolve(editor.document, findings=findings, dependencies=dependencies)


class _Incompatible(Exception):
    """An update that does not fit its target; carries pointer into the update and message."""


@attrs.define
class _Editor:
    overlay: Document
    document: Document
    findings: list[Diagnostic] = attrs.field(factory=list)
    copied: int = 0
    updated: int = 0

    def complain(self, code: str, message: str, pointer: str, help: str | None = None) -> None:
        """Record an error at a place of the overlay."""
        self.findings.append(error(code, message, self.overlay.locate(pointer), help))

    def act(self, action: Any, at: str) -> None:
        """Apply one action, or record the reason why it cannot be applied."""
        fields = at
        if isinstance(action, dict) and "$ref" in action:
            reused = self._reused(action, at)
            if reused is None:
                return
            action, fields = reused
        if not self._is_sound(action, at):
            return
        found = self._find(action["target"], pointers.join(at, "target"))
        if found is None:
            return
        if not found:
            message = f"the target {action['target']!r} matches nothing"
            where = self.overlay.locate(pointers.join(at, "target"))
            help = "correct the target, or remove the action if the document no longer needs it"
            self.findings.append(warning("overlay-no-match", message, where, help))
        elif action.get("remove"):
            self._remove(found, at)
        elif "copy" in action:
            self._copy(action["copy"], found, fields)
        else:
            self._update(action["update"], found, pointers.join(fields, "update"))

    def _reused(self, action: dict[str, Any], at: str) -> tuple[dict[str, Any], str] | None:
        """Return an action with the fields of the reusable action that it refers to, and their place."""
        ref, own = action["$ref"], {key: value for key, value in action.items() if key != "$ref"}
        place = f"{str(ref).removeprefix('#')}/fields"
        try:
            shared = pointers.get(self.overlay.data, place) if str(ref).startswith(_REUSABLE) else None
        except KeyError:
            shared = None
        if isinstance(shared, dict):
            return {**shared, **own}, place
        help = f"refer to an action below {_REUSABLE}"
        self.complain("overlay-action", f"{ref!r} is not a reusable action", pointers.join(at, "$ref"), help)
        return None

    def _is_sound(self, action: Any, at: str) -> bool:
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            self.complain("overlay-action", "an action must be an object with a 'target'", at, "add `target: $...`")
            return False
        for key in action:
            if key not in _FIELDS and not str(key).startswith("x-"):
                help = did_you_mean(str(key), _FIELDS, f"use one of {', '.join(_FIELDS)}")
                self.complain("overlay-action", f"an action has no field {key!r}", pointers.join(at, key), help)
                return False
        if not isinstance(action.get("remove", False), bool) or not isinstance(action.get("copy", ""), str):
            self.complain("overlay-action", "'remove' must be true or false, 'copy' must be a JSONPath", at)
            return False
        verbs = [verb for verb in _VERBS if verb in action and action[verb] is not False]
        if len(verbs) != 1 and "remove" not in verbs:  # which takes precedence
            listed = " and ".join(verbs) or "nothing to do"
            self.complain(
                "overlay-action", f"the action has {listed}", at, "use exactly one of update, copy and remove: true"
            )
            return False
        return True

    def _find(self, path: str, at: str) -> list[str] | None:
        try:
            return find(path, self.document.data)
        except PathError as problem:
            help = "use the syntax of RFC 9535, such as $.paths['/pets'].get"
            self.complain("overlay-path", f"the JSONPath {path!r} cannot be followed: {problem}", at, help)
            return None

    def _update(self, value: Any, targets: list[str], origin: str) -> None:
        self.updated += (len(targets) - 1) * _size(value, _MOST_UPDATED)
        if self.updated > _MOST_UPDATED:
            message = f"the overlay adds more than {_MOST_UPDATED:,} values"
            self.complain("too-many-values", message, origin, "make the target more specific")
            return
        for target in targets:
            self._merge(value, target, self.overlay, origin)

    def _copy(self, path: str, targets: list[str], at: str) -> None:
        sources = self._find(path, pointers.join(at, "copy"))
        if sources is None:
            return
        if len(sources) != 1:
            message = f"{path!r} matches {len(sources)} values; 'copy' needs exactly one"
            self.complain("overlay-no-match", message, pointers.join(at, "copy"), "make the path more specific")
            return
        value, before = pointers.get(self.document.data, sources[0]), self.document
        self.copied += len(targets) * _size(value, _MOST_COPIED)
        if self.copied > _MOST_COPIED:
            message = f"the overlay copies more than {_MOST_COPIED:,} values"
            self.complain("too-many-values", message, pointers.join(at, "copy"), "use $ref instead of copies")
            return
        for target in targets:
            self._merge(value, target, before, sources[0])

    def _merge(self, value: Any, target: str, source: Source, origin: str) -> None:
        places: list[Place] = []
        try:
            merged = _merged(pointers.get(self.document.data, target), value, target, source, origin, places)
        except _Incompatible as problem:
            pointer, message = problem.args
            where = source.locate(pointer)
            self.findings.append(error("overlay-incompatible", message, where, "remove the target first, then add it"))
            return
        replaced = {new.pointer for new in places}
        kept = [old for old in self.document.places if replaced.isdisjoint(pointers.ancestors(old.pointer))]
        data = pointers.replaced(self.document.data, target, merged)
        self.document = attrs.evolve(self.document, data=data, places=(*kept, *places))

    def _remove(self, targets: list[str], at: str) -> None:
        if "" in targets:
            self.complain("overlay-incompatible", "the whole document cannot be removed", pointers.join(at, "target"))
            return
        for target in sorted(targets, key=_removal_order, reverse=True):
            self.document = _without(self.document, target)


def _removal_order(pointer: str) -> list[tuple[int, str]]:
    indexes = ((pointers.index(token), token) for token in pointers.split(pointer))
    return [(-1, token) if index is None else (index, "") for index, token in indexes]


def _merged(old: Any, new: Any, at: str, source: Source, origin: str, places: list[Place]) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        merged = dict(old)
        for key, value in new.items():
            here, there = pointers.join(at, key), pointers.join(origin, key)
            if key in old:
                merged[key] = _merged(old[key], value, here, source, there, places)
            else:
                merged[key] = value
                places.append(Place(here, source, there))
        return merged
    if isinstance(old, list):
        several = isinstance(new, list)
        added = new if several else [new]
        for index in range(len(added)):
            there = pointers.join(origin, index) if several else origin
            places.append(Place(pointers.join(at, len(old) + index), source, there))
        return [*old, *added]
    if isinstance(old, dict) or isinstance(new, (dict, list)):
        raise _Incompatible(origin, f"{_kind(new)} cannot be merged with {_kind(old)} at #{at}")
    places.append(Place(at, source, origin))
    return new


def _kind(value: Any) -> str:
    return noun_of(value) if isinstance(value, dict | list) else f"the value {value!r}"


def _size(value: Any, most: int) -> int:
    """Return how many values there are in one, counted up to one more than `most`."""
    return sum(1 for _ in islice(_values(value), most + 1))


def _values(value: Any) -> Iterator[Any]:
    """Yield a value and all values nested in it."""
    waiting = [value]
    while waiting:
        yield (each := waiting.pop())
        waiting += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()


def _without(document: Document, target: str) -> Document:
    parent = pointers.parent(target)
    container, token = pointers.get(document.data, parent), pointers.split(target)[-1]
    kept = [place for place in document.places if not pointers.is_within(place.pointer, target)]
    if isinstance(container, dict):
        rest: Any = {key: value for key, value in container.items() if key != token}
    else:
        gone = int(token)
        rest = [value for index, value in enumerate(container) if index != gone]
        later = [pointers.join(parent, index) for index in range(gone, len(container))]
        kept = [place for place in kept if not any(pointers.is_within(place.pointer, each) for each in later)]
        kept += [
            Place(pointers.join(parent, i), document, pointers.join(parent, i + 1)) for i in range(gone, len(rest))
        ]
    return attrs.evolve(document, data=pointers.replaced(document.data, parent, rest), places=tuple(kept))
