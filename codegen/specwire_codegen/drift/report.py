"""Reports of drift: text, JSON, HTML."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

import msgspec
from specwire import DriftEntry

from specwire_codegen.characters import escaped
from specwire_codegen.diff.page import page, safe, section

_MEANING: Mapping[str, str] = {
    "null": "null where the document has no null",
    "value": "values that an enumeration lacks",
    "variant": "objects that no variant describes",
    "type": "values of another type",
    "missing": "required fields that were absent",
    "body": "a body that the document does not declare",
}


def _by_operation(entries: Sequence[DriftEntry]) -> Iterator[tuple[str, list[DriftEntry]]]:
    ordered = sorted(entries, key=lambda entry: (entry.operation, entry.status or 0, entry.path, entry.kind))
    for operation, found in groupby(ordered, key=lambda entry: entry.operation):
        yield operation or "(unknown operation)", list(found)


def text(entries: Sequence[DriftEntry]) -> str:
    """Return a report for a terminal."""
    return "".join(f"{escaped(line)}\n" for line in _text(entries))


def _text(entries: Sequence[DriftEntry]) -> Iterator[str]:
    if not entries:
        yield "no drift"
        return
    for operation, found in _by_operation(entries):
        yield operation
        for entry in found:
            status = f"{entry.status} " if entry.status is not None else ""
            yield f"  {status}{entry.path}: expected {entry.expected}, got {', '.join(entry.got)} ({entry.count:,})"
    yield counted(entries)


def counted(entries: Sequence[DriftEntry]) -> str:
    """Return the number of entries and responses in words."""
    operations = len({entry.operation for entry in entries})
    times = sum(entry.count for entry in entries)
    found = f"{len(entries):,} difference{'' if len(entries) == 1 else 's'}"
    return f"{found} in {operations:,} operation{'' if operations == 1 else 's'}, seen {_times(times)}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def as_json(entries: Sequence[DriftEntry]) -> str:
    """Return a report for programs."""
    return json.dumps(msgspec.to_builtins(entries), indent=2) + "\n"


def html(entries: Sequence[DriftEntry]) -> str:
    """Return a report as one self-contained page."""
    summary = counted(entries) if entries else "No response differed from its document"
    parts = [f"<h1>Drift</h1><p>{summary}.</p>"]
    for operation, found in _by_operation(entries):
        times = sum(entry.count for entry in found)
        parts.append(section("drift", safe(operation), _times(times), map(_row, found), is_open=True))
    return page("Drift", "".join(parts))


def _row(entry: DriftEntry) -> str:
    status = f"HTTP {entry.status}, " if entry.status is not None else ""
    got = "<br>".join(f"{safe(value)} <small>{_times(count)}</small>" for value, count in entry.got.items())
    kind = safe(_MEANING.get(entry.kind, entry.kind))
    first, last = (safe(when[:16].replace("T", " ")) for when in (entry.first, entry.last))
    when = first if first == last else f"{first} to {last}"
    return (
        f"<tr><td><code>{safe(entry.path)}</code><small>{status}{kind}; {when}</small>"
        f"</td><td>expected {safe(entry.expected)}<br>got {got}</td></tr>"
    )


FORMATS: Mapping[str, Callable[[Sequence[DriftEntry]], str]] = MappingProxyType(
    {"text": text, "json": as_json, "html": html}
)
"""Formats of reports, by name."""
