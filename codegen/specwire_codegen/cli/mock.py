"""The command that serves a mock of an API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import cyclopts

from specwire_codegen.cli.console import report, say, tell, warn_briefly, working
from specwire_codegen.cli.options import NO_MORE, Overlays, Port, Reading, Root
from specwire_codegen.diagnostics import UsageError
from specwire_codegen.openapi.plurals import counted

if TYPE_CHECKING:
    from specwire_codegen.mock.recording import LoggedRequest


def mock(
    source: Annotated[str, cyclopts.Parameter(allow_leading_hyphen=True)],
    *,
    host: str = "127.0.0.1",
    port: Port = 8080,
    allow_host: Annotated[list[str], cyclopts.Parameter(negative="")] | None = None,
    key: Annotated[list[str], cyclopts.Parameter(negative="")] | None = None,
    seed: int = 0,
    latency: str | None = None,
    profile: Literal["flaky", "slow", "down"] | None = None,
    proxy: str | None = None,
    reading: Reading = NO_MORE,
    overlay: Overlays = (),
    root: Root = Path(),
) -> int:
    """Serve a mock of an API, made from its document, until it is interrupted.

    It checks requests, keeps what they create and streams events. Its page is at /, or at
    /__mock__/ if the document has an operation at /. For example:
    specwire mock openapi.yaml --latency 50ms-200ms --profile flaky

    Parameters
    ----------
    source
        Name of a provider, or an OpenAPI or Swagger document: a file, a URL, or - for standard input.
    host
        Address to listen on; 0.0.0.0 for all interfaces.
    port
        Port to listen on; 0 for any free port.
    allow_host
        Also accept requests with this `Host`. May be repeated.
    key
        Accept this key in place of test-key. May be repeated.
    seed
        Start of the sequence of ids and of failures of a profile.
    latency
        Delay of every response: 100ms, 1.5s, or 50ms-200ms for a random one between them.
    profile
        Failures of the server: a fifth of all responses, slow responses and streams, or nothing but 503.
    proxy
        Pass requests on to this live server, and report where its responses depart from the document. Calls may cost
        money.

    """
    from specwire_codegen.mock import TEST_KEY, provider, sources
    from specwire_codegen.mock.app import application
    from specwire_codegen.mock.handler import Handler
    from specwire_codegen.mock.profile import Profile, parse_latency
    from specwire_codegen.mock.proxy import Proxy, base_url
    from specwire_codegen.mock.server import run

    if proxy is not None and (profile or latency or key):
        raise UsageError("--proxy passes on what the server does: leave out --profile, --latency and --key")
    server = None if proxy is None else base_url(proxy)
    behaviour = Profile(profile, parse_latency(latency or "0"))
    keys = () if server else tuple(key or (TEST_KEY,))
    with working(source):
        found = sources.read(root, source, reading.access, overlay)
        handler = Handler(provider.build(found.document, keys, seed, None), behaviour)
    warn_briefly(found.warnings, f"specwire mock {source} --json")
    if server is not None:
        access = f"passes requests on to {server}"
    elif any(operation.security for operation in handler.operations):
        access = f"key: {' or '.join(keys)}"
    else:
        access = "no key needed"
    count = len(handler.operations)
    page = "/__mock__/" if handler.has_path("/") else "/"

    def announce(url: str) -> None:
        say(f"{found.name} at {url}, {access}")
        say(f"{counted(count, 'operation')}, shown at {url}{page}")

    def tell_departures(logged: LoggedRequest) -> None:
        for departure in (logged.reason, *logged.departures):
            if departure:
                where = f" ({logged.operation_id})" if logged.operation_id else ""
                report("departure", f"{logged.method} {logged.path}{where} {logged.status}: {departure}")

    live = None if server is None else Proxy(handler, server, tell_departures)
    app = application(handler, live, access if live else "")
    run(app, host=host, port=port, ready=announce, hosts=allow_host or ())
    tell("stopped")
    return 0
