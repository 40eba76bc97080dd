"""Run of a command, with an exit code for every outcome."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cyclopts
from specwire.errors import SpecwireError

from specwire_codegen.cli import console
from specwire_codegen.cli.exit_codes import ExitCode, broken_pipe
from specwire_codegen.cli.extras import missing
from specwire_codegen.cli.verbs import app, import_all
from specwire_codegen.diagnostics import SpecwireCodegenError, UsageError
from specwire_codegen.files.access import NAMED_BY_FILES

_DEBUG = "SPECWIRE_DEBUG"
_EVERYWHERE = frozenset(("--debug", "--json", "--quiet", "--verbose"))
"""Options of every command, at any place."""
_PACKAGES = tuple(str(Path(__file__).parents[2] / name) for name in ("specwire", "specwire_codegen"))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code; `--json` anywhere prints diagnostics as JSON, one object per line."""
    stated = {word for word in arguments if word in _EVERYWHERE}
    console.prepare(json="--json" in stated, quiet="--quiet" in stated, verbose="--verbose" in stated)
    words = list(_spelled([argument for argument in arguments if argument not in _EVERYWHERE]))
    debug = "--debug" in arguments or os.environ.get(_DEBUG, "") not in ("", "0")
    if not words or words[0].startswith("-"):
        import_all()
    try:
        code = app(words, exit_on_error=False, print_error=True, result_action="return_value")
        sys.stdout.flush()
        return code if isinstance(code, int) else ExitCode.DONE
    except cyclopts.CycloptsError:
        return ExitCode.USAGE
    except KeyboardInterrupt:
        console.complain("interrupted", "interrupted")
        return ExitCode.INTERRUPTED
    except SystemExit as end:
        if end.code != ExitCode.TERMINATED:
            raise
        console.complain("terminated", "interrupted")
        return ExitCode.TERMINATED
    except BrokenPipeError:
        return broken_pipe()
    except Exception as problem:
        if debug:
            import traceback

            traceback.print_exception(problem)
        _report(problem, arguments)
        return ExitCode.USAGE if isinstance(problem, UsageError) else ExitCode.FAILED


def _report(problem: Exception, arguments: Sequence[str]) -> None:
    """Print an error in one piece, without a traceback."""
    match problem:
        case SpecwireCodegenError():
            console.fail(problem)
        case SpecwireError():
            console.complain(str(problem))
        case ModuleNotFoundError() if (advice := missing(problem, arguments)) is not None:
            console.complain(advice)
        case RecursionError():
            console.complain(f"the input is nested too deeply{_place(problem)}: flatten it", "too-deep")
        case OSError(strerror=str(reason)):
            named = f"{problem.filename}: " if problem.filename is not None else ""
            console.complain(f"{named}{reason}: check path, permissions and space", "not-accessible")
        case _:
            first = (str(problem).splitlines() or [""])[0]
            what = f"internal error: {type(problem).__name__}: {first}{_place(problem)}"
            console.complain(f"{what}. Please report it, with the output of {_DEBUG}=1", "internal-error")


def _place(problem: Exception) -> str:
    """Return the place in our own code where an error arose."""
    import traceback

    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(_PACKAGES)]
    return f" (at {Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""


def _spelled(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of a command line with a host or a placeholder after every `--allow-remote`.

    `-` for standard input comes last, after `--`, since it looks like an option; `call` has its own parser.
    """
    before, following = ["", *words], [*words[1:], ""]
    piped, keeps = False, "call" in words[:1]
    for previous, word, after in zip(before, words, following, strict=False):
        if word == "-" and not previous.startswith("-") and "--" not in words and not keeps:
            piped = True
            continue
        yield word
        if word == "--allow-remote" and not _is_host(after):
            yield NAMED_BY_FILES
    if piped:
        yield from ("--", "-")


def _is_host(word: str) -> bool:
    """Return True if a word after `--allow-remote` is a host, and not the document or provider argument."""
    if word == "localhost" or word.startswith("localhost:"):
        return True
    is_document = word.endswith((".yaml", ".yml", ".json")) or Path(word).exists()
    return (
        re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)(:\d+)?", word) is not None
        and not is_document
    )
