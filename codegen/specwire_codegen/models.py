"""datamodel-code-generator, called as a library: the classes of the wire models and of the input dictionaries.

The emitter gets a document in which everything is settled (names, types, order) and in which every reference is opaque,
so that it decides nothing; its warnings are errors, and what comes back is parsed and checked class by class.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import as_file, files
from typing import Any, TypeAlias

import attrs
from datamodel_code_generator import InputFileType, LiteralType, PythonVersion, generate
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import DateClassType, DatetimeClassType

from specwire_codegen.annotation import INPUT_ALIASES, dict_name, param_name
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.ir import (
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

_REF = "SpecwireRef_"
"""Prefix of the opaque names that stand for references; removed from the text that comes back."""
_PREFIX = re.compile(rf"\b{_REF}(?=[A-Za-z_])")
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


@attrs.frozen
class Classes:
    """The text of classes, and the import lines that the emitter needs for it."""

    source: str
    imports: tuple[str, ...]
    quoted: frozenset[str] = frozenset()
    """Names that stand in quoted annotations only."""


def structs(models: Sequence[ObjectModel]) -> Classes:
    """Return the `msgspec.Struct` of each model."""
    data = {model.name: _struct_data(model) for model in models}
    schemas = {model.name: _schema(model.fields, _out) for model in models}
    return _emit(DataModelType.MsgspecStruct, schemas, data)


def typed_dicts(models: Sequence[ObjectModel]) -> Classes:
    """Return the `TypedDict` of each model."""
    data = {dict_name(model.name): _dict_data(model) for model in models}
    schemas = {dict_name(model.name): _schema(_with_tag(model), _into) for model in models}
    return _emit(DataModelType.TypingTypedDict, schemas, data)


def _struct_data(model: ObjectModel) -> dict[str, Any]:
    tag = model.tag
    secrets = tuple(field.name for field in model.fields if field.secret)
    return {
        "doc": docstring(model.doc or model.name, indent=4),
        "tag": {"field": literal(tag.wire_name), "value": literal(tag.value), "name": tag.name} if tag else None,
        "secrets": literal(secrets) if secrets else "",
        "members": {
            field.name: {"name": field.name, "suffix": _suffix(field), "doc": _member_doc(field)} for field in model.fields
        },
    }


def _suffix(field: Field) -> str:
    renamed = field.name != field.wire_name
    if field.required:
        return f" = _field(name={literal(field.wire_name)})" if renamed else ""
    if renamed:
        return f" | Unset = _field(default=UNSET, name={literal(field.wire_name)})"
    return " | Unset = UNSET"


def _dict_data(model: ObjectModel) -> dict[str, Any]:
    fields = _with_tag(model)
    wires = [field.wire_name for field in fields]
    return {
        "doc": docstring(model.doc or model.name, indent=4),
        "quoted_name": literal(dict_name(model.name)),
        "functional": any(not _is_key(wire) for wire in wires),
        "members": {
            field.name: {
                "name": field.wire_name if _is_key(field.wire_name) else field.name,
                "key": literal(field.wire_name),
                "required": field.required,
                "doc": _member_doc(field),
            }
            for field in fields
        },
    }


def _is_key(wire: str) -> bool:
    return wire.isidentifier() and wire.isascii() and not keyword.iskeyword(wire) and not wire.startswith("__")


def _with_tag(model: ObjectModel) -> tuple[Field, ...]:
    if model.tag is None:
        return model.fields
    return (Field(model.tag.name, model.tag.wire_name, Literals((model.tag.value,)), True), *model.fields)


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
            return _opaque(name)
        case _:
            return _compound(type_, _out)


def _into(type_: TypeExpr) -> dict[str, Any]:
    match type_:
        case Primitive(name):
            alias = INPUT_ALIASES.get(name)
            return _opaque(alias) if alias else _primitive(name)
        case ModelRef(name):
            return _opaque(param_name(name))
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


def _opaque(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{_REF}{name}"}


def _refs(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _refs(item)


def _emit(kind: DataModelType, schemas: dict[str, dict[str, Any]], data: Mapping[str, dict[str, Any]]) -> Classes:
    if not schemas:
        return Classes("", ())
    opaque = {ref: {"x-python-import": {"module": "specwire_names", "name": ref}} for ref in _refs(schemas)}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": {**schemas, **opaque}},
    }
    with warnings.catch_warnings(), as_file(files("specwire_codegen") / "templates" / "dcg") as templates:
        warnings.simplefilter("error")
        try:
            text = generate(
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
                extra_template_data=defaultdict(dict, data),
            )
        except Warning as warning:
            raise SpecwireCodegenError(f"datamodel-code-generator warns, which is an error here: {warning}") from warning
    assert isinstance(text, str)
    return _assembled(text, data)


def _assembled(text: str, data: Mapping[str, dict[str, Any]]) -> Classes:
    """Take the classes and the import lines out of a module, and check that all came back as they were asked for."""
    tree = ast.parse(text)
    lines = text.splitlines()
    classes: dict[str, str] = {}
    imports: list[str] = []
    quoted: set[str] = set()
    for node in tree.body:
        source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        match node:
            case ast.ClassDef(name=name):
                classes[name] = source
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[_, ast.Dict() as members])):
                classes[name] = _functional(name, members)
                quoted |= {one.id for one in ast.walk(members) if isinstance(one, ast.Name)}
            case ast.ImportFrom(module=module) if module not in ("__future__", "specwire_names"):
                imports.append(source)
            case _:
                continue
    missing = data.keys() - classes.keys()
    extra = classes.keys() - data.keys()
    if missing or extra:
        raise SpecwireCodegenError(
            f"datamodel-code-generator did not return what it was given: missing {sorted(missing)}, extra {sorted(extra)}"
        )
    body = "\n\n\n".join(classes[name] for name in sorted(classes))
    names = frozenset(name.removeprefix(_REF) for name in quoted)
    return Classes(_PREFIX.sub("", body), tuple(imports), names)


def _functional(name: str, members: ast.Dict) -> str:
    """Return a `TypedDict` call with its annotations quoted, since what they name is defined further down."""
    entries = (
        f"{ast.unparse(key)}: {literal(ast.unparse(value))}"
        for key, value in zip(members.keys, members.values, strict=True)
        if key is not None
    )
    return f"{name} = TypedDict({literal(name)}, {{{', '.join(entries)}}})"
