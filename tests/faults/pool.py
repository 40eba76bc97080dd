"""What a client holds open, looked at from outside."""

from __future__ import annotations

from typing import Any


def busy(client: Any) -> list[str]:
    """Return the connections that a client's pool believes to be in use, and what waits for one."""
    http = client.connection._transport._client
    if http is None:
        return []
    transports = [http._transport, *(transport for transport in http._mounts.values() if transport is not None)]
    pools = [transport._pool for transport in transports]
    used = [one for pool in pools for one in pool.connections if not (one.is_idle() or one.is_closed())]
    # A task that is cancelled while the library closes a connection leaves its record of the request behind.
    waiting = [one for pool in pools for one in pool._requests if one.connection is None or one.connection in used]
    return list(map(repr, used + waiting))
