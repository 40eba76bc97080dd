"""Models: objects with their fields, and aliases of types."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from specwire_codegen.ir.types import LiteralValue, TypeExpr


@attrs.frozen
class Field:
    """A property of an object."""

    name: str
    wire_name: str
    type: TypeExpr
    required: bool
    doc: str = ""
    secret: bool = False
    access: Literal["read-write", "read-only", "write-only"] = "read-write"
    """Whether it occurs in responses only or in requests only; it is not required elsewhere."""
    default: LiteralValue | None = None
    """Value sent for an omitted field: the only allowed value of a required field."""

    @property
    def constant(self) -> LiteralValue | None:
        """The only value in responses; None if there are several, or it can be absent."""
        return self.default if self.required_in_response else None

    @property
    def required_in_request(self) -> bool:
        """True if requests must have it."""
        return self.required and self.access != "read-only"

    @property
    def required_in_response(self) -> bool:
        """True if responses must have it."""
        return self.required and self.access != "write-only"


@attrs.frozen
class Tag:
    """The property that distinguishes a variant of a union from its siblings."""

    name: str
    wire_name: str
    value: str | int


ADDITIONAL = "x-specwire-additional-properties"
"""Wire name of the field for additional properties; the runtime uses the same."""


@attrs.frozen
class ObjectModel:
    """A component that is an object with properties: a class."""

    name: str
    fields: tuple[Field, ...]
    doc: str = ""
    tag: Tag | None = None

    @property
    def is_open(self) -> bool:
        """True if it allows additional properties."""
        return any(field.wire_name == ADDITIONAL for field in self.fields)


@attrs.frozen
class Discriminator:
    """The property whose value selects the variant of a union, and the variants' class names by value."""

    wire_name: str
    variants: tuple[tuple[str, str], ...]
    default: str | None = None
    """Class name of the variant for all other values."""


@attrs.frozen
class AliasModel:
    """A component that is not an object: a name for a type.

    `resolved_by` is the decoder of its variants: `"msgspec"` natively, or `"structure"` (required keys).
    """

    name: str
    type: TypeExpr
    doc: str = ""
    resolved_by: Literal["msgspec", "structure"] = "msgspec"
    discriminator: Discriminator | None = None


Model: TypeAlias = ObjectModel | AliasModel
