"""Nested request values by the names of fields, as they are sent: by the names of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from specwire._models.model import ADDITIONAL, WireStruct
from specwire._models.union import flatten


class _Object(NamedTuple):
    """Class of an object."""

    names: Mapping[str, str]
    """Names in the API by name of the field."""
    fields: Mapping[str, Any]
    """Types of fields by name in the API."""
    tag: tuple[str, Any] | None
    """Property, and its value, that tells the class apart from others of its union."""
    more: Any
    """Type of additional properties; None without any."""


def wired(value: Any, *kinds: Any) -> Any:
    """Return a value of one of these types with the keys that the API expects; keys that already are stay."""
    match value:
        case Mapping():
            return _mapping(value, [each for each in _leaves(kinds) if isinstance(each, type) or get_origin(each)])
        case list() | tuple():
            items = [get_args(each)[0] for each in _leaves(kinds) if get_origin(each) in (list, tuple)]
            return [wired(item, *items) for item in value] if items else value
        case _:
            return value


def _mapping(value: Mapping[Any, Any], kinds: list[Any]) -> Mapping[Any, Any]:
    objects = [_object(each) for each in kinds if isinstance(each, type) and issubclass(each, WireStruct)]
    maps = [get_args(each)[1] for each in kinds if get_origin(each) is dict]
    if not objects and not maps:
        return value
    named = [each for each in objects if each.tag is None or _is_tagged(value, each)] or objects
    found: dict[Any, Any] = {}
    for key, item in value.items():
        wire = key
        if not any(key in each.fields for each in named):
            wire = next((each.names[key] for each in named if key in each.names), key)
        inside = [each.fields[wire] for each in named if wire in each.fields] or [
            *maps,
            *(each.more for each in named if each.more is not None),
        ]
        found[wire] = wired(item, *inside)
    return found


def _is_tagged(value: Mapping[Any, Any], kind: _Object) -> bool:
    """Return True if a value has the tag of a class, by either name."""
    assert kind.tag is not None
    wire, tag = kind.tag
    names = [name for name, each in kind.names.items() if each == wire]
    return any(value.get(name) == tag for name in (wire, *names))


def _leaves(kinds: tuple[Any, ...]) -> Iterator[Any]:
    return flatten(kinds)


@cache
def _object(kind: type[WireStruct]) -> _Object:
    hints = get_type_hints(kind)
    names = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    fields = {wire: hints[name] for name, wire in names.items() if wire != ADDITIONAL}
    more = next((hints[name] for name, wire in names.items() if wire == ADDITIONAL), None)
    config = kind.__struct_config__
    tag = None if config.tag_field is None else (config.tag_field, config.tag)
    if tag is not None:
        names |= {name: tag[0] for name in kind.__constants__ if name not in names}
        fields[tag[0]] = str
    return _Object(
        {name: wire for name, wire in names.items() if wire not in (name, ADDITIONAL)},
        fields,
        tag,
        get_args(more)[1] if more is not None and get_args(more) else None,
    )
