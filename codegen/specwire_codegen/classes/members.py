"""What the fields of a model are as members of its classes."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from specwire_codegen.ir import ADDITIONAL, Field, Literals, ObjectModel
from specwire_codegen.openapi.identifiers import SHADOWING
from specwire_codegen.python_source import docstring, same_words


def keys(model: ObjectModel) -> tuple[Field, ...]:
    """Return the fields of a model as keys of a dictionary that is sent.

    The tag is one of them. Read-only fields are left out, and so are names that type checkers refuse and the field for
    properties that the document does not name.
    """
    unsent = ("", ADDITIONAL)
    tag = model.tag
    tagged = () if tag is None else (Field(tag.name, tag.wire_name, Literals((tag.value,)), True),)
    return (*tagged, *(field for field in model.fields if field.wire_name not in unsent and field.owner != "server"))


def spelling(field: Field) -> str:
    """Return how a key of a `TypedDict` class is written: as on the wire where that is possible."""
    wire = field.wire_name
    is_key = wire.isidentifier() and wire.isascii() and not keyword.iskeyword(wire) and not wire.startswith("__")
    return wire if is_key else field.name


def class_doc(model: ObjectModel) -> str:
    """Return the docstring of a class, empty if the document only repeats its name."""
    return "" if not model.doc.strip() or same_words(model.doc, model.name) else docstring(model.doc, indent=4)


def field_doc(field: Field) -> str:
    """Return the docstring of a field, empty if the document only repeats its name."""
    return "" if not field.doc.strip() or same_words(field.doc, field.wire_name) else docstring(field.doc, indent=4)


def secrets(model: ObjectModel) -> tuple[str, ...]:
    """Return the names of the fields that a `repr` hides."""
    return tuple(field.name for field in model.fields if field.secret)


def shadowed(model: ObjectModel) -> Mapping[str, str]:
    """Return the names of types that fields of a class are called by, each with the one that annotations use instead.

    The body of a class is a scope, so that in `list: list[str]` the second name is the first again.
    """
    return {field.name: f"_{field.name}" for field in model.fields if field.name in SHADOWING}


def is_functional(fields: tuple[Field, ...]) -> bool:
    """Whether a `TypedDict` is written as a call, since a key is no identifier."""
    return any(spelling(field) != field.wire_name for field in fields)
