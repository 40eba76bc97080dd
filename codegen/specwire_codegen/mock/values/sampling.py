"""Values sampled from a schema: deterministic, valid and as complete as the schema allows."""

from collections import Counter
from collections.abc import Iterator
from math import ceil, floor
from typing import Any, Final

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.values import patterns

DEPTH: Final = 6
"""Nesting depth below which only required members are sampled."""
BOTTOM: Final = 12
"""Nesting depth at which sampling fails: a schema that requires itself has no finite value."""

ITEMS: Final = 1000
"""Maximum number of sampled array items and object members, whatever the schema demands."""
VALUES: Final = 20_000
"""Maximum number of sampled values in a response."""
CHARACTERS: Final = 2**20
"""Maximum number of characters in all its texts."""

FORMATS: Final = {
    "byte": "c3BlY3dpcmU=",
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "decimal": "12.50",
    "duration": "P1DT12H",
    "email": "user@example.com",
    "hostname": "host.example.com",
    **dict.fromkeys(("int32", "int64", "uint32", "uint64"), "42"),
    "idn-email": "user@example.com",
    "idn-hostname": "host.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "iri": "https://example.com/a",
    "iri-reference": "/a",
    "json-pointer": "/a",
    "regex": "^a$",
    "relative-json-pointer": "1/a",
    "time": "03:04:05Z",
    "uri": "https://example.com/a",
    "uri-reference": "/a",
    "uri-template": "/a/{b}",
    "uuid": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
}


@attrs.frozen(eq=False)
class Sampler:
    """Sampler for the schemas of one document."""

    document: Document
    validators: Validators
    full: bool = True
    """True if values have optional members, as far as the schema allows."""
    _drawn: dict[int, tuple[Schema, Any]] = attrs.field(factory=dict, init=False)

    def draw(self, schema: Schema) -> Any:
        """Return a valid value of the schema; if none is found, the most complete attempt."""
        known = self._drawn.get(id(schema))
        if known is None:
            value = fullest = next(self._attempts(schema), None)
            if not self.validators.accepts(schema, fullest):
                value = next((one for one in self._attempts(schema) if self.validators.accepts(schema, one)), fullest)
            # Keep the schema with its value: Python reuses the id of a freed object.
            known = self._drawn[id(schema)] = (schema, value)
        return known[1]

    def _attempts(self, schema: Schema) -> Iterator[Any]:
        for full in (self.full, not self.full):
            for branch in range(4):
                try:
                    yield _Draw(self.document, self.validators, full, branch).value(schema, 0)
                except RecursionError:
                    continue


