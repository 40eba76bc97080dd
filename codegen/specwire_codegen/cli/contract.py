"""The command that checks document, client and server against each other."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, cast

import attrs
import cyclopts
from specwire._network.server_url import shown_url

from specwire_codegen.cli import extras
from specwire_codegen.cli.console import is_verbose, note, say, show, tell, working
from specwire_codegen.cli.exit_codes import ExitCode
from specwire_codegen.cli.options import NO_MORE, Count, Reading, Root
from specwire_codegen.diagnostics import UsageError
from specwire_codegen.files.access import Access

if TYPE_CHECKING:
    from specwire_codegen.contract.live.plan import Wishes
    from specwire_codegen.contract.live.run import Target
    from specwire_codegen.contract.progress import Progress
    from specwire_codegen.contract.reports.report import Report
    from specwire_codegen.contract.subject import Subject

_POSITIVE = cyclopts.Parameter(validator=cyclopts.validators.Number(gt=0))
_NOT_NEGATIVE = cyclopts.Parameter(validator=cyclopts.validators.Number(gte=0))


@attrs.frozen
class Live:
    """Options for live servers."""

    base_url: str | None = None
    """Check this live server, with the key in the environment."""
    live: bool = False
    """Check the live server that the document names."""
    include: tuple[str, ...] = ()
    """Also call operations that change something, by operationId; `*` matches any text. May be repeated."""
    spend: Annotated[float, _NOT_NEGATIVE] = 0
    """Also call operations with a price in client.toml, up to this cost of the whole run."""
    max_requests: Count = 300
    """Maximum number of requests."""
    max_tokens: Count = 16
    """Force `max_tokens` and similar fields of requests down to this number."""
    max_upload: Count = 65_536
    """Maximum number of bytes of a request body."""
    max_time: Annotated[float, _POSITIVE] = 600
    """Maximum number of seconds."""
    rate: Annotated[float, _POSITIVE] = 5
    """Maximum number of requests per second."""
    max_wait: Annotated[float, _NOT_NEGATIVE] = 0
    """Wait for the jobs that lists name, and report those that have not ended after this many seconds."""
    dry_run: bool = False
    """Print the plan and call nothing."""
    record: Path | None = None
    """Write all requests and responses to this HAR file, without secrets."""
    replay: Path | None = None
    """Take the responses from this HAR file instead of a server; needs no network and no key."""

    @property
    def on(self) -> bool:
        """True if a live server, or a recording of one, is checked."""
        return self.live or self.base_url is not None or self.replay is not None

    def require_consistent(self) -> None:
        """Raise `SpecwireCodegenError` for options that have no effect, or contradict each other."""
        if self.replay is not None and (self.live or self.base_url is not None or self.record is not None):
            raise UsageError("--replay uses no server: leave out --live, --base-url and --record")
        if not self.on and (self.dry_run or self.record is not None or self.include or self.spend):
            names = "--include, --spend, --dry-run and --record"
            raise UsageError(f"{names} are for live servers: add --live or --base-url")


MOCK = Live()
LiveOptions = Annotated[Live, cyclopts.Parameter(name="*", negative="")]


def contract(
    name: Annotated[str, cyclopts.Parameter(allow_leading_hyphen=True)],
    *,
    live: LiveOptions = MOCK,
    examples: Count = 10,
    only: Annotated[tuple[str, ...], cyclopts.Parameter(negative="")] = (),
    report: Annotated[tuple[Path, ...], cyclopts.Parameter(negative="")] = (),
    reading: Reading = NO_MORE,
    root: Root = Path(),
) -> int:
    """Check document, client and server against each other; exit with 1 if they differ.

    Uses a mock server of the document by default: `specwire contract openapi.yaml --report report.html`. On a live
    server, calls only operations that read and cost nothing, after printing a plan.

    Parameters
    ----------
    name
        Name of a provider, or a document (a file, a URL, or - for standard input), whose client is generated for the check.
    examples
        Number of generated examples for each check of an operation.
    only
        On the mock server, check only these operations, by operationId; `*` matches any text. May be repeated.
    report
        Also write a report, by extension: .html, .xml (JUnit) or .json. May be repeated.

    """
    extras.require_contract()
    from specwire_codegen.contract.reports.files import require_known, write

    live.require_consistent()
    for path in report:
        require_known(path)
    _keep_folder_clean()
    with _subject(root, name, reading.access) as subject:
        if live.on:
            found, interrupted = _check_live(subject, live, examples)
        else:
            found, interrupted = _check_mock(subject, examples, only), False
        if found is None:
            return 0
        _print(found)
        for path in report:
            write(path, found)
            say(f"wrote {path.as_posix()}")
    if interrupted:
        return ExitCode.INTERRUPTED
    return 1 if found.findings or found.left else 0


def _keep_folder_clean() -> None:
    """Let hypothesis keep its tables in the cache folder, instead of a folder of the user's project."""
    from specwire_codegen.build_cache.records import cache_folder

    folder = cache_folder()
    if folder is not None:
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(folder, "hypothesis"))


