"""Models as schemas for the emitter: the classes of the wire models and of the input dictionaries."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from datamodel_code_generator.enums import DataModelType

from specwire_codegen.annotation import INPUT_ALIASES, dict_name, param_name
from specwire_codegen.emit import Classes, emit, reference
from specwire_codegen.ir import (
    ADDITIONAL,
    Anything,
    Field,
    ListOf,
    Literals,
    MapOf,
    ModelRef,
    Nullable,
    ObjectModel,
    Primitive,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.source import docstring, literal

_FORMATS = {
    "datetime": ("string", "date-time"),
    "date": ("string", "date"),
    "time": ("string", "time"),
    "timedelta": ("string", "duration"),
    "UUID": ("string", "uuid"),
    "bytes": ("string", "binary"),
    "Decimal": ("string", "decimal"),
    "str": ("string", None),
    "int": ("integer", None),
    "float": ("number", None),
    "bool": ("boolean", None),
}


Convert: TypeAlias = Callable[[TypeExpr], dict[str, Any]]


def structs(models: Sequence[ObjectModel]) -> Classes:
    """Return the `msgspec.Struct` of each model."""
    data = {model.name: _struct_data(model) for model in models}
    schemas = {model.name: _schema(model.fields, _out) for model in models}
    docs = {model.name: docstring(model.doc or model.name, indent=4) for model in models}
    return emit(DataModelType.MsgspecStruct, schemas, data, docs)


def typed_dicts(models: Sequence[ObjectModel]) -> Classes:
    """Return the `TypedDict` of each model."""
    data = {dict_name(model.name): _dict_data(model) for model in models}
    schemas = {dict_name(model.name): _schema(_keys(model), _into) for model in models}
    docs = {dict_name(model.name): docstring(model.doc or model.name, indent=4) for model in models}
    return emit(DataModelType.TypingTypedDict, schemas, data, docs)


def _struct_data(model: ObjectModel) -> dict[str, Any]:
    tag = model.tag
    secrets = tuple(field.name for field in model.fields if field.secret)
    return {
        "tag": {"field": literal(tag.wire_name), "value": literal(tag.value), "name": tag.name} if tag else None,
        "base": "OpenModel" if model.is_open else "WireModel",
        "secrets": literal(secrets) if secrets else "",
        "members": {
            field.name: {"name": field.name, "suffix": _suffix(field), "doc": _member_doc(field)}
            for field in model.fields
        },
    }


def _suffix(field: Field) -> str:
    if field.wire_name == ADDITIONAL:
        return " = _field(default={}, name=ADDITIONAL)"
    renamed = field.name != field.wire_name
    if field.promised:
        return f" = _field(name={literal(field.wire_name)})" if renamed else ""
    if renamed:
        return f" | Unset = _field(default=UNSET, name={literal(field.wire_name)})"
    return " | Unset = UNSET"


def _dict_data(model: ObjectModel) -> dict[str, Any]:
    fields = _keys(model)
    wires = [field.wire_name for field in fields]
    return {
        "functional": any(not _is_key(wire) for wire in wires),
        "members": {
            field.name: {
                "name": field.wire_name if _is_key(field.wire_name) else field.name,
                "key": literal(field.wire_name),
                "required": field.asked,
                "doc": _member_doc(field),
            }
            for field in fields
        },
    }


def _is_key(wire: str) -> bool:
    return wire.isidentifier() and wire.isascii() and not keyword.iskeyword(wire) and not wire.startswith("__")


def _keys(model: ObjectModel) -> tuple[Field, ...]:
    """Return the fields of a model as keys of a dictionary that is sent.

    The tag is one of them; what is read-only is none, nor is a name that type checkers refuse, nor the field for what
    the document does not name.
    """
    none = ("", ADDITIONAL)
    tag = model.tag
    tagged = () if tag is None else (Field(tag.name, tag.wire_name, Literals((tag.value,)), True),)
    return (*tagged, *(field for field in model.fields if field.wire_name not in none and field.owner != "server"))


def _member_doc(field: Field) -> str:
    return docstring(field.doc, indent=4) if field.doc.strip() else ""


def _schema(fields: tuple[Field, ...], convert: Convert) -> dict[str, Any]:
    properties = {field.name: convert(field.type) for field in fields}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _out(type_: TypeExpr) -> dict[str, Any]:
    match type_:
        case Primitive(name):
            return _primitive(name)
        case ModelRef(name):
            return reference(name)
        case _:
            return _compound(type_, _out)


def _into(type_: TypeExpr) -> dict[str, Any]:
    match type_:
        case Primitive(name):
            alias = INPUT_ALIASES.get(name)
            return reference(alias) if alias else _primitive(name)
        case ModelRef(name):
            return reference(param_name(name))
        case _:
            return _compound(type_, _into)


def _compound(type_: TypeExpr, convert: Convert) -> dict[str, Any]:
    match type_:
        case ListOf(item):
            return {"type": "array", "items": convert(item)}
        case MapOf(value):
            return {"type": "object", "additionalProperties": convert(value)}
        case Literals((value,)):
            return {"const": value}
        case Literals(values):
            return {"enum": list(values)}
        case UnionOf(variants):
            return {"anyOf": [convert(variant) for variant in variants]}
        case Nullable(Anything()) | Anything():
            return {}
        case Nullable(UnionOf(variants)):
            return {"anyOf": [*(convert(variant) for variant in variants), {"type": "null"}]}
        case Nullable(inner):
            return {"anyOf": [convert(inner), {"type": "null"}]}
        case _:
            raise TypeError(f"{type_!r} is not compound")


def _primitive(name: str) -> dict[str, Any]:
    kind, format_ = _FORMATS[name]
    return {"type": kind} if format_ is None else {"type": kind, "format": format_}
