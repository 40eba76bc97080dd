"""The command that compares versions of a client."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import cyclopts

from specwire_codegen.cli.console import pour, say
from specwire_codegen.cli.options import NO_MORE, Reading, Root


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
    """Compare two versions of a client, and say what each change means for its users.

    A version is a provider, a document or its URL, or one of these in a Git revision: HEAD~1:mistral.

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
