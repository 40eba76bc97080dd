"""The command line: the only package that prints or exits."""

from __future__ import annotations

import gc
import sys

import specwire

from specwire_codegen.cli.completion.scripts import COMPLETE
from specwire_codegen.cli.exit_codes import ExitCode


def main() -> None:
    """Run the command line and exit; if the packages of an extra are missing, print how to install them."""
    arguments = sys.argv[1:]
    gc.set_threshold(100_000, 20, 100)  # by default, it takes a twentieth of a short run, and finds nothing
    if arguments == ["--version"]:
        print(specwire.__version__)
        sys.exit(0)
    try:
        if arguments[:1] == [COMPLETE]:
            from specwire_codegen.cli.completion.run import complete

            code = complete(arguments[1:])
        else:
            from specwire_codegen.cli.running import run

            code = run(arguments)
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        code = ExitCode.INTERRUPTED
    except ModuleNotFoundError as problem:
        from specwire_codegen.cli.extras import missing, usage

        if not arguments or arguments[0] in ("--help", "-h"):
            print(usage(specwire.__version__))
            sys.exit(0)
        advice = missing(problem, arguments)
        if advice is None:
            raise
        print(f"error: {advice}", file=sys.stderr)
        code = ExitCode.FAILED
    sys.exit(code)
