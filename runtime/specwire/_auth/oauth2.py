"""OAuth 2 (RFC 6749): grants that users pass, and the access tokens obtained with them."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import quote_plus, urlencode, urljoin

import msgspec

from specwire._errors.server_message import summary
from specwire._http.request import PreparedRequest
from specwire._http.response import HTTPResponse
from specwire._http.transport import AsyncTransport, Transport
from specwire._models import lenient_json
from specwire._network.event_loop import PerEventLoop
from specwire._network.fork import reset_after_fork
from specwire._network.request_url import without_login
from specwire._network.server_url import shown_url, token_url_flaw
from specwire._network.transport_errors import BodyTooLargeError, TokenDeniedError, TransportError
from specwire._operations.security import AppliedAuth, Bearer, OAuth2, Scheme, prove
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._models.headers import Headers

_MARGIN = 30.0
"""Seconds before its expiry at which a token is renewed."""

_LARGEST = 1024 * 1024
"""Maximum size of a token response, in bytes."""


class OAuth2ClientCredentials(msgspec.Struct, frozen=True):
    """Client credentials grant, for the program itself."""

    client_id: str
    client_secret: str
    token_url: str | None = None
    """URL of the token endpoint; by default that of the document."""
    scopes: Sequence[str] = ()
    """Scopes to request; by default the server chooses."""
    secret_in: Literal["header", "body"] = "header"
    """Place of the client's id and secret in token requests."""

    def __repr__(self) -> str:
        return f"OAuth2ClientCredentials(client_id={self.client_id!r}, client_secret=***)"


class OAuth2RefreshToken(msgspec.Struct, frozen=True):
    """Refresh token grant, for a token from a user's consent."""

    refresh_token: str
    client_id: str
    client_secret: str | None = None
    """Client secret; None for a public client."""
    token_url: str | None = None
    """URL of the token endpoint; by default that of the document."""
    scopes: Sequence[str] = ()
    secret_in: Literal["header", "body"] = "header"
    on_rotation: Callable[[str], object] | None = None
    """Called with the new refresh token if the server replaces this one."""

    def __repr__(self) -> str:
        return f"OAuth2RefreshToken(refresh_token=***, client_id={self.client_id!r})"


class OAuth2Password(msgspec.Struct, frozen=True):
    """Password grant, for a user's name and password; mostly supported by private servers."""

    username: str
    password: str
    client_id: str | None = None
    """Client id; None if the server has no clients."""
    client_secret: str | None = None
    token_url: str | None = None
    """URL of the token endpoint; by default that of the document."""
    scopes: Sequence[str] = ()
    secret_in: Literal["header", "body"] = "header"

    def __repr__(self) -> str:
        return f"OAuth2Password(username={self.username!r}, password=***)"


Grant: TypeAlias = OAuth2ClientCredentials | OAuth2RefreshToken | OAuth2Password


