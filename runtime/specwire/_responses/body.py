"""Response body to value: the content type decides how to parse it, the document what to compare it with.

Nothing is dropped. A body of another form than declared is returned as a JSON value, text or bytes, and reported as
drift once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import msgspec

from specwire._codec.codec import decoder
from specwire._codec.drift import decode, expected
from specwire._codec.drift_reports import Drift
from specwire._models import lenient_json
from specwire._operations.operation import EmptyPayload, JsonPayload, Payload, TextPayload
from specwire._responses.jsonlines import JSONLinesParser
from specwire._responses.media_type import form_of, is_range, is_sloppy, is_unspecific, may_be_text

Decode: TypeAlias = Callable[[bytes, Any, str], tuple[Any, tuple[Drift, ...]]]


class Body(NamedTuple):
    """Body as received."""

    content: bytes
    media_type: str
    """Media type in lower case, without parameters; empty if the server sent none."""
    charset: str

    @property
    def is_blank(self) -> bool:
        return not self.content or self.content.isspace()

    def __str__(self) -> str:
        return f"{len(self.content)} bytes of {self.media_type or 'no content type'}"


class Reading(NamedTuple):
    """Parsed body."""

    value: Any
    drifts: tuple[Drift, ...] = ()
    error: msgspec.DecodeError | None = None
    """Reason why the body doesn't match its content type; the value is the body as text then."""


def read(body: Body, payload: Payload, decode: Decode = decode) -> Reading:
    """Parse a body and compare it with the declared payload."""
    match payload:
        case JsonPayload(kind, accept):
            return _as_json(body, kind, accept, decode)
        case TextPayload(accept):
            return _as_text(body, accept)
        case EmptyPayload():
            if body.is_blank:
                return Reading(None)
            value = _plain(body)
            return Reading(value, (Drift("$", "no content", str(body)), *_last_error(value)))
        case _:
            return Reading(body.content)


def text_of(body: Body) -> str:
    """Decode any body as text."""
    return body.content.decode(body.charset, "replace")


def _as_json(body: Body, kind: Any, accept: str, decode: Decode) -> Reading:
    form, fast = form_of(body.media_type), decoder(kind)
    takes_text, takes_anything = fast.takes_text, fast.takes_anything
    if body.is_blank:
        return _blank(body, kind, accept)
    if form == "json":
        try:
            return Reading(*decode(body.content, kind, body.charset))
        except msgspec.DecodeError as error:
            values = _values(body)
            if values is None:
                bare = takes_text and not takes_anything and body.content.lstrip()[:1] not in (b"{", b"[", b'"')
                return (
                    Reading(text_of(body), (Drift("$", expected(kind), "text that is not JSON"),))
                    if bare
                    else Reading(text_of(body), error=error)
                )
            several = Drift("$", expected(kind), f"{len(values)} JSON values, one a line")
            return Reading(values, (several, *_last_error(values)))
    sloppy = is_sloppy(body.media_type)
    if (sloppy and not takes_text) or (_is_structure(body) and (sloppy or (form != "lines" and not takes_text))):
        try:
            value, drifts = decode(body.content, kind, body.charset)
        except msgspec.DecodeError as error:
            if _is_structure(body) and is_unspecific(body.media_type):
                return Reading(text_of(body), error=error)
        else:
            if not drifts or _is_structure(body):
                return Reading(value, drifts)
    value = _plain(body)
    if isinstance(value, bytes) and takes_text and not takes_anything and is_unspecific(body.media_type):
        text = _strict_text(body)
        value = value if text is None else text
    says_nothing = takes_anything or (isinstance(value, str) and takes_text and may_be_text(accept))
    drifts = () if says_nothing else (Drift("$", expected(kind), str(body)),)
    return Reading(value, (*drifts, *_last_error(value)))


def _blank(body: Body, kind: Any, accept: str) -> Reading:
    """Parse an empty body: null or an empty text if the type allows one."""
    value, drifts = decode(b"null", kind)
    if not drifts:
        return Reading(value)
    fits = may_be_text(accept)
    if decoder(kind).takes_text and (fits or form_of(body.media_type) == "text"):
        return Reading(text_of(body), () if fits else (Drift("$", expected(kind), str(body)),))
    return Reading(None, error=msgspec.DecodeError("it is empty"))


def _as_text(body: Body, accept: str) -> Reading:
    form = form_of(body.media_type)
    if body.is_blank:
        return Reading(text_of(body))
    if form == "json":
        try:
            value, flaws = lenient_json.read(body.content, body.charset)
        except msgspec.DecodeError:
            return Reading(*_decoded_text(body))
        fits = is_range(accept) and isinstance(value, str)
        drift = Drift("$", "text", str(body))
        return Reading(value, (*(Drift(*flaw) for flaw in flaws), *(() if fits else (drift,))))
    if form == "bytes":
        unlabelled = _strict_text(body) if is_unspecific(body.media_type) else None
        return Reading(body.content, (Drift("$", "text", str(body)),)) if unlabelled is None else Reading(unlabelled)
    text, drifts = _decoded_text(body)
    if body.media_type == "text/html" and not is_range(accept) and accept not in ("text/html", "text/plain"):
        drifts = (Drift("$", accept, str(body)), *drifts)
    return Reading(text, drifts)


def _is_structure(body: Body) -> bool:
    """Return True if a body begins like JSON and unlike other usual texts."""
    return body.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def _plain(body: Body) -> Any:
    """Parse a body by its content type alone."""
    match form_of(body.media_type):
        case "json":
            try:
                return lenient_json.loads(body.content, body.charset)
            except msgspec.DecodeError:
                values = _values(body)
                return text_of(body) if values is None else values
        case "lines":
            values = _values(body)
            return text_of(body) if values is None else values
        case "text":
            return text_of(body)
        case _:
            return body.content


def _values(body: Body) -> list[Any] | None:
    """Parse JSON Lines to values; return None for anything else."""
    parser = JSONLinesParser(len(body.content))
    try:
        return [lenient_json.loads(line) for line in (*parser.feed(body.content), *parser.close())]
    except msgspec.DecodeError:
        return None


def _last_error(value: Any) -> tuple[Drift, ...]:
    """Return the drift of JSON Lines that end in an error, as from a job that failed midway."""
    last = value[-1] if isinstance(value, list) and value else None
    failed = isinstance(last, dict) and last.get("error")
    return (Drift(f"$[{len(value) - 1}].error", "no error", "an error"),) if failed else ()


def _decoded_text(body: Body) -> tuple[str, tuple[Drift, ...]]:
    text = _strict_text(body)
    if text is None:
        return text_of(body), (Drift("$", f"text in {body.charset}", "other bytes"),)
    return text, ()


def _strict_text(body: Body) -> str | None:
    try:
        return body.content.decode(body.charset)
    except UnicodeError:
        return None
