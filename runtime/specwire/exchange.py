"""One call from its value to its answer, without I/O: what to send, what came of it, whether to try again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import msgspec

from specwire import retry
from specwire.answer import Answer, TransportFailure
from specwire.auth import Credentials, credentials
from specwire.body import WholeBody, body_of
from specwire.drift import Drift, decode, listed, report, tolerate
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
from specwire.multipart import Multipart, NotReplayable, Upload
from specwire.operation import BinaryPayload, EmptyPayload, EventsPayload, JsonPayload, TextPayload
from specwire.pagination import at
from specwire.parameters import encode_cookies, encode_headers, encode_query, expand_path
from specwire.request import BaseRequest
from specwire.response import Response
from specwire.transport import Outgoing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from specwire.options import Options
    from specwire.provider import Provider

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"})
_REDIRECTS = 5
_SHORTEST_SECRET = 8
"""Characters below which a key is no secret, but would be found inside of other words."""


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
        self._sends = 0
        self._secret: str | None = None
        operation = request.operation
        try:
            self._body = body_of(request, options)
            self._url = _server(provider, base_url, operation.server) + expand_path(
                operation.path, request.path, operation.styles
            )
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
        self._sends += 1
        self._secret = key
        scheme = self._provider.security
        trusted = self._trusted and key is not None and scheme is not None
        proof = credentials(scheme, key) if trusted and scheme is not None and key is not None else Credentials()
        query = "&".join(filter(None, (self._query, encode_query(proof.query) if proof.query else "")))
        headers = {**self._headers, **{name.lower(): value for name, value in proof.headers.items()}}
        cookies = encode_cookies({**self._cookies, **proof.cookies}) if self._cookies or proof.cookies else ""
        if cookies:
            headers["cookie"] = cookies
        content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None = None
        if isinstance(self._body, WholeBody):
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
            if self._sends > 1:
                body.rewind()
            length = body.content_length()
        except NotReplayable as error:
            raise APIConnectionError(
                f"{self.request.operation.id}: the upload cannot be repeated: {error}", request=self.request
            ) from error
        progress = self.options.on_progress
        return (body.aiter(progress=progress) if asynchronous else body.iter(progress=progress)), length

    def failed(self, failure: TransportFailure) -> float:
        """Return the seconds to wait before the next try; raises `APIConnectionError` when there is none."""
        outcome = retry.Unclear() if failure.sent else retry.NotSent()
        wait = None if failure.hopeless or not self._replayable else self._decide(outcome)
        if wait is not None:
            return wait
        kind = APITimeoutError if failure.timeout else APIConnectionError
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        what = "no answer in time from" if failure.timeout else "no answer from"
        tries = f" after {self.tries} tries" if self.tries > 1 else ""
        raise kind(
            f"{self.request.operation.id}: {what} {host}{tries}: {failure}",
            request=self.request,
            tries=self.tries,
        )

    def answered(self, answer: Answer, content: bytes) -> float:
        """Return the seconds to wait before the next try after an error; raises `APIStatusError` for the last."""
        headers = answer.headers
        content = self._masked(content)
        body, drifts = self._error_body(answer.status, content)
        hopeless = self._hopeless(content) or not self._replayable
        wait = None if hopeless else self._decide(retry.Answered(answer.status, headers))
        if wait is not None:
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
        location = _origin(response.headers.get("location", ""))
        if 300 <= response.status < 400 and location:
            text = f"a redirect to {location}, which is not followed"
        elif isinstance(raw, str) and raw.lstrip()[:1] == "<":
            text = f"an HTML page of {len(content)} bytes"
        else:
            text = summary(raw)
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
        try:
            target = urljoin(self._url, location)
            here, there = urlsplit(self._url), urlsplit(target)
        except ValueError:
            return False
        same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        reads = self.request.operation.method in ("GET", "HEAD")
        if there.scheme not in ("http", "https") or not (reads or (same and answer.status in (307, 308))):
            return False
        if here.scheme == "https" and there.scheme == "http":
            return False
        self._redirects += 1
        self.tries -= 1
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

    @property
    def _replayable(self) -> bool:
        return not isinstance(self._body, Multipart | Upload) or self._body.replayable

    def _masked(self, content: bytes) -> bytes:
        """Return the body of a failure without the key, which some servers repeat in theirs."""
        if self._secret is None or len(self._secret) < _SHORTEST_SECRET:
            return content
        return content.replace(self._secret.encode(), b"***")

    def _hopeless(self, content: bytes) -> bool:
        never = self._provider.never
        if never is None:
            return False
        found = _json_or_text(content)
        for name in never.path:
            found = found.get(name) if isinstance(found, dict) else None
        return isinstance(found, str) and found in never.values

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
                value = content.decode(answer.charset, "replace")
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
        if refusal is None:
            return
        code = at(value, refusal.code)
        if isinstance(code, int | str) and code in refusal.accepted:
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
        if not content.strip():
            value, drifts = decode(b"null", kind)
            if not drifts:
                return value, ()
        try:
            value, drifts = decode(content, kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            shown = self._masked(content)[:80].decode("utf-8", "replace")
            what = "is empty" if not content.strip() else f"is not JSON ({error}): {shown!r}"
            raise self._decode_error(answer, content, f"{operation.id}: the answer {what}") from error
        if drifts:
            on_drift = self.options.on_drift
            if on_drift == "raise":
                text = f"{operation.id}: the answer differs from the document: {listed(drifts)}"
                raise self._decode_error(answer, content, text)
            report(drifts, on_drift, operation.id)
        return value, drifts

    def _decode_error(self, answer: Answer, content: bytes, message: str) -> DecodeError:
        response: Response[None] = Response(
            status=answer.status,
            headers=answer.headers,
            content=self._masked(content),
            parsed=None,
            tries=self.tries,
            elapsed=time.monotonic() - self._started,
        )
        return DecodeError(message, request=self.request, response=response)


def _server(provider: Provider, base_url: str, server: str | None) -> str:
    """Return where an operation is: at a server of its own, unless the client was sent elsewhere than the document says."""
    if server is None:
        return base_url
    if server.startswith("/"):
        return urljoin(base_url, server).rstrip("/")
    return server.rstrip("/") if base_url == (provider.base_url or "").rstrip("/") else base_url


def _origin(url: str) -> str:
    """Return where a URL leads without its path and query, which may hold a signature."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0].rpartition('@')[2]}" if separator else ""


def _json_or_text(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")
