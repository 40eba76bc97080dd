"""OAuth 2 (RFC 6749): access tokens obtained with the grants that users pass."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urljoin

import msgspec

from specwire._auth import async_grant, sync_grant
from specwire._auth.device import GRANT_TYPE, PendingDevice, pending_device, positive
from specwire._auth.grants import DevicePrompt, Grant, OAuth2DeviceCode, OAuth2Password, OAuth2RefreshToken
from specwire._auth.steps import Steps
from specwire._errors.server_message import summary
from specwire._http.request import PreparedRequest
from specwire._http.response import HTTPResponse
from specwire._http.transport import AsyncTransport, Transport
from specwire._models import lenient_json
from specwire._network.deadline import Deadline
from specwire._network.event_loop import PerEventLoop
from specwire._network.fork import reset_after_fork
from specwire._network.request_url import without_userinfo
from specwire._network.server_url import shown_url, token_url_flaw
from specwire._network.transport_errors import BodyTooLargeError, TokenDeniedError, TransportError
from specwire._operations.security import AppliedAuth, Bearer, OAuth2, Scheme, make_auth
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._models.headers import Headers

_MARGIN = 30.0
"""Seconds before its expiry at which a token is renewed."""

_LARGEST = 1024 * 1024
"""Maximum size of a token response, in bytes."""

_UNUSED = "the code was not entered in time"
_REASONS = {
    "access_denied": "the user denied the request",
    "authorization_pending": _UNUSED,
    "expired_token": _UNUSED,
    "slow_down": _UNUSED,
}
"""Descriptions of the errors that end a device authorization, for servers that don't describe them."""

_OTHER = "another call is waiting for the token"


