"""datamodel-code-generator, called as a library: outlines in, trees of classes out.

Its input consists of our own identifiers and opaque references, so that it cannot rename, merge or reorder anything.
Its warnings are errors, and each class must be in its output.
"""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import as_file, files
from typing import Any

import datamodel_code_generator as dcg
from datamodel_code_generator import InputFileType, LiteralType, PythonVersion
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import DateClassType, DatetimeClassType

from specwire_codegen.classes.outline import Outline
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


_MADE: dict[tuple[DataModelType, Outline], ast.stmt] = {}
"""Cache of classes by outline; providers share many of them. Trees are never modified."""


def emit(kind: DataModelType, outlines: Iterable[Outline]) -> Mapping[Outline, ast.stmt]:
    """Return the class of each outline."""
    wanted = list(outlines)
    new = [outline for outline in wanted if (kind, outline) not in _MADE]
    if new:
        _MADE.update({(kind, outline): tree for outline, tree in _emitted(kind, new).items()})
    return {outline: _MADE[kind, outline] for outline in wanted}


def _emitted(kind: DataModelType, outlines: Sequence[Outline]) -> Mapping[Outline, ast.stmt]:
    named = {f"C{number}": outline for number, outline in enumerate(outlines)}
    found = {name: node for node in ast.parse(_generated(kind, named)).body for name in _defined(node)}
    missing, extra = named.keys() - found.keys(), found.keys() - named.keys()
    if missing or extra:
        raise SpecwireCodegenError(
            "internal error: datamodel-code-generator returned other classes than requested: "
            f"missing {sorted(missing)}, extra {sorted(extra)}"
        )
    return {outline: found[name] for name, outline in named.items()}


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            yield name
        case _:
            return


def _generated(kind: DataModelType, outlines: Mapping[str, Outline]) -> str:
    schemas = {name: _object(outline) for name, outline in outlines.items()}
    slots = {slot for outline in outlines.values() for member in outline.members for slot in all_refs(member.type)}
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
                output_model_type=kind,
                target_python_version=PythonVersion.PY_311,
                enum_field_as_literal=LiteralType.All,
                use_union_operator=True,
                use_standard_collections=True,
                use_standard_primitive_types=True,
                use_generic_container_types=kind is DataModelType.TypingTypedDict,
                output_datetime_class=DatetimeClassType.Datetime,
                output_date_class=DateClassType.Date,
                disable_timestamp=True,
                formatters=[],
                custom_template_dir=templates,
                extra_template_data=defaultdict(dict, {name: _layout(outline) for name, outline in outlines.items()}),
            )
        except Warning as warning:
            raise SpecwireCodegenError(
                f"internal error: datamodel-code-generator emitted a warning: {warning}"
            ) from warning
    assert isinstance(text, str)
    return text


def _layout(outline: Outline) -> dict[str, Any]:
    """Return the facts that the templates need in addition to the types."""
    return {
        "base": "OpenModel" if outline.open else "WireModel",
        "documented": outline.documented,
        "tagged": outline.tagged,
        "renamed": outline.renamed,
        "secret": outline.secret,
        "functional": outline.functional,
        "members": {
            f"f{number}": {"form": member.form, "documented": member.documented}
            for number, member in enumerate(outline.members)
        },
    }


def _object(outline: Outline) -> dict[str, Any]:
    """Return an outline as a schema; every property is required, since the templates print defaults."""
    properties = {f"f{number}": _schema(member.type) for number, member in enumerate(outline.members)}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schema(type_: TypeExpr) -> dict[str, Any]:
    match type_:
        case Primitive(name):
            kind, format_ = _FORMATS[name]
            return {"type": kind} if format_ is None else {"type": kind, "format": format_}
        case ModelRef(slot):
            return {"$ref": f"#/components/schemas/{slot}"}
        case ListOf(item):
            return {"type": "array", "items": _schema(item)}
        case MapOf(value):
            return {"type": "object", "additionalProperties": _schema(value)}
        case AnyJson():
            return {}
        case UnionOf(variants):
            return {"anyOf": _schemas(variants)}
        case Nullable(UnionOf(variants)):
            return {"anyOf": [*_schemas(variants), {"type": "null"}]}
        case Nullable(inner):
            return {"anyOf": [_schema(inner), {"type": "null"}]}
        case _:
            raise TypeError(f"{type_!r} has no slot")


def _schemas(types: Sequence[TypeExpr]) -> list[dict[str, Any]]:
    return [_schema(type_) for type_ in types]
