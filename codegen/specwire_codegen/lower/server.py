"""Lowering of servers to base URLs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from specwire._network.server_url import base_url_flaw, shown_url, without_user

from specwire_codegen.diagnostics import Diagnostic, warning
from specwire_codegen.documents.document import Document
from specwire_codegen.files import fetch
from specwire_codegen.openapi.pointer import join
from specwire_codegen.openapi.walk import operations_of

_NOWHERE = "calls use the base URL of the client"


@attrs.frozen
class Server:
    """A server of the document: its URL without user and password, and its flaw."""

    url: str | None
    """None if the server cannot be called."""
    code: str = ""
    flaw: str = ""


def server_url(servers: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the URL of the first usable server with default variables, or None.

    A URL that begins with `/` is relative to the base URL of the client.
    """
    url = next((found.url for found in map(_read, servers) if found.url is not None), None)
    return url if url != "/" else None


def server_flaws(document: Document) -> Iterator[Diagnostic]:
    """Yield a warning for each server that is skipped, or used without the credentials in its URL."""
    holders: list[tuple[str, Mapping[str, Any]]] = [("", document.data)]
    for path, item in document.data.get("paths", {}).items():
        holders += [
            (join("/paths", path, *tokens), operation)
            for _, tokens, operation in operations_of(item)
            if operation.get("servers") != document.data.get("servers")
        ]
    for pointer, holder in holders:
        yield from _flaws(document, holder.get("servers", ()), join(pointer, "servers"))


def _flaws(document: Document, servers: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[Diagnostic]:
    chosen = server_url(servers)
    instead = _NOWHERE if chosen is None else f"{shown_url(chosen)!r} is used instead"
    for index, raw in enumerate(servers):
        server, place = _read(raw), document.locate(join(pointer, index))
        if server.url is not None and not server.flaw:
            return
        shown = shown_url(raw["url"].strip())
        if server.url is not None:
            message = f"the URL {shown!r} {server.flaw}, which are ignored"
            yield warning(server.code, message, place, "pass credentials to the client")
            return
        message = f"the URL {shown!r} {server.flaw}: {instead}"
        help = "give each variable a default" if server.code == "open-server" else "write it like https://host/path"
        yield warning(server.code, message, place, help)


def _read(server: Mapping[str, Any]) -> Server:
    url: str = server["url"].strip()
    for name, variable in server.get("variables", {}).items():
        values = [variable["default"]] if "default" in variable else variable.get("enum", [])
        if values:
            url = url.replace("{" + name + "}", str(values[0]))
    if {"{", "}"} & set(url):
        return Server(None, "open-server", "has variables without a value")
    url = fetch.with_scheme(url)
    flaw = base_url_flaw(f"https://host{url}" if url.startswith("/") else url)
    if flaw is not None:
        return Server(None, "unusable-server", f"cannot be called: {flaw}")
    bare = without_user(url)
    return Server(url) if bare == url else Server(bare, "server-credentials", "contains a user and a password")
