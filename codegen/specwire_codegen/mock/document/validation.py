"""Validation against the schemas of the document (Draft 2020-12, formats on)."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final, Literal, TypeAlias

import attrs
import jsonschema_rs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.document.union_errors import precise

Direction: TypeAlias = Literal["request", "response"]
Where: TypeAlias = Literal["path", "query", "querystring", "header", "cookie", "body"]

BASE = "urn:specwire:mock"
FORBIDDEN = "the property must not be sent here"
FOREIGN = {"request": "readOnly", "response": "writeOnly"}
"""The keyword of properties that messages of this direction must not contain."""

RANGES = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
}
"""Limits of integers by format, which servers with fixed types check in requests."""
BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""Form of bytes as text, which clients decode."""


@attrs.frozen
class Violation:
    """A violation of the document by a request; of what was sent, `message` repeats the tags of unions at most."""

    where: Where
    path: tuple[str | int, ...]
    keyword: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(str(step) for step in (self.where, *self.path))}: {self.message}"


class Validators:
    """Compiled validators for messages of one direction, created on first use."""

    def __init__(self, document: Document, direction: Direction, *, exact: bool = False) -> None:
        """Prepare the document's schemas for this direction.

        `exact` also holds responses to formats that JSON Schema only names: the range of integers, and base64.
        """
        self._document = document
        self._ranged = exact or direction == "request"
        self._exact = exact
        self.mark: Final = FOREIGN[direction]
        """The keyword of properties that messages of this direction must not contain."""
        schemas = document.data.get("components", {}).get("schemas", {})
        components = {"schemas": {name: self._view(schema) for name, schema in schemas.items()}}
        resource = {"components": components, "paths": document.data.get("paths", {})}
        self._registry = jsonschema_rs.Registry([(BASE, resource)], draft=jsonschema_rs.Draft202012)
        self._compiled: dict[int, tuple[Schema, jsonschema_rs.Draft202012Validator]] = {}

    def accepts(self, schema: Schema, value: Any) -> bool:
        """Return True if the value is valid against a schema of the document."""
        return self._validator(schema).is_valid(value)

    def violations(self, schema: Schema, value: Any, where: Where, *above: str | int) -> Iterator[Violation]:
        """Yield the violations of the value; `above` is the path to it in the request."""
        for error in chain.from_iterable(map(precise, self._validator(schema).iter_errors(value))):
            message = FORBIDDEN if error.keyword == "falseSchema" else error.message
            yield Violation(where, (*above, *error.path), error.keyword, message)

    def _validator(self, schema: Schema) -> jsonschema_rs.Draft202012Validator:
        known = self._compiled.get(id(schema))
        if known is not None:
            return known[1]
        try:
            made = jsonschema_rs.Draft202012Validator(
                self._absolute(self._view(schema)),
                registry=self._registry,
                validate_formats=True,
                mask="the value",
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise MockError(f"a schema of the document cannot be used: {error}. Correct the document") from error
        # Keep the schema with its validator: Python reuses the id of a freed object.
        self._compiled[id(schema)] = (schema, made)
        return made

    def _view(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._view(item) for item in node]
        if not isinstance(node, dict):
            return node
        seen = {name: self._view(member) for name, member in node.items()}
        limits = RANGES.get(node["format"]) if isinstance(node.get("format"), str) else None
        if limits is not None and "integer" in _types(node) and self._ranged:
            for keyword, limit in limits.items():
                seen.setdefault(keyword, limit)
        if self._exact and "base64" in (node.get("contentEncoding"), {"byte": "base64"}.get(str(node.get("format")))):
            seen["allOf"] = [*seen.get("allOf", ()), {"pattern": BASE64}]
        properties = node.get("properties")
        if isinstance(properties, dict):
            foreign = {name for name, member in properties.items() if self._is_foreign(member)}
            if foreign:
                seen["properties"] |= dict.fromkeys(foreign, False)
                seen["required"] = [name for name in node.get("required", ()) if name not in foreign]
        return seen

    def _is_foreign(self, schema: Any) -> bool:
        if not isinstance(schema, dict):
            return False
        return schema.get(self.mark) is True or ("$ref" in schema and self._is_foreign(self._document.resolve(schema)))

    def _absolute(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._absolute(item) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        moved = {name: self._absolute(member) for name, member in node.items()}
        if isinstance(reference, str) and reference.startswith("#"):
            moved["$ref"] = BASE + reference
        return moved


def _types(node: dict[str, Any]) -> list[Any]:
    found = node.get("type")
    return found if isinstance(found, list) else [found]
