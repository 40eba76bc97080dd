"""A cookie jar for clients that did not ask for one."""

from __future__ import annotations

from http.cookiejar import CookieJar
from typing import Any


class NullCookieJar(CookieJar):
    """A jar that keeps nothing: what one answer sets does not show in the next request."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Drop the cookies of an answer."""
