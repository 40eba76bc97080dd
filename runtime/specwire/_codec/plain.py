"""Slow path of JSON bodies: any value to exact builtins, or the JSON path of a value without a JSON form."""

from __future__ import annotations

import base64
import datetime as dt
import enum
import math
import uuid
from collections.abc import Mapping, Sequence, Set as AbstractSet
from decimal import Decimal
from os import PathLike
from typing import Any, NamedTuple

import msgspec

from specwire._codec.foreign_values import unwrap
from specwire._codec.formats import NO_FORMATS, Formats
from specwire._codec.scalar import REMEDY_FOR_BYTES, scalar_text, surrogate
from specwire._models.int_text import IntText
from specwire._models.model import ADDITIONAL

_TIMES = (dt.date, dt.time, dt.timedelta, uuid.UUID)
_KEYS = (str, int, float, Decimal, enum.Enum, *_TIMES)
_LONGEST_PATH = 120


def plain(value: object, formats: Formats = NO_FORMATS) -> Any:
    """Return a value as builtins (and raw numbers) of the same JSON form.

    Raises `TypeError` or `ValueError` with the JSON path of a value that has no JSON form.
    """
    walk = _Walk(formats)
    return walk.take(value, walk.texts("", _NUMBERS))


class _Texts(NamedTuple):
    """Values of a field that are written as text."""

    base64: bool
    decimal: bool
    number: bool


_NUMBERS = _Texts(base64=False, decimal=False, number=False)


class _Walk:
    """Walk over a value that tracks its JSON path."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self._path: list[str | int] = []

    def texts(self, name: str, outer: _Texts) -> _Texts:
        """Return the text formats of a field, including those of the enclosing fields."""
        named = (self._formats.base64, self._formats.decimal, self._formats.number)
        if not any(name in names for names in named):
            return outer
        return _Texts(*(inherited or name in names for inherited, names in zip(outer, named, strict=True)))

    def take(self, value: Any, texts: _Texts) -> Any:
        """Return a value as builtins, given the text formats of its field."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, enum.Enum):
            return self.take(value.value, texts)
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, int):
            return int.__repr__(value) if texts.number or type(value) is IntText else int.__int__(value)
        if isinstance(value, float):
            if not math.isfinite(value):
                raise self._error(ValueError, "NaN and infinity have no JSON form; give a finite number or None")
            return scalar_text(value) if texts.number else float.__float__(value)
        if isinstance(value, Decimal):
            if not value.is_finite():
                raise self._error(ValueError, "NaN and infinity have no JSON form; give a finite number or None")
            text = Decimal.__str__(value)
            return text if texts.decimal else msgspec.Raw(text.encode())
        if isinstance(value, bytes | bytearray | memoryview):
            if not texts.base64:
                raise self._error(TypeError, REMEDY_FOR_BYTES)
            return base64.b64encode(value).decode("ascii")
        if isinstance(value, _TIMES):
            return self._scalar(value)
        return self._container(value, texts)

    def _container(self, value: Any, texts: _Texts) -> Any:
        if isinstance(value, msgspec.Raw):
            return value
        if isinstance(value, Mapping):
            return self._object(value, texts)
        try:
            opened = unwrap(value)
        except TypeError as error:
            raise self._error(TypeError, str(error)) from None
        if opened is not value:
            return self.take(opened, texts)
        if isinstance(value, Sequence | AbstractSet):
            found: list[Any] = []
            for index, item in enumerate(value):
                self._path.append(index)
                found.append(self.take(item, texts))
                self._path.pop()
            return found
        raise self._error(TypeError, f"a value of type {type(value).__name__} has no JSON form{_remedy(value)}")

    def _object(self, value: Mapping[Any, Any], texts: _Texts) -> dict[str, Any]:
        found: dict[str, Any] = {}
        more: Mapping[str, Any] = {}
        for key, item in value.items():
            name = self._key(key)
            if name in found:
                raise self._error(ValueError, f"two keys are written as {name!r}")
            self._path.append(name)
            taken = self.take(item, self.texts(name, texts))
            self._path.pop()
            if name == ADDITIONAL and isinstance(taken, Mapping):
                more = taken
            else:
                found[name] = taken
        return {**found, **{name: item for name, item in more.items() if name not in found}}

    def _key(self, key: object) -> str:
        if not isinstance(key, _KEYS) or isinstance(key, bool):
            raise self._error(TypeError, f"a key of type {type(key).__name__} has no JSON form; give text")
        return self._text(self._scalar(key))

    def _scalar(self, value: object) -> str:
        try:
            return scalar_text(value)
        except (TypeError, ValueError) as error:
            raise self._error(type(error), str(error)) from None

    def _text(self, text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise self._error(ValueError, surrogate(error)) from None
        return text

    def _error(self, kind: type[Exception], reason: str) -> TypeError | ValueError:
        path = "".join(map(_step, self._path))
        place = f"${path}" if len(path) <= _LONGEST_PATH else f"$...{path[-_LONGEST_PATH:]}"
        return (TypeError if issubclass(kind, TypeError) else ValueError)(f"{place}: {reason}")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if step.isidentifier() else f"[{step!r}]"


def _remedy(value: object) -> str:
    if isinstance(value, PathLike):
        return "; give `str(path)`, or the text of the file"
    return "; make a list of it" if hasattr(value, "__iter__") else ""
