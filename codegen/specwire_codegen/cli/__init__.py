"""The command line: the only package that prints or exits."""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False  # `typing` would take longer to import than this module
if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> None:
    """Run the command line and exit."""
    arguments = sys.argv[1:]
    gc.set_threshold(100_000, 20, 100)  # by default, it takes a twentieth of a short run, and finds nothing
    try:
        code = _unchanged(arguments) if arguments[:1] == ["generate"] else None
        if code is None:
            code = _run(arguments)
    except KeyboardInterrupt:
        from specwire_codegen.cli.exit_codes import ExitCode

        print("error: interrupted", file=sys.stderr)
        code = ExitCode.INTERRUPTED
    gc.freeze()  # the interpreter collects garbage three times more at its end, which frees nothing that it does not free
    sys.exit(code)


def _unchanged(arguments: Sequence[str]) -> int | None:
    """Print the result of a run of `generate` in which nothing has changed; return None if something has."""
    from specwire_codegen.build_cache.commands import unchanged_lines

    lines = unchanged_lines(arguments)
    return None if lines is None else _print(lines)


def _run(arguments: Sequence[str]) -> int:
    """Run a command; if the packages of an extra are missing, print how to install them."""
    import specwire

    from specwire_codegen.cli.completion.scripts import COMPLETE
    from specwire_codegen.cli.exit_codes import ExitCode

    if arguments == ["--version"]:
        return _print([specwire.__version__])
    try:
        if arguments[:1] == [COMPLETE]:
            from specwire_codegen.cli.completion.run import complete

            return complete(arguments[1:])
        from specwire_codegen.cli.running import run

        return run(arguments)
    except ModuleNotFoundError as problem:
        from specwire_codegen.cli.extras import missing, usage

        if not arguments or arguments[0] in ("--help", "-h"):
            return _print([usage(specwire.__version__)])
        advice = missing(problem, arguments)
        if advice is None:
            raise
        print(f"error: {advice}", file=sys.stderr)
        return ExitCode.FAILED


def _print(lines: Sequence[str]) -> int:
    """Print lines and return the exit code."""
    try:
        for line in lines:
            print(line.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        from specwire_codegen.cli.exit_codes import broken_pipe

        return broken_pipe()
    return 0
