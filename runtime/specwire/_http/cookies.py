"""Cookie jar that stores nothing, for clients without an `http_client` of the user's."""

from __future__ import annotations

from http.cookiejar import CookieJar
from typing import Any


class NullCookieJar(CookieJar):
    """Cookie jar that stores nothing: cookies of a response don't affect the next request."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Ignore the cookies of a response."""
