"""Models as notebooks print them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from specwire.support import WireModel
from specwire_clients.mistral import models


class Printer:
    """The part of IPython's printer that models use, which starts a new line at every break."""

    def __init__(self) -> None:
        self.printed = ""
        self.indentation = 0

    @contextmanager
    def group(self, indent: int, start: str, end: str = "") -> Iterator[None]:
        self.printed += start
        self.indentation += indent
        yield
        self.indentation -= indent
        self.printed += end

    def text(self, text: str) -> None:
        self.printed += text

    def breakable(self) -> None:
        self.printed += "\n" + " " * self.indentation

    def pretty(self, value: object) -> None:
        if isinstance(value, WireModel):
            value._repr_pretty_(self, cycle=False)
        else:
            self.printed += repr(value)


def test_notebooks_print_the_fields_that_are_set() -> None:
    """One field on a line, where the line is too short for all, below the first one of its model."""
    printer = Printer()
    message = models.AssistantMessage(content="Hi", prefix=True)
    choice = models.ChatCompletionChoice(index=0, message=message, finish_reason="stop")
    choice._repr_pretty_(printer, cycle=False)
    assert printer.printed.splitlines() == [
        "ChatCompletionChoice(index=0,",
        "                     message=AssistantMessage(content='Hi',",
        "                                              prefix=True),",
        "                     finish_reason='stop')",
    ]
