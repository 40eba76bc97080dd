"""Models as notebooks print them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from specwire_clients.mistral import models


class Printer:
    """The part of IPython's printer that models use, which starts a new line at every break."""

    def __init__(self) -> None:
        self.printed = ""

    @contextmanager
    def group(self, indent: int, start: str, end: str) -> Iterator[None]:
        self.printed += start
        yield
        self.printed += end

    def text(self, text: str) -> None:
        self.printed += text

    def breakable(self) -> None:
        self.printed += "\n"

    def pretty(self, value: object) -> None:
        self.printed += repr(value)


def test_notebooks_print_the_fields_that_are_set() -> None:
    """One field on a line, where the line is too short for all."""
    printer = Printer()
    models.AssistantMessage(content="Hi", prefix=True)._repr_pretty_(printer, cycle=False)
    assert "AssistantMessage(content='Hi',\nprefix=True)" == printer.printed
