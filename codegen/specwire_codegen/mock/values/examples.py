"""Examples of media types, as values and as texts."""

import json
from typing import Any

import attrs

from specwire_codegen.mock.document.document import Schema
from specwire_codegen.mock.document.operations import Example, MediaType
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.values.sampling import Sampler


@attrs.frozen(eq=False)
class Examples:
    """Source of values for responses."""

    validators: Validators
    drawer: Sampler

    def values(self, media: MediaType, name: str | None = None) -> tuple[Any, ...]:
        """Return the valid examples of a JSON media type, the one with that name first."""
        ranked = sorted(media.examples, key=lambda one: one.name != name)
        values = [value for value in map(_json, ranked) if value is not ABSENT]
        if media.schema is not None:
            stated = media.schema.get("examples", []) if isinstance(media.schema, dict) else []
            values = [value for value in [*values, *stated] if self.validators.accepts(schema_of(media), value)]
        return tuple(values)

    def value(self, media: MediaType, name: str | None = None) -> Any:
        """Return the first valid example of a JSON media type, else a value sampled from its schema."""
        values = self.values(media, name)
        return values[0] if values else self.drawer.draw(schema_of(media))

    def fits(self, media: MediaType, value: Any) -> bool:
        """Return True if a value is valid for the media type."""
        return self.validators.accepts(schema_of(media), value)

    def text(self, media: MediaType, name: str | None = None) -> str:
        """Return the first example of a text or binary media type, else a sampled text."""
        for example in sorted(media.examples, key=lambda one: one.name != name):
            if isinstance(example.value, str):
                return example.value
        drawn = self.drawer.draw(schema_of(media))
        return drawn if isinstance(drawn, str) and drawn else "specwire mock content\n"


def schema_of(media: MediaType) -> Schema:
    """Return the schema of a media type; without one, the schema that accepts anything."""
    return True if media.schema is None else media.schema


def _json(example: Example) -> Any:
    if not example.serialized:
        return example.value
    try:
        return json.loads(example.value)
    except ValueError:
        return ABSENT
