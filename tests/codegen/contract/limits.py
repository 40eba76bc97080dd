"""Limit of drawing that is exceeded after a number of drawings, at any speed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from specwire_codegen.contract.client.time_limit import Limit, TimeLimitExceeded


def exceeded_after(drawings: int) -> Limit:
    """Return a limit that later drawings exceed."""
    numbers = count(1)

    @contextmanager
    def limit() -> Iterator[None]:
        if next(numbers) > drawings:
            raise TimeLimitExceeded("more than 10 s")
        yield

    return limit
