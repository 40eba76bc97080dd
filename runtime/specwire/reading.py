"""What an answer is worth to the caller: its value, or the exception that says why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from specwire.drift import Drift, decode, listed, report, tolerate
from specwire.errors import (
    APIStatusError,
    AuthenticationError,
    DecodeError,
    RefusedError,
    ResponseTooLargeError,
    status_class,
    summary,
)
from specwire.operation import BinaryPayload, EmptyPayload, EventsPayload, JsonPayload, Refusal, TextPayload
from specwire.pagination import at

if TYPE_CHECKING:
    from specwire.answer import Answer
    from specwire.failure import TokenRefused, TooLarge
    from specwire.headers import Headers
    from specwire.record import Record
    from specwire.response import Response


def parsed(record: Record, answer: Answer, content: bytes) -> Response[Any]:
    """Return the whole answer of a successful try; raises `DecodeError` and `RefusedError`."""
    operation = record.request.operation
    value: Any
    drifts: tuple[Drift, ...] = ()
    match operation.returns:
        case JsonPayload(kind):
            value, drifts = _json(record, answer, content, kind)
            if operation.refusal is not None:
                _check_refusal(record, answer, content, value, operation.refusal)
        case TextPayload():
            value = content.decode(answer.charset, "replace")
        case EmptyPayload() | EventsPayload():
            value = None
        case BinaryPayload():
            value = content
    return record.response(answer.status, answer.headers, content, value, drifts)


def status_error(record: Record, status: int, headers: Headers, content: bytes) -> APIStatusError:
    """Return the error of an answer that says no; `headers` and `content` are without the secrets that were sent."""
    raw = json_or_text(content)
    body, drifts = _error_body(record, status, raw)
    response: Response[None] = record.response(status, headers, content, drift=drifts)
    location = _origin(headers.get("location", ""))
    if 300 <= status < 400 and location:
        text = f"a redirect to {location}, which is not followed"
    elif isinstance(raw, str) and raw.lstrip()[:1] == "<":
        text = f"an HTML page of {len(content)} bytes"
    else:
        text = summary(raw)
    request_id = f" (request id {response.request_id})" if response.request_id else ""
    return status_class(status)(
        f"{record.request.operation.id}: HTTP {status}{record.after_tries}: {text or 'no message'}{request_id}",
        request=record.request,
        response=response,
        status=status,
        body=body,
        tries=record.tries,
    )


def too_large(record: Record, excess: TooLarge) -> ResponseTooLargeError:
    """Return the error of an answer that is larger than the client may hold."""
    return ResponseTooLargeError(
        f"{record.request.operation.id}: HTTP {excess.status}: {excess}: raise `max_response_size` to take it",
        request=record.request,
        response=record.response(excess.status, record.masked_headers(excess.headers)),
        status=excess.status,
    )


def denied(record: Record, refusal: TokenRefused) -> AuthenticationError:
    """Return the error of a call for which there is no token."""
    return AuthenticationError(
        f"{record.request.operation.id}: {refusal}",
        request=record.request,
        response=record.response(refusal.status, refusal.headers, refusal.content),
        status=refusal.status,
        body=json_or_text(refusal.content),
        tries=record.tries,
    )


def json_or_text(content: bytes) -> Any:
    """Return a body as builtins if it is JSON, else as text."""
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")


def _json(record: Record, answer: Answer, content: bytes, kind: Any) -> tuple[Any, tuple[Drift, ...]]:
    operation = record.request.operation
    blank = not content or content.isspace()
    if blank:
        value, drifts = decode(b"null", kind)
        if not drifts:
            return value, ()
    try:
        if record.options.arrays:
            from specwire import arrays  # few use it

            value, drifts = arrays.decode(content, kind)
        else:
            value, drifts = decode(content, kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        shown = record.masked(content)[:80].decode("utf-8", "replace")
        what = "is empty" if blank else f"is not JSON ({error}): {shown!r}"
        raise _decode_error(record, answer, content, f"{operation.id}: the answer {what}") from error
    if drifts:
        on_drift = record.options.on_drift
        if on_drift == "raise":
            text = f"{operation.id}: the answer differs from the document: {listed(drifts)}"
            raise _decode_error(record, answer, content, text)
        report(drifts, on_drift, operation.id)
    if record.options.keep_unknown:
        from specwire.extra import keep  # few use it

        keep(value, content)
    return value, drifts


def _check_refusal(record: Record, answer: Answer, content: bytes, value: Any, refusal: Refusal) -> None:
    code = at(value, refusal.code)
    if isinstance(code, int | str) and code in refusal.accepted:
        return
    text = summary(at(value, refusal.message)) or "no message"
    raise RefusedError(
        f"{record.request.operation.id}: the server refused with code {code!r}: {text}",
        request=record.request,
        response=record.response(answer.status, answer.headers, content),
        code=code,
        body=value,
    )


def _error_body(record: Record, status: int, raw: Any) -> tuple[Any, tuple[Drift, ...]]:
    errors = record.request.operation.errors
    kind = errors.get(status, errors.get(status // 100, errors.get(0)))
    if kind is None or isinstance(raw, str):
        return raw, ()
    return tolerate(raw, kind)


def _decode_error(record: Record, answer: Answer, content: bytes, message: str) -> DecodeError:
    response = record.response(answer.status, answer.headers, record.masked(content))
    return DecodeError(message, request=record.request, response=response)


def _origin(url: str) -> str:
    """Return where a URL leads without its path and query, which may hold a signature."""
    scheme, separator, rest = url.partition("://")
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    return f"{scheme[:10]}://{host[:100]}" if separator else ""
