"""Proxies of the environment, for libraries that do not name them in their exceptions."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from specwire._network.environment import proxy_shown
from specwire._transports import library


def environment_proxy(url: str) -> str | None:
    """Return the proxy of the environment for a URL."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme, proxies.get("all"))
    if proxy is None or not proxy.strip() or proxy_bypass(parts.hostname or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def named_proxy(failure: Exception, proxy: str | None) -> Exception:
    """Return a failure with a note that names the proxy, if it is one to connect."""
    if proxy is not None and isinstance(failure, library.ConnectTimeout | library.ConnectError | library.ProxyError):
        parts = urlsplit(proxy)
        failure.add_note(proxy_shown(parts.hostname or "", parts.port))
    return failure
