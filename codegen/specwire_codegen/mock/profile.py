"""Latency and faults of every reply."""

import random
import re
from typing import Final, Literal, TypeAlias

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock.reply.faults import Faults

Name: TypeAlias = Literal["flaky", "slow", "down"]

MOST: Final = 600.0
"""Maximum latency in seconds."""
_UNITS: Final = {"ms": 0.001, "s": 1.0, "": 1.0}
_LATENCY: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|)(?:-(\d+(?:\.\d+)?)(ms|s|))?")
_FLAKY: Final = 0.2
"""Share of requests that fail in the profile `flaky`."""
_FAILURES: Final = (
    Faults(status=500),
    Faults(status=503, retry_after="0"),
    Faults(status=429, retry_after="0"),
    Faults(cut="headers"),
    Faults(cut="body"),
)
SLOW: Final = Faults(delay=1.0, pause=0.2)
DOWN: Final = Faults(status=503, retry_after="1")


@attrs.frozen
class Profile:
    """Latency and faults of every reply; those that a request asks for take precedence."""

    name: Name | None = None
    latency: tuple[float, float] = (0.0, 0.0)
    """Bounds of the delay of a reply, in seconds."""

    @property
    def described(self) -> str:
        """The profile in words; empty if it changes nothing."""
        low, high = self.latency
        delay = f"{low:g} s" if low == high else f"{low:g} to {high:g} s"
        return ", ".join([*([f"profile {self.name}"] if self.name else []), *([f"latency {delay}"] if high else [])])

    def due(self, wishes: Faults, seed: int, index: int) -> Faults:
        """Return the instructions of a request together with those of the profile, the same for the same seed."""
        if self == Profile():
            return wishes
        chance = random.Random(f"{seed}-{index}")
        delay = chance.uniform(*self.latency)
        failing = wishes.fails
        match self.name:
            case "flaky" if not failing and chance.random() < _FLAKY:
                fault = chance.choice(_FAILURES)
                wishes = attrs.evolve(wishes, status=fault.status, cut=fault.cut, retry_after=fault.retry_after)
            case "slow":
                delay += SLOW.delay
                wishes = attrs.evolve(wishes, pause=wishes.pause or SLOW.pause)
            case "down" if not failing:
                wishes = attrs.evolve(wishes, status=DOWN.status, retry_after=DOWN.retry_after)
        return attrs.evolve(wishes, delay=wishes.delay or delay)


def parse_latency(text: str) -> tuple[float, float]:
    """Return the bounds of a latency such as `100ms`, `1.5s` or `50ms-200ms`, in seconds."""
    hit = _LATENCY.fullmatch(text.strip())
    if hit is not None:
        low = float(hit[1]) * _UNITS[hit[2] or (hit[4] or "" if hit[3] else "")]
        high = low if hit[3] is None else float(hit[3]) * _UNITS[hit[4]]
        if low <= high <= MOST:
            return low, high
    raise SpecwireCodegenError(f"{text!r} is not a latency up to 600s: write it like 100ms, 1.5s or 50ms-200ms")
