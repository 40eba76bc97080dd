"""Diagnostics: what is wrong with a document, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from specwire_codegen.python_source import escaped

Severity = Literal["error", "warning"]
_LONGEST = 300
"""Characters of a line; of a longer one, which quotes the document, the middle is left out."""
_LONGEST_PLACE = 120
"""Characters of a place, so that the line has room for what is wrong there."""

_MOST_PLACES = {"error": 20, "warning": 2}
"""Other places that are named one by one when a finding is shown."""


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
    details: tuple[str, ...] = ()
    """Further lines below the message, such as the differences of two versions."""

    def __str__(self) -> str:
        """Render the finding: what and where, the other places, what to do."""
        where = f" {shown(str(self.location), _LONGEST_PLACE)}" if self.location else ""
        lines = [_line(f"{self.severity}[{self.code}]{where}: ", self.message)]
        lines += [_line("", each) for each in self.details]
        if self.location and self.location.pointer:
            lines.append(_line("  at #", self.location.pointer))
        most = _MOST_PLACES[self.severity]
        for place in self.also[:most]:
            lines.append(_line(f"  also {shown(str(place), _LONGEST_PLACE)} at #", place.pointer))
        more = len(self.also) - most
        if more > 0:
            lines.append(f"  also at {more:,} more place{'s' if more > 1 else ''}")
        if self.help:
            lines.append(_line("  help: ", self.help))
        return "\n".join(lines)


def _line(head: str, text: str) -> str:
    return head + shown(text, _LONGEST - len(head))


def shown(text: str, longest: int = _LONGEST) -> str:
    """Return text as a line may hold it: printable, on one line, and no more than anybody reads."""
    line = " ".join(printable(_cut(text, 4 * _LONGEST)).split("\n"))
    return _cut(line, longest)


def _cut(text: str, longest: int) -> str:
    """Return a text without its middle if it is longer than that."""
    half = (longest - 5) // 2
    return f"{text[:half]} ... {text[-half:]}" if len(text) > longest else text


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


def merged(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return what is found, each thing once: with its first place and all others."""
    found: dict[tuple[str, ...], Diagnostic] = {}
    places: dict[tuple[str, ...], dict[Location, None]] = {}
    for each in diagnostics:
        key = (each.severity, each.code, each.message, each.help or "", "" if each.location else "nowhere")
        found.setdefault(key, each)
        stated = (each.location, *each.also) if each.location is not None else ()
        places.setdefault(key, {}).update(dict.fromkeys(stated))
    return tuple(attrs.evolve(each, also=tuple(places[key])[1:]) for key, each in found.items())


def settle(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of a stage, each cause once, or raise them together if one of them is an error."""
    distinct = merged(diagnostics)
    if any(diagnostic.severity == "error" for diagnostic in distinct):
        raise DiagnosticError(distinct)
    return distinct
