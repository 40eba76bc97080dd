"""Connections of an HTTP client of the user's: they obey deadlines too, and failures tell what was sent and by which proxy.

Only the `trace` extension of httpcore shows them; clients of its own connections have a network backend instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from specwire._network.deadline_scope import bounded, has_deadline, mark_limited, remaining, write
from specwire._network.dialing import look_up
from specwire._network.transport_errors import unsent

_NEW_STREAM = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")
"""Ends of the events whose return value is a stream."""
_HEAD_FAILED = "http11.send_request_headers.failed"
_dialed: ContextVar[tuple[str, int] | None] = ContextVar("specwire.dialed", default=None)
"""Host and port of the last connection that this thread or task began."""


def trace(event: str, info: Mapping[str, Any]) -> None:
    """Make a new connection of a synchronous client obey `deadline_scope` and `ReadTimeout`."""
    if event.endswith("connect_tcp.started"):
        _dialed.set(place := (info["host"], info["port"]))
        if has_deadline():
            with suppress(OSError, UnicodeError):  # the library meets the same error itself
                look_up(*place, bounded(None))
    elif event.endswith(_NEW_STREAM) and (stream := info.get("return_value")) is not None:
        read, send = stream.read, stream.write
        stream.read = lambda max_bytes, timeout=None: read(max_bytes, bounded(timeout))
        stream.write = lambda buffer, timeout=None: write(send, buffer, timeout)
        mark_limited(stream)
    elif event == _HEAD_FAILED:
        _raise_unsent(info["exception"])


async def trace_async(event: str, info: Mapping[str, Any]) -> None:
    """Make a new connection of an asynchronous client obey `ReadTimeout`; other limits apply to its task."""
    if event.endswith("connect_tcp.started"):
        _dialed.set((info["host"], info["port"]))
    elif event.endswith(_NEW_STREAM) and (stream := info.get("return_value")) is not None:
        read = stream.read
        stream.read = lambda max_bytes, timeout=None: read(max_bytes, remaining(timeout))
    elif event == _HEAD_FAILED:
        _raise_unsent(info["exception"])


def _raise_unsent(error: BaseException) -> None:
    """Raise the failure to write the head of a request, which the library would ignore and wait for a response."""
    if type(error).__name__ == "WriteError":
        raise unsent(error) from None


def name_proxy(error: Exception, library: ModuleType, url: str) -> None:
    """Add the proxy to a failed connection as a note, if it was to another host than that of the URL."""
    place = _dialed.get()
    if place is None or not isinstance(error, library.ConnectError | library.ConnectTimeout | library.ProxyError):
        return
    if place[0] != urlsplit(url).hostname:
        from specwire._network.environment import proxy_shown  # only on failure

        error.add_note(proxy_shown(*place))
