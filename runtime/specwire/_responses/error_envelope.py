"""Errors inside success responses: a body that isn't the declared content, and reports an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set as AbstractSet
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
"""Maximum characters of a body shown if it has no message."""
_ERRORS = ("error", "errors", "Error", "Errors", "fault")
_FAILURES = (
    *((name, False) for name in ("success", "ok")),
    *((name, "error") for name in ("object", "type")),
    *(("status", value) for value in ("error", "fail", "failed", "failure")),
)
"""Keys and values that mark an object as an error, whichever key holds the message."""
_ABSENT = re.compile(r"\$\.[^.\[]+")
_ENVELOPE = frozenset(
    "code status message msg type param detail details request_id requestId success ok timestamp path object trace_id "
    "statusCode status_code jsonrpc".split()
)
"""Keys of errors in addition to the error itself."""


def error_in(raw: Any, drifts: Sequence[Drift], declared: AbstractSet[str]) -> Any:
    """Return the error that a response contains in place of its declared content; None without one.

    A body is only an error if it lacks a required field, or all fields. An `error` next to a complete result is an
    ordinary field. An error key among the `declared` fields only counts if no other declared field was sent.
    """
    error = _error(raw)
    if error is None:
        return raw if _says_failure(raw, declared) and _is_misfit(drifts) else None
    if declared & {*_ERRORS} and declared & raw.keys() - _ENVELOPE - {*_ERRORS}:
        return None
    return error if _is_misfit(drifts) else None


def _is_misfit(drifts: Sequence[Drift]) -> bool:
    """Return True if a body as a whole differs from the declared one, or lacks a required field."""
    misfit = any(drift.path == "$" for drift in drifts)
    absent = any(drift.got == "nothing" and _ABSENT.fullmatch(drift.path) for drift in drifts)
    return misfit or absent


def _says_failure(raw: Any, declared: AbstractSet[str] = frozenset()) -> bool:
    """Return True if an object declares itself an error and describes it.

    A key among the `declared` fields only counts if no other declared field was sent.
    """
    if not isinstance(raw, dict):
        return False
    known = frozenset() if declared & raw.keys() - _ENVELOPE else declared
    is_failure = any((name in known or name not in declared) and raw.get(name) == value for name, value in _FAILURES)
    return is_failure and bool(raw.keys() & {"message", "msg", "detail"}) and bool(summary(raw))


def error_alone_in(raw: Any) -> Any:
    """Return the error of a JSON object that contains nothing else; None for any other object."""
    error = _error(raw)
    if error is None and _says_failure(raw):
        error = raw
    if error is None:
        return None
    alone = {key for key, value in raw.items() if value is not None} <= {*_ERRORS, *_ENVELOPE}
    return error if alone and summary(raw) else None


def envelope_error(request: BaseRequest, response: Response[Any], raw: Any, error: Any) -> EnvelopeError:
    """Return the exception for a success status with an error in the body; both arguments have their secrets masked."""
    content = msgspec.json.encode(raw)
    text = summary(raw) or cut(content.decode("utf-8", "replace"), _SHOWN)
    return EnvelopeError(
        f"{request.operation.id}: the server returned HTTP {response.status_code} with an error in the body: {text}",
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
