"""Generation of a package that is out of date; the stages are imported only then, which takes most of a short run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from specwire_codegen.build_cache import targets
from specwire_codegen.files.access import Access
from specwire_codegen.project import Target

if TYPE_CHECKING:
    from specwire_codegen.diagnostics import Diagnostic
    from specwire_codegen.ir import Api
    from specwire_codegen.normalize import Guess

UNCHANGED = ("", "", "", "unchanged")
"""Counts of a target of which nothing had changed."""


@attrs.frozen
class Generated:
    """The result for one target."""

    target: Target
    api: Api | None
    """None if nothing had changed."""
    changes: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]
    seconds: float
    guesses: tuple[Guess, ...] = ()
    """Inferred extensions; empty if nothing had changed."""

    @property
    def counts(self) -> tuple[str, ...]:
        """The numbers of operations, methods and models, and of the files that changed, as text."""
        if self.api is None:
            return UNCHANGED
        operations = len({operation.id for operation in self.api.operations})
        return (
            *map(str, (operations, _methods(self.api), len(self.api.models))),
            f"{len(self.changes)} changed",
        )


def _methods(api: Api) -> int:
    waits = sum(1 for operation in api.operations if operation.polling is not None and operation.polling.method)
    added = sum(1 for one in api.overrides if one.kind == "adds" and one.returns != "Accumulator")
    return len(api.operations) + waits + added


def generate(
    target: Target,
    access: Access | None = None,
    *,
    force: bool = False,
    strict: bool = False,
    explain: bool = False,
) -> Generated:
    """Write the package of a target unless inputs, generator and output are unchanged.

    `force` writes it anyway, replacing edited generated files; `strict` turns warnings into errors; `explain` reads the
    document in any case, for what is inferred from it.
    """
    started, clock = time.monotonic(), time.time()
    access = access or Access()
    if not force and not strict and not explain and targets.is_current(target, access):
        return Generated(target, None, (), (), time.monotonic() - started)
    import tempfile

    from specwire_codegen.generate import build, refuse_warnings
    from specwire_codegen.output.package import write

    with tempfile.TemporaryDirectory(prefix="specwire-") as scratch:
        folder = Path(scratch, target.name)
        built = build(target, access, normalized=False, folder=folder)
        if strict:
            refuse_warnings(built.warnings)
        normalized = (target.normalized, built.normalized) if target.normalized is not None else None
        changes = write(target.output, built.files, normalized=normalized, force=force, ready=folder)
    targets.record(target, built.dependencies, access, clock)
    seconds = time.monotonic() - started
    return Generated(target, built.api, tuple(changes), built.warnings, seconds, built.guesses)