class Tokens:
    """Access token of a client, requested when needed; concurrent calls share one request."""

    def __init__(self, grant: Grant, url: str) -> None:
        self._grant = grant
        self._url = url
        self._refresh_token = grant.refresh_token if isinstance(grant, OAuth2RefreshToken) else None
        self._proof: AppliedAuth | None = None
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
        if (proof := self._fresh()) is not None:
            return proof
        with self._lock:
            if (proof := self._fresh()) is not None:
                return proof
            try:
                answer = transport.send(self._request(), _small(options))
            except BodyTooLargeError as excess:
                raise self._excessive(excess) from None
            except TransportError as failure:
                raise self._unreachable(failure) from failure.origin
            return self._granted(answer)

    async def aget(self, transport: AsyncTransport, options: Options) -> AppliedAuth:
        """Return the authentication with a valid token; raise `TokenDeniedError` or `TransportError`."""
        if (proof := self._fresh()) is not None:
            return proof
        turn = self._turns.get()
        if turn is None:
            import anyio

            turn = self._turns.put(anyio.Lock())
        async with turn:
            if (proof := self._fresh()) is not None:
                return proof
            try:
                answer = await transport.send(self._request(), _small(options))
            except BodyTooLargeError as excess:
                raise self._excessive(excess) from None
            except TransportError as failure:
                raise self._unreachable(failure) from failure.origin
            return self._granted(answer)

    def refused(self, proof: AppliedAuth, _headers: Headers) -> bool:
        """Drop the token that the server rejected; a new one will follow."""
        token, current = proof.headers.get("authorization"), self._proof
        if current is not None and current.headers["authorization"] == token:
            self._proof = None
        return True

    def _fresh(self) -> AppliedAuth | None:
        proof = self._proof
        return proof if proof is not None and time.monotonic() < self._until else None

    def _request(self) -> PreparedRequest:
        grant = self._grant
        if self._refresh_token is not None:
            fields = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        elif isinstance(grant, OAuth2Password):
            fields = {"grant_type": "password", "username": grant.username, "password": grant.password}
        else:
            fields = {"grant_type": "client_credentials"}
        if grant.scopes:
            fields["scope"] = " ".join(grant.scopes)
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        if grant.client_id is not None and grant.client_secret is not None and grant.secret_in == "header":
            pair = f"{quote_plus(grant.client_id)}:{quote_plus(grant.client_secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif grant.client_id is not None:
            fields["client_id"] = grant.client_id
            if grant.client_secret is not None:
                fields["client_secret"] = grant.client_secret
        url, login = without_login(self._url)
        if login:
            headers.setdefault("authorization", f"Basic {login[0]}")
        return PreparedRequest("POST", url, headers, urlencode(fields).encode())

    def _granted(self, answer: HTTPResponse) -> AppliedAuth:
        if answer.status_code == 429 or answer.status_code >= 500:
            text = f"{self._place} returned HTTP {answer.status_code}"
            raise TransportError(text, sent=False, timeout=False)
        found = _object(answer.content)
        token = found.get("access_token")
        if answer.status_code != 200 or not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise self._refusal(answer, found)
        self._rotate(found.get("refresh_token"))
        lifetime = _seconds(found.get("expires_in"))
        self._until = time.monotonic() + lifetime - min(_MARGIN, lifetime / 2)
        proof = prove(Bearer(), token)
        self._proof = proof
        return proof

    def _rotate(self, following: object) -> None:
        if self._refresh_token is None or not isinstance(following, str) or following in ("", self._refresh_token):
            return
        self._refresh_token = following
        if isinstance(self._grant, OAuth2RefreshToken) and self._grant.on_rotation is not None:
            self._grant.on_rotation(following)

    def _refusal(self, answer: HTTPResponse, found: dict[str, Any]) -> TokenDeniedError:
        content = answer.content
        password = self._grant.password if isinstance(self._grant, OAuth2Password) else None
        for secret in (self._grant.client_secret, self._refresh_token, password, found.get("access_token")):
            if isinstance(secret, str) and secret:
                content = content.replace(secret.encode(), b"***")
        shown = _object(content)
        parts = [summary(shown.get(name)) for name in ("error", "error_description")]
        text = ": ".join(filter(None, parts)) or ("no access token" if answer.status_code == 200 else "no reason given")
        message = f"{self._place} returned HTTP {answer.status_code}: {text}"
        return TokenDeniedError(message, answer.status_code, answer.headers, content)

    def _excessive(self, excess: BodyTooLargeError) -> TokenDeniedError:
        message = f"{self._place} returned HTTP {excess.status}: {excess}"
        return TokenDeniedError(message, excess.status, excess.headers, b"")

    def _unreachable(self, failure: TransportError) -> TransportError:
        text = f"{self._place}: {failure}"
        return TransportError(text, sent=False, timeout=failure.timeout, hopeless=failure.hopeless)

    @property
    def _place(self) -> str:
        return f"the token endpoint {shown_url(self._url)}"


def tokens(grant: Grant, scheme: Scheme, base_url: str) -> Tokens:
    """Return the tokens of a grant; raise `ConfigurationError` without a safe token endpoint."""
    url = grant.token_url
    if url is None and isinstance(scheme, OAuth2):
        refreshes = isinstance(grant, OAuth2RefreshToken)
        url = urljoin(f"{base_url}/", (scheme.refresh_url if refreshes else None) or scheme.token_url)
    name = type(grant).__name__
    if url is None:
        raise ConfigurationError(f"the document has no token endpoint: pass {name}(token_url=...)")
    if token_url_flaw(url) is not None:
        raise ConfigurationError(
            f"token endpoint {shown_url(url)!r} is unsafe: {name}(token_url=...) must begin with https://"
        )
    return Tokens(grant, url)


def _small(options: Options) -> Options:
    """Return options for a token request, with a small size limit."""
    return msgspec.structs.replace(options, max_response_size=_LARGEST)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = lenient_json.loads(content)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(value: object) -> float:
    """Return the lifetime of a token; without one it is valid until it is rejected."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else 0.0
    except ValueError:
        seconds = 0.0
    return seconds if seconds > 0 else float("inf")
