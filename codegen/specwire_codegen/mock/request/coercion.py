"""Conversion of texts of a URL, header or form to the JSON types of their schema."""

import re
from collections.abc import Iterator
from typing import Any

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.validation import Validators

INTEGER = re.compile(r"-?\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
WORDS = {"true": True, "false": False}


@attrs.frozen(eq=False)
class Coercion:
    """Converter from texts to JSON values, guided by schemas."""

    document: Document
    validators: Validators

    def typed(self, schema: Schema, raw: Any) -> Any:
        """Return texts, lists and mappings of texts as the most likely JSON value of the schema."""
        match raw:
            case str():
                return self._scalar(schema, raw)
            case list():
                return self._array(schema, raw)
            case dict():
                return self._object(schema, raw)
            case _:
                return raw

    def _scalar(self, schema: Schema, raw: str) -> Any:
        types = self.document.types(schema) or {"string"}
        fitting = [value for kind, value in _readings(raw) if kind in types]
        for value in fitting:
            if self.validators.accepts(schema, value):
                return value
        return fitting[0] if fitting else raw

    def _array(self, schema: Schema, raw: list[Any]) -> Any:
        items = next((one["items"] for one in self.document.variants(schema) if "items" in one), True)
        return [self.typed(items, item) for item in raw]

    def _object(self, schema: Schema, raw: dict[str, Any]) -> Any:
        declared = self.document.properties(schema)
        others = next(
            (
                one["additionalProperties"]
                for one in self.document.variants(schema)
                if isinstance(one.get("additionalProperties"), dict)
            ),
            True,
        )
        return {name: self.typed(declared.get(name, others), value) for name, value in raw.items()}


def _readings(raw: str) -> Iterator[tuple[str, Any]]:
    if INTEGER.fullmatch(raw):
        yield "integer", int(raw)
        yield "number", int(raw)
    elif NUMBER.fullmatch(raw):
        yield "number", float(raw)
    if raw in WORDS:
        yield "boolean", WORDS[raw]
    if raw in {"", "null"}:
        yield "null", None
    yield "string", raw
