"""Base classes of all wire models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast

import msgspec

from specwire._models.habits import REMEDIES, Habit, is_habit
from specwire._models.unset import UNSET

ADDITIONAL = "x-specwire-additional-properties"
"""Marker, in place of a wire name, of the field that holds additional properties."""


T = TypeVar("T")
_open_models: set[str] = set()
"""Names of the open models that are imported."""


class _Constant(NamedTuple):
    """The only possible value of a field, and its wire name if that differs."""

    value: Any
    name: str | None


def constant(value: T, name: str | None = None) -> T:
    """Declare a model field that has only one possible value.

    Callers need not pass it, and it is always sent. A response without it is drift, unless it is the tag by which
    msgspec selects the variant of a union.
    """
    return cast("T", _Constant(value, name))


def is_open(kind: type[msgspec.Struct]) -> bool:
    """Return whether objects may have properties beyond the declared ones, which a field of the model holds."""
    return ADDITIONAL in kind.__struct_encode_fields__


if TYPE_CHECKING:
    _ModelMeta = msgspec.StructMeta
else:

    class _ModelMeta(msgspec.StructMeta):
        """Metaclass that makes constant fields optional in the constructor."""

        def __new__(mcls, name, bases, namespace, **config):
            constants = {key: value for key, value in namespace.items() if isinstance(value, _Constant)}
            for key, (value, wire) in constants.items():
                if config.get("tag_field") == (wire or key):
                    namespace["__annotations__"].pop(key)
                    namespace[key] = value
                else:
                    namespace[key] = msgspec.field(name=wire)
            cls = super().__new__(mcls, name, bases, namespace, **config)
            if is_open(cls):
                _open_models.add(name)
            cls.__constants__ = cls.__constants__ | {key: value for key, (value, _) in constants.items()}
            return cls

        def __call__(cls, *args, **fields):
            for key, value in cls.__constants__.items():
                if key in cls.__struct_fields__:
                    fields.setdefault(key, value)
                elif fields.pop(key, value) != value:
                    raise TypeError(f"{cls.__name__}.{key} must be {value!r}: leave it out")
            return super().__call__(*args, **fields)

        def __dir__(cls):
            return [name for name in super().__dir__() if name not in REMEDIES or not is_habit(cls, name)]


class WireStruct(msgspec.Struct, metaclass=_ModelMeta, kw_only=True, weakref=True):
    """Structure of all models, without the methods that need the codec."""

    __constants__: ClassVar[Mapping[str, Any]] = {}
    """Constant fields and their values, by name."""
    __takes_any__: ClassVar[bool] = False
    """True if an object of which the model knows no field still is one of the model."""
    __secrets__: ClassVar[frozenset[str]] = frozenset()
    """Names of fields whose values `repr` masks."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the fields that are set for IPython and Jupyter, on several lines if they do not fit one."""
        name = type(self).__name__
        with printer.group(len(name) + 1, f"{name}(", ")"):
            for index, (field, value) in enumerate(self.__rich_repr__()):
                if index:
                    printer.text(",")
                    printer.breakable()
                with printer.group(len(field) + 1, f"{field}="):
                    printer.pretty(value)

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


for _name in REMEDIES:
    setattr(WireStruct, _name, Habit(_name))


def are_any_open() -> bool:
    """Return whether an imported client has open models."""
    return bool(_open_models)


def unnamed(kind: type[msgspec.Struct], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an object, by wire name and in order, without those of its model and the tag."""
    known = {*kind.__struct_encode_fields__, kind.__struct_config__.tag_field}
    return {name: field for name, field in fields.items() if name not in known}


class Unknown(dict[str, Any]):
    """Object that matches no known variant of a union: the raw mapping, whose keys are also attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the server didn't send {name!r}; it sent {', '.join(map(repr, self))}") from None

    def __repr__(self) -> str:
        return f"Unknown({dict.__repr__(self)})"
