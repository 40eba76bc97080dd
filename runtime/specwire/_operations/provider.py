"""Provider: the static facts of an API, from its document."""

from __future__ import annotations

from collections.abc import Mapping, Set as AbstractSet

import msgspec

from specwire._operations.security import Scheme, Security


class NonRetryableErrors(msgspec.Struct, frozen=True):
    """Errors that retries don't resolve, recognized by their body."""

    path: tuple[str, ...]
    values: AbstractSet[str]


class ServerVariable(msgspec.Struct, frozen=True):
    """A variable of a server's URL; `values` are those allowed, any if empty."""

    default: str
    values: tuple[str, ...] = ()


class Server(msgspec.Struct, frozen=True):
    """A server of the document; its URL holds the names of its variables in braces."""

    url: str
    description: str = ""
    variables: Mapping[str, ServerVariable] = {}

    def at(self, values: Mapping[str, str]) -> str:
        """Return the URL with values for its variables, or their defaults."""
        url = self.url
        for name, variable in self.variables.items():
            url = url.replace("{" + name + "}", values.get(name, variable.default))
        return url


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """API: its server, authentication and retry rules."""

    name: str
    version: str
    """Version of the document."""
    base_url: str | None
    """Server of the document; None if the user must pass one."""
    base_url_variable: str | None = None
    """Environment variable that overrides the server."""
    servers: Mapping[str, Server] = {}
    """Servers by name, the default first; empty if there is no choice."""
    environment_variable: str | None = None
    """Environment variable with the name of a server."""
    prefix: str = ""
    """Common prefix of all paths, such as `/v1`."""
    security: Scheme | Security | None = None
    """Single scheme of all operations with credentials, or several by name."""
    key_variable: str | None = None
    """Environment variable of the key."""
    retry_statuses: AbstractSet[int] | None = None
    non_retryable: NonRetryableErrors | None = None
    idempotency_header: str | None = None
    """Header with an idempotency key, under which the server acts once, however often it receives the request."""
