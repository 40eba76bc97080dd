"""Network: documents from addresses, of origins that somebody named, within one deadline for all of them."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
import zlib
from urllib.parse import urljoin, urlsplit

import attrs
import httpx2

from specwire_codegen import fetch
from specwire_codegen.diagnostics import Location, failure
from specwire_codegen.files.access import NAMED_BY_FILES

DEADLINE = 60.0
"""Seconds for all fetches of one document together."""
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

Origin = tuple[str, str, int | None]


def origin_of(address: str) -> Origin:
    """Return scheme, host and port of an address; raise ValueError if it has none."""
    parts = urlsplit(address)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme.lower())


@attrs.define
class Network:
    """Fetches for one document; `home` is the document's own address, or its path."""

    home: str
    hosts: frozenset[str]
    deadline: float = DEADLINE
    _ends: float | None = attrs.field(default=None, init=False)

    def refusal(self, address: str, base: str) -> tuple[str, str] | None:
        """Return why what stands in the document `base` may not reach an address, and what to do; None if it may."""
        try:
            scheme, host, port = origin_of(address)
        except ValueError:
            return "is not an address", "write it like https://host/path"
        if scheme not in _PORTS:
            return (
                "cannot be fetched: only http and https addresses can",
                "copy it, and map it: --ref URL-PREFIX=FOLDER",
            )
        if self._is_named(address):
            return None
        if fetch.is_remote(base):
            if origin_of(base) == (scheme, host, port):
                return None
            reason = "is of another origin than the document that refers to it, and is not fetched"
        elif NAMED_BY_FILES in self.hosts:
            return None
        else:
            reason = "is remote, and remote documents are not fetched unless asked for"
        prefix = fetch.shown(address).rpartition("/")[0]
        return (
            reason,
            f"map it to a copy, --ref {prefix}=FOLDER, or allow its host, --allow-remote {_shown_host(address)}",
        )

    def read(self, address: str, base: str) -> tuple[bytes, str]:
        """Return the bytes at an address that may be reached, and where redirects led; raise DiagnosticError."""
        if self._ends is None:
            self._ends = time.monotonic() + self.deadline
        here = Location(fetch.shown(address))
        try:
            return asyncio.run(self._within_deadline(address, base, here))
        except TimeoutError:
            message = f"fetching the document and what it refers to took longer than {self.deadline:g} s"
            raise failure("not-fetched", message, here, "try again, or save copies") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, zlib.error) as problem:
            reason = " ".join(str(problem).split())[:200] or type(problem).__name__
            message = f"the document cannot be fetched: {reason}"
            raise failure("not-fetched", message, here, "check the address") from None

    async def _within_deadline(self, address: str, base: str, here: Location) -> tuple[bytes, str]:
        assert self._ends is not None
        async with asyncio.timeout(max(0.0, self._ends - time.monotonic())):
            return await self._followed(address, base, here)

    async def _followed(self, address: str, base: str, here: Location) -> tuple[bytes, str]:
        if not fetch.is_remote(base) and address != self.home and not self._is_named(address):
            await _require_public(address, here)
        headers = {"accept": "application/json, application/yaml, */*;q=0.8", "accept-encoding": "identity"}
        async with httpx2.AsyncClient(timeout=None, headers=headers) as client:
            for _ in range(_MOST_REDIRECTS + 1):
                async with client.stream("GET", address) as answer:
                    location = answer.headers.get("location")
                    if answer.status_code not in _REDIRECTS or location is None:
                        return await _body(answer, here), address
                successor = urljoin(address, location)
                await self._check_redirect(address, successor, here)
                address = successor
        raise failure("not-fetched", f"there are more than {_MOST_REDIRECTS} redirects", here, "name the last address")

    async def _check_redirect(self, address: str, successor: str, here: Location) -> None:
        if origin_of(successor) == origin_of(address):
            return
        if not self._is_named(successor):
            message = f"the server redirects to {fetch.shown(successor)!r}, which is of another origin"
            help = f"use that address, if it is meant, or allow its host: --allow-remote {_shown_host(successor)}"
            raise failure("ref-not-allowed", message, here, help)
        if await _is_public(address):
            await _require_public(successor, here)

    def _is_named(self, address: str) -> bool:
        _, host, port = origin_of(address)
        return host in self.hosts or f"{host}:{port}" in self.hosts or f"[{host}]:{port}" in self.hosts


def _shown_host(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2]


async def _body(answer: httpx2.Response, here: Location) -> bytes:
    if answer.status_code != 200:
        raise failure("not-fetched", f"the server answers HTTP {answer.status_code}", here, "check the address")
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        fetch.check_size(len(body), here)
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        body = bytearray(zlib.decompressobj(wbits=31).decompress(body, fetch.MAX_BYTES + 1))
        fetch.check_size(len(body), here)
    elif encoding != "identity":
        raise failure("not-fetched", f"the answer is compressed with {encoding!r}, unasked", here, "save a copy")
    return bytes(body)


async def _require_public(address: str, here: Location) -> None:
    """Raise where an address that only a document named is inside of a private network.

    This machine itself, by its usual names, is no secret of anybody else.
    """
    if (urlsplit(address).hostname or "") in _LOOPBACK_NAMES and here.file == fetch.shown(address):
        return
    if not await _is_public(address):
        message = f"{fetch.shown(address)!r} is inside of a private network"
        raise failure(
            "ref-not-allowed", message, here, f"name the host, if it is meant: --allow-remote {_shown_host(address)}"
        )


async def _is_public(address: str) -> bool:
    """Tell whether every address of a host is one of the public network."""
    _, host, port = origin_of(address)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return all(ipaddress.ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found)
