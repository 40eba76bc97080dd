"""Models: objects with their fields, and aliases of types."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from specwire_codegen.ir.types import Literals, LiteralValue, TypeExpr


@attrs.frozen
class Field:
    """A property of an object."""

    name: str
    wire_name: str
    type: TypeExpr
    required: bool
    doc: str = ""
    secret: bool = False
    owner: Literal["both", "server", "client"] = "both"
    """Who sends it: what is read-only is the server's, what is write-only the client's, and required of no other."""
    default: LiteralValue | None = None
    """What a call sends if it says nothing: the only possible value of what is required."""

    @property
    def constant(self) -> LiteralValue | None:
        """The only value that it has in answers; None if it may have others, or none."""
        match self.type:
            case Literals((value,)) if self.promised:
                return value
            case _:
                return None

    @property
    def asked(self) -> bool:
        """Whether a request must have it."""
        return self.required and self.owner != "server"

    @property
    def promised(self) -> bool:
        """Whether an answer must have it."""
        return self.required and self.owner != "client"


@attrs.frozen
class Tag:
    """The property that tells a variant of a union from its siblings."""

    name: str
    wire_name: str
    value: str | int


ADDITIONAL = "x-specwire-additional-properties"
"""Wire name of the field that holds the properties a document does not name; the runtime knows it too."""


@attrs.frozen
class ObjectModel:
    """A component that is an object with properties: a class."""

    name: str
    fields: tuple[Field, ...]
    doc: str = ""
    tag: Tag | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may have more properties than those that the document names."""
        return any(field.wire_name == ADDITIONAL for field in self.fields)


@attrs.frozen
class Discriminator:
    """The property whose value names the variant of a union, and the variants' class names by value."""

    wire_name: str
    variants: tuple[tuple[str, str], ...]
    default: str | None = None
    """Class name of the variant of objects with another value."""


@attrs.frozen
class AliasModel:
    """A component that is anything else: a name for a type.

    `resolved_by` says who tells the variants apart at run time: `"msgspec"` natively, or `"structure"` (required keys).
    """

    name: str
    type: TypeExpr
    doc: str = ""
    resolved_by: Literal["msgspec", "structure"] = "msgspec"
    discriminator: Discriminator | None = None


Model: TypeAlias = ObjectModel | AliasModel
