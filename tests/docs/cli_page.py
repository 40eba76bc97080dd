"""The page of command-line options, made from the help of the command line itself."""

from __future__ import annotations

import re
import sys
from unittest.mock import patch

from specwire_codegen.cli.exit_codes import ExitCode
from specwire_codegen.cli.verbs import app

_BEGIN = """\
# Command line

This page is generated from `specwire --help`: `UPDATE=1 python -m pytest tests/docs`.

| exit code | meaning |
|---|---|
{exit_codes}

Options of every command:

- `--json`: print each diagnostic as a JSON object on one line ([diagnostics](diagnostics.md)).
- `--quiet`: print errors only; `--verbose`: print every warning.
- `--debug`, or the environment variable `SPECWIRE_DEBUG=1`: print the traceback of an error.
- `--help`, `specwire --version`, and `specwire --install-completion` for bash, zsh and fish.
- On a terminal, diagnostics have colours and quote the line of the document. `NO_COLOR=1` switches colours off, `FORCE_COLOR=1` switches
  this form on everywhere.
"""


def page() -> str:
    """Return the page."""
    with patch.object(sys, "argv", ["specwire"]):  # usage lines repeat the name of the program
        commands = app.generate_docs(output_format="markdown").partition("## specwire ")
    text = (commands[1] + commands[2]).replace("```console", "```text")
    text = re.sub(r" \*\[default: (\(\)|False)\]\*", "", text)
    codes = "\n".join(f"| {code.value} | {code.meaning} |" for code in ExitCode)
    return f"{_BEGIN.format(exit_codes=codes)}\n{text.strip()}\n"
