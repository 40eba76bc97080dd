"""Device authorization (RFC 8628): a code that waits for its user, and how often the token endpoint may be polled."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from specwire._auth.grants import DevicePrompt

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL = 5.0
"""Seconds between polls if the server states none, and the seconds that `slow_down` adds."""
_LIFETIME = 1800.0
"""Seconds that a code is polled for if the server states none."""
_LONGEST_CODE = 100
"""Maximum characters of a code that a person enters."""


class PendingDevice:
    """Device code that its user has not entered yet."""

    def __init__(self, code: str, prompt: DevicePrompt, interval: float) -> None:
        self.code = code
        self.prompt = prompt
        self._interval = interval
        self._until = time.monotonic() + prompt.expires_in
        self._due = time.monotonic() + interval

    @property
    def wait(self) -> float:
        """Return the seconds until the next poll, which is the last one if the code expires before it."""
        return max(0.0, min(self._due, self._until) - time.monotonic())

    @property
    def expired(self) -> bool:
        """Return True if the code is no longer valid."""
        return time.monotonic() >= self._until

    def polled(self) -> None:
        """Set the time of the next poll."""
        self._due = time.monotonic() + self._interval

    def slow_down(self, stated: object = None) -> None:
        """Poll less often, as the server demands; some servers state the new interval."""
        self._interval = max(self._interval + _INTERVAL, positive(stated) or 0.0)
        self.polled()

    def back_off(self) -> None:
        """Poll half as often, after a failure."""
        self._interval *= 2
        self.polled()


def pending_device(found: Mapping[str, Any]) -> PendingDevice | None:
    """Return the code of a device authorization response, or None if it has no usable one."""
    code, user_code = found.get("device_code"), found.get("user_code")
    page = _page(found.get("verification_uri") or found.get("verification_url"))
    if not (isinstance(code, str) and code and isinstance(user_code, str) and page):
        return None
    if not 0 < len(user_code) <= _LONGEST_CODE or not user_code.isprintable():
        return None
    lifetime = positive(found.get("expires_in")) or _LIFETIME
    prompt = DevicePrompt(user_code, page, _page(found.get("verification_uri_complete")), lifetime)
    return PendingDevice(code, prompt, positive(found.get("interval")) or _INTERVAL)


def _page(url: object) -> str | None:
    """Return the URL of a page that is safe to show and to open in a browser, else None."""
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable else None


def positive(value: object) -> float | None:
    """Return a number of seconds above zero, which servers also send as text."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else 0.0
    except ValueError:
        return None
    return seconds if 0 < seconds < math.inf else None
