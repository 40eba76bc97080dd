# Derived from async_values.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Values of calls of a synchronous client, as checks compare them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specwire import Download

from specwire_codegen.contract.client.arguments import Arguments
from specwire_codegen.ir import BinaryStream, EventStream, Operation


def value_of(method: Callable[..., Any], operation: Operation, given: Arguments, manner: str) -> Any:
    """Call a method, and return its value: the events of a stream, the bytes of a download, the items of all pages."""
    result = method(*given.args, **given.kwargs)
    match operation.payload:
        case _ if manner == "items":
            return list(result)
        case EventStream():
            with result as events:
                return list(events)
        case BinaryStream():
            opened = result
            return opened.read() if isinstance(opened, Download) else opened
        case _:
            return result
