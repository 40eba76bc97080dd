"""datamodel-code-generator, called as a library: heads and members of classes in, their trees out.

It is called once for all heads, each a class without members, and for all members, which are those of one class. Time
thus depends on how many different ones a document has, rather than on how many classes.

Its input consists of our own identifiers and opaque references, so that it cannot rename, merge or reorder anything.
Its warnings are errors, and each class must be in its output.
"""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from importlib.resources import as_file, files
from typing import Any

import datamodel_code_generator as dcg
from datamodel_code_generator import InputFileType, LiteralType, PythonVersion
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import DateClassType, DatetimeClassType

from specwire_codegen.classes.outline import Head, Kind, Member
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.ir import AnyJson, ListOf, MapOf, ModelRef, Nullable, Primitive, TypeExpr, UnionOf
from specwire_codegen.lower.model import all_refs

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


_MODELS = {"struct": DataModelType.MsgspecStruct, "typed dict": DataModelType.TypingTypedDict}
_MEMBERS = "C"
"""The class of all members."""


def emitted(kind: Kind, parts: Iterable[Head | Member]) -> dict[Head | Member, Sequence[ast.stmt]]:
    """Return the statements of each head and member."""
    given = list(parts)
    members = [part for part in given if isinstance(part, Member)]
    heads = {f"{_MEMBERS}{number}": part for number, part in enumerate(given) if isinstance(part, Head)}
    found = {name: node for node in ast.parse(_generated(kind, heads, members)).body for name in _defined(node)}
    _require_same({_MEMBERS, *heads}, found.keys())
    fields: dict[str, list[ast.stmt]] = {}
    whole = found[_MEMBERS]
    assert isinstance(whole, ast.ClassDef)
    for statement in whole.body if members else ():
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            fields[statement.target.id] = []
            statement.target.id = "name"
        list(fields.values())[-1].append(statement)
    names = [f"f{number}" for number in range(len(members))]
    _require_same(set(names), fields.keys())
    return {
        **{head: [found[name]] for name, head in heads.items()},
        **{member: fields[name] for name, member in zip(names, members, strict=True)},
    }


def _require_same(asked: AbstractSet[str], returned: AbstractSet[str]) -> None:
    missing, extra = asked - returned, returned - asked
    if missing or extra:
        raise SpecwireCodegenError(
            "internal error: datamodel-code-generator returned other classes than requested: "
            f"missing {sorted(missing)}, extra {sorted(extra)}"
        )


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            yield name
        case _:
            return


def _generated(kind: Kind, heads: Mapping[str, Head], members: Sequence[Member]) -> str:
    schemas = {_MEMBERS: _object(members), **{name: _object(()) for name in heads}}
    facts = {_MEMBERS: _layout(Head(False), members), **{name: _layout(head, ()) for name, head in heads.items()}}
    slots = {slot for member in members for slot in all_refs(member.type)}
    opaque = {slot: {"x-python-import": {"module": "slots", "name": slot}} for slot in sorted(slots)}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": {**schemas, **opaque}},
    }
    with warnings.catch_warnings(), as_file(files("specwire_codegen") / "templates" / "dcg") as templates:
        warnings.simplefilter("error")
        try:
            text = dcg.generate(
                document,
                input_file_type=InputFileType.OpenAPI,
                output_model_type=_MODELS[kind],
                target_python_version=PythonVersion.PY_311,
                enum_field_as_literal=LiteralType.All,
                use_union_operator=True,
                use_standard_collections=True,
                use_standard_primitive_types=True,
                use_generic_container_types=kind == "typed dict",
                output_datetime_class=DatetimeClassType.Datetime,
                output_date_class=DateClassType.Date,
                disable_timestamp=True,
                formatters=[],
                custom_template_dir=templates,
                extra_template_data=defaultdict(dict, facts),
            )
        except Warning as warning:
            raise SpecwireCodegenError(
                f"internal error: datamodel-code-generator emitted a warning: {warning}"
            ) from warning
    assert isinstance(text, str)
    return text


def _layout(head: Head, members: Sequence[Member]) -> dict[str, Any]:
    """Return the facts that the templates need in addition to the types."""
    return {
        "base": "OpenModel" if head.open else "WireModel",
        "documented": head.documented,
        "tagged": head.tagged,
        "renamed": head.renamed,
        "secret": head.secret,
        "functional": head.functional,
        "members": {
            f"f{number}": {"form": member.form, "documented": member.documented}
            for number, member in enumerate(members)
        },
    }


def _object(members: Sequence[Member]) -> dict[str, Any]:
    """Return an object with these members; every property is required, since the templates print defaults."""
    properties = {f"f{number}": schema(member.type) for number, member in enumerate(members)}
    return {"type": "object", "properties": properties, "required": list(properties)}


def schema(type_: TypeExpr) -> dict[str, Any]:
    """Return the schema of a type, whose models are slots."""
    match type_:
        case Primitive(name):
            kind, format_ = _FORMATS[name]
            return {"type": kind} if format_ is None else {"type": kind, "format": format_}
        case ModelRef(slot):
            return {"$ref": f"#/components/schemas/{slot}"}
        case ListOf(item):
            return {"type": "array", "items": schema(item)}
        case MapOf(value):
            return {"type": "object", "additionalProperties": schema(value)}
        case AnyJson():
            return {}
        case UnionOf(variants):
            return {"anyOf": _schemas(variants)}
        case Nullable(UnionOf(variants)):
            return {"anyOf": [*_schemas(variants), {"type": "null"}]}
        case Nullable(inner):
            return {"anyOf": [schema(inner), {"type": "null"}]}
        case _:
            raise TypeError(f"{type_!r} has no slot")


def _schemas(types: Sequence[TypeExpr]) -> list[dict[str, Any]]:
    return [schema(type_) for type_ in types]
