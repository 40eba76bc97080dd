"""What the document says of a whole API: the static half of every client."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import msgspec

from specwire._operations.security import Scheme, Security


class NonRetryableErrors(msgspec.Struct, frozen=True):
    """Error bodies that repeating will not mend."""

    path: tuple[str, ...]
    values: AbstractSet[str]


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """An API: where it is, how it is entered, when it may be asked again."""

    name: str
    version: str
    """Version of the document."""
    base_url: str | None
    """The document's server; None where the user must name one."""
    base_url_variable: str | None = None
    """Environment variable that overrides it."""
    prefix: str = ""
    """What every path begins with, as `/v1`."""
    security: Scheme | Security | None = None
    """The one scheme of all operations that take credentials, or several by name."""
    key_variable: str | None = None
    """Environment variable of the key."""
    retry_statuses: AbstractSet[int] | None = None
    non_retryable: NonRetryableErrors | None = None
    idempotency_header: str | None = None
    """Header of a key under which the server does a thing once, however often it is asked."""
