"""Commands about versions of a client: the comparison of two, and the pin of a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import cyclopts

from specwire_codegen.cli.console import advise, agreed, can_ask, fail, pour, say, warn, working
from specwire_codegen.cli.exit_codes import ExitCode
from specwire_codegen.cli.options import NO_MORE, Reading, Root
from specwire_codegen.diagnostics import SpecwireCodegenError

if TYPE_CHECKING:
    from specwire_codegen.diff.report import Report
    from specwire_codegen.pinning.update import Update

_MOST_LINES = 40
"""Longest changelog entry that is printed."""


def diff(
    old: str,
    new: str,
    *,
    format: Literal["text", "markdown", "json", "html", "changelog"] = "text",
    output: Annotated[Path, cyclopts.Parameter(name=["--output", "-o"])] | None = None,
    fail_on: Literal["breaking", "risky"] | None = None,
    reading: Reading = NO_MORE,
    root: Root = Path(),
) -> int:
    """Compare two versions of a client, and report what each change means for its users.

    A version is a provider, a document or its URL, or one of these in a Git revision.

    Example: specwire diff HEAD~1:openapi.yaml openapi.yaml --fail-on breaking

    Parameters
    ----------
    old
        The version that users have.
    new
        The version that they would get.
    format
        Form of the report; `changelog` is an entry for CHANGELOG.md.
    output
        File to write the report to.
    fail_on
        Exit with 1 for changes of this severity, or worse.

    """
    from specwire_codegen.diff.change import SEVERITIES
    from specwire_codegen.diff.report import FORMATS
    from specwire_codegen.diff.versions import report_of

    found = report_of(root, old, new, reading.access)
    written = FORMATS[format](found)
    if output is None:
        pour(written)
    else:
        output.write_text(written, "utf-8")
        say(f"wrote {output.as_posix()}: {found.counts}")
    limit = -1 if fail_on is None else SEVERITIES.index(fail_on)
    return int(any(SEVERITIES.index(change.severity) <= limit for change in found.changes))


def update(
    name: str,
    *,
    from_: Annotated[str, cyclopts.Parameter(name="--from")] | None = None,
    check: bool = False,
    yes: Annotated[bool, cyclopts.Parameter(name=["--yes", "-y"])] = False,
    force: bool = False,
    format: Literal["text", "markdown", "json", "html", "changelog"] = "text",
    output: Annotated[Path, cyclopts.Parameter(name=["--output", "-o"])] | None = None,
    reading: Reading = NO_MORE,
    root: Root = Path(),
) -> int:
    """Read the document of a provider from its source, show what changed for users of the client, and pin it.

    Nothing is changed before you agree. client.toml, overlays and overrides stay as they are; what no longer fits
    is reported. Example for a scheduled job: specwire update acme --check --format markdown -o update.md

    Parameters
    ----------
    name
        Name of the provider.
    from_
        Path or URL of the document, if it has moved from the address in source.toml, which is updated.
    check
        Change nothing; exit with 1 if there is a new version, with 3 if that cannot be found out.
    yes
        Pin the new version without asking.
    force
        Replace copies that were edited by hand.
    format
        Form of the report; `changelog` is an entry for CHANGELOG.md.
    output
        File to write the report to.

    """
    from datetime import UTC, datetime

    from specwire_codegen.clients.targets import own_provider
    from specwire_codegen.diff.report import FORMATS, changelog
    from specwire_codegen.pinning.update import apply_update, find_update

    try:
        with working(f"{name}: reading its document"):
            found = find_update(own_provider(root, name), reading.access, from_)
    except SpecwireCodegenError as problem:
        if not check:
            raise
        fail(problem)
        return ExitCode.UNKNOWN
    if not (found.is_new or found.is_moved or found.edited):
        say(f"{name} is up to date: version {found.version} is what {found.shown_source} has")
        return 0
    if found.report is not None:
        written = FORMATS[format](found.report)
        if output is None:
            pour(written)
        else:
            output.write_text(written, "utf-8")
            say(f"wrote {output.as_posix()}: {found.report.counts}")
    warn(found.findings)
    say(_summary(name, found))
    if check:
        return int(found.is_new)
    _require_unedited(found, force=force)
    if not yes and not can_ask():
        raise SpecwireCodegenError("nothing was changed: add --yes to pin this version, or --check to only compare")
    if not yes and not agreed(f"Pin {name} {found.version}?"):
        say("nothing was changed")
        return 1
    for path in apply_update(found, datetime.now(UTC).date()):
        say(f"{'wrote' if path.is_file() else 'removed'} {path.as_posix()}")
    if found.report is not None and found.report.changes and format == "text":
        _propose(changelog(found.report), found.report)
    stale = any(each.code.startswith("override-") for each in found.findings)
    say(f"next: {'adapt overrides/, then specwire accept and ' if stale else ''}specwire generate {name}")
    return 0


def _summary(name: str, found: Update) -> str:
    source, version = found.shown_source, found.version
    if not found.is_new:
        what = "its copies were edited" if found.edited else "it is recorded as the source"
        return f"{name}: {source} has the pinned version, {version}; {what}"
    if found.present == version:
        return f"{name}: {source} has changed, and is still called version {version}"
    return f"{name}: {source} has version {version}" + (f", after {found.present}" if found.present else "")


def _require_unedited(found: Update, *, force: bool) -> None:
    if found.edited and not force:
        edited = ", ".join(path.as_posix() for path in found.edited)
        raise SpecwireCodegenError(
            f"{edited}: edits made by hand would be lost; move them to overlay.yaml, then add --force to replace the file"
        )


def _propose(entry: str, report: Report) -> None:
    """Print an entry for a changelog, unless it is too long for a terminal."""
    if entry.count("\n") > _MOST_LINES:
        advise(f"{report.counts}: --format changelog prints an entry for CHANGELOG.md")
        return
    say("proposed entry for CHANGELOG.md:")
    pour(entry)
