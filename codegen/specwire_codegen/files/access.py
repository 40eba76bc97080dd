"""Access that a user grants a document beyond its own folder, repository and origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.diagnostics import DiagnosticError, Location, SpecwireCodegenError, UsageError, failure
from specwire_codegen.files import fetch

NAMED_BY_FILES = "*"
"""Represents every host that a local file names; the value of `--allow-remote` without a host."""
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:\d+)?")


@attrs.frozen
class Access:
    """Folders, copies and hosts that a user named."""

    within: tuple[Path, ...] = ()
    """Folders, or single files, that references may lead into."""
    copies: tuple[tuple[str, Path], ...] = ()
    """URL prefixes and the folder with local copies (for a whole URL: the file)."""
    hosts: frozenset[str] = frozenset()
    """Hosts that documents may be fetched from, in lower case, with or without a port."""

    def with_more(self, other: Access) -> Access:
        """Return the union of both accesses."""
        return Access(self.within + other.within, self.copies + other.copies, self.hosts | other.hosts)

    def copy_of(self, address: str) -> Path | None:
        """Return the local copy for a URL, or None if no prefix of the URL is mapped."""
        plain = address.partition("?")[0]
        for prefix, place in sorted(self.copies, key=lambda pair: -len(pair[0])):
            if plain == prefix:
                return place
            if plain.startswith(prefix.rstrip("/") + "/"):
                return place / fetch.path_of(plain[len(prefix.rstrip("/")) + 1 :])
        return None


def access(within: Iterable[Path] = (), copies: Iterable[str] = (), hosts: Iterable[str] = ()) -> Access:
    """Return the access that command line options grant; raise UsageError for an invalid option."""
    try:
        return Access(tuple(within), tuple(_copy(each, Path()) for each in copies), frozenset(map(_host, hosts)))
    except SpecwireCodegenError as problem:
        raise UsageError(str(problem)) from None


def access_to(source: str) -> Access:
    """Return the access implied by naming a document: to its own origin."""
    if not fetch.is_remote(source):
        return Access()
    try:
        _, host, port = fetch.origin_of(source)
    except ValueError:
        place = Location(fetch.shown(source))
        raise failure(
            "not-an-address", "its host or port is malformed", place, "write it like https://host/path"
        ) from None
    return Access(hosts=frozenset({f"[{host}]:{port}" if ":" in host else f"{host}:{port}"}))


def read_access(config: Path) -> Access:
    """Return the access that a `client.toml` grants: `refs-within` and `ref`, at the top or in `[client]`.

    A broken file grants nothing; `read_config` reports it. Raises DiagnosticError for a path that only the command line
    can allow.
    """
    from specwire_codegen.documents.toml_text import read_toml
    from specwire_codegen.files.reach import is_near

    try:
        read = read_toml(config)
    except DiagnosticError:
        return Access()
    data = read[0] if read is not None else {}
    client = data.get("client")
    found = Access()
    for table in (data, client if isinstance(client, dict) else {}):
        within = tuple(config.parent / each for each in _texts(table.get("refs-within")))
        copies = tuple(_copy(each, config.parent) for each in _mappings(table.get("ref")))
        found = found.with_more(Access(within, copies))
    for place in (*found.within, *(place for _, place in found.copies)):
        if not is_near(place, config):
            message = f"{place.as_posix()!r} is hidden or too far away for this file to allow it"
            help = f"to allow it, use the command line: --refs-within {place.as_posix()}"
            raise failure("ref-not-allowed", message, Location(str(config)), help)
    return found


def _texts(value: Any) -> list[str]:
    stated = [value] if isinstance(value, str) else value
    return [each for each in stated if isinstance(each, str)] if isinstance(stated, list) else []


def _mappings(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{prefix}={place}" for prefix, place in value.items() if isinstance(place, str)]
    return _texts(value)


def _copy(text: str, folder: Path) -> tuple[str, Path]:
    prefix, sign, place = text.rpartition("=")
    if not sign or not fetch.is_remote(prefix) or not place:
        message = f"{fetch.shown(text)!r} is not a mapping: write URL-PREFIX=FOLDER or URL=FILE"
        raise SpecwireCodegenError(message)
    return prefix, folder / place


def _host(text: str) -> str:
    if text != NAMED_BY_FILES and not _HOST.fullmatch(text):
        raise SpecwireCodegenError(f"{text!r} is not a host: write it as example.com or example.com:8443")
    return text.lower()
