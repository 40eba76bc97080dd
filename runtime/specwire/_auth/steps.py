"""Steps of an OAuth 2 grant, without I/O."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeAlias

from specwire._auth.grants import DevicePrompt
from specwire._http.request import PreparedRequest
from specwire._operations.security import AppliedAuth

if TYPE_CHECKING:
    from specwire._http.response import HTTPResponse

Step: TypeAlias = PreparedRequest | DevicePrompt | float
"""Step towards a token: a request to send, a prompt to show, or seconds to wait."""
Steps: TypeAlias = Generator[Step, Any, AppliedAuth]


def advance(steps: Steps, reply: HTTPResponse | Exception | None) -> Step | AppliedAuth:
    """Return the next step, or the authentication after the last one; `reply` is the response to the previous step."""
    try:
        return steps.throw(reply) if isinstance(reply, Exception) else steps.send(reply)
    except StopIteration as end:
        auth: AppliedAuth = end.value
        return auth
