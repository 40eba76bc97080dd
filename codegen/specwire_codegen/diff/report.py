"""Reports of the changes between two versions of a client: text, Markdown, JSON, HTML, and a changelog entry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import attrs

from specwire_codegen.characters import escaped
from specwire_codegen.diff.change import SEVERITIES, Action, Change, Severity
from specwire_codegen.diff.page import page, safe, section

_HEADINGS: Mapping[Severity, str] = {"breaking": "Breaking", "risky": "Risky", "safe": "Safe"}
_MEANING: Mapping[Severity, str] = {
    "breaking": "Code that uses the client fails, or fails type checks.",
    "risky": "Code runs, but can meet values that it did not before.",
    "safe": "Existing code is unaffected.",
}
_SECTIONS: Mapping[Action, str] = {"added": "Added", "changed": "Changed", "renamed": "Changed", "removed": "Removed"}
"""Sections of a changelog, by action."""
_NOTHING = "Nothing changes for users of the client."


@attrs.frozen
class Report:
    """The changes between two versions."""

    old: str
    new: str
    version: str
    """Version of the new document."""
    changes: tuple[Change, ...]

    def of(self, severity: Severity) -> tuple[Change, ...]:
        """Return the changes of one severity."""
        return tuple(change for change in self.changes if change.severity == severity)

    @property
    def counts(self) -> str:
        """The number of changes by severity, in words."""
        return ", ".join(f"{len(self.of(severity))} {severity}" for severity in SEVERITIES)

    @property
    def bump(self) -> str:
        """The part of the version of a package that should grow, by semantic versioning."""
        if self.of("breaking"):
            return "major"
        return "minor" if self.changes else "none"


def text(report: Report) -> str:
    """Return a report for a terminal."""
    return "\n".join(_text(report)) + "\n"


def _text(report: Report) -> Iterator[str]:
    if not report.changes:
        yield f"no changes for users of the client between {report.old} and {report.new}"
        return
    for severity in SEVERITIES:
        if found := report.of(severity):
            yield f"{severity} ({len(found)})"
            yield from (f"  {escaped(str(change))}" for change in found)
            yield ""
    yield f"{report.counts}; suggested version bump: {report.bump}"


def markdown(report: Report) -> str:
    """Return a report for a pull request."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    yield f"## Client changes: {_code(report.old)} to {_code(report.new)}"
    yield ""
    yield f"{report.counts}. Suggested version bump: **{report.bump}**." if report.changes else _NOTHING
    for severity in SEVERITIES:
        if not (found := report.of(severity)):
            continue
        yield ""
        # Safe changes are many, and the least interesting.
        folded = severity == "safe" and len(found) > 10
        heading = f"{_HEADINGS[severity]} ({len(found)})"
        yield f"<details><summary>{heading}</summary>" if folded else f"### {heading}"
        yield ""
        yield from (f"- {_code(change.subject)}: {_plain(change.text)}" for change in found)
        if folded:
            yield ""
            yield "</details>"


def changelog(report: Report) -> str:
    """Return an entry of a changelog in the form of Keep a Changelog."""
    sections: dict[str, list[str]] = {}
    for change in report.changes:
        mark = "**Breaking:** " if change.severity == "breaking" else ""
        entry = f"- {mark}{_code(change.subject)}: {_plain(change.text)}"
        sections.setdefault(_SECTIONS[change.action], []).append(entry)
    lines = [f"## [{_plain(report.version)}]"]
    for name in ("Added", "Changed", "Removed"):
        if name in sections:
            lines += ["", f"### {name}", "", *sections[name]]
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> str:
    """Return a report for programs."""
    changes = [attrs.asdict(change) for change in report.changes]
    counts = {severity: len(report.of(severity)) for severity in SEVERITIES}
    data = {"old": report.old, "new": report.new, "bump": report.bump, "counts": counts, "changes": changes}
    return json.dumps(data, indent=2) + "\n"


def html(report: Report) -> str:
    """Return a report as one self-contained page."""
    parts = [f"<h1>Client changes</h1><p>{safe(report.old)} → {safe(report.new)}</p>"]
    if not report.changes:
        parts.append(f"<p>{_NOTHING}</p>")
    else:
        parts.append(f"<p>{report.counts}. Suggested version bump: <b>{report.bump}</b>.</p>")
    for severity in SEVERITIES:
        if found := report.of(severity):
            heading = f"{_HEADINGS[severity]} ({len(found)})"
            rows = map(_row, found)
            parts.append(section(severity, heading, _MEANING[severity], rows, is_open=severity != "safe"))
    return page(safe(f"{report.old} to {report.new}"), "".join(parts))


def _row(change: Change) -> str:
    operation = f"<small>{safe(change.operation)}</small>" if change.operation else ""
    return f"<tr><td><code>{safe(change.subject)}</code>{operation}</td><td>{safe(change.text)}</td></tr>"


def _code(text: str) -> str:
    """Return text as Markdown code on one line; no document can end it."""
    return f"`{escaped(text).replace('`', chr(39))}`"


def _plain(text: str) -> str:
    """Return text without Markdown."""
    return "".join(f"\\{each}" if each in "\\`*_[]<>|#" else each for each in escaped(text))


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"text": text, "markdown": markdown, "json": as_json, "html": html, "changelog": changelog}
)
"""Formats of reports, by name."""
