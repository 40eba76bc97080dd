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


DriftKind: TypeAlias = Literal["null", "value", "variant", "type", "missing", "body"]
"""Kinds of drift: a null, a value that an enumeration lacks, an object that no variant describes, a value of another
type, an absent field that is required, a body where none or another one is declared.
"""
_SCALARS = ("string '", 'string "', "integer ", "boolean ")
"""How a value in place of an enumeration begins."""


UNDECLARED = "no declared body"
"""What is expected of an error status for which the document has no JSON."""


class Drift(msgspec.Struct, frozen=True):
    """Place in a response that differs from the document."""

    path: str
    """JSON path, such as `$.choices[0].finish_reason`."""
    expected: str
    """Declared type or value."""
    got: str
    """Kind of the received value; the value itself only if it is a short scalar in place of an enum."""

    @property
    def kind(self) -> DriftKind:
        """Kind of the drift."""
        match self.got:
            case "nothing":
                return "missing"
            case "null":
                return "null"
            case got if " bytes of " in got or self.expected in ("no content", UNDECLARED):
                return "body"
            case got if got.startswith(("object with ", "object of ")):
                return "variant"
            case got if got.startswith(_SCALARS):
                return "value"
            case _:
                return "type"

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"


class DriftWarning(UserWarning):
    """Response that differs from the document; the client kept what it couldn't place."""


OnDrift: TypeAlias = Literal["ignore", "warn", "raise"] | Callable[[Sequence[Drift]], object]
"""Reaction of a client to drift: a keyword, or a function to call.

A function with a method `record(operation, drifts, status)` is called by that, as `DriftReport` is.
"""


def report(
    drifts: Sequence[Drift],
    on_drift: OnDrift,
    operation: str,
    warned: set[str] | None = None,
    status: int | None = None,
) -> None:
    """Report drift as configured; for `"raise"`, the caller raises.

    `warned` holds the operations and places that the client has warned about, so that it warns once for each. If a
    filter turns the warning into an exception, it is printed instead: a response that may have cost money must not
    be lost.
    """
    if callable(on_drift):
        record: Callable[[str, Sequence[Drift], int | None], object] | None = getattr(on_drift, "record", None)
        if record is None:
            on_drift(drifts)
        else:
            record(operation, drifts, status)
    elif on_drift == "warn":
        where = operation if status is None or status < 400 else f"{operation} (HTTP {status})"
        new = drifts if warned is None else [drift for drift in drifts if _is_new(drift, where, warned)]
        if new:
            _warn(f"{where} differs from its document: {listed(new)}")


def report_undeclared(on_drift: OnDrift, operation: str, got: str, status: int) -> None:
    """Report the body of an error that the document does not declare, to functions that gather drift.

    Nobody is warned: servers, proxies and gateways send errors that no document lists.
    """
    if hasattr(on_drift, "record"):
        report([Drift("$", UNDECLARED, got)], on_drift, operation, status=status)


def takes(on_drift: OnDrift, drifts: Sequence[Drift]) -> bool:
    """Return whether a reaction takes drift: that of undeclared bodies is for functions that gather drift."""
    return hasattr(on_drift, "record") or any(drift.expected != UNDECLARED for drift in drifts)


def listed(drifts: Sequence[Drift]) -> str:
    """Return the first few drifts as one line."""
    return "; ".join(map(str, drifts[:5])) + (f"; and {len(drifts) - 5} more" if len(drifts) > 5 else "")


def pattern_of(path: str) -> str:
    """Return a JSON path with `[]` for every index."""
    return _INDEX.sub("[]", path)


def _is_new(drift: Drift, where: str, warned: set[str]) -> bool:
    key = f"{where} {pattern_of(drift.path)} {drift.expected}"
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
