"""The bases of every wire model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast

import msgspec

from specwire._models.unset import UNSET

ADDITIONAL = "x-specwire-additional-properties"
"""Stands in the place of a wire name for the field of a model that holds the properties a document does not name."""


T = TypeVar("T")


class _Constant(NamedTuple):
    """A field's only value, and its wire name where that is another."""

    value: Any
    name: str | None


def constant(value: T, name: str | None = None) -> T:
    """Declare a field of a model that has one possible value.

    Nobody has to give it, and it is always sent. A server that leaves it out has drifted, unless it is the tag by which
    msgspec tells the variants of a union apart.
    """
    return cast(T, _Constant(value, name))


if TYPE_CHECKING:
    _ModelMeta = msgspec.StructMeta
else:

    class _ModelMeta(msgspec.StructMeta):
        """Makes models whose constants need not be given."""

        def __new__(mcls, name, bases, namespace, **config):
            constants = {key: value for key, value in namespace.items() if isinstance(value, _Constant)}
            for key, (value, wire) in constants.items():
                if config.get("tag_field") == (wire or key):
                    namespace["__annotations__"].pop(key)
                    namespace[key] = value
                else:
                    namespace[key] = msgspec.field(name=wire)
            cls = super().__new__(mcls, name, bases, namespace, **config)
            cls.__constants__ = cls.__constants__ | {key: value for key, (value, _) in constants.items()}
            return cls

        def __call__(cls, *args, **fields):
            for key, value in cls.__constants__.items():
                if key in cls.__struct_fields__:
                    fields.setdefault(key, value)
                elif fields.pop(key, value) != value:
                    raise TypeError(f"{cls.__name__}.{key} is always {value!r}")
            return super().__call__(*args, **fields)


class WireModel(msgspec.Struct, metaclass=_ModelMeta, kw_only=True, weakref=True):
    """A JSON object of an API as a Python object: fields by Python name, `UNSET` where nothing was sent."""

    __constants__: ClassVar[Mapping[str, Any]] = {}
    """The values of fields that have only one possible value, by name."""
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


class OpenModel(WireModel, omit_defaults=True):
    """A JSON object that may have more properties than those its document names.

    These are in one field, `additional_properties` unless a property has that name: a dictionary by wire name.
    """


def unnamed(kind: type[msgspec.Struct], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an object, by wire name and in order, that are neither fields of a model nor its tag."""
    known = {*kind.__struct_encode_fields__, kind.__struct_config__.tag_field}
    return {name: field for name, field in fields.items() if name not in known}


class Unknown(dict[str, Any]):
    """An object that fits no variant of a union the client knows: the raw mapping, its keys also as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the server sent no {name!r}; it sent {', '.join(map(repr, self))}") from None

    def __repr__(self) -> str:
        return f"Unknown({dict.__repr__(self)})"
