"""Terminal in this process, which the command line takes for a real one."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest

from tests.support.command_line import exit_code

_STYLES = re.compile(r"\x1b\[([\d;]*[mK]|\?25[lh]|\d*[AGJ])")
"""Sequences that our own output has: styles, and the redrawing of progress."""


class _Screen(io.TextIOWrapper):
    def __init__(self, written: io.BytesIO) -> None:
        super().__init__(written, encoding="utf-8", newline="")

    def isatty(self) -> bool:
        return True


def on_terminal(*arguments: str) -> tuple[int, str]:
    """Run the command line on a terminal without colours; return its exit code and what it shows."""
    written = io.BytesIO()
    screen = _Screen(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "1")
        patch.setenv("TERM", "xterm")
        patch.setattr("sys.stdout", screen)
        patch.setattr("sys.stderr", screen)
        code = exit_code(*arguments)
    screen.flush()
    return code, written.getvalue().decode()


def steering(text: str) -> set[str]:
    """Return the characters with which a text could change what a terminal shows."""
    plain = _STYLES.sub("", text)
    controls = {each for each in plain if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp")} - set("\r\n\t")
    directed = {each for each in plain if unicodedata.bidirectional(each) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI")}
    return controls | directed
