"""Values of form fields, by the encoding that the document gives them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote_plus

import attrs

from specwire_codegen.mock.document.document import Schema
from specwire_codegen.mock.document.operations import Parameter
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.request.parameters import Deserializer, Pair, is_list
from specwire_codegen.openapi.media_types import is_json
from specwire_codegen.openapi.objects import STYLE_KEYS

FORM: Final = "application/x-www-form-urlencoded"

Encodings = Mapping[str, Mapping[str, Any]]


@attrs.frozen(eq=False)
class FormReader:
    """Reader of forms as JSON values."""

    deserializer: Deserializer

    def read(self, schema: Schema, encodings: Encodings, found: Sequence[Pair]) -> dict[str, Any]:
        """Return the fields of a form, still percent-encoded, as an object.

        Fields with a style are read like query parameters. Without one, each field of a name is an item of its list,
        and an object or a nested list is JSON.
        """
        properties = self.deserializer.document.properties(schema)
        parameters = list(_styled(properties, encodings))
        value: dict[str, Any] = {}
        taken: set[str] = set()
        for parameter in parameters:
            read = self.deserializer.fields(parameter, found, properties.keys() - {parameter.name})
            if read is not ABSENT:
                value[parameter.name] = read
                taken |= {name for name, _ in found if _is_of(parameter, unquote_plus(name), read)}
        others: dict[str, list[str]] = {}
        for name, text in found:
            if name not in taken:
                others.setdefault(unquote_plus(name), []).append(unquote_plus(text))
        for name, texts in others.items():
            whole = is_json(encodings.get(name, {}).get("contentType", ""))
            value[name] = self._plain(properties.get(name, self._others(schema)), texts, whole)
        return value

    def _others(self, schema: Schema) -> Schema:
        """Return the schema of the fields that the document does not name."""
        variants = self.deserializer.document.variants(schema)
        stated = (one.get("additionalProperties") for one in variants)
        return next((one for one in stated if isinstance(one, dict)), True)

    def _plain(self, schema: Schema, texts: list[str], whole: bool) -> Any:
        document = self.deserializer.document
        single = self._value(schema, texts[-1], whole)
        types = document.types(schema)
        if "array" not in types or whole:
            return single
        items = next((one["items"] for one in document.variants(schema) if "items" in one), True)
        several = [self._value(items, text, False) for text in texts]
        readings = [several, single] if is_list(types, texts) else [single, several]
        accepts = self.deserializer.coercion.validators.accepts
        return next((one for one in readings if accepts(schema, one)), readings[0])

    def _value(self, schema: Schema, text: str, whole: bool) -> Any:
        """Return the value of a text: JSON if it is declared as such, or if an object or a list may be meant."""
        if whole or self.deserializer.document.types(schema) & {"object", "array"}:
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                value = None
            if whole or isinstance(value, dict | list):
                return value
        return self.deserializer.coercion.typed(schema, text)


def _styled(properties: Mapping[str, Schema], encodings: Encodings) -> Iterator[Parameter]:
    for name, encoding in encodings.items():
        if encoding.keys() & STYLE_KEYS:
            style = encoding.get("style", "form")
            explode = bool(encoding.get("explode", style == "form"))
            yield Parameter(name, "query", False, style, explode, properties.get(name, True), None)


def _is_of(parameter: Parameter, name: str, value: Any) -> bool:
    """Return whether a field belongs to the value of a styled parameter."""
    if parameter.style == "deepObject":
        return name.startswith(f"{parameter.name}[")
    return name == parameter.name or (parameter.explode and isinstance(value, dict) and name in value)
