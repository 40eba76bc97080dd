"""Paths put in the place of others: all of them, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError


@attrs.frozen
class Move:
    """A file or folder that takes the place of another; `old` is where that one goes."""

    new: Path
    place: Path
    old: Path


def swap(moves: Sequence[Move]) -> None:
    """Put each new path in its place; where one fails, all places hold what they held, and the new ones are gone."""
    try:
        for move in moves:
            if os.path.lexists(move.place):
                os.replace(move.place, move.old)
            os.replace(move.new, move.place)
    except BaseException:
        stuck = [problem for move in reversed(moves) if (problem := _undo(move)) is not None]
        for move in moves:
            discard(move.new)
        if stuck:
            raise SpecwireCodegenError("; ".join(stuck)) from None
        raise


def discard(staged: Path) -> None:
    """Remove what this process has made and nobody else has seen."""
    if staged.is_dir():
        shutil.rmtree(staged, ignore_errors=True)
    else:
        staged.unlink(missing_ok=True)


def _undo(move: Move) -> str | None:
    """Restore a place as far as it was changed; returns why that could not be done."""
    # What was done is read off the disk: an interrupt may come between any two steps.
    try:
        if os.path.lexists(move.place) and not os.path.lexists(move.new):
            os.replace(move.place, move.new)
        if os.path.lexists(move.old):
            os.replace(move.old, move.place)
    except OSError as problem:
        return f"{move.place} could not be restored ({problem.strerror}): its former contents are in {move.old}"
    return None
