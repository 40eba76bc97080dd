"""Help of `specwire call` in the form of the other commands: panels as wide as the terminal."""

from __future__ import annotations

import sys
from argparse import SUPPRESS, Action, HelpFormatter
from collections.abc import Iterable
from typing import Any

from cyclopts.help import DefaultFormatter, HelpEntry, HelpPanel
from rich.console import Console
from rich.text import Text

from specwire_codegen.diagnostics import printable

_TITLES = {"positional arguments": "arguments"}


class PanelFormatter(HelpFormatter):
    """Formatter of argparse that draws the panels of cyclopts."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(prog, **settings)
        self._parts: list[HelpPanel | str] = []
        self._panel = HelpPanel("parameter", "")

    def add_usage(self, usage: str | None, *ignored: Any, **settings: Any) -> None:
        """Add the usage line."""
        self._parts.append(f"Usage: {usage}\n")

    def add_text(self, text: str | None) -> None:
        """Add a paragraph as it is."""
        if text and text != SUPPRESS:
            self._parts.append(_unescaped(text).rstrip("\n") + "\n")

    def start_section(self, heading: str | None) -> None:
        """Begin a panel."""
        title = heading or ""
        self._panel = HelpPanel("parameter", _TITLES.get(title, title).capitalize())

    def add_arguments(self, actions: Iterable[Action]) -> None:
        """Add arguments to the panel, except for --help, which the other commands do not list either."""
        self._panel.entries.extend(_entry(action) for action in actions if action.dest != "help")

    def end_section(self) -> None:
        """End the panel; one without arguments is left out."""
        if self._panel.entries:
            self._parts.append(self._panel)

    def format_help(self) -> str:
        """Return the help, with colours on a terminal."""
        console = Console(file=sys.stdout, highlight=False, emoji=False)
        draw = DefaultFormatter()
        with console.capture() as captured:
            for part in self._parts:
                if isinstance(part, str):
                    console.print(Text(part))
                else:
                    draw(console, console.options, part)
        return "\n".join(line.rstrip(" ") for line in captured.get().split("\n"))


def _entry(action: Action) -> HelpEntry:
    metavar = str(action.metavar or action.dest.upper())
    options = tuple(action.option_strings)
    return HelpEntry(
        positive_names=options or (metavar,),
        metavar=metavar if options and action.nargs != 0 else None,
        description=Text(_unescaped(action.help or "")),
    )


def _unescaped(text: str) -> str:
    """Return text without the doubled percent signs that argparse needs, and without hidden characters."""
    return printable(text.replace("%%", "%"))
