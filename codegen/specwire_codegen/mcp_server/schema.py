"""JSON Schema of a method's arguments."""

from __future__ import annotations

import collections.abc
from collections.abc import Sequence
from functools import reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import Any, Union, get_args, get_origin, is_typeddict

from pydantic import PydanticSchemaGenerationError, TypeAdapter
from specwire import Unset

from specwire_codegen.call.argument import Argument, Kind

_LISTS = (collections.abc.Sequence, collections.abc.Iterable, list, set, frozenset)
_MAPPINGS = (collections.abc.Mapping, dict)


def arguments_schema(arguments: Sequence[Argument]) -> dict[str, Any]:
    """Return the JSON Schema of an object with these arguments."""
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (argument.name, "validation", _adapter(argument)) for argument in arguments
    ]
    by_key, shared = TypeAdapter.json_schemas(adapters, ref_template="#/$defs/{model}")
    properties = {
        argument.name: _described(by_key[argument.name, "validation"], argument.doc) for argument in arguments
    }
    required = [argument.name for argument in arguments if argument.required]
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
        **({"$defs": shared["$defs"]} if "$defs" in shared else {}),
    }


def _described(schema: dict[str, Any], doc: str) -> dict[str, Any]:
    return {**schema, "description": doc} if doc else schema


def _adapter(argument: Argument) -> TypeAdapter[Any]:
    if argument.kind in (Kind.FILE, Kind.BYTES):
        return TypeAdapter(list[str] if argument.repeated else str)
    try:
        return TypeAdapter(_plain(argument.annotation))
    except PydanticSchemaGenerationError:
        return TypeAdapter(Any)


def _plain(annotation: Any) -> Any:
    """Return a type without `Unset` and without the dictionaries that stand next to their models."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        members = [member for member in arguments if member is not Unset and not is_typeddict(member)]
        plain = tuple(dict.fromkeys(map(_plain, members)))
        return reduce(or_, plain) if plain else dict[str, Any]
    if origin in _LISTS:
        return GenericAlias(list, (_plain(arguments[0]) if arguments else Any,))
    if origin in _MAPPINGS:
        return GenericAlias(dict, (str, _plain(arguments[1]) if arguments else Any))
    return dict[str, Any] if is_typeddict(annotation) else annotation
