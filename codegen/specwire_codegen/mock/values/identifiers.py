"""New ids and times, reproducible with the same seed."""

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

UUID_SHAPE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
START = 1_760_000_000
"""Unix time in seconds at which the default clock starts."""
MILLISECONDS = 100_000_000_000
"""Numbers above this are Unix times in milliseconds."""

Clock = Callable[[], float]


class Ticking:
    """A clock that advances by one second at each reading."""

    def __init__(self) -> None:
        """Start at `START`."""
        self._now = START

    def __call__(self) -> float:
        """Return the Unix time in seconds."""
        self._now += 1
        return self._now


class Identifiers:
    """A seeded generator of ids in the format of the document's own."""

    def __init__(self, seed: int) -> None:
        """Start a new, reproducible sequence of ids."""
        self._random = random.Random(seed)
        self._given: set[str | int] = set()

    def like(self, example: Any) -> str | int:
        """Return a new id of the kind, length and prefix of the example."""
        while True:
            fresh = self._draw(example)
            if fresh not in self._given:
                self._given.add(fresh)
                return fresh

    def _draw(self, example: Any) -> str | int:
        if isinstance(example, int):
            return example + self._random.randrange(1, 1_000_000)
        text = example if isinstance(example, str) and example else "id-0000000000000000"
        if UUID_SHAPE.fullmatch(text):
            return str(UUID(int=self._random.getrandbits(128), version=4))
        cut = max(text.rfind(separator) for separator in "-_:/.") + 1
        if len(text) - cut < 6:
            return text[:cut] + self._digits(12)
        return text[:cut] + "".join(self._similar(char) for char in text[cut:])

    def _digits(self, count: int) -> str:
        return "".join(self._random.choice("0123456789abcdef") for _ in range(count))

    def _similar(self, char: str) -> str:
        if char.isdigit():
            return self._random.choice("123456789")
        if char.isascii() and char.isalpha():
            letter = self._random.choice("abcdef" if char.lower() in "abcdef" else "ghjkmnpqrstvwxyz")
            return letter.upper() if char.isupper() else letter
        return char


def timestamp(like: Any, now: float) -> Any:
    """Return a time in the format of the example: Unix seconds or milliseconds, or RFC 3339."""
    if isinstance(like, str):
        return datetime.fromtimestamp(now, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return int(now * 1000) if isinstance(like, int | float) and like > MILLISECONDS else int(now)
