"""Form to try an operation: its fields, and bodies to start from."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.operations import MediaType, Operation, Parameter
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.values.examples import Examples, schema_of

Kind: TypeAlias = Literal["text", "choice", "json", "file"]


@attrs.frozen
class Field:
    """One input of a form."""

    name: str
    place: str
    kind: Kind
    required: bool = False
    value: str = ""
    choices: tuple[str, ...] = ()
    description: str = ""
    style: str = ""
    explode: bool = False


@attrs.frozen
class Body:
    """A request body to start from: a text, the fields of a form, or a file."""

    label: str
    media: str
    text: str = ""
    fields: tuple[Field, ...] = ()

    @property
    def kind(self) -> Literal["text", "fields", "file"]:
        """Kind of the input."""
        if self.fields:
            return "fields"
        return "text" if _is_text(self.media) else "file"


@attrs.frozen(eq=False)
class Form:
    """Form of one operation."""

    operation: Operation
    fields: tuple[Field, ...]
    bodies: tuple[Body, ...]
    streams: bool


@attrs.frozen(eq=False)
class Forms:
    """Factory of forms."""

    document: Document
    examples: Examples
    """Examples of requests."""

    def form(self, operation: Operation) -> Form:
        """Return the form of an operation."""
        media = operation.body.media if operation.body is not None else ()
        streams = [one for one in operation.success.media if one.framing is not None]
        switches: dict[str, Any] = {
            one.stream.field: one.stream.value
            for one in streams
            if one.stream is not None and one.stream.field is not None
        }
        return Form(
            operation,
            tuple(map(self._parameter, operation.parameters)),
            tuple(body for one in media for body in self._bodies(one, switches)),
            bool(streams),
        )

    def _parameter(self, parameter: Parameter) -> Field:
        value = parameter.example
        if value is ABSENT and parameter.required:
            value = self.examples.drawer.draw(parameter.schema)
        return attrs.evolve(
            self._field(parameter.name, parameter.place, parameter.schema, required=parameter.required),
            value=_shown(value) if parameter.required else "",
            description=parameter.description,
            style=parameter.style if parameter.media is None else "content",
            explode=parameter.explode,
        )

    def _field(self, name: str, place: str, schema: Schema, *, required: bool) -> Field:
        types = self.document.types(schema)
        choices = tuple(_shown(each) for one in self.document.variants(schema) for each in one.get("enum", ()))
        kind: Kind = "text"
        if choices or types == {"boolean"}:
            kind, choices = "choice", choices or ("true", "false")
        elif any(one.get("format") == "binary" or "contentMediaType" in one for one in self._inner(schema)):
            kind = "file"
        elif types & {"object", "array"}:
            kind = "json"
        return Field(name, place, kind, required, "", choices)

    def _inner(self, schema: Schema) -> Iterator[dict[str, Any]]:
        for one in self.document.variants(schema):
            yield one
            if isinstance(one.get("items"), dict):
                yield from self.document.variants(one["items"])

    def _bodies(self, media: MediaType, switches: Mapping[str, Any]) -> Iterator[Body]:
        if media.name in {"multipart/form-data", "application/x-www-form-urlencoded"}:
            schema = schema_of(media)
            required = {name for one in self.document.variants(schema) for name in one.get("required", ())}
            example = self.examples.value(media)
            values = example if isinstance(example, dict) else {}
            fields = (
                attrs.evolve(
                    self._field(name, "body", member, required=name in required),
                    value=_shown(values.get(name, ABSENT)) if name in required else "",
                )
                for name, member in self.document.properties(schema).items()
            )
            yield Body(media.name, media.name, "", tuple(fields))
            return
        if not media.is_json:
            yield Body(media.name, media.name, self.examples.text(media) if _is_text(media.name) else "")
            return
        value = self.examples.value(media)
        yield Body(media.name, media.name, _indented(value))
        for field, switch in switches.items():
            if isinstance(value, dict) and self.examples.fits(media, streamed := {**value, field: switch}):
                yield Body(f"{media.name}, streamed", media.name, _indented(streamed))
        for example in media.examples[1:]:
            if not example.serialized:
                yield Body(f"{media.name}: {example.name}", media.name, _indented(example.value))


def _is_text(media: str) -> bool:
    return (
        media.startswith("text/") or "json" in media or "xml" in media or media == "application/x-www-form-urlencoded"
    )


def _shown(value: Any) -> str:
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _indented(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
