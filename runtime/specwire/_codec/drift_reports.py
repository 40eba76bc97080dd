"""Drift, and its reports: a warning once per operation and place, or a function call."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from specwire._errors.caller import calling_frame

_INDEX = re.compile(r"\[\d+\]")
_MOST = 1000
"""Maximum number of places that a client warns about: a server can invent names without end."""


class Drift(msgspec.Struct, frozen=True):
    """Place in a response that differs from the document."""

    path: str
    """JSON path, such as `$.choices[0].finish_reason`."""
    expected: str
    """Declared type or value."""
    got: str
    """Kind of the received value; the value itself only if it is a short scalar in place of an enum."""

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"


class DriftWarning(UserWarning):
    """Response that differs from the document; the client kept what it couldn't place."""


OnDrift: TypeAlias = Literal["ignore", "warn", "raise"] | Callable[[Sequence[Drift]], object]
"""Reaction of a client to drift: a keyword, or a function to call."""


def report(drifts: Sequence[Drift], on_drift: OnDrift, where: str, warned: set[str] | None = None) -> None:
    """Report drift as configured; for `"raise"`, the caller raises.

    `warned` holds the operations and places that the client has warned about, so that it warns once for each. If a
    filter turns the warning into an exception, it is printed instead: a response that may have cost money must not
    be lost.
    """
    if callable(on_drift):
        on_drift(drifts)
    elif on_drift == "warn":
        new = drifts if warned is None else [drift for drift in drifts if _is_new(drift, where, warned)]
        if new:
            _warn(f"{where} differs from its document: {listed(new)}")


def listed(drifts: Sequence[Drift]) -> str:
    """Return the first few drifts as one line."""
    return "; ".join(map(str, drifts[:5])) + (f"; and {len(drifts) - 5} more" if len(drifts) > 5 else "")


def _is_new(drift: Drift, where: str, warned: set[str]) -> bool:
    key = f"{where} {_INDEX.sub('[]', drift.path)} {drift.expected}"
    if key in warned or len(warned) >= _MOST:
        return False
    warned.add(key)
    return True


def _warn(text: str) -> None:
    """Warn at the line that called this package, without an entry in the warning registry of its module."""
    frame = calling_frame()
    place: dict[str, Any] = {"filename": frame.f_code.co_filename, "lineno": frame.f_lineno}
    try:
        warnings.warn_explicit(text, DriftWarning, module=frame.f_globals.get("__name__"), **place)
    except DriftWarning as warning:
        warnings.showwarning(warning, DriftWarning, **place)
