"""Exchange: one call from request to result without I/O, deciding what to send and whether to send it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from specwire._codec.codec import NESTED
from specwire._exchange import logging
from specwire._exchange.body import WholeBody, body_of
from specwire._exchange.call_state import CallState
from specwire._exchange.prepared import with_auth
from specwire._http import retry
from specwire._http.methods import IDEMPOTENT
from specwire._http.request import PreparedRequest
from specwire._models import lenient_json
from specwire._network.deadline import Deadline
from specwire._network.request_url import LONGEST_URL, is_reachable, same_origin, without_userinfo
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
    _rejected = False

    def __init__(self, prepared: Prepared, request: BaseRequest, options: Options) -> None:
        self.request = request
        self.options = options
        self.prepared = prepared
        self.state = CallState(request, options, Deadline(options.deadline))
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
            if prepared.userinfo:
                self.state.secrets = prepared.userinfo
            self._cookies = request.cookies
            content_type = None if self._body is None else self._body.content_type
            self._head = None if request.headers else prepared.head(content_type)
            if self._head is None:
                self._headers = prepared.headers(content_type, request.headers)
            else:
                self._headers = self._head.stated
        except RecursionError:
            raise InvalidRequestError(f"{operation.id}: {NESTED}") from None
        except (ValueError, TypeError) as error:
            raise InvalidRequestError(f"{operation.id}: {error}") from error

    def _own(self, url: str) -> str:
        """Return a URL from a response, which gets credentials as usual; it must be on the same server."""
        from specwire._pagination.link import on_same_server  # few clients use it

        try:
            return on_same_server(self._url, url)
        except ValueError as error:
            raise ValueError(f"the URL of the next page is not followed: {error}") from error

    def next_request(self, auth: AppliedAuth | None, *, asynchronous: bool) -> PreparedRequest:
        """Return the next attempt; `auth` is None if it needs no credentials."""
        self._sends += 1
        self.state.auth = auth
        url, body, method = self._url, self._body, self.prepared.operation.method
        if self._query or (auth is not None and auth.query):
            url = self._addressed(auth)
        if len(url) > LONGEST_URL:
            raise InvalidRequestError(
                f"{self.request.operation.id}: the URL has {len(url):,} characters, more than the limit: shorten the "
                "path and the query"
            )
        head = self._head
        if head is not None and auth is self.prepared.auth and not self._cookies and self.prepared.is_constant:
            if body is None:
                return PreparedRequest(method, url, head.sent, None, head.encoded)
            if type(body) is WholeBody:
                return PreparedRequest(method, url, head.sent, body.data, head.encoded)
        headers = dict(self._headers) if auth is None else with_auth(self._headers, auth)
        cookies = self._cookies
        if auth is not None and auth.cookies:
            cookies = {**cookies, **auth.cookies, **cookies}
        if cookies:
            headers["cookie"] = encode_cookies(cookies, self.request.operation.styles)
        if self.prepared.userinfo and self.trusted:
            headers["authorization"] = f"Basic {self.prepared.userinfo[0]}"
        if auth is not None and auth.sign is not None:
            headers["authorization"] = auth.sign(method, _target(url))
        content: bytes | Iterator[bytes] | AsyncIterator[bytes] | None = None
        if isinstance(body, WholeBody):
            content = body.data
        elif body is not None:
            content, length = self._stream(body, asynchronous)
            if length is not None:
                headers["content-length"] = str(length)
        return PreparedRequest(method, url, headers, content)

    def _addressed(self, auth: AppliedAuth | None) -> str:
        """Return the URL of the next attempt, with its query."""
        url, query = self._url, self._query
        if auth is not None and auth.query:
            more = {name: key for name, key in auth.query.items() if name not in self._given}
            query = "&".join(filter(None, (query, encode_query(more))))
            if self.request.url is not None:
                from specwire._http.redaction import without_query

                url = without_query(url, auth.query)
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

    def after_failure(self, failure: TransportError) -> float:
        """Return the seconds to wait before the next attempt; raise `APIConnectionError` after the last."""
        outcome = retry.MaybeSent() if failure.sent else retry.NotSent()
        wait = None if not (failure.retryable and self._replayable) else self._decide(outcome)
        late = failure.timeout or self.state.deadline.expired
        self._log("no response in time" if late else "no response", wait)
        if wait is not None:
            return wait
        kind = APITimeoutError if late else APIConnectionError
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        what = "no response in time from" if late else "no response from"
        reason = f"the deadline of {self.options.deadline:g} s passed" if self.state.deadline.expired else failure
        raise kind(
            f"{self.request.operation.id}: {what} {host}{self.state.after_attempts}: {reason}",
            request=self.request,
            attempts=self.state.attempts,
        ) from failure.origin

    def after_error(self, response: HTTPResponse) -> float:
        """Return the seconds to wait before the next attempt after an error; raise `APIStatusError` after the last."""
        headers = self.state.masked_headers(response.headers)
        content = self.state.masked(response.content)
        permanent = self._is_permanent(response.status_code, content) or not self._replayable
        wait = None if permanent else self._decide(retry.ServerResponded(response.status_code, headers))
        self._log(response.status_code, wait, response)
        if wait is not None:
            return wait
        hint = self._hint(response.status_code)
        error = parsing.status_error(self.state, response.status_code, headers, content, hint, response.charset)
        if isinstance(self._body, Multipart) and response.status_code in (400, 415, 422):
            for note in self._body.notes():
                error.add_note(note)
        raise error

    def _hint(self, status: int) -> str:
        """Return why the server, or a proxy, may have refused the credentials, if it did."""
        if status == 407:
            from specwire._network.environment import proxy_variable  # only on failure

            return f"the proxy{proxy_variable(urlsplit(self._url).scheme)} requires a user and a password"
        if status in (401, 403) and not self.trusted:
            return f"redirected to {parsing.redirect_target(self._url)}, which gets no credentials: set base_url"
        return self.prepared.other_servers if status == 401 else ""

    def follow_redirect(self, response: HTTPResponse) -> bool:
        """Follow a redirect if that is safe; credentials are never sent to another origin."""
        location = response.headers.get("location")
        if response.status_code not in (301, 302, 303, 307, 308) or location is None or self._redirects >= _REDIRECTS:
            return False
        try:
            target = urljoin(self._url, location)
            if self.state.auth is not None and self.state.auth.query:
                from specwire._http.redaction import without_query

                target = without_query(target, self.state.auth.query)
            here, there = urlsplit(self._url), urlsplit(target)
            if not is_reachable(target):
                return False
            target, _ = without_userinfo(target)
            same = same_origin(self._url, target)
        except ValueError:
            return False
        reads = self.request.operation.method in ("GET", "HEAD")
        if there.scheme not in ("http", "https") or not (reads or (same and response.status_code in (307, 308))):
            return False
        if here.scheme == "https" and there.scheme == "http":
            return False
        self._redirects += 1
        self.state.attempts -= 1
        self.trusted = self.trusted and same
        if not same:
            kept = ("accept", "user-agent")
            self._headers = {name: self._headers[name] for name in kept}
            self._head, self._cookies = None, {}
        self._url, self._query = target, ""
        return True

    def rejected_auth(self, response: HTTPResponse) -> AppliedAuth | None:
        """Return the authentication that the server rejected, once in a call, if the call can be repeated."""
        if response.status_code != 401 or self._rejected or not self.trusted or not self._replayable:
            return None
        self._rejected = True
        return self.state.auth

    def _decide(self, outcome: retry.Outcome) -> float | None:
        operation = self.request.operation
        wait = retry.decide(
            self.options.retry,
            attempt=self.state.attempts,
            idempotent=operation.safe or operation.method in IDEMPOTENT or self.prepared.keyed,
            billed=operation.billed and not self.prepared.keyed,
            outcome=outcome,
            waited=self._waited,
        )
        if wait is None or not self.state.deadline.allows(wait):
            return None
        self._waited += wait
        return wait

    def log_end(self, outcome: logging.Outcome, response: HTTPResponse | None = None) -> None:
        """Log that the call ended with this attempt."""
        operation, state = self.request.operation, self.state
        request_id = request_id_of(response.headers) if response is not None else None
        logging.log_call(operation, self._url, outcome, state.attempts, state.deadline.elapsed, request_id)

    def _log(self, outcome: logging.Outcome, wait: float | None, response: HTTPResponse | None = None) -> None:
        """Log a failed attempt, or the failed call if `wait` is None, unless the logger is disabled."""
        if not logging.listening(again=wait is not None):
            return
        if wait is None:
            self.log_end(outcome, response)
            return
        operation, state = self.request.operation, self.state
        request_id = request_id_of(response.headers) if response is not None else None
        logging.log_retry(operation, self._url, outcome, state.attempts, state.deadline.elapsed, wait, request_id)

    @property
    def _replayable(self) -> bool:
        return not isinstance(self._body, Multipart | Upload) or self._body.replayable

    def _is_permanent(self, status: int, content: bytes) -> bool:
        known = self.prepared.non_retryable
        if status != 429 and known is None:
            return False
        found = lenient_json.loads_or_text(content)
        if status == 429 and is_spent(found):
            return True
        code = at(found, known.path) if known is not None else None
        return known is not None and isinstance(code, str) and code in known.values


def is_spent(found: Any) -> bool:
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
