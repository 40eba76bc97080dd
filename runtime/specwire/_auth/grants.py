"""OAuth 2 grants that users pass to a client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal, TypeAlias

import msgspec


class OAuth2ClientCredentials(msgspec.Struct, frozen=True):
    """Client credentials grant, for the program itself."""

    flow: ClassVar[str] = "clientCredentials"

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

    flow: ClassVar[str] = "authorizationCode"

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

    flow: ClassVar[str] = "password"

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


class DevicePrompt(msgspec.Struct, frozen=True):
    """Code that the user of a device authorization must enter, and where; `str` of it is a sentence to show."""

    user_code: str
    verification_uri: str
    """Page that asks for the code."""
    verification_uri_complete: str | None
    """The same page with the code filled in, for a link or a QR code, if the server has one."""
    expires_in: float
    """Seconds for which the code is valid."""

    def __str__(self) -> str:
        return f"Open {self.verification_uri} and enter the code {self.user_code}"


class OAuth2DeviceCode(msgspec.Struct, frozen=True):
    """Device authorization grant (RFC 8628), for programs without a browser: the user enters a code on another device.

    The call that needs a token waits until the user has done so.
    """

    flow: ClassVar[str] = "deviceAuthorization"

    client_id: str
    prompt: Callable[[DevicePrompt], object]
    """Called to show the code to the user, such as `print`; in asynchronous clients also a coroutine function."""
    client_secret: str | None = None
    """Client secret; None for a public client."""
    device_url: str | None = None
    """URL of the device authorization endpoint; by default that of the document."""
    token_url: str | None = None
    """URL of the token endpoint; by default that of the document."""
    scopes: Sequence[str] = ()
    secret_in: Literal["header", "body"] = "header"
    refresh_token: str | None = None
    """Refresh token that an earlier process stored; the user is prompted only if it is no longer valid."""
    on_refresh_token: Callable[[str], object] | None = None
    """Called with each new refresh token, for example to store it."""

    def __repr__(self) -> str:
        return f"OAuth2DeviceCode(client_id={self.client_id!r}, prompt={self.prompt!r})"


Grant: TypeAlias = OAuth2ClientCredentials | OAuth2RefreshToken | OAuth2Password | OAuth2DeviceCode
