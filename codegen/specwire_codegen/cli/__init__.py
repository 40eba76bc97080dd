"""The command line: the only package that prints or exits.

Exit codes: 0 done, 1 something is wrong with the input (said on stderr) or `check` found differences, 2 wrong usage,
130 interrupted.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit; if the packages of an extra are missing, print how to install them."""
    try:
        from specwire_codegen.cli.running import run

        code = run(sys.argv[1:])
    except ModuleNotFoundError as problem:
        from specwire_codegen.cli.extras import missing

        advice = missing(problem)
        if advice is None:
            raise
        print(f"error: {advice}", file=sys.stderr)
        sys.exit(1)
    sys.exit(code)
