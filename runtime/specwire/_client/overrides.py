"""Decorators of hand-written methods, which add to the generated ones or replace them.

The generator reads them with `ast`, checks them against the document and the pin of the operation, and adds the code
to the client. They do nothing at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def adds(operation_id: str, method: str | None = None, /) -> Callable[[T], T]:
    """Add a method (a dotted path such as `"audio.transcribe_text"`) that depends on an operation.

    A class takes no method: it accumulates the events of the operation's stream (`specwire.Accumulator`).
    """
    return lambda built: built


def replaces(operation_id: str, /) -> Callable[[T], T]:
    """Replace an operation's generated method on the client; the generated builder can still be called."""
    return lambda built: built
