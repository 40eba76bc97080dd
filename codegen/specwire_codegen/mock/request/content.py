"""Request bodies as values: JSON, form, multipart, text and binary, checked against the document."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.operations import Body, MediaType, media_names
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.document.validation import Validators, Violation
from specwire_codegen.mock.request.bodies import Blob, Broken, Multipart, Part, Received
from specwire_codegen.mock.request.coercion import Coercion
from specwire_codegen.mock.request.content_negotiation import declared, within
from specwire_codegen.mock.request.form import FORM, FormReader
from specwire_codegen.mock.request.parameters import pairs
from specwire_codegen.openapi.media_types import base_type, is_json


@attrs.frozen
class Content:
    """A decoded request body: its value (`ABSENT` for none) and its files."""

    value: Any
    parts: tuple[Part, ...]
    violations: tuple[Violation, ...]

    @property
    def fields(self) -> Mapping[str, Any]:
        """The top-level fields of the body; empty if it is not an object."""
        return self.value if isinstance(self.value, dict) else {}


@attrs.frozen
class Unreadable:
    """An unreadable request body: the status of the response and the reason."""

    status: int
    reason: str


@attrs.frozen(eq=False)
class BodyReader:
    """Reader of request bodies by the media types of the document."""

    document: Document
    validators: Validators
    coercion: Coercion
    form: FormReader

    def read(self, body: Body | None, received: Received, content_type: str) -> Content | Unreadable:
        """Return the value of a body with all its violations."""
        size = received.size if isinstance(received, Blob) else received.wire.size
        if body is None:
            return self._nothing(Violation("body", (), "body", "the operation takes no body") if size else None)
        if not size and not content_type:
            return self._nothing(Violation("body", (), "required", "a body is required") if body.required else None)
        media = declared(body.media, base_type(content_type))
        if media is None:
            given = f"{base_type(content_type)!r} is" if content_type else "a body without Content-Type is"
            return Unreadable(415, f"{given} not accepted: send {media_names(body.media)}")
        match received:
            case Broken(reason=reason):
                return Unreadable(400, f"the multipart body cannot be read: {reason}")
            case Multipart(parts=parts):
                return self._multipart(media, parts)
            case Blob(content=content) if content is not None:
                return self._single(media, content, base_type(content_type))
            case Blob():
                return Unreadable(413, "the body is too large") if media.is_json else Content(ABSENT, (), ())

    def _nothing(self, violation: Violation | None) -> Content:
        return Content(ABSENT, (), () if violation is None else (violation,))

    def _single(self, media: MediaType, content: bytes, given: str) -> Content | Unreadable:
        schema = True if media.schema is None else media.schema
        if is_json(given):
            try:
                return self._checked(schema, json.loads(content, parse_constant=_refuse))
            except json.JSONDecodeError as error:
                return Unreadable(400, f"the body is not JSON: {error.msg} at line {error.lineno} column {error.colno}")
            except (ValueError, RecursionError):
                return Unreadable(400, "the body is not JSON in UTF-8 of a reasonable depth")
        if given == FORM:
            return self._checked(schema, self.form.read(schema, media.encoding, pairs(content.decode("latin-1"))))
        if given.startswith("text/"):
            return self._checked(schema, self._text(schema, content.decode("utf-8", "replace")))
        return Content(ABSENT, (), ())

    def _text(self, schema: Schema, text: str) -> Any:
        """Return the JSON value that a text holds if its schema allows no string."""
        if "string" in (self.document.types(schema) or {"string"}):
            return text
        try:
            return json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return text

    def _checked(self, schema: Schema, value: Any, parts: tuple[Part, ...] = ()) -> Content:
        return Content(value, parts, tuple(self.validators.violations(schema, value, "body")))

    def _collected(self, schema: Schema, fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        """Collect repeated names as the items of an array."""
        declared_fields = self.document.properties(schema)
        gathered: dict[str, Any] = {}
        for name, value in fields:
            declared_field = declared_fields.get(name, True)
            if "array" in self.document.types(declared_field):
                # A part may be the whole array as JSON.
                items = value if isinstance(value, list) and not self._has_arrays(declared_field) else [value]
                gathered[name] = [*gathered.get(name, ()), *items]
            else:
                gathered[name] = value
        return gathered

    def _has_arrays(self, schema: Schema) -> bool:
        """Return True if an item of an array may be an array."""
        items = (one["items"] for one in self.document.variants(schema) if "items" in one)
        return any("array" in self.document.types(one) for one in items)

    def _multipart(self, media: MediaType, parts: tuple[Part, ...]) -> Content | Unreadable:
        schema = True if media.schema is None else media.schema
        properties = self.document.properties(schema)
        violations: list[Violation] = []
        fields: list[tuple[str, Any]] = []
        for part in parts:
            member = properties.get(part.name, True)
            violations.extend(self._part_violations(part, member, media.encoding.get(part.name, {})))
            try:
                fields.append((part.name, self._part_value(part, member)))
            except ValueError:
                violations.append(Violation("body", (part.name,), "json", "the part is not JSON"))
        value = self._collected(schema, fields)
        found = self.validators.violations(schema, value, "body")
        violations.extend(one for one in found if not self._is_file_or_text(one, properties, value))
        return Content(value, parts, tuple(violations))

    def _is_file_or_text(
        self, violation: Violation, properties: Mapping[str, Schema], value: Mapping[str, Any]
    ) -> bool:
        """Return True for a part that fits several alternatives: a text is valid as a file in JSON Schema."""
        if violation.keyword != "oneOf" or len(violation.path) != 1:
            return False
        name = str(violation.path[0])
        alternatives = self.document.resolve(properties.get(name, {})).get("oneOf", ())
        fits = any(self.validators.accepts(one, value[name]) for one in alternatives)
        return fits and any(map(self._is_file, alternatives))

    def _part_value(self, part: Part, schema: Schema) -> Any:
        """Return the JSON value of a part; a file is represented by its name, because its bytes are not JSON."""
        content = part.blob.content
        if content is None or (self._is_file(schema) or part.filename is not None):
            return part.filename or part.name
        text = content.decode("utf-8", "replace")
        structured = self.document.types(schema) & {"object"} and "string" not in self.document.types(schema)
        if structured or within(base_type(part.media), "application/json"):
            return json.loads(text)
        items = next((one["items"] for one in self.document.variants(schema) if "items" in one), schema)
        return self.coercion.typed(items, text)

    def _part_violations(self, part: Part, schema: Schema, encoding: Mapping[str, Any]) -> Iterable[Violation]:
        ranges = [item.strip().lower() for item in encoding.get("contentType", "").split(",") if item.strip()]
        if (
            ranges
            and "application/octet-stream" not in ranges
            and part.media
            and not any(within(base_type(part.media), one) for one in ranges)
        ):
            yield Violation(
                "body", (part.name,), "contentType", f"the part's Content-Type is not {' or '.join(ranges)}"
            )
        if self._is_file(schema) and part.filename is None:
            yield Violation("body", (part.name,), "filename", "the part of a file needs a filename")

    def _is_file(self, schema: Schema) -> bool:
        """Return True if a part is a file, which a union with texts need not be."""
        node = self.document.resolve(schema) if isinstance(schema, dict) else {}
        media = node.get("contentMediaType", "")
        named = media and "contentEncoding" not in node and not media.startswith("text/") and "json" not in media
        if node.get("format") == "binary" or named:
            return True
        if isinstance(node.get("items"), dict) and self._is_file(node["items"]):
            return True
        unions = [
            [one for one in node[keyword] if one != {"type": "null"}]
            for keyword in ("oneOf", "anyOf")
            if keyword in node
        ]
        return any(map(self._is_file, node.get("allOf", ()))) or any(
            bool(union) and all(map(self._is_file, union)) for union in unions
        )


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
