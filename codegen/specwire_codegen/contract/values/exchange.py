"""One request and its response, as they were on the wire."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

import attrs

Pairs = tuple[tuple[str, str], ...]

_SENT_BY_CURL = frozenset(
    "accept-encoding connection content-length host transfer-encoding user-agent x-schemathesis-testcaseid".split()
)
"""Headers that curl sends by itself."""
_SHOWN = 4000
"""Maximum number of characters of a body in a command."""


@attrs.frozen
class Exchange:
    """Request and response; header names are in lower case."""

    method: str
    url: str
    headers: Pairs = ()
    body: bytes = attrs.field(default=b"", repr=False)
    status: int | None = None
    """None if there was no response."""
    response_headers: Pairs = ()
    response_body: bytes = attrs.field(default=b"", repr=False)
    started: float = 0.0
    """Unix time."""
    seconds: float = 0.0

    def header(self, name: str) -> str:
        """Return a header of the request, or an empty text."""
        return value_of(self.headers, name)

    def response_header(self, name: str) -> str:
        """Return a header of the response, or an empty text."""
        return value_of(self.response_headers, name)

    @property
    def curl(self) -> str:
        """The request as a command for a shell."""
        lines = [f"curl -X {self.method} {shlex.quote(self.url)}"]
        lines += [f"-H {shlex.quote(f'{key}: {value}')}" for key, value in self.headers if key not in _SENT_BY_CURL]
        if self.body:
            lines.append(f"--data-binary {shlex.quote(text_of(self.body))}")
        return " \\\n  ".join(lines)


def value_of(pairs: Iterable[tuple[str, str]], name: str) -> str:
    """Return the first value of a header, or an empty text."""
    return next((value for key, value in pairs if key == name), "")


def text_of(body: bytes) -> str:
    """Return a body as text of limited length, with other bytes escaped."""
    text = body.decode("utf-8", "backslashreplace")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
