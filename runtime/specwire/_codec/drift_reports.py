"""Drift, and how it is told: as a warning, once for each operation and place, or to a function."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Literal, TypeAlias

import msgspec

_PACKAGE = __name__.partition(".")[0]
_INDEX = re.compile(r"\[\d+\]")
_MOST = 1000
"""Places of which one client warns: names of places may come from a server, without end."""


class Drift(msgspec.Struct, frozen=True):
    """One place where a response is not what the document says."""

    path: str
    """JSON path, such as `$.choices[0].finish_reason`."""
    expected: str
    """What the document says."""
    got: str
    """What came, in kind; a value is shown only if it is a short scalar in the place of an enum."""

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"


class DriftWarning(UserWarning):
    """A response differs from the document; the client kept what it could not place."""


OnDrift: TypeAlias = Literal["ignore", "warn", "raise"] | Callable[[Sequence[Drift]], object]
"""What a client does about drift: a word, or a function that is told."""


def report(drifts: Sequence[Drift], on_drift: OnDrift, where: str, told: set[str] | None = None) -> None:
    """Tell of drift as the client was told to; `"raise"` is the caller's to do.

    `told` holds the operations and places that the client has warned of; it warns of each once. Where a filter turns
    the warning into an exception, it is printed instead: an answer that may have cost money is not lost for it.
    """
    if callable(on_drift):
        on_drift(drifts)
    elif on_drift == "warn":
        new = drifts if told is None else [drift for drift in drifts if _is_new(drift, where, told)]
        if new:
            _warn(f"{where} differs from its document: {listed(new)}")


def listed(drifts: Sequence[Drift]) -> str:
    """Return the first few drifts as one line."""
    return "; ".join(map(str, drifts[:5])) + (f"; and {len(drifts) - 5} more" if len(drifts) > 5 else "")


def _is_new(drift: Drift, where: str, told: set[str]) -> bool:
    key = f"{where} {_INDEX.sub('[]', drift.path)} {drift.expected}"
    if key in told or len(told) >= _MOST:
        return False
    told.add(key)
    return True


def _warn(text: str) -> None:
    """Warn at the line that called this package, without an entry in the registry of its module."""
    frame = _caller()
    place: dict[str, Any] = {"filename": frame.f_code.co_filename, "lineno": frame.f_lineno}
    try:
        warnings.warn_explicit(text, DriftWarning, module=frame.f_globals.get("__name__"), **place)
    except DriftWarning as warning:
        warnings.showwarning(warning, DriftWarning, **place)


def _caller() -> FrameType:
    """Return the frame that called this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame = frame.f_back
    return frame
