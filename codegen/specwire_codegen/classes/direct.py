"""Classes printed directly from the IR; those of datamodel-code-generator must be equal."""

from __future__ import annotations

from collections.abc import Iterator

from specwire_codegen.classes.annotation import dict_name, into, out
from specwire_codegen.classes.members import class_doc, field_doc, is_functional, keys, secrets, shadowed
from specwire_codegen.ir import ADDITIONAL, Field, LiteralValue, ObjectModel
from specwire_codegen.python_source import literal, literal_set


def struct(model: ObjectModel) -> str:
    """Return the source of a model's `msgspec.Struct`."""
    bases = ["OpenModel" if model.is_open else "WireModel"]
    if model.tag is not None:
        bases += [f"tag_field={literal(model.tag.wire_name)}", f"tag={literal(model.tag.value)}"]
    head = f"class {model.name}({', '.join([*bases, 'kw_only=True'])}):"
    return "\n".join([head, *(f"    {line}" for line in _struct_body(model))])


def _struct_body(model: ObjectModel) -> Iterator[str]:
    if doc := class_doc(model):
        yield doc
    elif not model.fields and model.tag is None:
        yield "pass"
    if model.tag is not None:
        tag = model.tag
        yield f"{tag.name}: Literal[{literal(tag.value)}]{_constant(tag.value, tag.name, tag.wire_name)}"
    if secret := secrets(model):
        yield f"__secrets__: ClassVar[frozenset[str]] = frozenset({literal_set(secret)})"
    renamed = shadowed(model)
    for field in model.fields:
        yield f"{field.name}: {out(field.type, renamed=renamed)}{_default(field)}"
        yield from _documented(field)


def _default(field: Field) -> str:
    if field.wire_name == ADDITIONAL:
        return " = _field(default={}, name=ADDITIONAL)"
    if field.constant is not None:
        return _constant(field.constant, field.name, field.wire_name)
    if field.name == field.wire_name:
        return "" if field.required_in_response else " | Unset = UNSET"
    name = f"name={literal(field.wire_name)}"
    return f" = _field({name})" if field.required_in_response else f" | Unset = _field(default=UNSET, {name})"


def _constant(value: LiteralValue, name: str, wire_name: str) -> str:
    renamed = "" if name == wire_name else f", {literal(wire_name)}"
    return f" = _constant({literal(value)}{renamed})"


def typed_dict(model: ObjectModel) -> str:
    """Return the source of a model's `TypedDict`: a call if a key is not an identifier, a class otherwise."""
    name = dict_name(model.name)
    fields = keys(model)
    if is_functional(fields):
        entries = ", ".join(f"{literal(field.wire_name)}: {literal(_key_type(field))}" for field in fields)
        return f"{name} = TypedDict({literal(name)}, {{{entries}}})"
    doc = class_doc(model)
    lines = [doc] if doc else [] if fields else ["pass"]
    for field in fields:
        lines += [f"{field.wire_name}: {_key_type(field)}", *_documented(field)]
    return "\n".join([f"class {name}(TypedDict):", *(f"    {line}" for line in lines)])


def _key_type(field: Field) -> str:
    return into(field.type) if field.required_in_request else f"NotRequired[{into(field.type)}]"


def _documented(field: Field) -> Iterator[str]:
    if doc := field_doc(field):
        yield from (doc, "")
