"""State of a call: its request and options, attempts, secrets and deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from specwire._models.headers import Headers
from specwire._operations.response import Response
from specwire._serialization.percent import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specwire._codec.drift import Drift
    from specwire._http.options import Options
    from specwire._network.deadline import Deadline
    from specwire._operations.request import BaseRequest
    from specwire._operations.security import AppliedAuth

_SHORTEST_SECRET = 8
"""Minimum length of a secret in characters: shorter ones would match parts of ordinary words."""


class CallState(msgspec.Struct, eq=False):
    """State of a call, used by responses, errors and log lines."""

    request: BaseRequest
    options: Options
    deadline: Deadline
    attempts: int = 0
    auth: AppliedAuth | None = None
    """Authentication of the last attempt."""
    secrets: tuple[str, ...] = ()
    """Other values that must be masked."""

    def response(
        self,
        status: int,
        headers: Headers,
        content: bytes = b"",
        parsed: Any = None,
        drift: tuple[Drift, ...] = (),
    ) -> Response[Any]:
        """Return a response with the facts of the call."""
        return Response(
            status_code=status,
            headers=headers,
            content=content,
            parsed=parsed,
            attempts=self.attempts,
            elapsed=self.deadline.elapsed,
            drift=drift,
        )

    @property
    def after_attempts(self) -> str:
        """Return the number of attempts as part of a sentence; empty for one attempt."""
        return f" after {self.attempts} attempts" if self.attempts > 1 else ""

    def __repr__(self) -> str:
        return f"<CallState of {self.request!r}>"

    def masked(self, content: bytes) -> bytes:
        """Mask the key in the body of a failure: some servers repeat it there."""
        for secret in self._secrets:
            content = content.replace(secret.encode(), b"***")
        return content

    def masked_headers(self, headers: Headers) -> Headers:
        """Mask the key in the headers of a failure."""
        pairs = list(headers.items())
        for secret in self._secrets:
            pairs = [(name, value.replace(secret, "***")) for name, value in pairs]
        return Headers(pairs)

    @property
    def _secrets(self) -> Iterator[str]:
        for secret in (*self.secrets, *(self.auth.secrets if self.auth is not None else ())):
            if len(secret) >= _SHORTEST_SECRET:
                yield secret
                if (coded := percent(secret)) != secret:
                    yield coded
