"""Diagnostics: what is wrong with a document, where, and what to do about it."""

from __future__ import annotations

from typing import Literal

import attrs

from specwire_codegen.source import escaped

Severity = Literal["error", "warning"]
_LONGEST = 1000
"""Characters of a message; of a longer one, which quotes the document, the middle is left out."""

_MOST_PLACES = 20
"""Places that are named one by one when a finding is shown."""


class SpecwireCodegenError(Exception):
    """Base of all errors of the generator; its message is shown to users without a traceback."""


@attrs.frozen
class Location:
    """A place in a source document: JSON pointer without `#`, line and column counted from 1."""

    file: str
    pointer: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return `file:line:column`, as far as it is known."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number is not None)])


@attrs.frozen
class Diagnostic:
    """One finding; `code` is stable and kebab-case, `help` says what to do."""

    severity: Severity
    code: str
    message: str
    location: Location | None = None
    help: str | None = None
    also: tuple[Location, ...] = ()
    """The other places where the same is wrong."""

    def __str__(self) -> str:
        """Render the finding: what and where, the other places, what to do."""
        where = f" {shown(str(self.location))}" if self.location else ""
        lines = [f"{self.severity}[{self.code}]{where}: {shown(self.message)}"]
        if self.location and self.location.pointer:
            lines.append(f"  at #{shown(self.location.pointer)}")
        for place in self.also[:_MOST_PLACES]:
            lines.append(f"  also {shown(str(place))} at #{shown(place.pointer)}")
        if len(self.also) > _MOST_PLACES:
            lines.append(f"  also at {len(self.also) - _MOST_PLACES:,} more places")
        if self.help:
            lines.append(f"  help: {shown(self.help)}")
        return "\n".join(lines)


def shown(text: str) -> str:
    """Return text as a message may hold it: printable, and no more than anybody reads."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    return printable(text)


def printable(text: str) -> str:
    """Return text as a terminal may get it: nothing that steers it."""
    return "\n".join(map(escaped, text.split("\n")))


class DiagnosticError(SpecwireCodegenError):
    """All findings of a stage that failed, at least one of them an error."""

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        """Render every finding, in the order of discovery."""
        return "\n".join(str(diagnostic) for diagnostic in self.diagnostics)


def error(code: str, message: str, location: Location | None = None, help: str | None = None) -> Diagnostic:
    """Make a diagnostic that stops its stage."""
    return Diagnostic("error", code, message, location, help)


def warning(code: str, message: str, location: Location | None = None, help: str | None = None) -> Diagnostic:
    """Make a diagnostic that does not stop its stage."""
    return Diagnostic("warning", code, message, location, help)


def failure(code: str, message: str, location: Location | None = None, help: str | None = None) -> DiagnosticError:
    """Make the exception for a single error that leaves nothing to go on with."""
    return DiagnosticError((error(code, message, location, help),))


def settle(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the distinct diagnostics of a stage, or raise them together if one of them is an error."""
    distinct = tuple(dict.fromkeys(diagnostics))
    if any(diagnostic.severity == "error" for diagnostic in distinct):
        raise DiagnosticError(distinct)
    return distinct
