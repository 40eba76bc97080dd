"""Response parsing: the value of a response, or the exception for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from specwire._codec.codec import MISFIT, Decoder, decoder
from specwire._codec.drift import Drift, decode, expected, listed, report, tolerate
from specwire._codec.drift_reports import report_undeclared
from specwire._errors.base import LIMIT, cut
from specwire._errors.server_message import summary, summary_of_xml, title_of_html
from specwire._http.response import HTTPResponse
from specwire._models import lenient_json
from specwire._models.json_types import kind_of
from specwire._models.suspicion import fields_of
from specwire._network.faults import terse
from specwire._operations.operation import EmptyPayload, ErrorEnvelope, JsonPayload, Operation, Payload
from specwire._pagination.pagination import at
from specwire._responses.body import Body, Reading, read
from specwire._responses.error_envelope import envelope_error, error_in
from specwire._responses.media_type import form_of, is_sloppy, media_type_of
from specwire.errors import (
    APIStatusError,
    AuthenticationError,
    DecodeError,
    EnvelopeError,
    ResponseTooLargeError,
    status_class,
)

if TYPE_CHECKING:
    from specwire._exchange.call_state import CallState
    from specwire._http.options import Options
    from specwire._models.headers import Headers
    from specwire._network.transport_errors import BodyTooLargeError, TokenDeniedError
    from specwire._operations.response import Response

_CHALLENGE = re.compile(r'\b(error|error_description)="([^"\\]{1,300})"')
_CONTROL = re.compile("[\x00-\x08\x0e-\x1d]")
"""Characters that no text has."""
_SHOWN = 200
"""Maximum characters of a body shown if it has no message."""


def value(state: CallState, response: HTTPResponse, fast: Decoder | None) -> Any:
    """Return the value of a success, parsed with its `quick_decoder`; raise `DecodeError` or `EnvelopeError`."""
    content = response.content
    if fast is None:
        return parsed(state, response, content).parsed
    found = fast.match(content)
    if found is not MISFIT:
        return found
    payload = state.request.operation.returns
    return _checked(state, response, content, payload, _thorough(state, response, content, payload)).parsed


def quick_decoder(operation: Operation, options: Options) -> Decoder | None:
    """Return a decoder for responses of which only the value matters; None if more must be checked."""
    payload = operation.returns
    if operation.returns_by_status or operation.error_envelope is not None or options.keep_unknown:
        return None
    return None if isinstance(payload, JsonPayload) and payload.item else _decoder_of(payload, options)


def parsed(state: CallState, response: HTTPResponse, content: bytes, *, lenient: bool = False) -> Response[Any]:
    """Parse the whole response of a success; raise `DecodeError` or `EnvelopeError`.

    With `lenient`, never raise for the form of the body; an unexpected body is drift of the response.
    """
    payload = state.request.operation.payload_of(response.status_code)
    fast = _decoder_of(payload, state.options)
    found = MISFIT if fast is None else fast.match(content)
    reading = _thorough(state, response, content, payload) if found is MISFIT else Reading(found)
    return _checked(state, response, content, payload, reading, lenient)


def _decoder_of(payload: Payload, options: Options) -> Decoder | None:
    """Return the decoder for JSON that has its type whatever the content type; None for other payloads."""
    if not isinstance(payload, JsonPayload) or options.arrays:
        return None
    fast = decoder(payload.kind)
    return None if fast.takes_text else fast


def _checked(
    state: CallState, response: HTTPResponse, content: bytes, payload: Payload, reading: Reading, lenient: bool = False
) -> Response[Any]:
    """Return the response with its parsed body; report drift, and raise if the body isn't the expected one."""
    operation = state.request.operation
    if reading.error is not None:
        if not lenient:
            what = _unreadable(state, response, content, reading.error)
            raise _decode_error(state, response, content, f"{operation.id}: the response {what}") from terse(
                reading.error
            )
        reading = reading._replace(
            drifts=(*reading.drifts, Drift("$", "JSON", "a body that is not JSON" if content.strip() else "nothing"))
        )
    if reading.drifts:
        if not lenient:
            _check_error(state, response, content, payload, reading.drifts)
        _tell(state, response, content, reading.drifts)
    if isinstance(payload, JsonPayload):
        if operation.error_envelope is not None:
            _check_envelope(state, response, content, reading.value, operation.error_envelope)
        if state.options.keep_unknown and reading.error is None:
            from specwire._models.additional_properties import keep  # few clients use it

            keep(reading.value, content, response.charset)
        if payload.item and isinstance(reading.value, msgspec.Struct | dict):
            reading = reading._replace(value=at(reading.value, payload.item))
    return state.response(response.status_code, response.headers, content, reading.value, reading.drifts)


