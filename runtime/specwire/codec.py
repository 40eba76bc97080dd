"""JSON bytes to typed values and back: the fast path. What does not fit goes to `specwire.drift`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from specwire.model import ADDITIONAL, OpenModel
from specwire.union import decode_hook

_MARK = ADDITIONAL.encode()

_encoder: msgspec.json.Encoder | None = None
_decoders: dict[Any, Decoder] = {}


def encode_hook(value: object) -> object:
    """Encode the container types that users pass and msgspec does not know."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise NotImplementedError(f"a value of type {type(value).__name__} has no JSON form")


def encode(value: object) -> bytes:
    """Encode a value as JSON; raises `TypeError` for a value that has no JSON form."""
    global _encoder
    if _encoder is None:
        _encoder = msgspec.json.Encoder(enc_hook=encode_hook)
    try:
        data = _encoder.encode(value)
        if _MARK in data:
            from specwire.extra import unfold  # few documents have such models

            data = _encoder.encode(unfold(msgspec.to_builtins(value, enc_hook=encode_hook)))
        return data
    except NotImplementedError as error:
        raise TypeError(str(error)) from None


def to_builtins(value: object, keeping: Iterable[type] = ()) -> Any:
    """Return a value as JSON-ready builtins, in containers of its own; values of the types `keeping` stay as is."""
    raw = msgspec.to_builtins(value, builtin_types=keeping, enc_hook=encode_hook)
    if _are_open_models():
        from specwire.extra import unfold

        return unfold(raw)
    return raw


class Decoder:
    """A cached decoder of one type."""

    __slots__ = ("convert", "decode", "kind")

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind, dec_hook=decode_hook).decode
        """Decodes JSON bytes; raises `msgspec.ValidationError` when the data is not of the type."""
        self.convert: Callable[[Any], Any] = partial(msgspec.convert, type=kind, dec_hook=decode_hook)
        """Converts builtins; raises `msgspec.ValidationError` when they are not of the type."""
        if _may_be_open(kind):
            from specwire.extra import gathering

            self.decode, self.convert = gathering(self.decode, msgspec.json.decode), gathering(self.convert, _same)


def _same(data: Any) -> Any:
    return data


def _are_open_models() -> bool:
    """Tell whether any client that was imported has open models."""
    return bool(OpenModel.__subclasses__())


def _may_be_open(kind: Any) -> bool:
    """Tell whether values of a type may hold open models."""
    if not _are_open_models():
        return False
    from specwire.extra import reaches_open

    return reaches_open(kind)


def decoder(kind: Any) -> Decoder:
    """Return the decoder of a type; made once per type and process."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = Decoder(kind)
    return found
