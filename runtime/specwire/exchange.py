"""One call from its value to its answer, without I/O: what to send, what came of it, whether to try again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import msgspec

from specwire import journal, retry
from specwire.answer import Answer, TokenRefused, TransportFailure
from specwire.auth import Proof
from specwire.body import WholeBody, body_of
from specwire.clock import Clock
from specwire.drift import Drift, decode, listed, report, tolerate
from specwire.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    DecodeError,
    InvalidRequestError,
    RefusedError,
    status_class,
    summary,
)
from specwire.headers import Headers
from specwire.multipart import Multipart, NotReplayable, Upload
from specwire.operation import BinaryPayload, EmptyPayload, EventsPayload, JsonPayload, TextPayload
from specwire.pagination import at
from specwire.parameters import encode_cookies, encode_headers, encode_query, expand_path
from specwire.percent import percent
from specwire.request import BaseRequest
from specwire.response import Response, request_id_of
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
        self._clock = Clock(options.deadline)
        self._redirects = 0
        self.trusted = True
        """Whether the next try goes to where credentials may go."""
        self._sends = 0
        self._proof: Proof | None = None
        self._refused = False
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
        self._keyed = self._add_key(headers)
        return headers

    def _add_key(self, headers: dict[str, str]) -> bool:
        """Add the idempotency key, one for all tries, and tell whether the request carries one."""
        header, key = self._provider.idempotency_header, self.options.idempotency_key
        if header is None:
            if key is not None:
                raise ValueError(f"{self._provider.name} heeds no idempotency keys: leave out `idempotency_key`")
            return False
        if self.request.operation.method in _IDEMPOTENT:
            return False
        if key is not None:
            headers.update(encode_headers({header.lower(): key}))
        headers.setdefault(header.lower(), os.urandom(16).hex())
        return True

    @property
    def bounded_options(self) -> Options:
        """The options of the next try: what is left of the deadline bounds its timeouts."""
        return self._clock.bounded(self.options)

    def outgoing(self, proof: Proof | None, *, asynchronous: bool) -> Outgoing:
        """Return the next try; `proof` is None for one that takes no credentials."""
        self._sends += 1
        self._proof = proof
        query, cookies = self._query, self._cookies
        headers = {**self._headers, **proof.headers} if proof is not None else dict(self._headers)
        if proof is not None and proof.query:
            query = "&".join(filter(None, (query, encode_query(proof.query))))
        if proof is not None and proof.cookies:
            cookies = {**cookies, **proof.cookies}
        if cookies:
            headers["cookie"] = encode_cookies(cookies, self.request.operation.styles)
        joined = "&" if "?" in self._url else "?"
        url = f"{self._url}{joined}{query}" if query else self._url
        if proof is not None and proof.sign is not None:
            headers["authorization"] = proof.sign(self.request.operation.method, _target(url))
        content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None = None
        if isinstance(self._body, WholeBody):
            content = self._body.data
        elif self._body is not None:
            content, length = self._stream(self._body, asynchronous)
            if length is not None:
                headers["content-length"] = str(length)
        return Outgoing(self.request.operation.method, url, headers, content)

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
        late = failure.timeout or self._clock.over
        self._note("no answer in time" if late else "no answer", wait)
        if wait is not None:
            return wait
        kind = APITimeoutError if late else APIConnectionError
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        what = "no answer in time from" if late else "no answer from"
        tries = f" after {self.tries} tries" if self.tries > 1 else ""
        reason = f"the deadline of {self.options.deadline:g} s passed" if self._clock.over else failure
        raise kind(
            f"{self.request.operation.id}: {what} {host}{tries}: {reason}",
            request=self.request,
            tries=self.tries,
        )

    def answered(self, answer: Answer, content: bytes) -> float:
        """Return the seconds to wait before the next try after an error; raises `APIStatusError` for the last."""
        headers = self._masked_headers(answer.headers)
        content = self._masked(content)
        body, drifts = self._error_body(answer.status, content)
        hopeless = self._hopeless(content) or not self._replayable
        wait = None if hopeless else self._decide(retry.Answered(answer.status, headers))
        self._note(answer.status, wait, answer)
        if wait is not None:
            return wait
        response: Response[None] = Response(
            status=answer.status,
            headers=headers,
            content=content,
            parsed=None,
            tries=self.tries,
            elapsed=self._clock.elapsed,
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
            if self._proof is not None and self._proof.query:
                from specwire.redaction import without_query

                target = without_query(target, self._proof.query)
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
        self.trusted = self.trusted and same
        if not same:
            kept = ("accept", "user-agent")
            self._headers = {name: self._headers[name] for name in kept}
            self._cookies = {}
        self._url, self._query = target, ""
        return True

    def unproved(self, answer: Answer) -> Proof | None:
        """Return the proof of a try that the server did not take, once in a call, if the call can be repeated."""
        if answer.status != 401 or self._refused or not self.trusted or not self._replayable:
            return None
        self._refused = True
        return self._proof

    def denied(self, refusal: TokenRefused) -> AuthenticationError:
        """Return the error of a call for which there is no token."""
        response: Response[None] = Response(
            status=refusal.status,
            headers=refusal.headers,
            content=refusal.content,
            parsed=None,
            tries=self.tries,
            elapsed=self._clock.elapsed,
        )
        return AuthenticationError(
            f"{self.request.operation.id}: {refusal}",
            request=self.request,
            response=response,
            status=refusal.status,
            body=_json_or_text(refusal.content),
            tries=self.tries,
        )

    def _decide(self, outcome: retry.Outcome) -> float | None:
        operation = self.request.operation
        wait = retry.decide(
            self.options.retry,
            attempt=self.tries,
            idempotent=operation.safe or operation.method in _IDEMPOTENT or self._keyed,
            outcome=outcome,
            waited=self._waited,
        )
        if wait is None or not self._clock.leaves(wait):
            return None
        self._waited += wait
        return wait

    def accepted(self, answer: Answer) -> Answer:
        """Take note of a good answer and return it."""
        self._note(answer.status, None, answer)
        return answer

    def _note(self, outcome: journal.Outcome, wait: float | None, answer: Answer | None = None) -> None:
        """Log how a try ended: a call with it, if `wait` is None."""
        if not journal.listening(again=wait is not None):
            return
        request_id = request_id_of(answer.headers) if answer is not None else None
        operation, elapsed = self.request.operation, self._clock.elapsed
        if wait is None:
            journal.note(operation, self._url, outcome, self.tries, elapsed, request_id)
        else:
            journal.note_again(operation, self._url, outcome, self.tries, elapsed, wait, request_id)

    @property
    def _replayable(self) -> bool:
        return not isinstance(self._body, Multipart | Upload) or self._body.replayable

    def _masked(self, content: bytes) -> bytes:
        """Return the body of a failure without the key, which some servers repeat in theirs."""
        for secret in self._secrets:
            content = content.replace(secret.encode(), b"***")
        return content

    def _masked_headers(self, headers: Headers) -> Headers:
        pairs = list(headers.items())
        for secret in self._secrets:
            pairs = [(name, value.replace(secret, "***")) for name, value in pairs]
        return Headers(pairs)

    @property
    def _secrets(self) -> Iterator[str]:
        for secret in self._proof.secrets if self._proof is not None else ():
            if len(secret) >= _SHORTEST_SECRET:
                yield secret
                if (coded := percent(secret)) != secret:
                    yield coded

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
            elapsed=self._clock.elapsed,
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
            elapsed=self._clock.elapsed,
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
            elapsed=self._clock.elapsed,
        )
        return DecodeError(message, request=self.request, response=response)


def _server(provider: Provider, base_url: str, server: str | None) -> str:
    """Return where an operation is: at a server of its own, unless the client was told another than the document's."""
    if server is None:
        return base_url
    if server.startswith("/"):
        return urljoin(base_url, server).rstrip("/")
    return server.rstrip("/") if base_url == (provider.base_url or "").rstrip("/") else base_url


def _target(url: str) -> str:
    """Return the part of a URL that stands in the request line, encoded as the HTTP library does it."""
    parts = urlsplit(url)
    return quote(urlunsplit(("", "", parts.path or "/", parts.query, "")), safe="!#$%&'()*+,/:;=?@[]~")


def _origin(url: str) -> str:
    """Return where a URL leads without its path and query, which may hold a signature."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0].rpartition('@')[2]}" if separator else ""


def _json_or_text(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")
