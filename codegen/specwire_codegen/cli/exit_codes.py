"""Exit codes of all commands."""

from __future__ import annotations

import os
from enum import IntEnum
from typing import Self


class ExitCode(IntEnum):
    """Exit code of a command, with its meaning."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Self:
        """Return a code that has its meaning as an attribute."""
        made = int.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made

    DONE = 0, "done"
    FAILED = (
        1,
        "the input has errors, a call failed, or `check`, `contract`, `doctor` or `diff --fail-on` found something",
    )
    USAGE = 2, "wrong usage: an option, argument or method that does not exist, is missing, or has a wrong value"
    UNKNOWN = 3, "`update --check` cannot find out whether there is a new version"
    INTERRUPTED = 130, "interrupted"
    BROKEN_PIPE = 141, "the reader of the output closed it, for example `head`"
    TERMINATED = 143, "`bulk` received SIGTERM, and ended with the calls in flight"


def broken_pipe() -> ExitCode:
    """Return the exit code after the reader closed the pipe; drop the rest, which the interpreter would write at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return ExitCode.BROKEN_PIPE
