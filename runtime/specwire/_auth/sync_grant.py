# Derived from async_grant.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Steps of an OAuth 2 grant, taken by a synchronous client."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from specwire._auth.grants import DevicePrompt
from specwire._auth.steps import Steps, advance
from specwire._http.request import PreparedRequest
from specwire._network.transport_errors import BodyTooLargeError, TransportError
from specwire._operations.security import AppliedAuth

if TYPE_CHECKING:
    from specwire._http.response import HTTPResponse


def take(
    steps: Steps,
    send: Callable[[PreparedRequest], HTTPResponse],
    show: Callable[[DevicePrompt], None],
    failed: Callable[[str, BodyTooLargeError | TransportError], Exception],
) -> AppliedAuth:
    """Take all steps, and return the authentication that they lead to."""
    reply: HTTPResponse | Exception | None = None
    while not isinstance(step := advance(steps, reply), AppliedAuth):
        reply = None
        if isinstance(step, PreparedRequest):
            try:
                reply = send(step)
            except (BodyTooLargeError, TransportError) as failure:
                reply = failed(step.url, failure)
        elif isinstance(step, DevicePrompt):
            show(step)
        else:
            time.sleep(step)
    return step
