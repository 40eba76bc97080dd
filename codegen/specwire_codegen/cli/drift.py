"""Commands about drift that clients have recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import cyclopts

from specwire_codegen.cli.console import advise, agreed, can_ask, note, pour, say, warn, working
from specwire_codegen.cli.options import NO_MORE, Reading, Root
from specwire_codegen.diagnostics import SpecwireCodegenError, UsageError
from specwire_codegen.project import single

_MOST = 20
"""Maximum number of changes listed."""

drift = cyclopts.App(name="drift", help="Report drift that clients have recorded, and declare it in an overlay.")


@drift.command
def show(
    *files: Path,
    format: Literal["text", "json", "html"] = "text",
    output: Annotated[Path, cyclopts.Parameter(name=["--output", "-o"])] | None = None,
) -> int:
    """Show drift by operation. Example: specwire drift show drift.jsonl --format html -o drift.html

    Parameters
    ----------
    files
        Files that `DriftReport.save` wrote; they are merged.
    format
        Form of the report.
    output
        File to write the report to.

    """
    from specwire_codegen.drift.entries import read_drifts
    from specwire_codegen.drift.report import FORMATS, counted

    if not files:
        raise UsageError("name the files that DriftReport.save wrote: specwire drift show drift.jsonl")
    found = read_drifts(files)
    warn(found.warnings)
    written = FORMATS[format](found.entries)
    if output is None:
        pour(written)
    else:
        output.write_text(written, "utf-8")
        say(f"wrote {output.as_posix()}: {counted(found.entries)}")
    return 0


@drift.command
def apply(
    *words: str,
    yes: Annotated[bool, cyclopts.Parameter(name=["--yes", "-y"], negative="")] = False,
    reading: Reading = NO_MORE,
    root: Root = Path(),
) -> int:
    """Propose an overlay that declares the drift, and write it on yes. Example: specwire drift apply drift.jsonl acme

    Parameters
    ----------
    words
        Files that `DriftReport.save` wrote, and the name of the client, or its document; it may also come first.
    yes
        Write the overlay without asking.

    """
    from specwire_codegen.clients.targets import own_target, target_names
    from specwire_codegen.drift.entries import read_drifts
    from specwire_codegen.drift.proposal import described, propose
    from specwire_codegen.output.files import replace_file

    known = target_names(root)
    if len(words) < 2:
        raise UsageError("name a file and its provider or client: specwire drift apply drift.jsonl acme")
    first, *rest = words
    *files, name = (*rest, first) if first in known and words[-1] not in known else words
    found = read_drifts([Path(file) for file in files])
    warn(found.warnings)
    target = own_target(root, name) if name in known or "." not in name else single(name, "client", Path())
    with working(f"{name}: looking for corrections"):
        proposal = propose(target, found.entries, reading.access)
    for left in proposal.left:
        note(f"not declared: {described(left.entry)}: {left.reason}")
    if not proposal.additions:
        say("nothing to declare")
        return 0
    pour(proposal.difference)
    severe = [change for change in proposal.changes if change.severity != "safe"]
    for change in severe[:_MOST]:
        say(f"{change.severity}: {change}")
    say(f"{len(severe)} breaking or risky changes of the client, {len(proposal.changes) - len(severe)} safe ones")
    if not yes and not can_ask():
        raise SpecwireCodegenError("nothing was changed: add --yes to write the overlay")
    if not yes and not agreed(f"Write {proposal.file.as_posix()}?"):
        say("nothing was changed")
        return 1
    replace_file(proposal.file, proposal.text)
    say(f"wrote {proposal.file.as_posix()}")
    advise(f"next: specwire generate {name}")
    return 0
