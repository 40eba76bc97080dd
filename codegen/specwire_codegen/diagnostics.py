"""Diagnostics: problems of a document, with location and help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from specwire_codegen.characters import escaped

Severity = Literal["error", "warning"]
_LONGEST = 300
"""Longest line, in characters; a longer one, which quotes the document, is shortened in the middle."""
_LONGEST_PLACE = 120
"""Longest location, in characters, so that the line has room for the message."""

_MOST_PLACES = {"error": 20, "warning": 2}
"""Maximum number of additional locations shown with a diagnostic."""


class SpecwireCodegenError(Exception):
    """Base class of all generator errors; users see the message without a traceback."""


class UsageError(SpecwireCodegenError):
    """A command line that is wrong by itself, or for the client that it names."""


@attrs.frozen
class Location:
    """A place in a source document: JSON pointer without `#`, line and column counted from 1."""

    file: str
    pointer: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return `file:line:column`, as far as known."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number is not None)])


@attrs.frozen
class Diagnostic:
    """One problem; `code` is stable and kebab-case, `help` tells the user what to do."""

    severity: Severity
    code: str
    message: str
    location: Location | None = None
    help: str | None = None
    also: tuple[Location, ...] = ()
    """Other locations with the same problem."""
    details: tuple[str, ...] = ()
    """Further lines below the message, such as the differences of two versions."""

    def __str__(self) -> str:
        """Return the diagnostic as text: message and location, other locations, help."""
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
    """Return text for one line of output: printable and of limited length."""
    line = " ".join(printable(_cut(text, 4 * _LONGEST)).split("\n"))
    return _cut(line, longest)


def _cut(text: str, longest: int) -> str:
    """Return a text shortened in the middle to a maximum length."""
    half = (longest - 5) // 2
    return f"{text[:half]} ... {text[-half:]}" if len(text) > longest else text


def printable(text: str) -> str:
    """Return text that is safe for a terminal, without control characters."""
    return "\n".join(map(escaped, text.split("\n")))


class DiagnosticError(SpecwireCodegenError):
    """All diagnostics of a failed stage; at least one of them is an error."""

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        """Return every diagnostic as text, in the order of discovery."""
        return "\n".join(str(diagnostic) for diagnostic in self.diagnostics)


def error(code: str, message: str, location: Location | None = None, help: str | None = None) -> Diagnostic:
    """Return a diagnostic that stops its stage."""
    return Diagnostic("error", code, message, location, help)


def warning(code: str, message: str, location: Location | None = None, help: str | None = None) -> Diagnostic:
    """Return a diagnostic that does not stop its stage."""
    return Diagnostic("warning", code, message, location, help)


def failure(code: str, message: str, location: Location | None = None, help: str | None = None) -> DiagnosticError:
    """Return the exception for a single fatal error."""
    return DiagnosticError((error(code, message, location, help),))


def merged(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return each distinct diagnostic once, with all its locations."""
    found: dict[tuple[str, ...], Diagnostic] = {}
    places: dict[tuple[str, ...], dict[Location, None]] = {}
    for each in diagnostics:
        key = (each.severity, each.code, each.message, each.help or "", "" if each.location else "nowhere")
        found.setdefault(key, each)
        stated = (each.location, *each.also) if each.location is not None else ()
        places.setdefault(key, {}).update(dict.fromkeys(stated))
    return tuple(attrs.evolve(each, also=tuple(places[key])[1:]) for key, each in found.items())


def raise_errors(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the distinct diagnostics of a stage, or raise them together if one of them is an error."""
    distinct = merged(diagnostics)
    if any(diagnostic.severity == "error" for diagnostic in distinct):
        raise DiagnosticError(distinct)
    return distinct
