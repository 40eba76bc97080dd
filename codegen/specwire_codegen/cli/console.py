"""Output of the command line: results on stdout; diagnostics and progress on stderr, as text or as JSON."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from json import dumps
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

import attrs

from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, Severity, SpecwireCodegenError, printable, shown
from specwire_codegen.dump import dump
from specwire_codegen.openapi.plurals import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


@cache
def _out() -> Console:
    from rich.console import Console

    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 110)


@cache
def _err() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def _escape(text: str) -> str:
    """Return text without hidden characters and markup."""
    from rich.markup import escape

    return escape(printable(text))


_MOST_FINDINGS = 50
"""Maximum number of diagnostics printed one by one, errors before warnings; `--json` prints all."""


class _Json:
    """True if diagnostics are printed as JSON."""

    on = False


_json = _Json()


class _Volume:
    """Amount of output: errors only if quiet, every diagnostic if verbose."""

    quiet = False
    verbose = False


_volume = _Volume()


def prepare(*, json: bool, quiet: bool = False, verbose: bool = False) -> None:
    """Print diagnostics as JSON or as text from now on, and escape characters that a stream cannot encode."""
    _json.on, _volume.quiet, _volume.verbose = json, quiet, verbose
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def is_json() -> bool:
    """Return True if diagnostics are printed as JSON."""
    return _json.on


def is_quiet() -> bool:
    """Return True if only errors are printed."""
    return _volume.quiet


def is_verbose() -> bool:
    """Return True if details are printed too."""
    return _volume.verbose


def say(text: str) -> None:
    """Print a line of the result."""
    if not _volume.quiet:
        _out().print(_escape(text), soft_wrap=True)


def note(text: str) -> None:
    """Print a less important line of the result."""
    if not _volume.quiet:
        _out().print(f"[dim]{_escape(text)}[/dim]")


def show(table: Table) -> None:
    """Print a table."""
    _out().print(table)


def show_rows(rows: Sequence[Sequence[str]], left: int) -> None:
    """Print rows of cells in columns, the first `left` of them justified to the left and the others to the right."""
    if not _volume.quiet:
        pour("".join(f"{line}\n" for line in in_columns(rows, left)))


def in_columns(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Return rows of cells as lines, the first `left` columns justified to the left and the others to the right."""
    shown_rows = [list(map(printable, row)) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*shown_rows, strict=True)]
    lines = list[str]()
    for row in shown_rows:
        padded = list[str]()
        for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - _width(cell))
            padded.append(f"{cell}{space}" if number < left else f"{space}{cell}")
        lines.append("  ".join(padded).rstrip())
    return lines


def _width(text: str) -> int:
    """Return the number of terminal columns that a text takes."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def pour(text: str) -> None:
    """Print a text: unchanged to a file or pipe, without hidden characters to a terminal."""
    sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def tell(text: str) -> None:
    """Print a line on stderr."""
    _err().print(_escape(text))


def can_ask() -> bool:
    """Return whether input and output are a terminal, so that a question makes sense."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def agreed(question: str) -> bool:
    """Ask a question on stderr, and return True only for a yes."""
    sys.stderr.write(f"{printable(question)} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def advise(text: str) -> None:
    """Print a hint on stderr; omitted with `--json` and `--quiet`."""
    if not _json.on and not _volume.quiet:
        tell(text)


def warn(findings: Sequence[Diagnostic]) -> None:
    """Print diagnostics, with `--json` one object per line; errors only if quiet."""
    if _volume.quiet:
        findings = [finding for finding in findings if finding.severity == "error"]
    if _json.on:
        for finding in findings:
            _err().print(dumps(dump(finding)), markup=False)
        return
    most = len(findings) if _volume.verbose else _MOST_FINDINGS
    first = sorted(findings, key=lambda finding: finding.severity != "error")[:most]
    for finding in first if len(findings) > len(first) else findings:
        _show_finding(finding)
    left = Counter(finding.severity for finding in findings)
    left.subtract(finding.severity for finding in first)
    for severity, count in left.items():
        if count:
            tell(f"{counted(count, f'more {severity}')}: --json prints all")


_STYLES: Mapping[Severity, str] = {"error": "bold red", "warning": "bold yellow"}


def _show_finding(finding: Diagnostic) -> None:
    """Print a diagnostic: on a terminal with colours and the line of the file, otherwise in its plain form."""
    console = _err()
    if not console.is_terminal:
        console.print(_escape(str(finding)))
        return
    from rich.text import Text

    from specwire_codegen.documents.excerpt import excerpt

    heading, *rest = str(attrs.evolve(finding, location=None)).split("\n")
    style = _STYLES[finding.severity]
    head, _, message = printable(heading).partition(": ")
    console.print(Text.assemble((head, style), ": ", (message, "bold")))
    place = finding.location
    found = excerpt(place, max(console.width - 10, 40)) if place is not None else None
    margin = " " * len(str(found.number)) if found is not None else " "
    if place is not None:
        console.print(Text.assemble((f"{margin}--> ", "bold blue"), printable(shown(str(place)))))
    if found is not None:
        bar = ("|", "bold blue")
        console.print(Text.assemble(f"{margin} ", bar))
        console.print(Text.assemble((f"{found.number} ", "bold blue"), bar, f" {found.text}"))
        mark = " " * found.start + "^" * found.size
        console.print(Text.assemble(f"{margin} ", bar, " ", (mark, style)))
    if place is not None and place.pointer:
        rest.insert(0, f"  at #{shown(place.pointer)}")
    for line in rest:
        console.print(Text.assemble(f"{margin} ", ("= ", "bold blue"), printable(line.strip())))


def warn_briefly(findings: Sequence[Diagnostic], command: str) -> None:
    """Print the number of diagnostics and the command that prints them; with `--json`, the diagnostics."""
    if _json.on:
        warn(findings)
    elif findings:
        tell(f"{counted(len(findings), 'warning')} about the document: {command} prints them")


def fail(problem: SpecwireCodegenError) -> None:
    """Print an error: its diagnostics, or its message."""
    if isinstance(problem, DiagnosticError):
        warn(problem.diagnostics)
    else:
        complain(str(problem))


def complain(message: str, code: str = "failed") -> None:
    """Print an error without a diagnostic."""
    _print("error", code, message)


def report(code: str, message: str) -> None:
    """Print a diagnostic identified by its code alone."""
    _print(code, code, message)


def _print(head: str, code: str, message: str) -> None:
    if _json.on:
        _err().print(dumps({"severity": "error", "code": code, "message": message}), markup=False)
    else:
        tell(shown(f"{head}: {message}"))


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show progress on a terminal; the yielded function sets the current step."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=_err(), transient=True) as progress:
        task = progress.add_task(printable(what))
        yield lambda step: progress.update(task, description=printable(f"{what}: {step}"))
