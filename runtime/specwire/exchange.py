"""One call from its value to its answer, without I/O: what to send, what came of it, whether to try again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import msgspec

from specwire import retry
from specwire.auth import Credentials, credentials
from specwire.codec import encode
from specwire.drift import Drift, decode, report, tolerate
from specwire.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    DecodeError,
    InvalidRequestError,
    RefusedError,
    status_class,
    summary,
)
from specwire.form import encode_form
from specwire.multipart import Multipart, NotReplayable, Upload
from specwire.operation import BinaryPayload, EmptyPayload, EventsPayload, JsonPayload, TextPayload
from specwire.pagination import at
from specwire.parameters import encode_cookies, encode_headers, encode_query, expand_path
from specwire.request import BaseRequest, BinaryBody, FormBody, JsonBody, MultipartBody, TextBody
from specwire.response import Response
from specwire.transport import Answer, Outgoing, TransportFailure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from specwire.options import Options
    from specwire.provider import Provider

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"})
_REDIRECTS = 5


class Exchange:
    """The bookkeeping of one call: its tries, and what to make of each outcome."""

    def __init__(self, provider: Provider, base_url: str, request: BaseRequest, options: Options, agent: str) -> None:
        self.request = request
        self.options = options
        self.tries = 0
        self._provider = provider
        self._agent = agent
        self._waited = 0.0
        self._started = time.monotonic()
        self._redirects = 0
        self._trusted = True
        self._body = _body(request, options)
        operation = request.operation
        try:
            self._url = base_url + expand_path(operation.path, request.path, operation.styles)
            self._query = encode_query({**request.query, **options.query}, operation.styles)
            self._headers = self._make_headers()
            self._cookies = dict(request.cookies)
        except (ValueError, TypeError) as error:
            raise InvalidRequestError(f"{operation.id}: {error}") from error

    def _make_headers(self) -> dict[str, str]:
        operation = self.request.operation
        headers = {"accept": operation.returns.accept, "user-agent": self._agent}
        if self._body is not None:
            headers["content-type"] = self._body.content_type
        for name, value in encode_headers(self.request.headers, operation.styles).items():
            headers[name.lower()] = value
        for name, value in encode_headers(self.options.headers).items():
            headers[name.lower()] = value
        return headers

    def outgoing(self, key: str | None, *, asynchronous: bool) -> Outgoing:
        """Return the next try; `key` is the current key, None for an operation that takes none."""
        self.tries += 1
        scheme = self._provider.security
        use_key = key is not None and scheme is not None and self._trusted
        proof = credentials(scheme, key) if use_key and scheme is not None and key is not None else Credentials()
        query = "&".join(filter(None, (self._query, encode_query(proof.query) if proof.query else "")))
        headers = {**self._headers, **{name.lower(): value for name, value in proof.headers.items()}}
        cookies = encode_cookies({**self._cookies, **proof.cookies}) if self._cookies or proof.cookies else ""
        if cookies:
            headers["cookie"] = cookies
        content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None = None
        if isinstance(self._body, _Bytes):
            content = self._body.data
        elif self._body is not None:
            content, length = self._stream(self._body, asynchronous)
            if length is not None:
                headers["content-length"] = str(length)
        joined = "&" if "?" in self._url else "?"
        return Outgoing(
            self.request.operation.method, f"{self._url}{joined}{query}" if query else self._url, headers, content
        )

    def _stream(
        self, body: Multipart | Upload, asynchronous: bool
    ) -> tuple[Iterator[bytes] | AsyncIterator[bytes], int | None]:
        try:
            if self.tries > 1:
                body.rewind()
            length = body.content_length()
        except NotReplayable as error:
            raise APIConnectionError(
                f"{self.request.operation.id}: the upload failed and cannot be repeated: {error}", request=self.request
            ) from error
        progress = self.options.on_progress
        return (body.aiter(progress=progress) if asynchronous else body.iter(progress=progress)), length

    def failed(self, failure: TransportFailure) -> float:
        """Return the seconds to wait before the next try; raises `APIConnectionError` when there is none."""
        outcome = retry.Unclear() if failure.sent else retry.NotSent()
        wait = self._decide(outcome)
        if wait is not None and (self._body is None or isinstance(self._body, _Bytes) or self._body.replayable):
            return wait
        kind = APITimeoutError if failure.timeout else APIConnectionError
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        what = "no answer in time from" if failure.timeout else "no answer from"
        tries = f" after {self.tries} tries" if self.tries > 1 else ""
        raise kind(f"{self.request.operation.id}: {what} {host}{tries}: {failure}", request=self.request, tries=self.tries)

    def answered(self, answer: Answer, content: bytes) -> float:
        """Return the seconds to wait before the next try after an error status; raises `APIStatusError` for the last."""
        headers = answer.headers
        body, drifts = self._error_body(answer.status, content)
        wait = None if self._hopeless(content) else self._decide(retry.Answered(answer.status, headers))
        if wait is not None and (self._body is None or isinstance(self._body, _Bytes) or self._body.replayable):
            return wait
        response: Response[None] = Response(
            status=answer.status,
            headers=headers,
            content=content,
            parsed=None,
            tries=self.tries,
            elapsed=time.monotonic() - self._started,
            drift=drifts,
        )
        raise self._status_error(response, body, content)

    def _status_error(self, response: Response[None], body: Any, content: bytes) -> APIStatusError:
        raw = _json_or_text(content)
        html = isinstance(raw, str) and raw.lstrip()[:1] == "<"
        text = f"an HTML page of {len(content)} bytes" if html else summary(raw)
        request_id = f" (request id {response.request_id})" if response.request_id else ""
        tries = f" after {self.tries} tries" if self.tries > 1 else ""
        return status_class(response.status)(
            f"{self.request.operation.id}: HTTP {response.status}{tries}: {text or 'no message'}{request_id}",
            request=self.request,
            response=response,
            status=response.status,
            body=body,
            tries=self.tries,
        )

    def redirected(self, answer: Answer) -> bool:
        """Follow a redirect if it is safe to; credentials never go to another origin."""
        location = answer.headers.get("location")
        if answer.status not in (301, 302, 303, 307, 308) or location is None or self._redirects >= _REDIRECTS:
            return False
        target = urljoin(self._url, location)
        here, there = urlsplit(self._url), urlsplit(target)
        same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        reads = self.request.operation.method in ("GET", "HEAD")
        if there.scheme not in ("http", "https") or not (reads or (same and answer.status in (307, 308))):
            return False
        if here.scheme == "https" and there.scheme == "http":
            return False
        self._redirects += 1
        self._trusted = self._trusted and same
        if not same:
            kept = ("accept", "user-agent")
            self._headers = {name: self._headers[name] for name in kept}
            self._cookies = {}
        self._url, self._query = target, ""
        return True

    def _decide(self, outcome: retry.Outcome) -> float | None:
        operation = self.request.operation
        wait = retry.decide(
            self.options.retry,
            attempt=self.tries,
            idempotent=operation.safe or operation.method in _IDEMPOTENT,
            outcome=outcome,
            waited=self._waited,
        )
        self._waited += wait or 0.0
        return wait

    def _hopeless(self, content: bytes) -> bool:
        never = self._provider.never
        if never is None:
            return False
        found = _json_or_text(content)
        for name in never.path:
            found = found.get(name) if isinstance(found, dict) else None
        return found in never.values

    def _error_body(self, status: int, content: bytes) -> tuple[Any, tuple[Drift, ...]]:
        errors = self.request.operation.errors
        kind = errors.get(status, errors.get(status // 100, errors.get(0)))
        raw = _json_or_text(content)
        if kind is None or isinstance(raw, str):
            return raw, ()
        return tolerate(raw, kind)

    def parsed(self, answer: Answer, content: bytes) -> Response[Any]:
        """Return the whole answer of a successful try; raises `DecodeError`."""
        value: Any
        drifts: tuple[Drift, ...] = ()
        match self.request.operation.returns:
            case JsonPayload(kind):
                value, drifts = self._json(answer, content, kind)
                self._check_refusal(answer, content, value)
            case TextPayload():
                value = content.decode(answer.charset or "utf-8", "replace")
            case EmptyPayload() | EventsPayload():
                value = None
            case BinaryPayload():
                value = content
        return Response(
            status=answer.status,
            headers=answer.headers,
            content=content,
            parsed=value,
            tries=self.tries,
            elapsed=time.monotonic() - self._started,
            drift=drifts,
        )

    def _check_refusal(self, answer: Answer, content: bytes, value: Any) -> None:
        operation = self.request.operation
        refusal = operation.refusal
        if refusal is None or (code := at(value, refusal.code)) in refusal.accepted:
            return
        text = summary(at(value, refusal.message)) or "no message"
        response = self.opened(answer)
        raise RefusedError(
            f"{operation.id}: the server refused with code {code!r}: {text}",
            request=self.request,
            response=msgspec.structs.replace(response, content=content),
            code=code,
            body=value,
        )

    def opened(self, answer: Answer) -> Response[None]:
        """Return the answer of a successful try whose body is still to be read."""
        return Response(
            status=answer.status,
            headers=answer.headers,
            content=b"",
            parsed=None,
            tries=self.tries,
            elapsed=time.monotonic() - self._started,
        )

    def _json(self, answer: Answer, content: bytes, kind: Any) -> tuple[Any, tuple[Drift, ...]]:
        operation = self.request.operation
        try:
            value, drifts = decode(content, kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            shown = content[:80].decode("utf-8", "replace")
            what = "is empty" if not content.strip() else f"is not JSON ({error}): {shown!r}"
            raise self._decode_error(answer, content, f"{operation.id}: the answer {what}") from error
        if drifts:
            on_drift = self.options.on_drift
            if on_drift == "raise":
                text = "; ".join(map(str, drifts))
                raise self._decode_error(answer, content, f"{operation.id}: the answer differs from the document: {text}")
            report(drifts, on_drift, operation.id)
        return value, drifts

    def _decode_error(self, answer: Answer, content: bytes, message: str) -> DecodeError:
        response: Response[None] = Response(
            status=answer.status, headers=answer.headers, content=content, parsed=None, tries=self.tries
        )
        return DecodeError(message, request=self.request, response=response)


class _Bytes(msgspec.Struct, frozen=True):
    """A body that is in memory."""

    data: bytes
    content_type: str


def _body(request: BaseRequest, options: Options) -> _Bytes | Multipart | Upload | None:
    match request.body:
        case None:
            return _Bytes(encode(options.body), "application/json") if options.body else None
        case JsonBody(value, content_type):
            return _Bytes(_encode(request, _extended(value, options.body)), content_type)
        case FormBody(fields):
            data = encode_form({**fields, **options.body}, request.operation.styles)
            return _Bytes(data, "application/x-www-form-urlencoded")
        case TextBody(text, content_type):
            return _Bytes(text.encode(), f"{content_type}; charset=utf-8")
        case MultipartBody(parts):
            return Multipart(parts)
        case BinaryBody(bytes() as data, content_type):
            return _Bytes(data, content_type)
        case BinaryBody(content, content_type):
            return Upload(content, content_type)


def _extended(value: Any, extra: Mapping[str, Any]) -> Any:
    return {**value, **extra} if extra and isinstance(value, Mapping) else value


def _encode(request: BaseRequest, value: Any) -> bytes:
    try:
        return encode(value)
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"{request.operation.id}: the body cannot be sent as JSON: {error}") from error


def _json_or_text(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")
