"""Members of the classes of a model: names, docstrings, secrets."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from functools import lru_cache

from specwire_codegen.ir import ADDITIONAL, Field, Literals, ObjectModel
from specwire_codegen.openapi.identifiers import SHADOWING
from specwire_codegen.python_source import docstring, finished, same_words


def keys(model: ObjectModel) -> tuple[Field, ...]:
    """Return the fields of a model as keys of a request dictionary.

    They include the tag. Read-only fields, names that type checkers reject, and the field for additional properties are
    excluded.
    """
    unsent = ("", ADDITIONAL)
    tag = model.tag
    tagged = () if tag is None else (Field(tag.name, tag.wire_name, Literals((tag.value,)), True),)
    return (
        *tagged,
        *(field for field in model.fields if field.wire_name not in unsent and field.access != "read-only"),
    )


def spelling(field: Field) -> str:
    """Return the spelling of a key in a `TypedDict` class: the wire name if possible."""
    wire = field.wire_name
    is_key = wire.isidentifier() and wire.isascii() and not keyword.iskeyword(wire) and not wire.startswith("__")
    return wire if is_key else field.name


@lru_cache(maxsize=50_000)
def _docstring(text: str, name: str) -> str:
    """Return the docstring of a class or field, empty if the document only repeats its name.

    Each is printed for responses and for requests, and to be compared.
    """
    return "" if not text.strip() or same_words(text, name) else docstring(finished(text), indent=4)


def class_doc(model: ObjectModel) -> str:
    """Return the docstring of a class, empty if the document only repeats its name."""
    return _docstring(model.doc, model.name)


def field_doc(field: Field) -> str:
    """Return the docstring of a field, empty if the document only repeats its name."""
    return _docstring(field.doc, field.wire_name)


def secrets(model: ObjectModel) -> tuple[str, ...]:
    """Return the names of the fields that a `repr` hides."""
    return tuple(field.name for field in model.fields if field.secret)


def shadowed(model: ObjectModel) -> Mapping[str, str]:
    """Return the builtin types that fields of a class shadow, with the aliases for annotations.

    A class body is a scope, so in `list: list[str]` the second name refers to the first.
    """
    return {field.name: f"_{field.name}" for field in model.fields if field.name in SHADOWING}


def is_functional(fields: tuple[Field, ...]) -> bool:
    """Return whether a `TypedDict` is written as a call because a key is not an identifier."""
    return any(spelling(field) != field.wire_name for field in fields)
