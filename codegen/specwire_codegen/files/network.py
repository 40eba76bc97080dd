"""Network access: documents from allowed origins, with one deadline for all of them.

The addresses of each host are looked up once per document and reused for connections. A name that is public when
checked therefore cannot become private when it is fetched.
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
"""Time limit for all fetches of one document, in seconds."""
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS = {"accept": "application/json, application/yaml, */*;q=0.8", "accept-encoding": "identity"}
_TIMEOUT = httpx2.Timeout(None, connect=10.0)
"""Connection timeout, so that an unresponsive address leaves time for the others; the deadline bounds the rest."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@attrs.define
class Network:
    """Fetcher for one document; `home` is the URL or path of the document."""

    home: str
    hosts: frozenset[str]
    deadline: float = DEADLINE
    _ends: float | None = attrs.field(default=None, init=False)
    _found: dict[str, tuple[str, ...]] = attrs.field(factory=dict, init=False)
    """The IP addresses of each host."""

    def refusal(self, address: str, base: str) -> tuple[str, str] | None:
        """Return the reason why a reference in `base` may not reach a URL, with help; None if it may."""
        try:
            scheme, host, port = fetch.origin_of(address)
        except ValueError:
            return "is not a URL", "write it like https://host/path"
        if scheme not in fetch.PORTS:
            return (
                "cannot be fetched: only http and https URLs are supported",
                "map it to a local copy: --ref URL-PREFIX=FOLDER",
            )
        if self._is_named(address):
            return None
        if fetch.is_remote(base):
            if fetch.origin_of(base) == (scheme, host, port):
                return None
            reason = "has another origin than the document that refers to it, and is not fetched"
        elif NAMED_BY_FILES in self.hosts:
            return None
        else:
            reason = "is remote, and remote documents are not fetched by default"
        prefix = fetch.shown(address).rpartition("/")[0]
        return (
            reason,
            f"map it to a local copy, --ref {prefix}=FOLDER, or allow its host, --allow-remote {_shown_host(address)}",
        )

    def read(self, address: str, base: str) -> tuple[bytes, str]:
        """Return the bytes at an allowed URL, and its final URL after redirects; raise DiagnosticError."""
        if self._ends is None:
            self._ends = time.monotonic() + self.deadline
        here = Location(fetch.shown(address))
        try:
            return asyncio.run(self._within_deadline(address, base, here))
        except TimeoutError:
            message = f"fetching the document and its references took longer than {self.deadline:g} s"
            raise failure("not-fetched", message, here, "try again, or save copies") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, zlib.error) as problem:
            reason = " ".join(str(problem).split())[:200] or type(problem).__name__
            message = f"the document cannot be fetched: {reason}"
            raise failure("not-fetched", message, here, "check the URL") from None

    async def _within_deadline(self, address: str, base: str, here: Location) -> tuple[bytes, str]:
        assert self._ends is not None
        async with asyncio.timeout(max(0.0, self._ends - time.monotonic())):
            return await self._followed(address, base, here)

    async def _followed(self, address: str, base: str, here: Location) -> tuple[bytes, str]:
        if not fetch.is_remote(base) and address != self.home and not self._is_named(address):
            await self._require_public(address, here)
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._request(address) as response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or location is None:
                    return await _body(response, here), address
            successor = urljoin(address, location)
            await self._check_redirect(address, successor, here)
            address = successor
        raise failure(
            "not-fetched", f"the server sends more than {_MOST_REDIRECTS} redirects", here, "use the final URL"
        )

    @asynccontextmanager
    async def _request(self, address: str) -> AsyncIterator[httpx2.Response]:
        """Yield the response for a URL, from the checked addresses or through the configured proxy."""
        peers = () if _is_proxied(address) else await self._addresses(address)
        # A custom transport ignores proxies: hosts excluded by name would not be excluded by IP address.
        transport = httpx2.AsyncHTTPTransport() if peers else None
        async with httpx2.AsyncClient(timeout=_TIMEOUT, headers=_HEADERS, transport=transport) as client:
            response = await _sent(client, httpx2.URL(address), peers)
            try:
                yield response
            finally:
                await response.aclose()

    async def _addresses(self, address: str) -> tuple[str, ...]:
        """Return the IP addresses of a host, cached for the whole document."""
        _, host, port = fetch.origin_of(address)
        if host not in self._found:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            self._found[host] = tuple(dict.fromkeys(str(each[4][0]) for each in found))
        return self._found[host]

    async def is_public(self, address: str) -> bool:
        """Return whether all IP addresses of a host are public."""
        return all(map(is_global, await self._addresses(address)))

    async def _require_public(self, address: str, here: Location) -> None:
        """Raise if a URL that only a document named is in a private network.

        This machine, by its usual names, is allowed.
        """
        if (urlsplit(address).hostname or "") in _LOOPBACK_NAMES and here.file == fetch.shown(address):
            return
        if not await self.is_public(address):
            message = f"{fetch.shown(address)!r} is in a private network"
            help = f"to allow it, name the host: --allow-remote {_shown_host(address)}"
            raise failure("ref-not-allowed", message, here, help)

    async def _check_redirect(self, address: str, successor: str, here: Location) -> None:
        if fetch.origin_of(successor) == fetch.origin_of(address):
            return
        if not self._is_named(successor):
            message = f"the server redirects to {fetch.shown(successor)!r}, which has another origin"
            help = f"use that URL, or allow its host: --allow-remote {_shown_host(successor)}"
            raise failure("ref-not-allowed", message, here, help)
        if await self.is_public(address):
            await self._require_public(successor, here)

    def _is_named(self, address: str) -> bool:
        _, host, port = fetch.origin_of(address)
        return host in self.hosts or f"{host}:{port}" in self.hosts or f"[{host}]:{port}" in self.hosts


def _shown_host(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2]


async def _body(response: httpx2.Response, here: Location) -> bytes:
    if response.status_code != 200:
        raise failure("not-fetched", f"the server returned HTTP {response.status_code}", here, "check the URL")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        fetch.check_size(len(body), here)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        body = bytearray(zlib.decompressobj(wbits=31).decompress(body, fetch.MAX_BYTES + 1))
        fetch.check_size(len(body), here)
    elif encoding != "identity":
        raise failure("not-fetched", f"the response has the unsupported encoding {encoding!r}", here, "save a copy")
    return bytes(body)


def _is_proxied(address: str) -> bool:
    """Return whether the environment configures a proxy for a URL; the proxy then looks up hosts."""
    parts = urlsplit(address)
    return not {parts.scheme, "all"}.isdisjoint(getproxies()) and not proxy_bypass(parts.hostname or "")


async def _sent(client: httpx2.AsyncClient, url: httpx2.URL, peers: tuple[str, ...]) -> httpx2.Response:
    """Return the streaming response of the first IP address that accepts a connection."""
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


def is_global(address: str) -> bool:
    """Return whether an IP address is public, including an embedded IPv4 address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        held = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            held = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if held is not None:
            return is_global(str(held))
    return found.is_global and not found.is_multicast
