"""Expected address of a call, from the document alone: the host and the path before the operation's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import attrs

from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.wire.expected_request import Arrival
from specwire_codegen.ir import Operation

NOWHERE = "http://api.example/base"
"""Base URL of a client whose document has no usable server."""


_LABEL = r"[\w-]{1,63}"
_SERVER = re.compile(
    rf"(https?://([^{{}}/?#\\\s\"<>]*@)?({_LABEL}(\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\])(:(?P<port>\d*))?)?"
    r"(/[^{}?#\\\s\"<>\x00-\x1f\x7f]*)?"
)
"""A base URL or a base path: without variables, query and fragment, and with a host."""


def base_url(subject: Subject) -> str:
    """Return the first callable server of the document, or `NOWHERE` if there is none or it is only a path."""
    first = _usable(subject.document.get("servers", []))
    return NOWHERE if first.startswith("/") else first or NOWHERE


def address(subject: Subject, operation: Operation) -> str:
    """Return the base URL of an operation's path."""
    base = base_url(subject)
    servers = _servers(subject, operation)
    if servers is None:
        return base
    first = _usable(servers)
    if first.startswith("/"):
        parts = urlsplit(base)
        return f"{parts.scheme}://{parts.netloc}{first}".rstrip("/")
    return first or base


def below_own_path(subject: Subject, operation: Operation, arrival: Arrival) -> Arrival:
    """Return a request relative to the operation's own server, if that is only a path: it follows a base URL.

    A base URL replaces servers with a host.
    """
    own = _usable(_servers(subject, operation) or ()).rstrip("/")
    if not own.startswith("/") or not arrival.raw_path.startswith(f"{own}/"):
        return arrival
    return attrs.evolve(arrival, raw_path=arrival.raw_path.removeprefix(own))


def arrived_at(expected: str, arrival: Arrival) -> tuple[list[str], Arrival]:
    """Return the problems of a request's address, and the request relative to that address."""
    parts = urlsplit(expected)
    host = arrival.header("host") or ""
    prefix = parts.path.rstrip("/")
    found = [] if _bare(host) == _bare(parts.netloc) else [f"host: {parts.netloc} expected, not {host}"]
    if not arrival.raw_path.startswith(prefix):
        return [*found, f"path: {arrival.raw_path!r} does not begin with {prefix}"], arrival
    return found, attrs.evolve(arrival, raw_path=arrival.raw_path[len(prefix) :])


def _servers(subject: Subject, operation: Operation) -> Sequence[Mapping[str, Any]] | None:
    """Return the servers of an operation or of its path, or None if it uses those of the document."""
    item = subject.document["paths"][operation.path]
    raw = subject.raw(operation.id)
    for holder in (raw, item):
        if "servers" in holder and holder["servers"] != subject.document.get("servers"):
            servers: Sequence[Mapping[str, Any]] = holder["servers"]
            return servers
    return None


def _usable(servers: Sequence[Mapping[str, Any]]) -> str:
    """Return the first callable server, or its path; empty if there is none."""
    for url in map(_filled, servers):
        url = f"https:{url}" if url.startswith("//") else url
        hit = _SERVER.fullmatch(url)
        if url and hit is not None and (not hit["port"] or 0 < int(hit["port"]) < 2**16):
            return url if url.startswith("/") else url.rstrip("/")
    return ""


def _filled(server: Mapping[str, Any]) -> str:
    variables = server.get("variables", {})
    return re.sub(r"\{([^{}]+)\}", lambda hit: next(_values(variables.get(hit[1], {})), hit[0]), server["url"]).strip()


def _values(variable: Mapping[str, Any]) -> Iterator[str]:
    if "default" in variable:
        yield str(variable["default"])
    yield from map(str, variable.get("enum", ()))


def _bare(netloc: str) -> str:
    """Return a host without user information and without the default port of its scheme."""
    return re.sub(r":(80|443)$", "", netloc.rpartition("@")[2].lower())
