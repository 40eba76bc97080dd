"""Entries of drift, from the JSON Lines that `DriftReport.save` writes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs
import msgspec
from specwire import DriftEntry

from specwire_codegen.diagnostics import Diagnostic, Location, SpecwireCodegenError, warning

_LONGEST = 1024 * 1024
"""Longest line, in bytes."""
_DECODER = msgspec.json.Decoder(DriftEntry)


@attrs.frozen
class Drifts:
    """The entries of several files, merged; the most frequent first."""

    entries: tuple[DriftEntry, ...]
    warnings: tuple[Diagnostic, ...]


def read_drifts(files: Iterable[Path]) -> Drifts:
    """Return the merged entries of files; a line that is not an entry is a warning."""
    found: dict[tuple[str, int | None, str, str, str], DriftEntry] = {}
    warnings: list[Diagnostic] = []
    for file in files:
        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            try:
                entry = _DECODER.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                where = Location(file.as_posix(), "", number)
                help = "keep only lines that DriftReport.save wrote"
                warnings.append(warning("drift-line", "line skipped: it is not a drift entry", where, help))
                continue
            key = (entry.operation, entry.status, entry.path, entry.kind, entry.expected)
            found[key] = _merged(found[key], entry) if key in found else entry
    return Drifts(
        tuple(sorted(found.values(), key=lambda each: (-each.count, each.operation, each.path))), tuple(warnings)
    )


def _lines(file: Path) -> Iterable[bytes]:
    try:
        with file.open("rb") as lines:
            while line := lines.readline(_LONGEST):
                yield line
    except OSError as problem:
        raise SpecwireCodegenError(f"{file.as_posix()} cannot be read: {problem.strerror}") from None


def _merged(one: DriftEntry, other: DriftEntry) -> DriftEntry:
    got = {value: one.got.get(value, 0) + other.got.get(value, 0) for value in (*one.got, *other.got)}
    return msgspec.structs.replace(
        one,
        got=got,
        count=one.count + other.count,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
    )
