"""Text form of scalar values, in paths, queries, headers, cookies, forms and parts."""

from __future__ import annotations

import base64
import datetime as dt
import enum
import math
import uuid
from decimal import Decimal

import msgspec

REMEDY_FOR_BYTES = "bytes have no text form; `.decode()` them, or encode them in base64 if the API expects that"
TEXT_TYPES = (dt.datetime, dt.date, dt.time, dt.timedelta, uuid.UUID, Decimal, bytes, bytearray, memoryview)
"""Scalar types other than numbers, booleans and text."""


def scalar_text(value: object) -> str:
    """Return the text of a scalar; raise `ValueError` or `TypeError`, without the value, if it has none."""
    if isinstance(value, enum.Enum):
        return scalar_text(value.value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, (float, Decimal)):
        return _real_text(value)
    if isinstance(value, dt.datetime):
        return _datetime_text(value)
    if isinstance(value, dt.time):
        return _offset_text(value.isoformat())
    if isinstance(value, (dt.date, uuid.UUID)):
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    if isinstance(value, dt.timedelta):
        exact = dt.timedelta(value.days, value.seconds, value.microseconds)
        if exact != value:
            raise ValueError("a duration has a precision of microseconds at most; round it")
        return msgspec.json.encode(exact).decode().strip('"')
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError(REMEDY_FOR_BYTES)
    raise TypeError(
        f"a value of type {type(value).__name__} has no text form; "
        "give text, a number, a boolean, a date or time, a UUID or an enum member"
    )


def surrogate(error: UnicodeEncodeError) -> str:
    """Describe why a text has no UTF-8 form, without quoting it."""
    return f"half of a character (a lone surrogate) at position {error.start}; the text was cut or decoded wrong"


def base64_text(value: object) -> str:
    """Return the text of a scalar, with bytes in base64."""
    return (
        base64.b64encode(value).decode("ascii")
        if isinstance(value, (bytes, bytearray, memoryview))
        else scalar_text(value)
    )


def _real_text(value: float | Decimal) -> str:
    if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
        raise ValueError("NaN and infinity cannot be sent; give a finite number")
    return Decimal.__format__(value, "f") if isinstance(value, Decimal) else msgspec.json.encode(float(value)).decode()


def _datetime_text(value: dt.datetime) -> str:
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(
            "a datetime without a timezone is ambiguous; give it one, as `datetime.now(UTC)` or `.astimezone()` do"
        )
    # RFC 3339 allows no seconds in an offset.
    exact = value if offset % dt.timedelta(minutes=1) == dt.timedelta() else value.astimezone(dt.UTC)
    return _offset_text(exact.isoformat())


def _offset_text(text: str) -> str:
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text
