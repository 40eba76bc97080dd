"""JSON bytes to typed values and back: the fast path. What does not fit goes to `specwire.drift`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from specwire.union import decode_hook

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
        return _encoder.encode(value)
    except NotImplementedError as error:
        raise TypeError(str(error)) from None


class Decoder:
    """A cached decoder of one type."""

    __slots__ = ("decode", "kind")

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind, dec_hook=decode_hook).decode
        """Decodes JSON bytes; raises `msgspec.ValidationError` when the data is not of the type."""

    def convert(self, data: Any) -> Any:
        """Convert builtins; raises `msgspec.ValidationError` when they are not of the type."""
        return msgspec.convert(data, self.kind, dec_hook=decode_hook)


def decoder(kind: Any) -> Decoder:
    """Return the decoder of a type; made once per type and process."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = Decoder(kind)
    return found