class Tokens:
    """Access token of a client, requested when needed; concurrent calls share one request."""

    def __init__(self, grant: Grant, url: str, refresh_url: str, device_url: str = "") -> None:
        self._grant = grant
        self._url = url
        self._refresh_url = refresh_url
        self._device_url = device_url
        self._refresh_token = grant.refresh_token if isinstance(grant, OAuth2RefreshToken | OAuth2DeviceCode) else None
        self._pending: PendingDevice | None = None
        self._auth: AppliedAuth | None = None
        self._until = 0.0
        self._lock = threading.Lock()
        self._turns: PerEventLoop[Any] = PerEventLoop()
        reset_after_fork(self)

    def forked(self) -> None:
        """Replace locks that threads of the parent may hold."""
        self._lock = threading.Lock()
        self._turns = PerEventLoop()

    def get(self, transport: Transport, options: Options) -> AppliedAuth:
        """Return the authentication with a valid token; raise `TokenDeniedError` or `TransportError`."""
        if (auth := self._fresh()) is not None:
            return auth
        deadline = Deadline(options.deadline)
        if not self._lock.acquire(timeout=-1 if deadline.remaining is None else deadline.remaining):
            raise _late(_OTHER)
        try:
            return sync_grant.take(
                self._steps(deadline),
                lambda request: transport.send(request, _small(deadline.bounded(options))),
                self._show,
                self._failed,
            )
        finally:
            self._lock.release()

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        """Return the authentication with a valid token; raise `TokenDeniedError` or `TransportError`."""
        if (auth := self._fresh()) is not None:
            return auth
        import anyio

        deadline, turn = Deadline(options.deadline), self._turns.get() or self._turns.put(anyio.Lock())
        try:
            with anyio.fail_after(deadline.remaining):
                await turn.acquire()
        except TimeoutError:
            raise _late(_OTHER) from None
        try:
            return await async_grant.take(
                self._steps(deadline),
                lambda request: transport.send(request, _small(deadline.bounded(options))),
                self._ashow,
                self._failed,
            )
        finally:
            turn.release()

    def rejected(self, auth: AppliedAuth, _headers: Headers) -> bool:
        """Drop the token that the server rejected; a new one will follow."""
        token, current = auth.headers.get("authorization"), self._auth
        if current is not None and current.headers["authorization"] == token:
            self._auth = None
        return True

    def _fresh(self) -> AppliedAuth | None:
        auth = self._auth
        return auth if auth is not None and time.monotonic() < self._until else None

    def _steps(self, deadline: Deadline) -> Steps:
        """Take the steps to a valid token, and return its authentication."""
        if (auth := self._fresh()) is not None:
            return auth
        grant = self._grant
        if self._refresh_token is not None:
            fields = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
            response = yield self._request(self._refresh_url, fields, scoped=True)
            if not (isinstance(grant, OAuth2DeviceCode) and _error(response) == "invalid_grant"):
                return self._granted(self._refresh_url, response)
            self._refresh_token = None
        match grant:
            case OAuth2DeviceCode():
                return (yield from self._device_steps(grant.client_id, deadline))
            case OAuth2Password():
                fields = {"grant_type": "password", "username": grant.username, "password": grant.password}
            case _:
                fields = {"grant_type": "client_credentials"}
        return self._granted(self._url, (yield self._request(self._url, fields, scoped=True)))

    def _device_steps(self, client_id: str, deadline: Deadline) -> Steps:
        """Ask for a code, unless one is pending from a call that gave up, and poll until its user has entered it."""
        pending = self._pending
        if pending is None or pending.expired:
            response = yield self._request(self._device_url, {"client_id": client_id}, scoped=True)
            self._check_busy(self._device_url, response)
            pending = pending_device(_object(response.content))
            if not _is_success(response) or pending is None:
                raise self._denied(self._device_url, response, "no usable device code")
            yield pending.prompt
            self._pending = pending
        fields = {"grant_type": GRANT_TYPE, "device_code": pending.code, "client_id": client_id}
        while True:
            if not deadline.allows(pending.wait):
                raise _late(f"{pending.prompt.verification_uri} has not received the code yet")
            yield pending.wait
            last = pending.expired
            try:
                response = yield self._request(self._url, fields)
            except TransportError as failure:
                if not failure.retryable:
                    raise
                if last:
                    raise _permanent(failure) from failure.origin
                pending.back_off()
                continue
            error = _error(response)
            if error == "slow_down":
                pending.slow_down(_object(response.content).get("interval"))
            elif error == "authorization_pending":
                pending.polled()
            elif _is_busy(response):
                pending.back_off()
            else:
                try:
                    return self._granted(self._url, response)
                finally:
                    self._pending = None
            if last:
                raise self._denied(self._url, response)

    def _request(self, url: str, fields: Mapping[str, str], *, scoped: bool = False) -> PreparedRequest:
        grant, form = self._grant, dict(fields)
        if scoped and grant.scopes:
            form["scope"] = " ".join(grant.scopes)
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        if grant.client_id is not None and grant.client_secret is not None and grant.secret_in == "header":
            pair = f"{quote_plus(grant.client_id)}:{quote_plus(grant.client_secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif grant.client_id is not None:
            form["client_id"] = grant.client_id
            if grant.client_secret is not None:
                form["client_secret"] = grant.client_secret
        url, userinfo = without_userinfo(url)
        if userinfo:
            headers.setdefault("authorization", f"Basic {userinfo[0]}")
        return PreparedRequest("POST", url, headers, urlencode(form).encode())

    def _show(self, prompt: DevicePrompt) -> None:
        if isinstance(self._grant, OAuth2DeviceCode) and isawaitable(self._grant.prompt(prompt)):
            raise ConfigurationError("the prompt of a synchronous client cannot be a coroutine function")

    async def _ashow(self, prompt: DevicePrompt) -> None:
        if isinstance(self._grant, OAuth2DeviceCode) and isawaitable(shown := self._grant.prompt(prompt)):
            await shown

    def _granted(self, url: str, response: HTTPResponse) -> AppliedAuth:
        self._check_busy(url, response)
        found = _object(response.content)
        token = found.get("access_token")
        usable = isinstance(token, str) and token.isascii() and token.isprintable()
        if not _is_success(response) or not isinstance(token, str) or not usable:
            raise self._denied(url, response, "no access token")
        self._rotate(found.get("refresh_token"))
        lifetime = _seconds(found.get("expires_in"))
        self._until = time.monotonic() + lifetime - min(_MARGIN, lifetime / 2)
        auth = make_auth(Bearer(), token)
        self._auth = auth
        return auth

    def _rotate(self, following: object) -> None:
        match self._grant:
            case OAuth2RefreshToken(on_rotation=notify) | OAuth2DeviceCode(on_refresh_token=notify):
                if isinstance(following, str) and following not in ("", self._refresh_token):
                    self._refresh_token = following
                    if notify is not None:
                        notify(following)

    def _check_busy(self, url: str, response: HTTPResponse) -> None:
        if _is_busy(response):
            text = f"{self._place(url)} returned HTTP {response.status_code}"
            raise TransportError(text, sent=False, timeout=False)

    def _denied(self, url: str, response: HTTPResponse, lacking: str = "") -> TokenDeniedError:
        content = response.content
        for secret in self._secrets(_object(content)):
            if isinstance(secret, str) and secret:
                content = content.replace(secret.encode(), b"***")
        shown = _object(content)
        error, description = (summary(shown.get(name)) for name in ("error", "error_description"))
        parts = (error, description or _REASONS.get(error or ""))
        text = ": ".join(filter(None, parts)) or (lacking if _is_success(response) else "no reason given")
        message = f"{self._place(url)} returned HTTP {response.status_code}: {text}"
        return TokenDeniedError(message, response.status_code, response.headers, content)

    def _secrets(self, found: Mapping[str, Any]) -> tuple[object, ...]:
        """Return the secrets that an error of the server may repeat, to be masked."""
        grant, pending = self._grant, self._pending
        passed = (getattr(grant, name, None) for name in ("client_secret", "password", "refresh_token"))
        code = pending.code if pending is not None else None
        received = (found.get(name) for name in ("access_token", "refresh_token", "device_code"))
        return (*passed, self._refresh_token, code, *received)

    def _failed(self, url: str, failure: BodyTooLargeError | TransportError) -> TokenDeniedError | TransportError:
        """Return a failure that names the endpoint."""
        place = self._place(url)
        if isinstance(failure, BodyTooLargeError):
            message = f"{place} returned HTTP {failure.status}: {failure}"
            return TokenDeniedError(message, failure.status, failure.headers, b"")
        text = f"{place}: {failure}"
        named = TransportError(text, sent=False, timeout=failure.timeout, retryable=failure.retryable)
        named.__cause__ = failure.origin
        return named

    def _place(self, url: str) -> str:
        kind = "device authorization" if url == self._device_url else "token"
        return f"the {kind} endpoint {shown_url(url)}"


