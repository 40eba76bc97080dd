"""datamodel-code-generator, called as a library: schemas in, the text of classes out.

The emitter gets a document in which everything is settled (names, types, order) and in which every reference is opaque,
so that it decides nothing; its warnings are errors, and what comes back is parsed and checked class by class.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib.resources import as_file, files
from typing import Any

import attrs
from datamodel_code_generator import InputFileType, LiteralType, PythonVersion, generate
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import DateClassType, DatetimeClassType

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.naming import SHADOWING
from specwire_codegen.source import literal

_REF = "SpecwireRef_"
"""Prefix of the opaque names that stand for references; removed from the text that comes back."""
_CLASS = "SpecwireClass"
"""Prefix of the classes' names while they are emitted: no class is called like what the emitter itself imports."""
_DOC = '"""SpecwireDoc"""'
"""Stands for the docstring of a class until its text has come back."""
_SLOT = "SpecwireSlot_"
"""Prefix of what stands for the names and texts in which classes of one shape differ."""
_SLOTS = re.compile(rf"(?:  # )?{_SLOT}(\d+)_")
_PREFIX = re.compile(rf"\b(?:{_REF}|{_CLASS})(?=[A-Za-z_])")


@attrs.frozen
class Classes:
    """The text of classes, and the import lines that the emitter needs for it."""

    source: str
    imports: tuple[str, ...]
    quoted: frozenset[str] = frozenset()
    """Names that stand in quoted annotations only."""


def reference(name: str) -> dict[str, Any]:
    """Return the schema that is printed as a name."""
    return {"$ref": f"#/components/schemas/{_REF}{name}"}


def emit(
    kind: DataModelType, schemas: dict[str, dict[str, Any]], data: Mapping[str, dict[str, Any]], docs: Mapping[str, str]
) -> Classes:
    """Return all classes; those of one shape are emitted once, for the emitter is slow."""
    if not schemas:
        return Classes("", ())
    shapes = {name: _shape(schema, data[name]) for name, schema in schemas.items()}
    first: dict[str, str] = {}
    same_as = {name: first.setdefault(shape.key, name) for name, shape in shapes.items()}
    chosen = {name: shapes[name] for name in first.values()}
    classes, imports, quoted = _assembled(_emit(kind, chosen), chosen.keys())
    sources = (
        _named(_filled(classes[same_as[name]], shapes[name].texts), same_as[name], name, docs[name])
        for name in sorted(schemas)
    )
    return Classes("\n\n\n".join(sources), imports, quoted)


@attrs.frozen
class _Shape:
    """A class with slots for what it does not share with others: names of fields and of references, and texts."""

    schema: dict[str, Any]
    data: dict[str, Any]
    texts: tuple[str, ...] = ()
    """What stands in the slots."""

    @property
    def key(self) -> str:
        return json.dumps([self.schema, self.data])


def _shape(schema: dict[str, Any], data: Mapping[str, Any]) -> _Shape:
    """Return the shape of a class.

    One whose fields are named like types keeps their names, for the emitter gives these types others then; so does one
    that is written as a call.
    """
    members: Mapping[str, Mapping[str, Any]] = data["members"]
    if data.get("functional") or not SHADOWING.isdisjoint(members):
        return _Shape(schema, dict(data))
    texts: list[str] = []
    names: dict[str, str] = {}

    def slot(text: str) -> str:
        texts.append(text)
        return f"{_SLOT}{len(texts) - 1}_"

    def unnamed(value: Any) -> Any:
        if isinstance(value, list):
            return [unnamed(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            name = value["$ref"].rpartition(_REF)[2]
            if name not in names:
                names[name] = slot(name)
            return reference(names[name])
        return {key: unnamed(item) for key, item in value.items()}

    properties: dict[str, Any] = {}
    shaped: dict[str, Any] = {}
    for name, property_ in schema["properties"].items():
        field = slot(members[name]["name"])
        properties[field] = unnamed(property_)
        shaped[field] = {**members[name], "name": field, "key": ""}
        if "suffix" in members[name]:
            shaped[field]["suffix"] = f"  # {slot(members[name]['suffix'])}"
        if members[name]["doc"]:
            shaped[field]["doc"] = slot(members[name]["doc"])
    whole = {**schema, "properties": properties, "required": [*properties]}
    return _Shape(whole, {**data, "members": shaped}, tuple(texts))


def _filled(source: str, texts: Sequence[str]) -> str:
    """Return the text of a class with texts in its slots; one pass, so that no text is taken for a slot."""
    return _SLOTS.sub(lambda match: texts[int(match[1])], source)


def _named(source: str, old: str, new: str, doc: str) -> str:
    """Return the text of a class under its own name and with its own docstring."""
    if source.startswith(f"{old} = TypedDict("):
        rest = source.removeprefix(f"{old} = TypedDict({literal(old)}")
        return f"{new} = TypedDict({literal(new)}{rest}"
    return f"class {new}{source.removeprefix(f'class {old}').replace(_DOC, doc, 1)}"


def _emit(kind: DataModelType, shapes: Mapping[str, _Shape]) -> str:
    named = {f"{_CLASS}{name}": shape.schema for name, shape in shapes.items()}
    opaque = {ref: {"x-python-import": {"module": "specwire_names", "name": ref}} for ref in _refs(named)}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": {**named, **opaque}},
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
                extra_template_data=defaultdict(
                    dict, {f"{_CLASS}{name}": shape.data for name, shape in shapes.items()}
                ),
            )
        except Warning as warning:
            raise SpecwireCodegenError(f"datamodel-code-generator warns, an error here: {warning}") from warning
    assert isinstance(text, str)
    return text


def _assembled(text: str, names: AbstractSet[str]) -> tuple[dict[str, str], tuple[str, ...], frozenset[str]]:
    """Return a module's classes, import lines and names in quoted annotations; all classes must have come back."""
    tree = ast.parse(text)
    lines = text.splitlines()
    classes: dict[str, str] = {}
    imports: list[str] = []
    quoted: set[str] = set()
    for node in tree.body:
        source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        match node:
            case ast.ClassDef(name=name):
                classes[name.removeprefix(_CLASS)] = _PREFIX.sub("", source)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[_, ast.Dict() as members])):
                name = name.removeprefix(_CLASS)
                classes[name] = _PREFIX.sub("", _functional(name, members))
                quoted |= {one.id.removeprefix(_REF) for one in ast.walk(members) if isinstance(one, ast.Name)}
            case ast.ImportFrom(module=module) if module not in ("__future__", "specwire_names"):
                imports.append(source)
            case _:
                continue
    missing = names - classes.keys()
    extra = classes.keys() - names
    if missing or extra:
        raise SpecwireCodegenError(
            "datamodel-code-generator did not return what it was given: "
            f"missing {sorted(missing)}, extra {sorted(extra)}"
        )
    return classes, tuple(imports), frozenset(quoted)


def _functional(name: str, members: ast.Dict) -> str:
    """Return a `TypedDict` call with its annotations quoted, since what they name is defined further down."""
    entries = (
        f"{ast.unparse(key)}: {literal(ast.unparse(value))}"
        for key, value in zip(members.keys, members.values, strict=True)
        if key is not None
    )
    return f"{name} = TypedDict({literal(name)}, {{{', '.join(entries)}}})"


def _refs(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _refs(item)
