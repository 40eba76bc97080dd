"""Provider: the static facts of an API, from its document."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import msgspec

from specwire._operations.security import Scheme, Security


class NonRetryableErrors(msgspec.Struct, frozen=True):
    """Errors that retries don't resolve, recognized by their body."""

    path: tuple[str, ...]
    values: AbstractSet[str]


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """API: its server, authentication and retry rules."""

    name: str
    version: str
    """Version of the document."""
    base_url: str | None
    """Server of the document; None if the user must pass one."""
    base_url_variable: str | None = None
    """Environment variable that overrides the server."""
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
