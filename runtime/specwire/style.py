"""The serialization styles of OpenAPI 3.2 (RFC 6570 and the styles of its own), apart from where the parameter stands.

`None` and `UNSET` are left out, in lists and mappings too, and so is what is empty then: RFC 6570 calls both undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias, TypeGuard

import msgspec

from specwire.codec import encode, to_builtins
from specwire.scalar import TEXT_TYPES, scalar_text

Flat: TypeAlias = str | list[str] | dict[str, str]
Escape: TypeAlias = Callable[[str], str]


class Style(msgspec.Struct, frozen=True):
    """How one parameter is serialized; the default is that of a query or cookie parameter."""

    style: str = "form"
    explode: bool = True
    allow_reserved: bool = False
    """Leave reserved characters and percent-encoded triples as they are, but for those that would end the value."""
    content_json: bool = False
    """The parameter is stated with `content: application/json`; the other fields do not apply."""


def named_error(place: str, name: str, error: TypeError | ValueError) -> TypeError | ValueError:
    """Return what is wrong with a value as an error that says where it was to stand."""
    kind = TypeError if isinstance(error, TypeError) else ValueError
    return kind(f"{place} {name!r}: {error}")


def flatten(value: object) -> Flat | None:
    """Return a parameter as text, a list of texts or a mapping to texts; None if there is nothing to send."""
    if isinstance(value, (str, int, float)):
        return scalar_text(value)
    if not _given(value):
        return None
    value = _plain(value)
    if isinstance(value, Mapping):
        return {scalar_text(key): _leaf(item) for key, item in value.items() if _given(item)} or None
    if isinstance(value, AbstractSet):
        # The order of a set differs from process to process.
        return sorted(_leaf(item) for item in value if _given(item)) or None
    if _is_list(value):
        return [_leaf(item) for item in value if _given(item)] or None
    return scalar_text(value)


def json_text(value: object) -> str | None:
    """Return a parameter as JSON; None if there is nothing to send."""
    return encode(value).decode() if _given(value) else None


def joined(flat: Flat, separator: str, explode: bool, escape: Escape) -> str:
    """Return the texts as one; `explode` makes the items of a mapping `key=value`."""
    if isinstance(flat, str):
        return escape(flat)
    if isinstance(flat, list):
        return separator.join(map(escape, flat))
    if explode:
        return separator.join([f"{escape(key)}={escape(text)}" for key, text in flat.items()])
    return separator.join([escape(text) for item in flat.items() for text in item])


def matrix(name: str, flat: Flat, explode: bool, escape: Escape) -> str:
    """Return a path parameter in style `matrix`: `;name=value`."""
    if isinstance(flat, str) or not explode:
        return f";{escape(name)}={joined(flat, ',', False, escape)}"
    items = flat.items() if isinstance(flat, dict) else [(name, text) for text in flat]
    return "".join([f";{escape(key)}={escape(text)}" if text else f";{escape(key)}" for key, text in items])


def pairs(name: str, value: object, style: Style, key_escape: Escape, escape: Escape) -> list[str]:
    """Return a parameter of a query, a cookie or a form as `name=value` pairs."""
    return [f"{key}={text}" for key, text in named_texts(name, value, style, key_escape, escape)]


def named_texts(name: str, value: object, style: Style, key_escape: Escape, escape: Escape) -> list[tuple[str, str]]:
    """Return the names and texts that a parameter of a query, a cookie or a form, or a part of one, is written as."""
    if style.content_json:
        json = json_text(value)
        return [] if json is None else [(key_escape(name), escape(json))]
    if style.style == "deepObject":
        return [(key_escape(key), escape(text)) for key, text in _deep(name, value)]
    flat = flatten(value)
    if flat is None:
        return []
    if isinstance(flat, str):
        return [(key_escape(name), escape(flat))]
    if style.explode:
        items = flat.items() if isinstance(flat, dict) else [(name, text) for text in flat]
        return [(key_escape(key), escape(text)) for key, text in items]
    match style.style:
        case "spaceDelimited":
            separator = key_escape(" ")
        case "pipeDelimited":
            separator = key_escape("|")
        case _:
            separator = ","
    return [(key_escape(name), joined(flat, separator, False, escape))]


def _deep(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield `name[key]` and text; lists inside, which OpenAPI leaves open, repeat their key."""
    if not _given(value):
        return
    value = _plain(value)
    if not isinstance(value, Mapping):
        raise TypeError(f"style deepObject takes a mapping, not {type(value).__name__}")
    for key, item in value.items():
        inner = _plain(item)
        if isinstance(inner, Mapping):
            yield from _deep(f"{name}[{scalar_text(key)}]", inner)
        else:
            texts = flatten(inner)
            for text in (texts,) if isinstance(texts, str) else texts or ():
                yield f"{name}[{scalar_text(key)}]", text


def _plain(value: object) -> object:
    """Return a struct as the mapping (or list) of its fields by wire name, anything else as it is."""
    if not isinstance(value, msgspec.Struct):
        return value
    fields: object = to_builtins(value, TEXT_TYPES)
    return fields


def _leaf(value: object) -> str:
    if isinstance(value, (str, int, float)):
        return scalar_text(value)
    if isinstance(value, (Mapping, AbstractSet, msgspec.Struct)) or _is_list(value):
        raise ValueError(
            "a list or mapping inside another has no form here; flatten it, or state the parameter in the document "
            "with style `deepObject` (query only) or with `content: application/json`"
        )
    return scalar_text(value)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, *TEXT_TYPES))


def _given(value: object) -> bool:
    return value is not None and value is not msgspec.UNSET
