"""Errors of values that no variant of a union describes, in the terms of the variant that they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import jsonschema_rs

from specwire_codegen.openapi.suggest import nearest

Error: TypeAlias = jsonschema_rs.ValidationError
Variant: TypeAlias = Sequence[Error]

TAGS = {"type": 0, "const": 1, "enum": 1}
"""Keywords that tell the variants of a union apart, and how deep in the value."""
_UNIONS = frozenset({"oneOf", "anyOf"})
_SHOWN = 40
"""Maximum number of characters of a tag that a message repeats."""
_LISTED = 12
"""Maximum number of tags that a message lists."""


class Precise(NamedTuple):
    """A violated keyword of a value: the path to it, the keyword and a message."""

    path: tuple[str | int, ...]
    keyword: str
    message: str


def precise(error: Error) -> Iterator[Precise]:
    """Yield an error; if it is that of a union, the errors of the only variant that the value can mean.

    Otherwise yield what all variants that it can mean miss: the type, the tag, or properties.
    """
    variants = [*_variants(error)]
    depth = len(error.instance_path)
    meant = [variant for variant in variants if not any(_is_about_tag(each, depth) for each in variant)]
    if len(meant) == 1 and meant[0]:
        yield from chain.from_iterable(map(precise, meant[0]))
        return
    missed = _missed(meant or variants, tuple(error.instance_path), error.instance) if variants else ()
    yield from [*missed] or [Precise(tuple(error.instance_path), error.kind.name, error.message)]


def _variants(error: Error) -> Iterator[Variant]:
    """Yield the errors of each variant of a union, also of unions that are variants themselves."""
    if error.kind.name not in _UNIONS:
        return
    for variant in getattr(error.kind, "context", ()):
        only = variant[0] if len(variant) == 1 else None
        nested = [*_variants(only)] if only is not None and only.instance_path == error.instance_path else []
        yield from nested or [variant]


def _is_about_tag(error: Error, depth: int) -> bool:
    return len(error.instance_path) - depth <= TAGS.get(error.kind.name, -1)


def _missed(variants: Sequence[Variant], path: tuple[str | int, ...], value: Any) -> Iterator[Precise]:
    """Yield what is wrong for every variant."""
    types = [_types(variant, len(path)) for variant in variants]
    if all(types):
        listed = _listed(dict.fromkeys(chain.from_iterable(types)))
        yield Precise(path, "type", f"the value is not of type {listed}")
        return
    of_type = [variant for variant, refused in zip(variants, types, strict=True) if not refused]
    for name in value if isinstance(value, dict) else ():
        allowed = [_tags(variant, (*path, name)) for variant in of_type]
        if all(allowed):
            yield Precise((*path, name), "enum", _unknown(value[name], [*dict.fromkeys(chain.from_iterable(allowed))]))
            return
    required = [
        {_of(each, "property"): each for each in variant if each.kind.name == "required"} for variant in of_type
    ]
    for name, error in required[0].items():
        if all(name in other for other in required) and tuple(error.instance_path) == path:
            yield Precise(path, "required", error.message)


def _types(variant: Variant, depth: int) -> list[str]:
    """Return the types of a variant if the value has none of them."""
    errors = (each for each in variant if each.kind.name == "type" and len(each.instance_path) == depth)
    return [name for each in errors for name in _of(each, "types")]


def _tags(variant: Variant, path: tuple[str | int, ...]) -> list[str]:
    """Return the tags of a variant in a property if the value has none of them."""
    errors = [each for each in variant if tuple(each.instance_path) == path]
    constants = [_of(each, "expected_value") for each in errors if each.kind.name == "const"]
    constants += [one for each in errors if each.kind.name == "enum" for one in _of(each, "options")]
    return [json.dumps(one, ensure_ascii=False) for one in constants]


def _of(error: Error, name: str) -> Any:
    """Return a value of the violated keyword; the kinds of errors have different ones."""
    return getattr(error.kind, name)


def _unknown(value: Any, allowed: Sequence[str]) -> str:
    """Return a message for an unknown tag; only a short text is repeated."""
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) and len(value) <= _SHOWN else "the value"
    close = nearest(shown, allowed) if shown != "the value" else None
    return f"{shown} is not one of {_listed(allowed)}" + (f"; did you mean {close}?" if close is not None else "")


def _listed(texts: Iterator[str] | Sequence[str] | dict[str, None]) -> str:
    names = [*texts]
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
