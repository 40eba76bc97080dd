"""The command line: the only package that prints or exits.

Exit codes: 0 done, 1 an error that stderr explains, or `check` found differences, 2 wrong usage, 3 `update --check`
could not find out, 130 interrupted.
"""

from __future__ import annotations

import sys

import specwire


def main() -> None:
    """Run the command line and exit; if the packages of an extra are missing, print how to install them."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(specwire.__version__)
        sys.exit(0)
    try:
        from specwire_codegen.cli.running import run

        code = run(arguments)
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        code = 130
    except ModuleNotFoundError as problem:
        from specwire_codegen.cli.extras import missing, usage

        if not arguments or arguments[0] in ("--help", "-h"):
            print(usage(specwire.__version__))
            sys.exit(0)
        advice = missing(problem, arguments)
        if advice is None:
            raise
        print(f"error: {advice}", file=sys.stderr)
        code = 1
    sys.exit(code)
