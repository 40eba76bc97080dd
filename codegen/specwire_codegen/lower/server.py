"""Servers of the normalized document to addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any


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
