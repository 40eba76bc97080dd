"""Values of a configuration that know their place in its file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, error, warning
from specwire_codegen.documents.document import Source
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.json_types import noun_of
from specwire_codegen.openapi.suggest import did_you_mean

_FORMS: dict[type, tuple[str, str]] = {
    dict: ("an object", "indent its lines: `key: value`"),
    list: ("a list", "write a line with a dash for each item"),
    str: ("a string", "put it into quotes"),
    bool: ("a boolean", "write true or false, without quotes"),
}
_MOST_TEXT = 10_000
"""Maximum length of a text, in characters."""


@attrs.frozen
class Node:
    """A value of a configuration; mistakes, and parts that cannot be carried over, are added to `findings`."""

    value: Any
    source: Source = attrs.field(repr=False)
    pointer: str
    findings: list[Diagnostic] = attrs.field(repr=False)

    @property
    def name(self) -> str:
        """Key of the value."""
        return pointers.split(self.pointer)[-1] if self.pointer else ""

    @property
    def place(self) -> Location:
        """Location in the file."""
        return self.source.locate(self.pointer)

    def fail(self, message: str, help: str) -> None:
        """Record an error."""
        self.findings.append(error("bad-config", message, self.place, help))

    def leave(self, message: str, help: str) -> None:
        """Record something that is not carried over, and what to do about it."""
        self.findings.append(warning("config-not-carried", message, self.place, help))

    def child(self, key: str | int, value: Any) -> Node:
        """Return a member."""
        return Node(value, self.source, pointers.join(self.pointer, key), self.findings)

    def get(self, key: str) -> Node | None:
        """Return a member of an object, or None if it is absent or null."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return None if value is None else self.child(key, value)

    def at(self, *keys: str) -> Node | None:
        """Return a nested member, or None."""
        node: Node | None = self
        for key in keys:
            node = node.get(key) if node is not None else None
        return node

    def members(self) -> Iterator[tuple[str, Node]]:
        """Yield the members of an object; another value is an error."""
        if self._is(dict):
            yield from ((key, self.child(key, value)) for key, value in self.value.items())

    def items(self) -> Iterator[Node]:
        """Yield the items of a list; another value is an error."""
        if self._is(list):
            yield from (self.child(index, value) for index, value in enumerate(self.value))

    def text(self) -> str | None:
        """Return a text; another value is an error, and None."""
        if not self._is(str):
            return None
        if len(self.value) > _MOST_TEXT:
            self.fail(f"{self.name or 'the text'} has more than {_MOST_TEXT:,} characters", "shorten it")
            return None
        return str(self.value)

    def texts(self) -> list[str]:
        """Return a text, or the texts of a list."""
        nodes = list(self.items()) if isinstance(self.value, list) else [self]
        return [text for each in nodes if (text := each.text()) is not None]

    def flag(self) -> bool:
        """Return a boolean; another value is an error, and False."""
        return bool(self.value) if self._is(bool) else False

    def _is(self, kind: type) -> bool:
        if isinstance(self.value, kind):
            return True
        what = self.name or "the configuration"
        noun, form = _FORMS[kind]
        self.fail(f"{what} must be {noun}, got {noun_of(self.value)}", form)
        return False

    def only(self, used: Collection[str], ignored: Collection[str] = ()) -> None:
        """Record each member that is unknown; those in `ignored` mean nothing for a Python client."""
        for key, node in self.members():
            if key not in used and key not in ignored:
                help_ = did_you_mean(key, used, "check whether the Python client needs it")
                node.leave(f"the key {key!r} is unknown", help_)