def tokens(grant: Grant, scheme: Scheme, base_url: str) -> Tokens:
    """Return the tokens of a grant; raise `ConfigurationError` without a safe token endpoint."""
    declared = scheme if isinstance(scheme, OAuth2) else OAuth2("")

    def endpoint(kind: str, passed: str | None, stated: str | None) -> str:
        url = passed if passed is not None else urljoin(f"{base_url}/", stated) if stated else None
        name = "token" if kind == "token" else "device authorization"
        argument = f"{type(grant).__name__}({kind}_url=...)"
        if url is None:
            raise ConfigurationError(f"the document has no {name} endpoint: pass {argument}")
        if token_url_flaw(url) is not None:
            message = f"{name} endpoint {shown_url(url)!r} is unsafe: {argument} must begin with https://"
            raise ConfigurationError(message)
        return url

    stated = declared.own.get(grant.flow, (declared.token_url, declared.refresh_url or declared.token_url))
    urls = [endpoint("token", grant.token_url, url) for url in stated]
    if isinstance(grant, OAuth2DeviceCode):
        urls.append(endpoint("device", grant.device_url, declared.device_url))
    return Tokens(grant, *urls)


def _permanent(failure: TransportError) -> TransportError:
    return TransportError(str(failure), sent=False, timeout=failure.timeout, retryable=False)


def _late(what: str) -> TransportError:
    return TransportError(what, sent=False, timeout=True, retryable=False)


def _small(options: Options) -> Options:
    """Return options for a token request, with a small size limit."""
    return msgspec.structs.replace(options, max_response_size=_LARGEST)


def _is_success(response: HTTPResponse) -> bool:
    """Return True for any 2xx: some frameworks answer every POST with 201."""
    return 200 <= response.status_code < 300


def _is_busy(response: HTTPResponse) -> bool:
    return response.status_code == 429 or response.status_code >= 500


def _error(response: HTTPResponse) -> object:
    """Return the error code of a response; some servers send it with status 200."""
    return _object(response.content).get("error")


def _object(content: bytes) -> dict[str, Any]:
    """Return the fields of a response: JSON, or a form, which servers sent before the standard."""
    try:
        found = lenient_json.loads(content)
    except msgspec.DecodeError:
        return dict(parse_qsl(content.decode("utf-8", "replace").strip()))
    return found if isinstance(found, dict) else {}


def _seconds(value: object) -> float:
    """Return the lifetime of a token; without one it is valid until it is rejected."""
    return positive(value) or float("inf")