@contextmanager
def _subject(root: Path, name: str, access: Access) -> Iterator[Subject]:
    """Yield the client of a provider or an included one, or generate that of a stand-alone document."""
    from specwire_codegen.clients.targets import is_document, readable_target, unknown_name
    from specwire_codegen.contract.subject import subject_of, subject_of_document

    target = readable_target(root, name)
    if target is not None:
        yield subject_of(target, access)
        return
    if not is_document(name) and not Path(name).is_file():
        raise unknown_name(root, name, "provider", "a file, a URL, or - for standard input")
    with TemporaryDirectory(prefix="specwire-") as folder:
        yield subject_of_document(name, access, Path(folder))


def _check_mock(subject: Subject, examples: int, only: tuple[str, ...]) -> Report:
    from fnmatch import fnmatchcase

    from specwire_codegen.contract.run import check_mock
    from specwire_codegen.mock.loopback import direct

    chosen = None
    if only:
        chosen = [one for one in subject.operation_ids if any(fnmatchcase(one, pattern) for pattern in only)]
        if not chosen:
            raise UsageError(f"{subject.name} has no operation {' or '.join(map(repr, only))}")
    with _progress(subject.name) as progress, direct(os.environ):
        return check_mock(subject, examples, progress, chosen)


def _check_live(subject: Subject, live: Live, examples: int) -> tuple[Report | None, bool]:
    """Check a live server, and return the report, if there is one, and True if the run was interrupted."""
    from specwire_codegen.contract.live.run import LiveRun
    from specwire_codegen.mock.loopback import direct

    target, wishes = _target(subject, live, examples)
    run = LiveRun(subject, target, wishes)
    verb = "replaying" if live.replay is not None else "calling"
    tell(f"{verb} {subject.name} at {shown_url(target.base_url)}")
    for line in run.plan.lines(shown_url(target.base_url)):
        tell(line)
    if live.dry_run:
        return None, False
    interrupted = False
    with _progress(subject.name) as progress, direct(os.environ):
        try:
            run.check(progress)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            if live.record is not None:
                run.record(live.record, _kept(wishes))
    if live.record is not None:
        say(f"wrote {live.record.as_posix()}")
    return run.report(), interrupted


def _target(subject: Subject, live: Live, examples: int) -> tuple[Target, Wishes]:
    from specwire_codegen.contract.live.cassette import read
    from specwire_codegen.contract.live.plan import Limits, Wishes
    from specwire_codegen.contract.live.run import live_target, replayed_target

    if live.replay is not None:
        tape = read(live.replay)
        kept = cast("dict[str, Any]", tape.options)
        limits = Limits(tokens=int(kept.get("tokens", live.max_tokens)))
        include = tuple(map(str, kept.get("include", ())))
        wishes = Wishes(include, float(kept.get("spend", 0)), int(kept.get("examples", examples)), limits)
        return replayed_target(tape), wishes
    limits = Limits(live.max_requests, live.max_tokens, live.max_upload, live.max_time, live.rate, live.max_wait)
    return live_target(subject, live.base_url, os.environ), Wishes(live.include, live.spend, examples, limits)


def _kept(wishes: Wishes) -> dict[str, Any]:
    """Return the options that a replay needs to make the same requests."""
    return {
        "include": [*wishes.include],
        "spend": wishes.spend,
        "examples": wishes.examples,
        "tokens": wishes.limits.tokens,
    }


def _print(found: Report) -> None:
    from specwire_codegen.contract.reports.report import summary
    from specwire_codegen.contract.reports.terminal import table

    show(table(found))
    for problem in found.problems:
        tell(problem)
    for one in found.left:
        tell(f"not removed: {one}")
    if found.stopped:
        tell(f"stopped: {found.stopped}")
    if is_verbose():
        for line in found.notes:
            note(line)
    elif found.notes:
        note("--verbose lists what each column checks, and what it ignores")
    say(summary(found))


@contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """Show the number of checked operations and the current one, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda step, done=0, total=0: None
        return
    with working(name) as shown:

        def update(step: str, done: int = 0, total: int = 0) -> None:
            shown(f"{step} ({done} of {total})" if total else step)

        yield update
