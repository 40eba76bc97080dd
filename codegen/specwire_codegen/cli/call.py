"""The command that calls a method of a client."""

from __future__ import annotations

from typing import Annotated

import cyclopts

from specwire_codegen.cli.console import show_rows, tell

call = cyclopts.App(
    name="call",
    help="Call a method of a client, with its arguments as options.",
    help_flags=[],
    version_flags=[],
)


@call.default
def run(*words: Annotated[str, cyclopts.Parameter(allow_leading_hyphen=True)]) -> int:
    """Call a method of a client, with its arguments as options.

    Parameters
    ----------
    words
        Client, method and arguments: specwire call mistral chat.complete --help

    """
    from specwire_codegen.call.run import call as run_call
    from specwire_codegen.files.access import Access

    rows = run_call(words, Access(), tell)
    if rows:
        show_rows(rows, left=2)
    return 0
