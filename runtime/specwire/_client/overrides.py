"""How hand-written code declares what it stands beside or replaces.

The generator reads the decorators with `ast`, checks them against the document and against the recorded contract of
the operation, and puts the code on the client; at run time they do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def adds(operation_id: str, method: str | None = None, /) -> Callable[[T], T]:
    """Add a method (a dotted path such as `"audio.transcribe_text"`) that stands on an operation.

    A class takes no method: it adds up the events of the operation's stream (`specwire.accumulator.Accumulator`).
    """
    return lambda built: built


def replaces(operation_id: str, /) -> Callable[[T], T]:
    """Take the place of an operation's generated method on the client; the generated builder stays to be called."""
    return lambda built: built
