"""Run of `specwire --complete SHELL`, which the scripts of shells call for the words of `specwire call`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout

from specwire.errors import SpecwireError

from specwire_codegen.call.candidates import Candidate, candidates
from specwire_codegen.characters import escaped
from specwire_codegen.cli.completion.words import call_words, for_bash, for_others, words_of_bash
from specwire_codegen.cli.exit_codes import ExitCode
from specwire_codegen.diagnostics import SpecwireCodegenError


def complete(arguments: Sequence[str]) -> int:
    """Print candidates for the last word, one per line; errors go to stderr, which the scripts drop."""
    shell, *words = arguments
    try:
        with redirect_stdout(sys.stderr):  # packages that are imported may print
            lines = list(_lines(shell, words))
    except (SpecwireCodegenError, SpecwireError, OSError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return ExitCode.FAILED
    for line in lines:
        print(line)
    return ExitCode.DONE


def _lines(shell: str, words: Sequence[str]) -> Iterator[str]:
    if shell == "bash":
        written, kept = words_of_bash(os.environ)
        yield from for_bash(_found(written), kept)
    else:
        yield from for_others(_found(words))


def _found(words: Sequence[str]) -> list[Candidate]:
    """Return the candidates, without those that have control characters."""
    asked = call_words(words)
    return [each for each in candidates(asked) if each.text == escaped(each.text)] if asked else []
