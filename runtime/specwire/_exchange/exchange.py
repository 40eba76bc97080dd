"""Exchange: one call from request to result without I/O, deciding what to send and whether to send it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from specwire._exchange import logging
from specwire._exchange.body import WholeBody, body_of
from specwire._exchange.call_state import CallState
from specwire._exchange.prepared import IDEMPOTENT, proved
from specwire._http import retry
from specwire._http.request import PreparedRequest
from specwire._models import lenient_json
from specwire._network.deadline import Deadline
from specwire._network.request_url import LONGEST_URL, is_reachable, same_origin, without_login
from specwire._operations.response import request_id_of
from specwire._pagination.pagination import at
from specwire._responses import parsing
from specwire._serialization.multipart import Multipart, NotReplayableError, Upload
from specwire._serialization.parameters import encode_cookies, encode_query, expand_path
from specwire.errors import APIConnectionError, APITimeoutError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from specwire._exchange.prepared import Prepared
    from specwire._http.options import Options
    from specwire._http.response import HTTPResponse
    from specwire._network.transport_errors import TransportError
    from specwire._operations.request import BaseRequest
    from specwire._operations.security import AppliedAuth

_REDIRECTS = 5
_SPENT = frozenset(
    {"insufficient_quota", "insufficient_balance", "exceeded_current_quota_error", "billing_hard_limit_reached"}
)
"""Error codes of a 429 that waiting doesn't change."""


