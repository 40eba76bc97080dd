"""Differences between JSON values, with their places."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from specwire_codegen.openapi.json_types import noun_of

SameText: TypeAlias = Callable[[str, str], bool]

MICROSECOND = timedelta(microseconds=1)
"""The finest resolution of time in Python."""
INTEGERS = range(-(2**63), 2**64)
"""Integers that JSON encoders and servers agree on."""
_NUMBER = r"(\d+(?:\.\d+)?)"
_DURATION = re.compile(
    rf"([+-])?P(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?", re.ASCII
)


def differences(expected: Any, actual: Any, same_text: SameText = operator.eq, path: str = "$") -> Iterator[str]:
    """Yield the differences of two JSON values; numbers compare by value (`1` equals `1.0`), but `1` is not `true`."""
    match expected, actual:
        case dict(), dict():
            for key in expected.keys() | actual.keys():
                if key not in actual:
                    yield f"{path}.{key}: {expected[key]!r} is missing"
                elif key not in expected:
                    yield f"{path}.{key}: {actual[key]!r} is not expected"
                else:
                    yield from differences(expected[key], actual[key], same_text, f"{path}.{key}")
        case list(), list():
            if len(expected) != len(actual):
                yield f"{path}: {len(expected)} items expected, not {len(actual)}"
            for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
                yield from differences(one, other, same_text, f"{path}[{index}]")
        case str(), str():
            if not same_text(expected, actual):
                yield f"{path}: {expected!r} expected, not {actual!r}"
        case _:
            if noun_of(expected) != noun_of(actual) or expected != actual:
                yield f"{path}: {expected!r} expected, not {actual!r}"


def json_problems(expected: Any, text: str | bytes) -> Iterator[str]:
    """Yield the differences between a JSON text and a value."""
    try:
        actual = json.loads(text)
    except ValueError as problem:
        yield f"$: {text!r} is not JSON ({problem})"
        return
    yield from differences(expected, actual)


def same_meaning(one: str, other: str) -> bool:
    """Return True if two texts are equal, or the same UUID, or the same instant or duration to the microsecond."""
    if one == other:
        return True
    durations = duration(one), duration(other)
    if durations[0] is not None and durations[1] is not None:
        return abs(durations[0] - durations[1]) <= MICROSECOND
    instants = _instant(one), _instant(other)
    if instants[0] is not None and instants[1] is not None:
        return abs(instants[0] - instants[1]) <= MICROSECOND
    uuids = _uuid(one), _uuid(other)
    return uuids[0] is not None and uuids[0] == uuids[1]


def sendable(value: Any) -> bool:
    """Return True if all integers of a value fit into 64 bits."""
    match value:
        case bool():
            return True
        case int():
            return value in INTEGERS
        case dict():
            return all(map(sendable, value.values()))
        case list():
            return all(map(sendable, value))
        case _:
            return True


def _instant(text: str) -> datetime | None:
    """Return an instant; a time of day becomes one on a fixed date."""
    for whole in (text, f"2000-01-01T{text}"):
        try:
            found = datetime.fromisoformat(whole)
        except ValueError:
            continue
        return found if found.tzinfo is not None else None
    return None


def duration(text: str) -> timedelta | None:
    """Return an ISO 8601 duration, or None for other texts and for years and months, which have no fixed length."""
    hit = _DURATION.fullmatch(text)
    if hit is None or not any(hit.groups()[1:]):
        return None
    sign, *parts = hit.groups(default="0")
    names = ("weeks", "days", "hours", "minutes", "seconds")
    found = timedelta(**{name: float(part) for name, part in zip(names, parts, strict=True)})
    return -found if sign == "-" else found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
