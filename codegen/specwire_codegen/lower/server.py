"""Lowering of servers to base URLs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from specwire._network.server_url import base_url_flaw, shown_url, without_user

from specwire_codegen.diagnostics import Diagnostic, warning
from specwire_codegen.documents.document import Document
from specwire_codegen.files import fetch
from specwire_codegen.ir import Server, ServerVariable
from specwire_codegen.lower.naming.environment import server_names
from specwire_codegen.openapi.casing import argument
from specwire_codegen.openapi.identifiers import CLIENT_OPTIONS, distinct
from specwire_codegen.openapi.pointer import join
from specwire_codegen.openapi.walk import operations_of
from specwire_codegen.python_source import sentence

_NOWHERE = "calls use the base URL of the client"


@attrs.frozen
class _Read:
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


def named_servers(servers: Sequence[Mapping[str, Any]]) -> tuple[Server, ...]:
    """Return the servers that a client can choose from, the default first; empty if there is nothing to choose."""
    usable = [server for server in servers if (url := _read(server).url) is not None and not url.startswith("/")]
    usable = list({_read(server).url: server for server in reversed(usable)}.values())[::-1]
    found = tuple(
        Server(name, _template(server), sentence(server.get("description", "")), _variables(server))
        for name, server in zip(server_names(usable), usable, strict=True)
    )
    return found if len(found) > 1 or any(server.variables for server in found) else ()


def _template(server: Mapping[str, Any]) -> str:
    """Return the URL of a server with the Python names of its variables."""
    url = without_user(fetch.with_scheme(server["url"].strip()))
    for name, python in _keywords(server).items():
        url = url.replace("{" + name + "}", "{" + python + "}")
    return url


def _keywords(server: Mapping[str, Any]) -> dict[str, str]:
    """Return the keyword for each variable in the URL of a server."""
    used = [name for name in server.get("variables", {}) if "{" + name + "}" in server["url"]]
    return distinct([(name, argument(name)) for name in used], CLIENT_OPTIONS)


def _variables(server: Mapping[str, Any]) -> tuple[ServerVariable, ...]:
    found = []
    for name, python in _keywords(server).items():
        variable = server["variables"][name]
        values = tuple(str(value) for value in variable.get("enum", ()))
        found.append(ServerVariable(python, str(variable.get("default", values[0] if values else "")), values))
    return tuple(found)


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


def _read(server: Mapping[str, Any]) -> _Read:
    url: str = server["url"].strip()
    for name, variable in server.get("variables", {}).items():
        values = [variable["default"]] if "default" in variable else variable.get("enum", [])
        if values:
            url = url.replace("{" + name + "}", str(values[0]))
    if {"{", "}"} & set(url):
        return _Read(None, "open-server", "has variables without a value")
    url = fetch.with_scheme(url)
    flaw = base_url_flaw(f"https://host{url}" if url.startswith("/") else url)
    if flaw is not None:
        return _Read(None, "unusable-server", f"cannot be called: {flaw}")
    bare = without_user(url)
    return _Read(url) if bare == url else _Read(bare, "server-credentials", "contains a user and a password")