class Exchange:
    """State machine of one call: its attempts, their targets and their credentials."""

    trusted = True
    """True if the target of the next attempt may receive credentials."""
    _waited = 0.0
    _redirects = 0
    _sends = 0
    _refused = False

    def __init__(self, prepared: Prepared, request: BaseRequest, options: Options) -> None:
        self.request = request
        self.options = options
        self.prepared = prepared
        self.record = CallState(request, options, Deadline(options.deadline))
        """State of the call, for responses and errors."""
        operation = prepared.operation
        try:
            self._body = body_of(request, options)
            self._url = prepared.url or prepared.server + expand_path(operation.path, request.path, operation.styles)
            self._query, self._given = "", request.query
            if request.url is not None:
                self._url, self._given = self._own(request.url), {}
            elif request.query or options.query:
                self._given = {**request.query, **options.query}
                self._query = encode_query(self._given, operation.styles)
            if prepared.login:
                self.record.secrets = prepared.login
            self._cookies = request.cookies
            content_type = None if self._body is None else self._body.content_type
            self._head = None if request.headers else prepared.head(content_type)
            if self._head is None:
                self._headers = prepared.headers(content_type, request.headers)
            else:
                self._headers = self._head.stated
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidRequestError(f"{operation.id}: {error}") from error

    def _own(self, url: str) -> str:
        """Return a URL from a response, which gets credentials as usual; it must be on the same server."""
        from specwire._pagination.link import on_same_server  # few clients use it

        try:
            return on_same_server(self._url, url)
        except ValueError as error:
            raise ValueError(f"the URL of the next page is not followed: {error}") from error

    def outgoing(self, proof: AppliedAuth | None, *, asynchronous: bool) -> PreparedRequest:
        """Return the next attempt; `proof` is None if it needs no credentials."""
        self._sends += 1
        self.record.proof = proof
        url, body, method = self._url, self._body, self.prepared.operation.method
        if self._query or (proof is not None and proof.query):
            url = self._addressed(proof)
        if len(url) > LONGEST_URL:
            raise InvalidRequestError(
                f"{self.request.operation.id}: the URL has {len(url):,} characters, more than the limit: shorten the "
                "path and the query"
            )
        head = self._head
        if head is not None and proof is self.prepared.proof and not self._cookies and not self.options.middleware:
            if body is None:
                return PreparedRequest(method, url, head.sent, None, head.encoded)
            if type(body) is WholeBody:
                return PreparedRequest(method, url, head.sent, body.data, head.encoded)
        headers = dict(self._headers) if proof is None else proved(self._headers, proof)
        cookies = self._cookies
        if proof is not None and proof.cookies:
            cookies = {**cookies, **proof.cookies, **cookies}
        if cookies:
            headers["cookie"] = encode_cookies(cookies, self.request.operation.styles)
        if self.prepared.login and self.trusted:
            headers["authorization"] = f"Basic {self.prepared.login[0]}"
        if proof is not None and proof.sign is not None:
            headers["authorization"] = proof.sign(method, _target(url))
        content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None = None
        if isinstance(body, WholeBody):
            content = body.data
        elif body is not None:
            content, length = self._stream(body, asynchronous)
            if length is not None:
                headers["content-length"] = str(length)
        return PreparedRequest(method, url, headers, content)

    def _addressed(self, proof: AppliedAuth | None) -> str:
        """Return the URL of the next attempt, with its query."""
        url, query = self._url, self._query
        if proof is not None and proof.query:
            more = {name: key for name, key in proof.query.items() if name not in self._given}
            query = "&".join(filter(None, (query, encode_query(more))))
            if self.request.url is not None:
                from specwire._http.redaction import without_query

                url = without_query(url, proof.query)
        if query:
            url = f"{url}{'&' if '?' in url else '?'}{query}"
        return url

    def _stream(
        self, body: Multipart | Upload, asynchronous: bool
    ) -> tuple[Iterator[bytes] | AsyncIterator[bytes], int | None]:
        try:
            if self._sends > 1:
                body.rewind()
            length = body.content_length()
        except NotReplayableError as error:
            raise APIConnectionError(
                f"{self.request.operation.id}: the upload cannot be repeated: {error}", request=self.request
            ) from error
        progress = self.options.on_progress
        return (body.aiter(progress=progress) if asynchronous else body.iter(progress=progress)), length

    def failed(self, failure: TransportError) -> float:
        """Return the seconds to wait before the next attempt; raise `APIConnectionError` after the last."""
        outcome = retry.MaybeSent() if failure.sent else retry.NotSent()
        wait = None if failure.hopeless or not self._replayable else self._decide(outcome)
        late = failure.timeout or self.record.clock.over
        self._note("no response in time" if late else "no response", wait)
        if wait is not None:
            return wait
        kind = APITimeoutError if late else APIConnectionError
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        what = "no response in time from" if late else "no response from"
        reason = f"the deadline of {self.options.deadline:g} s passed" if self.record.clock.over else failure
        raise kind(
            f"{self.request.operation.id}: {what} {host}{self.record.after_attempts}: {reason}",
            request=self.request,
            attempts=self.record.attempts,
        ) from failure.origin

    def answered(self, answer: HTTPResponse) -> float:
        """Return the seconds to wait before the next attempt after an error; raise `APIStatusError` after the last."""
        headers = self.record.masked_headers(answer.headers)
        content = self.record.masked(answer.content)
        hopeless = self._hopeless(answer.status_code, content) or not self._replayable
        wait = None if hopeless else self._decide(retry.ServerResponded(answer.status_code, headers))
        self._note(answer.status_code, wait, answer)
        if wait is not None:
            return wait
        error = parsing.status_error(self.record, answer.status_code, headers, content)
        if isinstance(self._body, Multipart) and answer.status_code in (400, 415, 422):
            for note in self._body.notes():
                error.add_note(note)
        raise error

    def redirected(self, answer: HTTPResponse) -> bool:
        """Follow a redirect if that is safe; credentials are never sent to another origin."""
        location = answer.headers.get("location")
        if answer.status_code not in (301, 302, 303, 307, 308) or location is None or self._redirects >= _REDIRECTS:
            return False
        try:
            target = urljoin(self._url, location)
            if self.record.proof is not None and self.record.proof.query:
                from specwire._http.redaction import without_query

                target = without_query(target, self.record.proof.query)
            here, there = urlsplit(self._url), urlsplit(target)
            if not is_reachable(target):
                return False
            target, _ = without_login(target)
            same = same_origin(self._url, target)
        except ValueError:
            return False
        reads = self.request.operation.method in ("GET", "HEAD")
        if there.scheme not in ("http", "https") or not (reads or (same and answer.status_code in (307, 308))):
            return False
        if here.scheme == "https" and there.scheme == "http":
            return False
        self._redirects += 1
        self.record.attempts -= 1
        self.trusted = self.trusted and same
        if not same:
            kept = ("accept", "user-agent")
            self._headers = {name: self._headers[name] for name in kept}
            self._head, self._cookies = None, {}
        self._url, self._query = target, ""
        return True

    def unproved(self, answer: HTTPResponse) -> AppliedAuth | None:
        """Return the authentication that the server rejected, once in a call, if the call can be repeated."""
        if answer.status_code != 401 or self._refused or not self.trusted or not self._replayable:
            return None
        self._refused = True
        return self.record.proof

    def _decide(self, outcome: retry.Outcome) -> float | None:
        operation = self.request.operation
        wait = retry.decide(
            self.options.retry,
            attempt=self.record.attempts,
            idempotent=operation.safe or operation.method in IDEMPOTENT or self.prepared.keyed,
            billed=operation.billed and not self.prepared.keyed,
            outcome=outcome,
            waited=self._waited,
        )
        if wait is None or not self.record.clock.leaves(wait):
            return None
        self._waited += wait
        return wait

    def ended(self, outcome: logging.Outcome, answer: HTTPResponse | None = None) -> None:
        """Log that the call ended with this attempt."""
        operation, record = self.request.operation, self.record
        request_id = request_id_of(answer.headers) if answer is not None else None
        logging.note(operation, self._url, outcome, record.attempts, record.clock.elapsed, request_id)

    def _note(self, outcome: logging.Outcome, wait: float | None, answer: HTTPResponse | None = None) -> None:
        """Log a failed attempt, or the failed call if `wait` is None, unless the logger is disabled."""
        if not logging.listening(again=wait is not None):
            return
        if wait is None:
            self.ended(outcome, answer)
            return
        operation, record = self.request.operation, self.record
        request_id = request_id_of(answer.headers) if answer is not None else None
        logging.note_again(operation, self._url, outcome, record.attempts, record.clock.elapsed, wait, request_id)

    @property
    def _replayable(self) -> bool:
        return not isinstance(self._body, Multipart | Upload) or self._body.replayable

    def _hopeless(self, status: int, content: bytes) -> bool:
        known = self.prepared.non_retryable
        if status != 429 and known is None:
            return False
        found = lenient_json.loads_or_text(content)
        if status == 429 and _is_spent(found):
            return True
        code = at(found, known.path) if known is not None else None
        return known is not None and isinstance(code, str) and code in known.values


def _is_spent(found: Any) -> bool:
    """Return True if an error body reports an exhausted quota or balance."""
    for each in (found, found.get("error") if isinstance(found, dict) else None):
        if isinstance(each, dict) and any(
            isinstance(code := each.get(key), str) and code in _SPENT for key in ("code", "type")
        ):
            return True
    return False


def _target(url: str) -> str:
    """Return the request target of a URL, encoded like the HTTP library's."""
    parts = urlsplit(url)
    return quote(urlunsplit(("", "", parts.path or "/", parts.query, "")), safe="!#$%&'()*+,/:;=?@[]~")
