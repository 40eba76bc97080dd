"""Reference problems of a document: each once, with all its locations."""

from __future__ import annotations

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, error, warning
from specwire_codegen.files import fetch
from specwire_codegen.files.library import Library, UnreachableFileError
from specwire_codegen.files.targets import Repair, Spot, Target


@attrs.define
class Findings:
    """Collector of reference problems."""

    library: Library
    found: dict[str, Diagnostic] = attrs.field(factory=dict)
    """Problems that must be reported, by their subject."""
    unfollowed: dict[str, Diagnostic] = attrs.field(factory=dict)
    """Unresolved references that stay in the document, by their text."""

    def locate(self, spot: Spot) -> Location:
        """Return the location of a spot."""
        return self.library.part(spot.base, spot.base).source.locate(spot.pointer)

    def add(self, what: str, finding: Diagnostic, spot: Spot) -> None:
        """Record a problem at a spot."""
        self._note(self.found, what, finding, spot)

    def unreachable(self, ref: Spot, problem: UnreachableFileError, *, left_out: str = "") -> None:
        """Record that a reference that must be replaced cannot be resolved.

        With `left_out`, the reference is optional: it is an error only if the user has to grant access.
        """
        finding = _described(problem, ref.value)
        if left_out and (problem.remote or not problem.refused):
            finding = attrs.evolve(finding, severity="warning", message=f"{finding.message}; {left_out}")
        self.add(f"{self.stays_as(ref)} {left_out}", finding, ref)

    def leave(self, ref: Spot, problem: UnreachableFileError, *, spare: bool) -> str:
        """Return the text of an unresolved reference that stays in the document, and record the reason.

        No call needs a `spare` target: a missing one is a warning, a forbidden one an error.
        """
        shown = self.stays_as(ref)
        finding = _described(problem, ref.value)
        if problem.remote or (spare and not problem.refused):
            finding = attrs.evolve(finding, severity="warning")
        self._note(self.unfollowed, shown, finding, ref)
        return shown

    def repaired(self, ref: Spot, repairs: list[Repair]) -> None:
        """Record the corrections made to resolve a reference."""
        for repair in repairs:
            finding = warning("bad-ref", f"{fetch.shown_ref(ref.value)!r} {repair.message}", help=repair.help)
            self.add(f"{ref.value} {repair.message}", finding, ref)

    def circle(self, targets: list[Target]) -> Diagnostic:
        """Return the diagnostic of a reference cycle."""
        first = targets.index(targets[-1])
        names = [self._name(*target) for target in targets[first:]]
        return error("ref-cycle", f"refers to itself: {' -> '.join(names)}", help="remove one of these references")

    def stays_as(self, ref: Spot) -> str:
        """Return the text of a reference as part of the document itself."""
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
            if finding.location is not None:  # in the file that the reference leads to
                finding = attrs.evolve(finding, message=f"{finding.message} (referred to from {where})")
            noted[what] = finding if finding.location is not None else attrs.evolve(finding, location=where)
        elif where not in (known.location, *known.also):
            noted[what] = attrs.evolve(known, also=(*known.also, where))


def _described(problem: UnreachableFileError, ref: str) -> Diagnostic:
    if problem.finding.location is not None:
        return problem.finding
    return attrs.evolve(problem.finding, message=f"{fetch.shown_ref(ref)!r} {problem.finding.message}")
