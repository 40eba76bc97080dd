"""Proposal of corrections: an overlay that declares the drift that clients have recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from specwire import DriftEntry

from specwire_codegen.config import read_config
from specwire_codegen.diagnostics import DiagnosticError, SpecwireCodegenError
from specwire_codegen.diff.change import Change
from specwire_codegen.diff.compare import changes
from specwire_codegen.documents.document import Document, Place
from specwire_codegen.documents.overlay import apply
from specwire_codegen.drift.actions import Unplaced, actions_for
from specwire_codegen.drift.overlay_text import Addition, extended
from specwire_codegen.drift.places import Places
from specwire_codegen.files.access import Access
from specwire_codegen.generate import api_of, document_of, overlaid
from specwire_codegen.ir import Api
from specwire_codegen.output.package import unified_diff
from specwire_codegen.project import Target


@attrs.frozen
class Left:
    """An entry that the proposal does not cover."""

    entry: DriftEntry
    reason: str


@attrs.frozen
class Proposal:
    """The overlay of a provider with further actions."""

    file: Path
    before: bytes | None
    """Present text; None if there is no file."""
    text: str
    additions: tuple[Addition, ...]
    left: tuple[Left, ...]
    changes: tuple[Change, ...]
    """What it changes for users of the client."""

    @property
    def difference(self) -> str:
        """The change of the overlay as a unified diff."""
        return unified_diff(self.file.as_posix(), self.before, self.text)


def propose(target: Target, entries: Sequence[DriftEntry], access: Access) -> Proposal:
    """Return the actions that declare entries of drift; each leaves a document that can still be generated."""
    base = overlaid(target, access)
    normalized, _ = document_of(target, access, source=base, bare=True)
    before = api_of(target, normalized)
    routes = _routes(normalized.data)
    chosen, left, last = _chosen(target, access, base, entries, routes, trust=True)
    try:
        after = _client(target, last, access)
    except DiagnosticError:
        chosen, left, last = _chosen(target, access, base, entries, routes, trust=False)
        after = _client(target, last, access)
    file = _file(target)
    present = file.read_bytes() if file.is_file() else None
    text = (present or b"").decode("utf-8")
    title = str(normalized.data["info"]["title"])
    return Proposal(
        file=file,
        before=present,
        text=extended(text, chosen, title, file) if chosen else text,
        additions=tuple(chosen),
        left=tuple(left),
        changes=changes(before, after),
    )


def _chosen(
    target: Target,
    access: Access,
    document: Document,
    entries: Sequence[DriftEntry],
    routes: Mapping[str, tuple[str, str]],
    *,
    trust: bool,
) -> tuple[list[Addition], list[Left], Document]:
    """Return the additions for entries, those without one, and the document with all additions applied.

    Each is found in the document that the earlier ones leave. Without `trust`, the client is made after each one.
    """
    chosen: list[Addition] = []
    left: list[Left] = []
    for entry in entries:
        try:
            actions = actions_for(entry, Places(document.data, routes))
            overlay = Document({"actions": actions}, "drift", (Place("", _Nowhere(), ""),))
            corrected = apply(document, overlay)
            if any(finding.code == "overlay-no-match" for finding in corrected.findings[len(document.findings) :]):
                raise Unplaced("an action for it would match nothing")
            if not trust:
                _client(target, corrected, access)
        except Unplaced as problem:
            left.append(Left(entry, str(problem)))
        except DiagnosticError as problem:
            left.append(Left(entry, f"its declaration would not fit the document: {problem.diagnostics[0].message}"))
        else:
            chosen.append(Addition(described(entry), tuple(actions)))
            document = attrs.evolve(corrected, places=document.places, findings=document.findings)
    return chosen, left, document


class _Nowhere:
    """Source of actions that no file has yet."""

    def locate(self, pointer: str) -> Any:
        """Return nothing."""
        return None


def _client(target: Target, document: Document, access: Access) -> Api:
    normalized, _ = document_of(target, access, source=document, bare=True)
    return api_of(target, normalized)


def _routes(data: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        operation["operationId"]: (path, method)
        for path, item in data["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }


def _file(target: Target) -> Path:
    """Return the overlay to extend: the last one that applies, or the one next to the document."""
    overlays = (*read_config(target.config, target.name).overlays, *target.overlays)
    if not overlays and target.url:
        raise SpecwireCodegenError(
            f"{target.origin} has no overlay: name one in pyproject.toml, as in overlays = ['overlay.yaml'], and create it"
        )
    file = overlays[-1] if overlays else target.spec.parent / "overlay.yaml"
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise SpecwireCodegenError(f"{file.as_posix()} is not a regular file: write the actions into it by hand")
    return file


def described(entry: DriftEntry) -> str:
    """Return an entry in one line."""
    status = f" {entry.status}" if entry.status is not None else ""
    got = ", ".join(entry.got)
    times = "once" if entry.count == 1 else f"{entry.count:,} times"
    return f"{entry.operation}{status} {entry.path}: expected {entry.expected}, got {got} ({times}, last on {entry.last[:10]})"
