"""Recorded requests for tests, without credentials."""

import json
from collections.abc import Iterable
from typing import Any, Final

import attrs

from specwire_codegen.mock.document.validation import Violation
from specwire_codegen.mock.request.bodies import Blob
from specwire_codegen.mock.request.security import Place

KEEP: Final = 1024 * 1024
"""Maximum number of body bytes in a record; of a larger body it has size and hash."""
ROOM: Final = 64 * 1024 * 1024
"""Maximum number of body bytes in all records together, until the server is reset."""
MOST: Final = 10_000
"""Maximum number of records."""
HIDDEN: Final = "***"


@attrs.frozen
class LoggedRequest:
    """A request and its outcome."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    """Lower-case names; only the scheme of credentials."""
    body: bytes | None = attrs.field(repr=False)
    """The bytes, or None if there are more than the limit."""
    size: int
    sha256: str
    operation_id: str | None
    status: int
    violations: tuple[Violation, ...]
    reason: str = ""
    """Reason for a rejection, or the failure that was asked for."""
    time: float = 0.0
    """Unix time in seconds."""
    id: str = ""
    """The X-Request-Id of the reply."""
    departures: tuple[str, ...] = ()
    """Where a request to a live server, or its response, departs from the document."""

    @property
    def matched(self) -> bool:
        """True if the document has an operation for the request."""
        return self.operation_id is not None

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError if it is not JSON."""
        return json.loads(self.body or b"")

    def header(self, name: str) -> str | None:
        """Return the value of a header."""
        return next((value for key, value in self.headers if key == name.lower()), None)


def kept(body: Blob) -> bytes | None:
    """Return the recorded bytes of a body."""
    return body.content if body.size <= KEEP else None


def redacted_headers(headers: Iterable[tuple[str, str]], secrets: frozenset[Place]) -> tuple[tuple[str, str], ...]:
    """Return the headers without credentials."""
    return tuple((name.lower(), _redacted(name.lower(), value, secrets)) for name, value in headers)


def _redacted(name: str, value: str, secrets: frozenset[Place]) -> str:
    if name == "cookie":
        parts = (item.strip().partition("=") for item in value.split(";"))
        return "; ".join(f"{key}={HIDDEN if ('cookie', key) in secrets else rest}" for key, _, rest in parts)
    if ("header", name) not in secrets:
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space else HIDDEN


def redacted_query(query_string: str, secrets: frozenset[Place]) -> str:
    """Return the query string without credentials."""
    items = (item.partition("=") for item in query_string.split("&"))
    return "&".join(name + equals + (HIDDEN if ("query", name) in secrets else value) for name, equals, value in items)


def as_json(logged: LoggedRequest) -> dict[str, Any]:
    """Return a logged request in the format of `/__mock__/requests`."""
    return {
        "id": logged.id,
        "method": logged.method,
        "path": logged.path,
        "query": logged.query,
        "headers": [list(pair) for pair in logged.headers],
        "body": None if logged.body is None else logged.body.decode("utf-8", "replace"),
        "size": logged.size,
        "sha256": logged.sha256,
        "operation_id": logged.operation_id,
        "matched": logged.matched,
        "status": logged.status,
        "reason": logged.reason,
        "departures": list(logged.departures),
        "time": logged.time,
        "violations": [str(violation) for violation in logged.violations],
    }
