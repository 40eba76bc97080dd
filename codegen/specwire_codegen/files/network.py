"""Network: documents from addresses, of origins that somebody named, within one deadline for all of them.

Each host is looked up once for a document and connected to where that led: a name that means a public server when it is
checked cannot mean a private one when it is asked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import attrs
import httpx2

from specwire_codegen.diagnostics import Location, failure
from specwire_codegen.files import fetch
from specwire_codegen.files.access import NAMED_BY_FILES

DEADLINE = 60.0
"""Seconds for all fetches of one document together."""
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS = {"accept": "application/json, application/yaml, */*;q=0.8", "accept-encoding": "identity"}
_TIMEOUT = httpx2.Timeout(None, connect=10.0)
"""An address of a host that does not answer leaves time for the others; the rest is bounded by the deadline."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

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
    _found: dict[str, tuple[str, ...]] = attrs.field(factory=dict, init=False)
    """The addresses of each host."""

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
            await self._require_public(address, here)
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._answer(address) as answer:
                location = answer.headers.get("location")
                if answer.status_code not in _REDIRECTS or location is None:
                    return await _body(answer, here), address
            successor = urljoin(address, location)
            await self._check_redirect(address, successor, here)
            address = successor
        raise failure("not-fetched", f"there are more than {_MOST_REDIRECTS} redirects", here, "name the last address")

    @asynccontextmanager
    async def _answer(self, address: str) -> AsyncIterator[httpx2.Response]:
        """Ask for an address: where its host was found, or through the proxy that the environment names for it."""
        peers = () if _is_proxied(address) else await self._addresses(address)
        # A transport of our own takes no proxy: what the environment exempts by name would not be exempt by number.
        transport = httpx2.AsyncHTTPTransport() if peers else None
        async with httpx2.AsyncClient(timeout=_TIMEOUT, headers=_HEADERS, transport=transport) as client:
            answer = await _sent(client, httpx2.URL(address), peers)
            try:
                yield answer
            finally:
                await answer.aclose()

    async def _addresses(self, address: str) -> tuple[str, ...]:
        """Return the addresses of a host, the same for as long as a document is read."""
        _, host, port = origin_of(address)
        if host not in self._found:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self._found[host] = tuple(dict.fromkeys(str(each[4][0]) for each in found))
        return self._found[host]

    async def is_public(self, address: str) -> bool:
        """Tell whether every address of a host is one of the public network."""
        return all(map(_is_global, await self._addresses(address)))

    async def _require_public(self, address: str, here: Location) -> None:
        """Raise where an address that only a document named is inside of a private network.

        This machine itself, by its usual names, is no secret of anybody else.
        """
        if (urlsplit(address).hostname or "") in _LOOPBACK_NAMES and here.file == fetch.shown(address):
            return
        if not await self.is_public(address):
            message = f"{fetch.shown(address)!r} is inside of a private network"
            help = f"name the host, if it is meant: --allow-remote {_shown_host(address)}"
            raise failure("ref-not-allowed", message, here, help)

    async def _check_redirect(self, address: str, successor: str, here: Location) -> None:
        if origin_of(successor) == origin_of(address):
            return
        if not self._is_named(successor):
            message = f"the server redirects to {fetch.shown(successor)!r}, which is of another origin"
            help = f"use that address, if it is meant, or allow its host: --allow-remote {_shown_host(successor)}"
            raise failure("ref-not-allowed", message, here, help)
        if await self.is_public(address):
            await self._require_public(successor, here)

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


def _is_proxied(address: str) -> bool:
    """Tell whether the environment names a proxy for an address; it is the proxy then that looks up hosts."""
    parts = urlsplit(address)
    return not {parts.scheme, "all"}.isdisjoint(getproxies()) and not proxy_bypass(parts.hostname or "")


async def _sent(client: httpx2.AsyncClient, url: httpx2.URL, peers: tuple[str, ...]) -> httpx2.Response:
    """Return the answer of the first address of a host that can be connected to, with the body still to come."""
    places = [url.copy_with(host=peer) for peer in peers] or [url]
    requests = [
        client.build_request(
            "GET", place, headers={"host": url.netloc.decode()}, extensions={"sni_hostname": url.raw_host.decode()}
        )
        for place in places
    ]
    for request in requests[:-1]:
        with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
            return await client.send(request, stream=True)
    return await client.send(requests[-1], stream=True)


def _is_global(address: str) -> bool:
    """Tell whether an address is one of the public network, and so is the one of IPv4 that it may hold."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        held = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            held = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if held is not None:
            return _is_global(str(held))
    return found.is_global and not found.is_multicast
