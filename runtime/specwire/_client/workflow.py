"""Workflows: methods of several calls, written once for both clients.

A workflow is a generator that yields request values and pauses, and receives the parsed responses. The client that
runs it does the I/O, synchronously or asynchronously::

    def imagine_and_wait(*, prompt: str) -> Workflow[MidjourneyTask]:
        submitted = yield from send(imagine(prompt=prompt))
        return (yield from wait(fetch(str(submitted.result)), timeout=600))
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

import msgspec

from specwire._operations.request import DownloadRequest, Request
from specwire._pagination.pagination import at
from specwire.errors import InvalidRequestError, UnknownStatusError, WaitTimeoutError

T = TypeVar("T")


class Pause(msgspec.Struct, frozen=True):
    """Seconds to wait before the next request."""

    seconds: float


class Save(msgspec.Struct, frozen=True):
    """Download to save to a file, which is complete or does not exist."""

    request: DownloadRequest
    path: str


Step: TypeAlias = Request[Any] | Pause | Save
Workflow: TypeAlias = Generator[Step, Any, T]


def send(request: Request[T]) -> Workflow[T]:
    """Send a request and return the parsed body of its response, with `yield from`."""
    response: T = yield request
    return response


def wait(
    request: Request[T],
    *,
    interval: float | None = None,
    timeout: float | None = None,
    on_progress: Callable[[T], object] | None = None,
) -> Workflow[T]:
    """Poll a job until it reaches a terminal status, and return it.

    A status that is neither terminal nor known to change raises `UnknownStatusError`.

    Args:
        request: Request that reads the job; its operation declares the terminal statuses.
        interval: Seconds between two polls; by default, the interval of the document.
        timeout: Seconds in all before `WaitTimeoutError` is raised with the last state of the job; None sets no
            limit.
        on_progress: Called with the job after each poll.

    """
    polling = request.operation.polling
    if polling is None:
        raise InvalidRequestError(f"{request.operation.id} does not read a job that can be waited for")
    pause = polling.interval if interval is None else interval
    started = time.monotonic()
    while True:
        job = yield from send(request)
        if on_progress is not None:
            on_progress(job)
        status = at(job, polling.status)
        if polling.is_terminal(status):
            return job
        if not polling.is_pending(status):
            shown = repr(status) if isinstance(status, str) and len(status) <= 60 else type(status).__name__
            message = f"{request.operation.id}: the job has the unknown status {shown}"
            raise UnknownStatusError(message, last=job, request=request)
        waited = time.monotonic() - started
        if timeout is not None and waited >= timeout:
            message = f"{request.operation.id}: still {status!r} after {waited:.1f} s"
            raise WaitTimeoutError(message, last=job, request=request)
        yield Pause(pause if timeout is None else min(pause, timeout - waited))
