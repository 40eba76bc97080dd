"""Garbage collection during a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLD = 10_000
"""New objects before the next search for garbage."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Search for reference cycles less often within the block, as long as no other code changes that.

    The calls in flight have so many objects that Python would search again and again, in all objects of the program,
    and find nothing: a call leaves no reference cycles. That took a tenth of the processor time of a run.
    """
    before = gc.get_threshold()
    raised = (max(before[0], _THRESHOLD), *before[1:])
    if before[0] == 0:  # disabled by the program
        yield
        return
    gc.set_threshold(*raised)
    try:
        yield
    finally:
        if gc.get_threshold() == raised:
            gc.set_threshold(*before)
