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
from typing import Any

import msgspec

from specwire._codec.foreign_values import unwrap
from specwire._codec.formats import NO_FORMATS, Formats
from specwire._codec.scalar import REMEDY_FOR_BYTES, scalar_text, surrogate
from specwire._models.model import ADDITIONAL

_TIMES = (dt.date, dt.time, dt.timedelta, uuid.UUID)
_KEYS = (str, int, float, Decimal, enum.Enum, *_TIMES)
_LONGEST_PATH = 120


def plain(value: object, formats: Formats = NO_FORMATS) -> Any:
    """Return a value as builtins (and raw numbers) of the same JSON form.

    Raises `TypeError` or `ValueError` with the JSON path of a value that has no JSON form.
    """
    return _Walk(formats).take(value, "" in formats.base64, "" in formats.decimal)


class _Walk:
    """Walk over a value that tracks its JSON path."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self._path: list[str | int] = []

    def take(self, value: Any, base64_: bool, decimal: bool) -> Any:
        """Return a value as builtins; the flags are the formats of the enclosing field."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, enum.Enum):
            return self.take(value.value, base64_, decimal)
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, int):
            return int.__int__(value)
        if isinstance(value, float):
            if not math.isfinite(value):
                raise self._error(ValueError, "NaN and infinity have no JSON form; give a finite number or None")
            return float.__float__(value)
        if isinstance(value, Decimal):
            if not value.is_finite():
                raise self._error(ValueError, "NaN and infinity have no JSON form; give a finite number or None")
            text = Decimal.__str__(value)
            return text if decimal else msgspec.Raw(text.encode())
        if isinstance(value, bytes | bytearray | memoryview):
            if not base64_:
                raise self._error(TypeError, REMEDY_FOR_BYTES)
            return base64.b64encode(value).decode("ascii")
        if isinstance(value, _TIMES):
            return self._scalar(value)
        return self._container(value, base64_, decimal)

    def _container(self, value: Any, base64_: bool, decimal: bool) -> Any:
        if isinstance(value, msgspec.Raw):
            return value
        if isinstance(value, Mapping):
            return self._object(value, base64_, decimal)
        try:
            opened = unwrap(value)
        except TypeError as error:
            raise self._error(TypeError, str(error)) from None
        if opened is not value:
            return self.take(opened, base64_, decimal)
        if isinstance(value, Sequence | AbstractSet):
            found: list[Any] = []
            for index, item in enumerate(value):
                self._path.append(index)
                found.append(self.take(item, base64_, decimal))
                self._path.pop()
            return found
        raise self._error(TypeError, f"a value of type {type(value).__name__} has no JSON form{_remedy(value)}")

    def _object(self, value: Mapping[Any, Any], base64_: bool, decimal: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        more: Mapping[str, Any] = {}
        for key, item in value.items():
            name = self._key(key)
            if name in found:
                raise self._error(ValueError, f"two keys are written as {name!r}")
            self._path.append(name)
            taken = self.take(item, base64_ or name in self._formats.base64, decimal or name in self._formats.decimal)
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