@attrs.frozen(eq=False)
class _Draw:
    """One attempt: with or without optional members, and with a preference among union branches."""

    document: Document
    validators: Validators
    full: bool
    branch: int
    _left: Counter[str] = attrs.field(factory=lambda: Counter(values=VALUES, characters=CHARACTERS), init=False)

    def value(self, schema: Schema, depth: int) -> Any:
        self._left["values"] -= 1
        if depth > BOTTOM or self._left["values"] < 0:
            raise RecursionError
        if isinstance(schema, bool):
            return {}
        merged = self._merged(schema)
        for candidate in _stated(merged):
            if self.validators.accepts(schema, candidate):
                return candidate
        branches = merged.get("oneOf") or merged.get("anyOf")
        if branches:
            return self._union(merged, branches, depth)
        return self._typed(merged, depth)

    def _union(self, merged: dict[str, Any], branches: list[Schema], depth: int) -> Any:
        ranked = sorted(branches, key=lambda one: self.document.types(one) == {"null"})
        rest = {name: member for name, member in merged.items() if name not in {"oneOf", "anyOf", "discriminator"}}
        for index in range(len(ranked)):
            chosen = ranked[(self.branch + index) % len(ranked)]
            try:
                return self.value(_joined(rest, self._merged(chosen)) if rest else chosen, depth + 1)
            except RecursionError:
                continue
        raise RecursionError

    def _merged(self, schema: Schema) -> dict[str, Any]:
        """Return the schema with its reference and its `allOf` members merged."""
        if isinstance(schema, bool):
            return {}
        merged = {name: member for name, member in schema.items() if name not in {"$ref", "allOf"}}
        if "$ref" in schema:
            merged = _joined(self._merged(self.document.resolve(schema)), merged)
        for member in schema.get("allOf", ()):
            merged = _joined(merged, self._merged(member))
        return merged

    def _typed(self, schema: dict[str, Any], depth: int) -> Any:
        named = schema.get("type", ())
        types = [named] if isinstance(named, str) else list(named)
        kinds = [kind for kind in types if kind != "null"] or types or sorted(self.document.types(schema))
        match kinds[0] if kinds else "object" if "required" in schema else "string":
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "integer" | "number" as kind:
                return _number(schema, whole=kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
            case _:
                text = _string(schema)[: self._left["characters"]]
                self._left["characters"] -= len(text)
                return text

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties: dict[str, Schema] = schema.get("properties", {})
        foreign = {name for name, member in properties.items() if self._is_foreign(member)}
        required = [name for name in schema.get("required", ()) if name not in foreign][:ITEMS]
        drawn: dict[str, Any] = {}
        for name, member in properties.items():
            if name in required:
                drawn[name] = self.value(member, depth + 1)
            elif self.full and depth < DEPTH and name not in foreign:
                try:
                    drawn[name] = self.value(member, depth + 1)
                except RecursionError:
                    continue
        others = schema.get("additionalProperties", True)
        for name in required:
            if name not in drawn:
                drawn[name] = self.value(others, depth + 1)
        index = 0
        while len(drawn) < min(schema.get("minProperties", 0), ITEMS) and others is not False:
            index += 1
            drawn[f"key{index}"] = self.value(others, depth + 1)
        return drawn

    def _is_foreign(self, member: Schema) -> bool:
        return any(one.get(self.validators.mark) is True for one in self.document.variants(member))

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        items: Schema = schema.get("items", True)
        least: int = schema.get("minItems", 0)
        drawn = [self.value(item, depth + 1) for item in schema.get("prefixItems", ())[:ITEMS]]
        wanted = max(least, 1 if self.full and depth < DEPTH and schema.get("maxItems", 1) > 0 else 0)
        while len(drawn) < min(wanted, ITEMS):
            try:
                item = self.value(items, depth + 1)
            except RecursionError:
                if len(drawn) < least and self._left["values"] > 0:
                    raise
                break
            drawn.append(_another(item, len(drawn)) if schema.get("uniqueItems") and item in drawn else item)
        return drawn


def _stated(schema: dict[str, Any]) -> Iterator[Any]:
    if "const" in schema:
        yield schema["const"]
    yield from schema.get("enum", ())
    for name in ("default", "example"):
        if name in schema:
            yield schema[name]
    yield from schema.get("examples", ()) if isinstance(schema.get("examples"), list) else ()


def _joined(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    joined = {**left, **right}
    if "properties" in left and "properties" in right:
        joined["properties"] = {**left["properties"], **right["properties"]}
    if "required" in left and "required" in right:
        joined["required"] = list(dict.fromkeys([*left["required"], *right["required"]]))
    return joined


def _another(item: Any, index: int) -> Any:
    if isinstance(item, str):
        return f"{item}{index}"
    return item + index if isinstance(item, int | float) and not isinstance(item, bool) else item


def _number(schema: dict[str, Any], *, whole: bool) -> int | float:
    lows: list[float] = [schema[name] for name in ("minimum", "exclusiveMinimum") if name in schema]
    highs: list[float] = [schema[name] for name in ("maximum", "exclusiveMaximum") if name in schema]
    low, high = max(lows, default=None), min(highs, default=None)
    step: float | None = schema.get("multipleOf", 1 if whole else None)
    value = _stepped(schema, low, high, step) if step else _between(schema, low, high)
    return int(value) if whole else value


def _stepped(schema: dict[str, Any], low: float | None, high: float | None, step: float) -> float:
    """Return the smallest allowed multiple, or the largest if there is no lower bound."""
    if low is None and (high is None or high >= step):
        low = step
    if low is not None:
        value = ceil(low / step) * step
        return value + step if value == schema.get("exclusiveMinimum") else value
    value = floor((high or 0) / step) * step
    return value - step if value == schema.get("exclusiveMaximum") else value


def _between(schema: dict[str, Any], low: float | None, high: float | None) -> float:
    if low is not None and low != schema.get("exclusiveMinimum"):
        return low
    if low is not None:
        return low + 1 if high is None else (low + high) / 2
    if high is None or high > 1:
        return 1
    return high - 1 if high == schema.get("exclusiveMaximum") else high


def _length(stated: float) -> int:
    return int(min(stated, CHARACTERS))


def _string(schema: dict[str, Any]) -> str:
    least, most = _length(schema.get("minLength", 0)), schema.get("maxLength")
    most = None if most is None else _length(most)
    if "pattern" in schema:
        drawn = patterns.draw(schema["pattern"], least, most)
        if drawn is not None:
            return drawn
    text = FORMATS.get(schema.get("format", ""), "text")
    if len(text) < least:
        text = patterns.repeated(text, least)[:least]
    return text if most is None else text[:most]
