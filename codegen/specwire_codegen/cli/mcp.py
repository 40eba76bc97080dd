"""The command that serves methods of a client as tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cyclopts

from specwire_codegen.cli.console import show_rows
from specwire_codegen.cli.options import NO_MORE, ClientName, Reading, Root
from specwire_codegen.diagnostics import UsageError


def mcp(
    client: ClientName,
    *,
    only: Annotated[list[str], cyclopts.Parameter(negative="")] | None = None,
    write: Annotated[bool, cyclopts.Parameter(negative="")] = False,
    files: Path | None = None,
    base_url: str | None = None,
    list_tools: Annotated[bool, cyclopts.Parameter(name="--list", negative="")] = False,
    reading: Reading = NO_MORE,
    root: Root = Path(),
) -> int:
    """Serve methods of a client as tools of the Model Context Protocol, on stdin and stdout.

    Without --write, only methods that read. The key comes from the environment. Example:
    specwire mcp mistral --only "files.*"

    Parameters
    ----------
    client
        Provider, package of a client, or document.
    only
        Pattern of the methods to serve. May be repeated.
    write
        Also serve methods that may change data or cost money.
    files
        Folder with files that methods may upload. Without one, methods with files are left out.
    base_url
        Base URL of the server.
    list_tools
        Print the tools, and serve nothing.

    """
    from specwire_codegen.call.method import inspected
    from specwire_codegen.clients.named import client_named
    from specwire_codegen.mcp_server.tool import tools_of

    if files is not None and not files.is_dir():
        raise UsageError(f"--files is {str(files)!r}, which is not a folder: create it, or name another one")
    with client_named(root, client, reading.access) as found:
        if list_tools:
            tools = tools_of(inspected(found.kind), only or (), write=write, files=files)
            show_rows([[tool.name, tool.method.summary] for tool in tools.values()], left=2)
            return 0
        from specwire_codegen.mcp_server.server import serve, server_of

        with found.kind(base_url=base_url) as made:
            tools = tools_of(made, only or (), write=write, files=files)
            serve(server_of(f"specwire-{client}", found.kind._provider.version, made, tools, files))
    return 0
