"""JSON codec: bytes to typed values and back on the fast path; mismatches go to `specwire._codec.drift`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import isfinite
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec

from specwire._codec.formats import NO_FORMATS, Formats
from specwire._models.model import ADDITIONAL, are_any_open
from specwire._models.suspicion import is_suspect, may_be_foreign
from specwire._models.union import decode_hook

StructMeta = type(msgspec.Struct)

_MARK = ADDITIONAL.encode()
_EXACT = frozenset({str, int, bool, NoneType, UUID, msgspec.UnsetType})
_EVERY_KIND = (None, True, 0.5, "\ue000", [None], {"\ue000": None})

MISFIT: Any = object()
"""Sentinel for JSON that isn't of a type, or hardly."""

NESTED = "the value is nested too deeply, or contains itself"

_encode = msgspec.json.Encoder().encode
_decoders: dict[Any, Decoder] = {}


def encode(value: object, formats: Formats = NO_FORMATS) -> bytes:
    """Encode a value as JSON; raise `TypeError` or `ValueError` with the JSON path of a value that has no JSON form."""
    try:
        data = _encode(value)
    except (TypeError, ValueError, OverflowError):
        data = b""  # the slow path finds the place
    except RecursionError:
        raise ValueError(NESTED) from None
    # msgspec supports more types than JSON: it writes bytes in base64, NaN as null, and numbers as text.
    if data and not formats.number and _is_exact(value) and _MARK not in data:
        return data
    from specwire._codec.plain import plain  # few bodies need it

    return _encode(plain(value, formats))


def to_builtins(value: object, keeping: Iterable[type] = ()) -> Any:
    """Return a value as JSON-ready builtins in new containers; values of the types in `keeping` stay unchanged."""
    raw = msgspec.to_builtins(value, builtin_types=keeping, enc_hook=_builtin)
    if are_any_open():
        from specwire._models.additional_properties import flattened

        return flattened(raw)
    return raw


def _builtin(value: object) -> Any:
    from specwire._codec.plain import plain

    return plain(value)


def _is_exact(value: Any) -> bool:
    """Return True if a value consists of JSON types and models only, so that it is encoded unchanged.

    Every call runs this, hence the plain loops.
    """
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                return False
            kind = type(item)
            if kind is not str and not (isfinite(item) if kind is float else kind in _EXACT or _is_exact(item)):
                return False
        return True
    if kind is not list and kind is not tuple:
        if not isinstance(kind, StructMeta):
            return isfinite(value) if kind is float else kind in _EXACT
        value = msgspec.structs.astuple(value)
    for item in value:
        kind = type(item)
        if kind is not str and not (isfinite(item) if kind is float else kind in _EXACT or _is_exact(item)):
            return False
    return True


class Decoder:
    """Cached decoder of one type."""

    __slots__ = ("convert", "decode", "may_be_foreign", "takes_anything", "takes_text")

    def __init__(self, kind: Any) -> None:
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind, dec_hook=decode_hook).decode
        """Decodes JSON bytes; raises `msgspec.ValidationError` if they don't match the type."""
        self.convert: Callable[[Any], Any] = partial(msgspec.convert, type=kind, dec_hook=decode_hook)
        """Converts builtins; raises `msgspec.ValidationError` if they don't match the type."""
        if _may_be_open(kind):
            from specwire._models.additional_properties import with_additional

            self.decode, self.convert = (
                with_additional(self.decode, msgspec.json.decode),
                with_additional(self.convert, _same),
            )
        self.may_be_foreign = may_be_foreign(kind)
        """True if it may accept objects without any declared field; see `specwire._models.suspicion`."""
        self.takes_text = _takes(kind, "\ue000")
        """True if any text matches the type, so that only the content type distinguishes JSON from text."""
        self.takes_anything = all(_takes(kind, each) for each in _EVERY_KIND)
        """True if the document doesn't restrict the value."""

    def match(self, data: bytes) -> Any:
        """Return the value of JSON bytes that match the document; `MISFIT` if they need a closer look."""
        try:
            value = self.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return MISFIT
        return MISFIT if self.may_be_foreign and is_suspect(value) else value


def _takes(kind: Any, value: Any) -> bool:
    try:
        msgspec.convert(value, kind, dec_hook=decode_hook)
    except msgspec.ValidationError:
        return False
    return True


def _same(data: Any) -> Any:
    return data


def _may_be_open(kind: Any) -> bool:
    """Return True if values of a type may contain open models."""
    if not are_any_open():
        return False
    from specwire._models.additional_properties import reaches_open

    return reaches_open(kind)


def decoder(kind: Any) -> Decoder:
    """Return the decoder of a type, created once per type and process."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = Decoder(kind)
    return found
