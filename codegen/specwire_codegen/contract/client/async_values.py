"""Values of calls of an asynchronous client, as checks compare them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specwire import AsyncDownload

from specwire_codegen.contract.client.arguments import Arguments
from specwire_codegen.ir import BinaryStream, EventStream, Operation


async def value_of(method: Callable[..., Any], operation: Operation, given: Arguments, manner: str) -> Any:
    """Call a method, and return its value: the events of a stream, the bytes of a download, the items of all pages."""
    result = method(*given.args, **given.kwargs)
    match operation.payload:
        case _ if manner == "items":
            return [item async for item in result]
        case EventStream():
            async with result as events:
                return [event async for event in events]
        case BinaryStream():
            opened = await result
            return await opened.read() if isinstance(opened, AsyncDownload) else opened
        case _:
            return await result
