"""MCP server with the methods of a client as tools, on stdin and stdout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from anyio.to_thread import run_sync
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from specwire import Client
from specwire.errors import SpecwireError

from specwire_codegen.mcp_server.tool import Tool, ToolError, arguments_of, result_of, text_of


def server_of(name: str, version: str, client: Client, tools: Mapping[str, Tool], files: Path | None) -> Server[Any]:
    """Return a server with these tools of a client."""

    async def list_tools(_: ServerRequestContext[Any], __: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_declared(tool) for tool in tools.values()])

    async def call_tool(_: ServerRequestContext[Any], request: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            if request.name not in tools:
                raise ToolError(f"there is no tool {request.name!r}")
            result = await run_sync(
                _called, tools[request.name], request.arguments or {}, files, abandon_on_cancel=True
            )
            text = text_of(result)
        except (ToolError, SpecwireError, OSError, TypeError, ValueError) as problem:
            return types.CallToolResult(content=[types.TextContent(text=str(problem))], is_error=True)
        structured = result if isinstance(result, dict) else None
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=structured)

    return Server(name, version=version, on_list_tools=list_tools, on_call_tool=call_tool)


def _called(tool: Tool, arguments: Mapping[str, Any], files: Path | None) -> Any:
    return result_of(tool.method.call(**arguments_of(tool, arguments, files)))


def _declared(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.method.path,
        description=tool.description,
        input_schema=tool.schema,
        annotations=types.ToolAnnotations(
            read_only_hint=tool.read_only,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.repeatable,
            open_world_hint=True,
        ),
    )


def serve(server: Server[Any]) -> None:
    """Serve on stdin and stdout until they close."""

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(run)
