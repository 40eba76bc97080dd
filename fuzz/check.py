"""Properties for any input, checked by Hypothesis for a while, or by coverage with atheris."""

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
"""Modules of this package with properties."""
_PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


class Check(msgspec.Struct, frozen=True):
    """Property: a function that raises if it does not hold, and the values to try."""

    promise: Callable[[Any], None]
    values: SearchStrategy[Any]

    @property
    def name(self) -> str:
        """Return the name of the property."""
        return self.promise.__name__


def run(check: Check, examples: int, *, same: bool = False) -> None:
    """Check a property with a number of values, the same in each run if asked; raise the smallest failure."""
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=same,
        suppress_health_check=_PATIENT,
    )
    quiet(given(check.values)(check.promise))()


def run_for(check: Check, seconds: float) -> int:
    """Check a property for some seconds and return the number of values."""
    end = time.monotonic() + seconds
    examples = 0
    while time.monotonic() < end:
        run(check, 1000)
        examples += 1000
    return examples


def checks(target: str) -> tuple[Check, ...]:
    """Return the properties of a target, a module of this package."""
    found: tuple[Check, ...] = import_module(f"{__package__}.{target}").CHECKS
    return found


def by_coverage(check: Check, arguments: list[str]) -> None:
    """Let atheris check a property until it fails; `arguments` are libFuzzer's. Does not return."""
    atheris = import_module("atheris")
    atheris.instrument_all()
    tested: Any = settings(database=None)(given(check.values)(check.promise))
    atheris.Setup([sys.argv[0], *arguments], tested.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def has_atheris() -> bool:
    """Tell whether atheris is installed."""
    return find_spec("atheris") is not None