def _thorough(state: CallState, response: HTTPResponse, content: bytes, payload: Payload) -> Reading:
    body = Body(content, response.content_type, response.charset)
    if body.is_blank and isinstance(payload, JsonPayload) and _may_be_empty(state, response):
        value, drifts = decode(b"null", payload.kind)
        return Reading(None, (Drift("$", expected(payload.kind), "nothing"),)) if drifts else Reading(value)
    if state.options.arrays:
        from specwire._codec import arrays  # few clients use it

        return read(body, payload, arrays.decode)
    return read(body, payload)


def _unreadable(state: CallState, response: HTTPResponse, content: bytes, error: msgspec.DecodeError) -> str:
    if not content or content.isspace():
        return "is empty"
    shown = state.masked(content[:1000])[:80].decode(response.charset, "replace")
    return f"is not JSON ({error}): {shown!r}"


def _may_be_empty(state: CallState, response: HTTPResponse) -> bool:
    """Return True if the response may have no body by its status: a call that was carried out must not raise."""
    return response.status_code in (201, 202, 204, 205) or state.request.operation.method == "HEAD"


def _check_error(
    state: CallState, response: HTTPResponse, content: bytes, payload: Payload, drifts: tuple[Drift, ...]
) -> None:
    """Raise `EnvelopeError` if the body is an error in place of the declared content."""
    if isinstance(payload, EmptyPayload) or not content.lstrip().startswith(b"{"):
        return
    try:
        raw = lenient_json.loads(state.masked(content), response.charset)
    except msgspec.DecodeError:
        return
    kind = payload.kind if isinstance(payload, JsonPayload) else None
    is_model = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    error = error_in(raw, drifts, fields_of(kind).known if is_model else frozenset())
    if error is not None:
        raise envelope_error(
            state.request, state.response(response.status_code, state.masked_headers(response.headers)), raw, error
        )


def _tell(state: CallState, response: HTTPResponse, content: bytes, drifts: tuple[Drift, ...]) -> None:
    operation, options = state.request.operation, state.options
    if options.on_drift == "raise":
        text = f"{operation.id}: the response differs from the document: {listed(drifts)}"
        raise _decode_error(state, response, content, text)
    report(drifts, options.on_drift, operation.id, options.warned, response.status_code)


def status_error(
    state: CallState, status: int, headers: Headers, content: bytes, hint: str = "", charset: str = "utf-8"
) -> APIStatusError:
    """Return the exception for an error status; `headers` and `content` have their secrets masked.

    `hint` explains why the server may have refused the credentials.
    """
    raw = lenient_json.loads_or_text(content, charset)
    body, drifts = _error_body(state, status, raw)
    response: Response[None] = state.response(status, headers, content, drift=drifts)
    location = redirect_target(headers.get("location", ""))
    if status == 304:
        text = "not modified"
    elif 300 <= status < 400 and location:
        text = f"a redirect to {location}, which is not followed"
    elif isinstance(raw, str) and raw.lstrip()[:1] == "<":
        text = _of_markup(raw, len(content))
    elif isinstance(raw, str) and _is_binary(raw, media_type_of(headers)):
        text = f"{len(content)} bytes of {media_type_of(headers) or 'no content type'}"
    else:
        text = summary(raw) or ("" if raw in ({}, [], None) else cut(content.decode(charset, "replace"), _SHOWN))
    text = text or _of_challenge(headers.get("www-authenticate", ""))
    head = f"{state.request.operation.id}: HTTP {status}{state.after_attempts}: "
    tail = f" (request id {response.request_id[:60]})" if response.request_id else ""
    if status == 401 and state.auth is not None and state.auth.hint:
        tail += f" ({state.auth.hint})"
    if hint:
        tail += f" ({hint})"
    room = max(LIMIT - len(head) - len(tail), 20)
    return status_class(status)(
        f"{head}{cut(text, room) or 'no message'}{tail}",
        request=state.request,
        response=response,
        status_code=status,
        body=body,
        attempts=state.attempts,
    )


