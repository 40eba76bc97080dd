"""Replacement of several paths: all or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError


@attrs.frozen
class Move:
    """A replacement of one path by another, or its removal; `old` receives the previous contents."""

    new: Path
    place: Path
    old: Path
    removes: bool = False
    """Whether the old files are removed without replacement."""


def swap(moves: Sequence[Move]) -> None:
    """Replace all paths; if one fails, restore the previous contents, and leave the new ones to the caller."""
    try:
        for move in moves:
            if os.path.lexists(move.place):
                os.replace(move.place, move.old)
            if not move.removes:
                os.replace(move.new, move.place)
    except BaseException:
        stuck = [problem for move in reversed(moves) if (problem := _undo(move)) is not None]
        if stuck:
            raise SpecwireCodegenError("; ".join(stuck)) from None
        raise


def discard(staged: Path) -> None:
    """Remove a path that only this process has used."""
    if staged.is_dir():
        shutil.rmtree(staged, ignore_errors=True)
    else:
        staged.unlink(missing_ok=True)


def _undo(move: Move) -> str | None:
    """Restore a path after a failed replacement; return the reason if that fails."""
    # The state is derived from the disk: an interrupt can occur between any two steps.
    try:
        if not move.removes and os.path.lexists(move.place) and not os.path.lexists(move.new):
            os.replace(move.place, move.new)
        if os.path.lexists(move.old):
            os.replace(move.old, move.place)
    except OSError as problem:
        return f"{move.place} could not be restored ({problem.strerror}): the previous contents are in {move.old}"
    return None
