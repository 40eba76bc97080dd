"""Serialization styles of OpenAPI 3.2 (RFC 6570 and its own), independent of the place of the parameter.

`None` and `UNSET` are left out, also inside lists and mappings, and so are lists and mappings that become empty: RFC
6570 calls both undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from typing import TypeAlias, TypeGuard

import msgspec

from specwire._codec.codec import encode
from specwire._codec.scalar import TEXT_TYPES, base64_text, scalar_text, surrogate

Flat: TypeAlias = str | list[str] | dict[str, str]
Escape: TypeAlias = Callable[[str], str]
Text: TypeAlias = Callable[[object], str]


class Style(msgspec.Struct, frozen=True):
    """Serialization of a parameter; the defaults are those of query and cookie parameters."""

    style: str = "form"
    explode: bool = True
    allow_reserved: bool = False
    """Leave reserved characters and percent-encoded triples unchanged, except those that would end the value."""
    content_json: bool = False
    """The parameter is declared with `content: application/json`; the other fields don't apply."""
    base64: bool = False
    """Encode bytes as base64; otherwise they are rejected."""
    empty: bool = False
    """Allow an empty path parameter."""
    spans: bool = False
    """Keep the slashes of a path parameter unencoded."""

    @property
    def text(self) -> Callable[[object], str]:
        """Return the function that formats one scalar."""
        return base64_text if self.base64 else scalar_text


def named_error(place: str, name: str, error: Exception) -> TypeError | ValueError:
    """Return an error for a value, naming its place and parameter."""
    kind = TypeError if isinstance(error, TypeError) else ValueError
    reason = surrogate(error) if isinstance(error, UnicodeEncodeError) else error
    return kind(f"{place} {name!r}: {reason}")


def flatten(value: object, text: Text = scalar_text) -> Flat | None:
    """Return a parameter as text, list of texts or mapping to texts; None if nothing is to be sent."""
    if isinstance(value, (str, int, float)):
        return text(value)
    if not is_given(value):
        return None
    value = opened(value)
    if isinstance(value, Mapping):
        return {scalar_text(key): _leaf(item, text) for key, item in value.items() if is_given(item)} or None
    if is_list(value):
        return [_leaf(item, text) for item in value if is_given(item)] or None
    return text(value)


def json_text(value: object) -> str | None:
    """Return a parameter as JSON; None if nothing is to be sent."""
    return encode(value).decode() if is_given(value) else None


def joined(flat: Flat, separator: str, explode: bool, escape: Escape) -> str:
    """Join the texts; with `explode`, items of a mapping become `key=value`."""
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
    """Return a parameter of a query, cookie or form as `name=value` pairs."""
    return [f"{key}={text}" for key, text in named_texts(name, value, style, key_escape, escape)]


def named_texts(name: str, value: object, style: Style, key_escape: Escape, escape: Escape) -> list[tuple[str, str]]:
    """Return the names and texts of a parameter in a query, a cookie, a form or a form part."""
    if style.content_json:
        json = json_text(value)
        return [] if json is None else [(key_escape(name), escape(json))]
    if style.style == "deepObject":
        return [(key_escape(key), escape(text)) for key, text in _deep(name, value, style.text)]
    if isinstance(value, (str, int, float)):
        return [(key_escape(name), escape(style.text(value)))]
    if style.explode:
        return [(key_escape(key), escape(text)) for key, text in _exploded(name, value, style.text)]
    flat = flatten(value, style.text)
    if flat is None:
        return []
    match style.style:
        case "spaceDelimited":
            separator = key_escape(" ")
        case "pipeDelimited":
            separator = key_escape("|")
        case _:
            separator = ","
    return [(key_escape(name), joined(flat, separator, False, escape))]


def _exploded(name: str, value: object, text: Text) -> Iterator[tuple[str, str]]:
    """Yield a pair for each item; a list in a mapping, undefined in RFC 6570, repeats its key."""
    value = opened(value)
    if not isinstance(value, Mapping):
        yield from ((name, each) for each in _texts(value, text))
        return
    for key, item in value.items():
        inner = opened(item)
        holds = isinstance(inner, Mapping) and any(map(is_given, inner.values()))
        texts = [_leaf(inner, text)] if holds else _texts(inner, text)
        yield from ((scalar_text(key), each) for each in texts)


def _texts(value: object, text: Text) -> Sequence[str]:
    flat = flatten(value, text)
    return [flat] if isinstance(flat, str) else list(flat or ())


def _deep(name: str, value: object, text: Text) -> Iterator[tuple[str, str]]:
    """Yield `name[key]` and text for each scalar at any depth.

    OpenAPI leaves lists undefined: a list of scalars in a mapping repeats its key, any other list numbers its items.
    """
    value = opened(value)
    if not is_box(value):
        if is_given(value):
            raise TypeError(f"style deepObject needs a mapping or a list, got {type(value).__name__}")
        return
    for key, item in _entries(value):
        inner, place = opened(item), f"{name}[{key}]"
        if isinstance(value, Mapping) and is_list(inner) and not any(map(is_box, map(opened, inner))):
            yield from ((place, each) for each in _texts(inner, text))
        elif is_box(inner):
            yield from _deep(place, inner, text)
        else:
            yield place, text(inner)


def _entries(box: object) -> Iterator[tuple[str, object]]:
    if isinstance(box, Mapping):
        yield from ((scalar_text(key), item) for key, item in box.items() if is_given(item))
    elif is_list(box):
        yield from ((str(index), item) for index, item in enumerate(filter(is_given, box)))


def opened(value: object) -> object:
    """Return a model or a value of another library as mapping, list or scalar, and anything else unchanged."""
    if isinstance(value, (str, int, Mapping, list, tuple)):
        return value
    if isinstance(value, AbstractSet):
        # The order of a set differs between processes.
        return sorted(value, key=scalar_text)
    from specwire._codec.foreign_values import unwrap  # most parameters are plain

    return unwrap(value)


def _leaf(value: object, text: Text) -> str:
    if isinstance(value, (str, int, float)):
        return text(value)
    value = opened(value)
    if is_box(value):
        raise ValueError(
            "a nested list or mapping has no form in this style; flatten it, or declare the parameter "
            "with style `deepObject` (query only) or with `content: application/json`"
        )
    return text(value)


def items_of(value: object) -> list[object]:
    """Return the items of a list, or else the value as the only item, all opened."""
    value = opened(value)
    return list(map(opened, value)) if is_list(value) else [value]


def is_box(value: object) -> bool:
    return isinstance(value, Mapping) or is_list(value)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, *TEXT_TYPES))


def is_given(value: object) -> bool:
    """Return whether a value is to be sent."""
    return value is not None and value is not msgspec.UNSET
