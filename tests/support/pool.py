"""Connections that a client keeps open, inspected from outside."""

from __future__ import annotations

from typing import Any


def opened(client: Any) -> list[Any]:
    """Return the HTTP clients of a client: an asynchronous one has one per event loop."""
    transport = client._session._transport
    own = transport._own._things.values() if hasattr(transport, "_own") else ()
    return [http for http in (transport._client, *own) if http is not None]


def busy(client: Any) -> list[str]:
    """Return the connections of a client that its pool considers in use, and the requests that wait for one."""
    if client._session._transport._opener is not None:
        return [repr(one) for http in opened(client) for one in _acquired(http)]
    mounted = [transport for http in opened(client) for transport in (http._transport, *http._mounts.values())]
    pools = [transport._pool for transport in mounted if transport is not None]
    used = [one for pool in pools for one in pool.connections if not (one.is_idle() or one.is_closed())]
    # The HTTP library keeps the record of a request whose task is cancelled while it closes the connection.
    waiting = [one for pool in pools for one in pool._requests if one.connection is None or one.connection in used]
    return list(map(repr, used + waiting))


def _acquired(http: Any) -> Any:
    """Return the connections in use of an HTTP client over aiohttp; pyreqwest does not show them."""
    return http._session.connector._acquired if hasattr(http, "_session") else ()
