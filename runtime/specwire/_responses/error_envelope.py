"""Errors inside of successful answers: where a body is not what was asked for, and says that it is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

import msgspec

from specwire._codec.drift_reports import Drift
from specwire._errors.base import cut
from specwire._errors.server_message import summary
from specwire.errors import EnvelopeError

if TYPE_CHECKING:
    from specwire._operations.request import BaseRequest
    from specwire._operations.response import Response

_SHOWN = 200
"""Characters of a body that are shown where it has no message."""
_ERRORS = ("error", "errors", "Error", "Errors", "fault")
_FAILURES = (
    *((name, False) for name in ("success", "ok")),
    *((name, "error") for name in ("object", "type")),
    *(("status", value) for value in ("error", "fail", "failed", "failure")),
)
"""Keys and values by which an object says of itself that it is an error, whatever holds the message."""
_ABSENT = re.compile(r"\$\.[^.\[]+")
_ENVELOPE = frozenset(
    "code status message msg type param detail details request_id requestId success ok timestamp path object trace_id "
    "statusCode status_code jsonrpc".split()
)
"""Keys that errors have beside the error itself."""


def error_in(raw: Any, drifts: Sequence[Drift], declared: Set[str]) -> Any:
    """Return the error that an answer holds in the place of what was asked for; None where it holds none.

    Only where the body lacks what the document promises: a required field, or all fields. An `error` beside a whole
    result is a field like any other. One that is among the `declared` fields counts only if no other of them came.
    """
    error = _error(raw)
    if error is None:
        return raw if _says_failure(raw, declared) and _is_misfit(drifts) else None
    if declared & {*_ERRORS} and declared & raw.keys() - _ENVELOPE - {*_ERRORS}:
        return None
    return error if _is_misfit(drifts) else None


def _is_misfit(drifts: Sequence[Drift]) -> bool:
    """Tell whether a body is another than declared as a whole, or lacks a field that it must have."""
    misfit = any(drift.path == "$" for drift in drifts)
    absent = any(drift.got == "nothing" and _ABSENT.fullmatch(drift.path) for drift in drifts)
    return misfit or absent


def _says_failure(raw: Any, declared: Set[str] = frozenset()) -> bool:
    """Tell whether an object says that it is an error, and what is wrong.

    A key that is among the `declared` fields counts only if no other of them came.
    """
    if not isinstance(raw, dict):
        return False
    known = frozenset() if declared & raw.keys() - _ENVELOPE else declared
    says = any((name in known or name not in declared) and raw.get(name) == value for name, value in _FAILURES)
    return says and bool(raw.keys() & {"message", "msg", "detail"}) and bool(summary(raw))


def error_alone_in(raw: Any) -> Any:
    """Return the error of a JSON object that is nothing but an error; None of any other."""
    error = _error(raw)
    if error is None and _says_failure(raw):
        error = raw
    if error is None:
        return None
    alone = {key for key, value in raw.items() if value is not None} <= {*_ERRORS, *_ENVELOPE}
    return error if alone and summary(raw) else None


def refused(request: BaseRequest, response: Response[Any], raw: Any, error: Any) -> EnvelopeError:
    """Return the exception of an answer that is an error in spite of its status; both are without secrets."""
    content = msgspec.json.encode(raw)
    text = summary(raw) or cut(content.decode("utf-8", "replace"), _SHOWN)
    return EnvelopeError(
        f"{request.operation.id}: the server answered HTTP {response.status_code} with an error: {text}",
        request=request,
        response=msgspec.structs.replace(response, content=content),
        code=_code(error),
        body=raw,
    )


def _code(error: Any) -> int | str | None:
    code = error.get("code", error.get("type")) if isinstance(error, Mapping) else None
    return code if isinstance(code, int | str) else None


def _error(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return None
    return next((raw[key] for key in _ERRORS if raw.get(key)), None)
