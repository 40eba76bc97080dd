"""Simulated failures, requested by `x-mock-*` headers or `mock-*` query parameters."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import unquote_plus

import attrs

from specwire_codegen.mock.request.parameters import Pair

Cut: TypeAlias = Literal["headers", "body", "stream"]
Malformed: TypeAlias = Literal["event", "json", "sse-error"]


class FaultError(Exception):
    """An instruction is invalid; the message names it and the accepted values."""


@attrs.frozen
class Faults:
    """Requested failures and other instructions of a test."""

    status: int | None = None
    """Respond with this status."""
    retry_after: str | None = None
    """Send this Retry-After header."""
    fail: int | None = None
    """Number of requests with the same key that fail."""
    key: str = ""
    delay: float = 0.0
    """Delay of the reply in seconds."""
    pause: float = 0.0
    """Delay between two chunks of a stream, in seconds."""
    cut: Cut | None = None
    """Close the connection before the reply, in the middle of its body, or in the middle of a stream."""
    malformed: Malformed | None = None
    events: int | None = None
    """Number of events in a stream."""
    chunk: int | None = None
    """Number of bytes in a chunk of a stream."""
    example: str | None = None
    """Respond with the example of this name."""

    @property
    def fails(self) -> bool:
        """True if the reply is to be a failure."""
        return (self.status or 0) >= 400 or self.cut is not None or self.malformed is not None

    def over(self, other: "Faults") -> "Faults":
        """Return these instructions, and those of another where these have none."""
        default = Faults()
        names = (field.name for field in attrs.fields(Faults))
        given = {name: getattr(self, name) for name in names if getattr(self, name) != getattr(default, name)}
        return attrs.evolve(other, **given)

    def described(self) -> str:
        """Return the failures for a record of the request; empty without any."""
        named = (("status", self.status), ("cut", self.cut), ("malformed", self.malformed))
        shown = ", ".join(f"{name} {value}" for name, value in named if value is not None)
        return f"asked for: {shown}" if shown else ""

    def spent(self) -> "Faults":
        """Return the instructions without the failures."""
        return attrs.evolve(self, status=None, cut=None, malformed=None, retry_after=None)

    def active(self) -> "Faults":
        """Return the failures that are due now: `fail` alone means 503."""
        silent = self.fail is None or self.status is not None or self.cut is not None or self.malformed is not None
        return self if silent else attrs.evolve(self, status=503)


def parse(headers: Mapping[str, str], query: tuple[Pair, ...]) -> Faults:
    """Parse the instructions; a header takes precedence over the query parameter."""
    given = {name.removeprefix("mock-"): unquote_plus(value) for name, value in query if name.startswith("mock-")}
    given |= {name.removeprefix("x-mock-"): value for name, value in headers.items() if name.startswith("x-mock-")}
    unknown = sorted(set(given) - set(READERS))
    if unknown:
        raise FaultError(f"x-mock-{unknown[0]} is not an instruction: use one of {', '.join(sorted(READERS))}")
    return Faults(**{name.replace("-", "_"): READERS[name](f"x-mock-{name}", text) for name, text in given.items()})


def without(query_string: str) -> str:
    """Return the query string without the instructions."""
    return "&".join(item for item in query_string.split("&") if not item.startswith("mock-"))


def _integer(low: int, high: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not text.isdigit() or not low <= int(text) <= high:
            raise FaultError(f"{name}: expected an integer from {low} to {high}")
        return int(text)

    return read


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError as error:
        raise FaultError(f"{name}: expected a number of seconds") from error
    if not 0 <= seconds <= 600:
        raise FaultError(f"{name}: expected 0 to 600 seconds")
    return seconds


def _one_of(choices: Any) -> Callable[[str, str], str]:
    allowed = get_args(choices)

    def read(name: str, text: str) -> str:
        if text not in allowed:
            raise FaultError(f"{name}: expected one of {', '.join(allowed)}")
        return text

    return read


def _text(name: str, text: str) -> str:
    return text


READERS: Mapping[str, Callable[[str, str], Any]] = {
    "status": _integer(200, 599),
    "retry-after": _text,
    "fail": _integer(0, 1_000_000),
    "key": _text,
    "delay": _seconds,
    "pause": _seconds,
    "cut": _one_of(Cut),
    "malformed": _one_of(Malformed),
    "events": _integer(0, 10_000_000),
    "chunk": _integer(1, 100_000_000),
    "example": _text,
}
