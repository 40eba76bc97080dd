"""Names of the methods that wait for jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Method = tuple[str, ...]

_READS = frozenset("get retrieve read fetch show find status poll".split())


def default_waiter(operation: Mapping[str, Any], method: Method, taken: set[Method]) -> Method | None:
    """Return an unused name next to the method that reads a job, and take it; None if nothing suggests a job.

    It is `wait` next to `get`, and `wait_for_video` next to `get_video`.
    """
    if not operation.get("x-specwire-polling"):
        return None
    first, *rest = method[-1].split("_")
    read = method[-1] in _READS
    noun = "_".join(rest) if first in _READS else method[-1]
    found = (*method[:-1], "wait" if read else f"wait_for_{noun}")
    while found in taken:
        found = (*found[:-1], f"{found[-1]}_")
    taken.add(found)
    return found
