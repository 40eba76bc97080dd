"""JSON bytes to typed values and back: the fast path. What does not fit goes to `specwire.drift`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import isfinite
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec

from specwire._codec.formats import NO_FORMATS, Formats
from specwire._models.model import ADDITIONAL, OpenModel
from specwire._models.suspicion import is_suspect, may_be_foreign
from specwire._models.union import decode_hook

StructMeta = type(msgspec.Struct)

_MARK = ADDITIONAL.encode()
_EXACT = frozenset({str, int, bool, NoneType, UUID, msgspec.UnsetType})
_EVERY_KIND = (None, True, 0.5, "\ue000", [None], {"\ue000": None})

MISFIT: Any = object()
"""In place of the value of JSON that is not of a type, or hardly."""

_encode = msgspec.json.Encoder().encode
_decoders: dict[Any, Decoder] = {}


def encode(value: object, formats: Formats = NO_FORMATS) -> bytes:
    """Encode a value as JSON; raises `TypeError` or `ValueError`, with the JSON path, where it has no JSON form."""
    try:
        data = _encode(value)
    except (TypeError, ValueError, OverflowError):
        data = b""  # the slow way says where
    # msgspec knows more types than JSON has: it writes bytes in base64, NaN as null, numbers as text.
    if data and _is_exact(value) and _MARK not in data:
        return data
    from specwire._codec.plain import plain  # few bodies need it

    return _encode(plain(value, formats))


def to_builtins(value: object, keeping: Iterable[type] = ()) -> Any:
    """Return a value as JSON-ready builtins, in containers of its own; values of the types `keeping` stay as is."""
    raw = msgspec.to_builtins(value, builtin_types=keeping, enc_hook=_builtin)
    if _are_open_models():
        from specwire._models.additional_properties import unfold

        return unfold(raw)
    return raw


def _builtin(value: object) -> Any:
    from specwire._codec.plain import plain

    return plain(value)


def _is_exact(value: Any) -> bool:
    """Tell whether a value holds nothing but what JSON has, and models: what is encoded as it is.

    This is on the path of every call, hence the plain loops.
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
    """A cached decoder of one type."""

    __slots__ = ("convert", "decode", "kind", "may_be_foreign", "takes_anything", "takes_text")

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind, dec_hook=decode_hook).decode
        """Decodes JSON bytes; raises `msgspec.ValidationError` when the data is not of the type."""
        self.convert: Callable[[Any], Any] = partial(msgspec.convert, type=kind, dec_hook=decode_hook)
        """Converts builtins; raises `msgspec.ValidationError` when they are not of the type."""
        if _may_be_open(kind):
            from specwire._models.additional_properties import gathering

            self.decode, self.convert = gathering(self.decode, msgspec.json.decode), gathering(self.convert, _same)
        self.may_be_foreign = may_be_foreign(kind)
        """Whether it may take an object of which it knows no field: see `specwire.answers.foreign`."""
        self.takes_text = _takes(kind, "\ue000")
        """Whether any text is of the type, so that only the content type tells JSON from text."""
        self.takes_anything = all(_takes(kind, each) for each in _EVERY_KIND)
        """Whether the document says nothing of the value."""

    def match(self, data: bytes) -> Any:
        """Return the value of JSON bytes as the document describes it; `MISFIT` where they need a closer look."""
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


def _are_open_models() -> bool:
    """Tell whether any client that was imported has open models."""
    return bool(OpenModel.__subclasses__())


def _may_be_open(kind: Any) -> bool:
    """Tell whether values of a type may hold open models."""
    if not _are_open_models():
        return False
    from specwire._models.additional_properties import reaches_open

    return reaches_open(kind)


def decoder(kind: Any) -> Decoder:
    """Return the decoder of a type; made once per type and process."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = Decoder(kind)
    return found
