"""Steps of an OAuth 2 grant, taken by an asynchronous client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from specwire._auth.grants import DevicePrompt
from specwire._auth.steps import Steps, advance
from specwire._http.request import PreparedRequest
from specwire._network.event_loop import sleep
from specwire._network.transport_errors import BodyTooLargeError, TransportError
from specwire._operations.security import AppliedAuth

if TYPE_CHECKING:
    from specwire._http.response import HTTPResponse


async def take(
    steps: Steps,
    send: Callable[[PreparedRequest], Awaitable[HTTPResponse]],
    show: Callable[[DevicePrompt], Awaitable[None]],
    failed: Callable[[str, BodyTooLargeError | TransportError], Exception],
) -> AppliedAuth:
    """Take all steps, and return the authentication that they lead to."""
    reply: HTTPResponse | Exception | None = None
    while not isinstance(step := advance(steps, reply), AppliedAuth):
        reply = None
        if isinstance(step, PreparedRequest):
            try:
                reply = await send(step)
            except (BodyTooLargeError, TransportError) as failure:
                reply = failed(step.url, failure)
        elif isinstance(step, DevicePrompt):
            await show(step)
        else:
            await sleep(step)
    return step
