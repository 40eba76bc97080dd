"""The base of every wire model, and what can be done with one."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

import msgspec

from specwire.codec import decoder, encode_hook
from specwire.unset import UNSET

T = TypeVar("T")


class WireModel(msgspec.Struct, kw_only=True, weakref=True):
    """A JSON object of an API as a Python object: fields by Python name, `UNSET` where nothing was sent."""

    __secrets__: ClassVar[frozenset[str]] = frozenset()
    """Names of fields whose values `repr` must not show."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return the fields that are set, with secrets masked."""
        fields = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return [
            (name, "***" if value is not None and name in self.__secrets__ else value)
            for name, value in fields
            if value is not UNSET
        ]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class Unknown(dict[str, Any]):
    """An object that fits no variant of a union the client knows: the raw mapping, its keys also as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the server sent no {name!r}; it sent {', '.join(map(repr, self))}") from None

    def __repr__(self) -> str:
        return f"Unknown({dict.__repr__(self)})"


def to_dict(model: WireModel) -> dict[str, Any]:
    """Return a model as JSON-ready builtins by wire name, without the fields that are not set.

    Fields that the document does not know are there too, where the client was told to keep them.
    """
    from specwire.extra import restore

    result: dict[str, Any] = restore(model, msgspec.to_builtins(model, enc_hook=encode_hook))
    return result


def from_dict(kind: type[T], data: Any) -> T:
    """Build `kind` from builtins by wire name; raises `msgspec.ValidationError`, with a JSON path, on misfit."""
    built: T = decoder(kind).convert(data)
    return built
