"""Findings: what is wrong with the references of a document, each thing once, with all places where it is wrong."""

from __future__ import annotations

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, error, warning
from specwire_codegen.files import fetch
from specwire_codegen.files.library import Library, UnreachableFileError
from specwire_codegen.files.targets import Repair, Spot, Target


@attrs.define
class Findings:
    """Collects what is wrong."""

    library: Library
    found: dict[str, Diagnostic] = attrs.field(factory=dict)
    """What cannot stay, or was repaired, by what it is wrong with."""
    unfollowed: dict[str, Diagnostic] = attrs.field(factory=dict)
    """Why references cannot be followed, by the reference as it stays in the document."""

    def locate(self, spot: Spot) -> Location:
        """Return where a spot was written."""
        return self.library.part(spot.base, spot.base).source.locate(spot.pointer)

    def add(self, what: str, finding: Diagnostic, spot: Spot) -> None:
        """Record what is wrong at a spot."""
        self._note(self.found, what, finding, spot)

    def unreachable(self, ref: Spot, problem: UnreachableFileError, *, left_out: str = "") -> None:
        """Record that a reference that has to be replaced cannot be followed.

        With `left_out`, the document can do without: that is an error only where the user has to say what may be read.
        """
        finding = _described(problem, ref.value)
        if left_out and (problem.remote or not problem.refused):
            finding = attrs.evolve(finding, severity="warning", message=f"{finding.message}; {left_out}")
        self.add(f"{self.stays_as(ref)} {left_out}", finding, ref)

    def leave(self, ref: Spot, problem: UnreachableFileError, *, spare: bool) -> str:
        """Return a reference that cannot be followed as it stays in the document, and note why.

        What is `spare`, no call needs: that it is missing is no error, that it may not be read is.
        """
        shown = self.stays_as(ref)
        finding = _described(problem, ref.value)
        if problem.remote or (spare and not problem.refused):
            finding = attrs.evolve(finding, severity="warning")
        self._note(self.unfollowed, shown, finding, ref)
        return shown

    def repaired(self, ref: Spot, repairs: list[Repair]) -> None:
        """Record what had to be read differently from how it is written."""
        for repair in repairs:
            finding = warning("bad-ref", f"{fetch.shown_ref(ref.value)!r} {repair.message}", help=repair.help)
            self.add(f"{ref.value} {repair.message}", finding, ref)

    def circle(self, targets: list[Target]) -> Diagnostic:
        """Return the finding that references lead back to where they started."""
        first = targets.index(targets[-1])
        names = [self._name(*target) for target in targets[first:]]
        return error("ref-cycle", f"leads back to itself: {' -> '.join(names)}", help="break the circle")

    def stays_as(self, ref: Spot) -> str:
        """Return how a reference is written in the document itself."""
        written, sign, fragment = str(ref.value).partition("#")
        if ref.base == self.library.home or fetch.is_remote(written):
            return fetch.shown_ref(ref.value)
        try:
            address = self.library.shelf.address(written, ref.base) if written else ref.base
        except ValueError:
            return str(ref.value)
        return f"{self.library.written(address, self.library.home)}{sign}{fragment}"

    def _name(self, address: str, pointer: str) -> str:
        name = self.library.part(address, address).name
        return f"{name}#{pointer}" if pointer else name

    def _note(self, noted: dict[str, Diagnostic], what: str, finding: Diagnostic, spot: Spot) -> None:
        where, known = self.locate(spot), noted.get(what)
        if known is None:
            if finding.location is not None:  # in the text that the reference leads to
                finding = attrs.evolve(finding, message=f"{finding.message} (referred to from {where})")
            noted[what] = finding if finding.location is not None else attrs.evolve(finding, location=where)
        elif where not in (known.location, *known.also):
            noted[what] = attrs.evolve(known, also=(*known.also, where))


def _described(problem: UnreachableFileError, ref: str) -> Diagnostic:
    if problem.finding.location is not None:
        return problem.finding
    return attrs.evolve(problem.finding, message=f"{fetch.shown_ref(ref)!r} {problem.finding.message}")
