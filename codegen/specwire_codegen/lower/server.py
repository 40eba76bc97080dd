"""Servers of the normalized document to addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specwire_codegen.diagnostics import Diagnostic, warning
from specwire_codegen.document import Document
from specwire_codegen.pointer import join


def server_url(servers: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the address of the first server with its variables at their defaults; None where it leaves that open.

    An address that begins with `/` is relative to wherever the client is told that the API is.
    """
    if not servers:
        return None
    url: str = servers[0]["url"].strip()
    for name, variable in servers[0].get("variables", {}).items():
        values = [variable["default"]] if "default" in variable else variable.get("enum", [])
        if values:
            url = url.replace("{" + name + "}", str(values[0]))
    if url.startswith("//"):
        url = f"https:{url}"
    known = url.startswith("/") or re.match(r"https?://[^/{}]+", url)
    return url if known and not {"{", "}"} & set(url) and url != "/" else None


def open_servers(document: Document) -> Iterator[Diagnostic]:
    """Yield a warning for each server whose address has variables that nothing gives a value."""
    holders: list[tuple[str, Mapping[str, Any]]] = [("", document.data)]
    for path, item in document.data.get("paths", {}).items():
        operations = {**item, **item.get("additionalOperations", {})}
        holders += [
            (join("/paths", path, *(() if method in item else ("additionalOperations",)), method), operation)
            for method, operation in operations.items()
            if isinstance(operation, Mapping) and operation.get("servers") != document.data.get("servers")
        ]
    for pointer, holder in holders:
        servers = holder.get("servers", ())
        url = servers[0]["url"] if servers else ""
        if re.search(r"[{}]", url) and server_url(servers) is None:
            yield warning(
                "open-server",
                f"the address {url!r} has variables without a value: calls go where the client is told that the API is",
                document.locate(join(pointer, "servers", 0)),
                "give each variable a default",
            )
