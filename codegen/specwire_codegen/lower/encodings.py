"""Schema fields whose strings encode another type: base64 bytes and numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

from specwire_codegen.ir import Formats
from specwire_codegen.lower.schema import Schema, component_of, text_type

Encoding: TypeAlias = Literal["bytes", "Decimal", "IntText", "number"]
"""What a field takes as text, or `number` for JSON numbers."""
Fact: TypeAlias = tuple[str, Encoding]
"""The name of a field, and what it takes."""
_SAME = ("items", "additionalProperties")
"""Keywords whose subschemas apply to values of the same field."""
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
_OWN = "x-\0own"
"""The field that has a component as its schema, whatever its name; no document has such a key."""


class Encodings:
    """The encodings of a document's fields, collected once for all schemas that refer to the same components.

    A set of facts is an integer with a bit for each: large components that refer to each other have them in common.
    """

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._bits: dict[Fact, int] = {}
        self._facts: list[Fact] = []
        self._texts = 0
        """The facts about texts."""
        found = {component: _encodings_in([schema], _OWN) for component, schema in schemas.items()}
        self._own = _closed(
            {
                component: self._set(fact for fact in facts if fact[0] == _OWN)
                for component, (facts, _) in found.items()
            },
            {component: {each for name, each in refs if name == _OWN} for component, (_, refs) in found.items()},
        )
        """The facts about a field with the schema of a component."""
        self._inside = _closed(
            {component: self._set(self._named(*each)) for component, each in found.items()},
            {component: {each for _, each in refs} for component, (_, refs) in found.items()},
        )
        """The facts about the fields of a component, at any depth."""

    def formats_of(self, schemas: Sequence[Schema | bool]) -> Formats:
        """Return the names of the fields of bodies, at any depth, that take bytes or numbers as text; "" is a root."""
        facts, references = _encodings_in(schemas, "")
        bits = self._set(self._named(facts, references))
        for _, component in references:
            bits |= self._inside.get(component, 0)
        named: dict[Encoding, set[str]] = {"bytes": set(), "Decimal": set(), "IntText": set()}
        texts = bits & self._texts
        while texts:
            name, encoding = self._facts[texts.bit_length() - 1]
            named[encoding].add(name)
            texts ^= 1 << texts.bit_length() - 1
        numbers = (name for name in named["Decimal"] | named["IntText"] if not self._has(bits, (name, "number")))
        return Formats(*(tuple(sorted(names)) for names in (named["bytes"], named["Decimal"], numbers)))

    def _named(self, facts: Iterable[Fact], references: Iterable[tuple[str, str]]) -> Iterator[Fact]:
        """Yield the facts about the fields of a schema, also of those that refer to a component."""
        yield from (fact for fact in facts if fact[0] != _OWN)
        for name, component in references:
            own = self._own.get(component, 0) if name != _OWN else 0
            yield from ((name, encoding) for encoding in get_args(Encoding) if self._has(own, (_OWN, encoding)))

    def _has(self, bits: int, fact: Fact) -> bool:
        return fact in self._bits and bool(bits >> self._bits[fact] & 1)

    def _set(self, facts: Iterable[Fact]) -> int:
        bits = 0
        for fact in facts:
            if fact not in self._bits:
                self._bits[fact] = len(self._facts)
                self._facts.append(fact)
                self._texts |= (fact[1] != "number") << self._bits[fact]
            bits |= 1 << self._bits[fact]
        return bits


def _encodings_in(schemas: Iterable[Schema | bool], name: str) -> tuple[set[Fact], set[tuple[str, str]]]:
    """Return the facts about a field and those inside, and the component that each of them refers to, by its name."""
    facts: set[Fact] = set()
    references: set[tuple[str, str]] = set()
    waiting: list[tuple[str, Any]] = [(name, schema) for schema in schemas]
    while waiting:
        name, schema = waiting.pop()
        if not isinstance(schema, dict):
            continue
        component = component_of(schema)
        if component is not None:
            references.add((name, component))
            continue
        kind = text_type(schema)
        if kind in ("bytes", "Decimal", "IntText"):
            facts.add((name, kind))
        if kind is None and _takes_numbers(schema):
            facts.add((name, "number"))
        waiting += _inside(name, schema)
    return facts, references


def _takes_numbers(schema: Schema) -> bool:
    """Return whether numbers in a field of this schema may be JSON numbers, by themselves or in an object."""
    kinds = schema.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    if "properties" in schema or {"integer", "number"} & {*listed}:
        return True
    return kinds is None and not any(keyword in schema for keyword in ("allOf", "anyOf", "oneOf", "enum", "const"))


def _inside(name: str, schema: Schema) -> Iterator[tuple[str, Any]]:
    yield from schema.get("properties", {}).items()
    yield from ((name, each) for each in schema.get("patternProperties", {}).values())
    yield from ((name, schema[keyword]) for keyword in _SAME if keyword in schema)
    yield from ((name, each) for keyword in _LISTED for each in schema.get(keyword, ()))


def _closed(own: Mapping[str, int], references: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return the bits of each component with those of all that it refers to."""
    bits = dict(own)
    users: dict[str, list[str]] = {}
    for component, targets in references.items():
        for target in targets:
            users.setdefault(target, []).append(component)
    waiting = deque(component for component, each in own.items() if each)
    queued = {*waiting}
    while waiting:
        component = waiting.popleft()
        queued.discard(component)
        for user in users.get(component, ()):
            if (more := bits[user] | bits[component]) != bits[user]:
                bits[user] = more
                if user not in queued:
                    queued.add(user)
                    waiting.append(user)
    return bits
