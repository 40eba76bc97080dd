"""One call so far: what was asked and how, how often it was sent and with which secrets, and since when it runs."""

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
"""Characters below which a key is no secret, but would be found inside of other words."""


class CallState(msgspec.Struct, eq=False):
    """What answers, errors and log lines tell of a call."""

    request: BaseRequest
    options: Options
    clock: Deadline
    attempts: int = 0
    proof: AppliedAuth | None = None
    """What the last try carried to prove who sent it."""
    secrets: tuple[str, ...] = ()
    """Further values that must not be shown."""

    def response(
        self,
        status: int,
        headers: Headers,
        content: bytes = b"",
        parsed: Any = None,
        drift: tuple[Drift, ...] = (),
    ) -> Response[Any]:
        """Return an answer with everything around it."""
        return Response(
            status_code=status,
            headers=headers,
            content=content,
            parsed=parsed,
            attempts=self.attempts,
            elapsed=self.clock.elapsed,
            drift=drift,
        )

    @property
    def after_attempts(self) -> str:
        """How often the request was sent, as part of a sentence; nothing for once."""
        return f" after {self.attempts} attempts" if self.attempts > 1 else ""

    def __repr__(self) -> str:
        return f"<Record of {self.request!r}>"

    def masked(self, content: bytes) -> bytes:
        """Return the body of a failure without the key, which some servers repeat in theirs."""
        for secret in self._secrets:
            content = content.replace(secret.encode(), b"***")
        return content

    def masked_headers(self, headers: Headers) -> Headers:
        """Return the headers of a failure without the key."""
        pairs = list(headers.items())
        for secret in self._secrets:
            pairs = [(name, value.replace(secret, "***")) for name, value in pairs]
        return Headers(pairs)

    @property
    def _secrets(self) -> Iterator[str]:
        for secret in (*self.secrets, *(self.proof.secrets if self.proof is not None else ())):
            if len(secret) >= _SHORTEST_SECRET:
                yield secret
                if (coded := percent(secret)) != secret:
                    yield coded