def _of_challenge(challenge: str) -> str:
    """Return the error of a challenge about the credentials that were sent (RFC 6750, section 3)."""
    found = dict(_CHALLENGE.findall(challenge[:2000]))
    return ": ".join(filter(None, (found.get("error"), found.get("error_description"))))


def _is_binary(text: str, media_type: str) -> bool:
    """Return True if an error body is not text that a message can show."""
    is_file = form_of(media_type) == "bytes" and not is_sloppy(media_type)
    return is_file or _CONTROL.search(text[:_SHOWN]) is not None


def _of_markup(raw: str, size: int) -> str:
    start = raw.lstrip("\ufeff \t\r\n")[:_SHOWN].lower()
    if "<html" in start or start.startswith("<!doctype html"):
        title = title_of_html(raw)
        return f"an HTML page of {size} bytes{': ' if title else ''}{title}"
    return summary_of_xml(raw) or cut(raw, _SHOWN)


def too_large(state: CallState, excess: BodyTooLargeError) -> ResponseTooLargeError:
    """Return the error for a response larger than the client may hold."""
    return ResponseTooLargeError(
        f"{state.request.operation.id}: HTTP {excess.status}: {excess}: raise `max_response_size` to accept it",
        request=state.request,
        response=state.response(excess.status, state.masked_headers(excess.headers)),
        status_code=excess.status,
    )


def token_denied_error(state: CallState, denial: TokenDeniedError) -> AuthenticationError:
    """Return the error for a call without a token."""
    return AuthenticationError(
        f"{state.request.operation.id}: {denial}",
        request=state.request,
        response=state.response(denial.status, denial.headers, denial.content),
        status_code=denial.status,
        body=lenient_json.loads_or_text(denial.content),
        attempts=state.attempts,
    )


def _check_envelope(
    state: CallState, response: HTTPResponse, content: bytes, value: Any, envelope: ErrorEnvelope
) -> None:
    code = at(value, envelope.code)
    if isinstance(code, int | str) and code in envelope.accepted:
        return
    text = summary(at(value, envelope.message)) or "no message"
    raise EnvelopeError(
        f"{state.request.operation.id}: the server returned error code {code!r}: {text}",
        request=state.request,
        response=state.response(response.status_code, response.headers, content),
        code=code,
        body=value,
    )


def _error_body(state: CallState, status: int, raw: Any) -> tuple[Any, tuple[Drift, ...]]:
    """Return an error body in its declared type, or unchanged if it differs, and its drift."""
    operation, options = state.request.operation, state.options
    kind = operation.error_type(status)
    if kind is None or isinstance(raw, str):
        if not isinstance(raw, str | None):
            report_undeclared(options.on_drift, operation.id, kind_of(raw), status)
        return raw, ()
    value, drifts = tolerate(raw, kind)
    if drifts and options.on_drift != "raise":  # an error is raised anyway
        report(drifts, options.on_drift, operation.id, options.warned, status)
    return (raw if any(drift.path == "$" or drift.got == "nothing" for drift in drifts) else value), drifts


def _decode_error(state: CallState, response: HTTPResponse, content: bytes, message: str) -> DecodeError:
    whole = state.response(response.status_code, response.headers, state.masked(content))
    return DecodeError(message, request=state.request, response=whole)


def redirect_target(url: str) -> str:
    """Return the target of a redirect without any part that may contain a signature: an origin, or a local path."""
    scheme, separator, rest = url.partition("://")
    if separator:
        host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
        return f"{scheme[:10]}://{host[:100]}"
    return url.partition("?")[0].partition("#")[0][:100]
