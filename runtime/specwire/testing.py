"""Mock servers and stubs for tests of programs that use clients (extra `specwire[mock]`)::

    with MockServer(Acme) as mock:
        client = mock.client(Acme)
        mock.fail("getOrder", status=503, times=2)

With pytest, the fixtures `mock_server` and `mock_client` do the same. `docs/testing.md` has examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specwire._lazy import lazy

if TYPE_CHECKING:
    from specwire_codegen.mock.recording import LoggedRequest as LoggedRequest
    from specwire_codegen.testing.bodies import json_lines_bytes as json_lines_bytes, sse_bytes as sse_bytes
    from specwire_codegen.testing.mock_server import MockServer as MockServer
    from specwire_codegen.testing.plugin import MockClients as MockClients, MockServers as MockServers

_NAMES = {
    "LoggedRequest": "mock.recording",
    "MockClients": "testing.plugin",
    "MockServer": "testing.mock_server",
    "MockServers": "testing.plugin",
    "json_lines_bytes": "testing.bodies",
    "sse_bytes": "testing.bodies",
}
__all__ = ["LoggedRequest", "MockClients", "MockServer", "MockServers", "json_lines_bytes", "sse_bytes"]
_get = lazy("specwire_codegen", _NAMES, __name__)


def __getattr__(name: str) -> object:
    try:
        return _get(name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"specwire.testing needs {(error.name or '').partition('.')[0]}: pip install 'specwire[mock]'"
        ) from error
