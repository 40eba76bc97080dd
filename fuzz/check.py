"""A promise for any input, and how it is tried: by Hypothesis for a while, or by coverage with atheris."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

TARGETS = ("decoder", "jsonlines", "link_header", "multipart", "parameters", "retry_after", "sse", "words")
"""The modules of this package that hold promises."""
_PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


class Check(msgspec.Struct, frozen=True):
    """A promise: a function that raises where it does not hold, and the values it holds for."""

    promise: Callable[[Any], None]
    values: SearchStrategy[Any]

    @property
    def name(self) -> str:
        """What the promise is called."""
        return self.promise.__name__


def run(check: Check, examples: int, *, same: bool = False) -> None:
    """Try a promise with so many values, the same in each run if told; raises what the smallest breaks."""
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=same,
        suppress_health_check=_PATIENT,
    )
    quiet(given(check.values)(check.promise))()


def run_for(check: Check, seconds: float) -> int:
    """Try a promise for so many seconds and return how many values were drawn for it."""
    end = time.monotonic() + seconds
    examples = 0
    while time.monotonic() < end:
        run(check, 1000)
        examples += 1000
    return examples


def checks(target: str) -> tuple[Check, ...]:
    """Return the promises of a target, a module of this package."""
    found: tuple[Check, ...] = import_module(f"{__package__}.{target}").CHECKS
    return found


def by_coverage(check: Check, arguments: list[str]) -> None:
    """Let atheris try a promise until it breaks; `arguments` are libFuzzer's. Does not return."""
    atheris = import_module("atheris")
    atheris.instrument_all()
    tested: Any = settings(database=None)(given(check.values)(check.promise))
    atheris.Setup([sys.argv[0], *arguments], tested.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def has_atheris() -> bool:
    """Tell whether atheris is installed."""
    return find_spec("atheris") is not None
