"""The command line: the only module that prints or exits.

Exit codes: 0 done, 1 something is wrong with the input (said on stderr) or `check` found differences, 2 wrong usage.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from json import dumps
from pathlib import Path
from typing import Annotated, Literal

import attrs
import cyclopts
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from specwire.address import shown_url

from specwire_codegen.diagnostics import Diagnostic, DiagnosticError, SpecwireCodegenError
from specwire_codegen.dump import dump
from specwire_codegen.files.access import NAMED_BY_FILES, Access, access
from specwire_codegen.project import Target, provider, providers, read_normalized, single

app = cyclopts.App(name="specwire", help="Typed Python clients from OpenAPI documents.", version_flags=["--version"])
_out = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Json:
    """Whether diagnostics are printed as JSON."""

    on = False


_json = _Json()


@attrs.frozen
class Sources:
    """What a document may reach, and how strictly it is taken."""

    refs_within: tuple[Path, ...] = ()
    """Folder or file that references may lead into, besides the document's own folder and repository."""
    ref: tuple[str, ...] = ()
    """URL-PREFIX=FOLDER or URL=FILE: where copies are of what references name by an address."""
    allow_remote: tuple[str, ...] = ()
    """Host that documents may be fetched from; without one, the hosts that local files name."""

    @property
    def access(self) -> Access:
        """What that allows."""
        return access(self.refs_within, self.ref, self.allow_remote)


Reading = Annotated[Sources, cyclopts.Parameter(name="*")]
Strict = Annotated[bool, cyclopts.Parameter(name="--strict", negative="", help="Refuse what would be warned about.")]
Root = Annotated[Path, cyclopts.Parameter(name="--root", help="Folder that holds specs/, overrides/ and generated/.")]


@app.command
def generate(
    *sources: str,
    package: str | None = None,
    output: Annotated[Path, cyclopts.Parameter(name=["--output", "-o"])] = Path(),
    reading: Reading = Sources(),
    strict: Strict = False,
    force: bool = False,
    only_tags: Annotated[list[str], cyclopts.Parameter(consume_multiple=True)] | None = None,
    only_operations: Annotated[list[str], cyclopts.Parameter(consume_multiple=True)] | None = None,
    root: Root = Path(),
) -> int:
    """Write clients: of all providers below specs/, of some, or of one document anywhere.

    Parameters
    ----------
    sources
        Names of providers, or (with --package) one OpenAPI document. All providers if none is given.
    package
        Package name for a document that stands alone.
    output
        Folder to put that package in.
    force
        Generate even if nothing has changed, and replace generated files that were edited; never files of others.
    only_tags
        Generate only the operations that have one of these tags.
    only_operations
        Generate only the operations with these operationIds (with --only-tags: these too).
    """
    from specwire_codegen.generate import generate as run

    tags, ids = tuple(only_tags or ()), tuple(only_operations or ())
    targets = [
        attrs.evolve(target, only_tags=tags, only_operations=ids) for target in _targets(sources, package, output, root)
    ]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("client", "document", "operations", "methods", "models", "files", "seconds"):
        justify: Literal["left", "right"] = "left" if column in ("client", "document") else "right"
        table.add_column(column, justify=justify, no_wrap=column != "document", overflow="fold")
    for target in targets:
        with _working(f"{target.name}: {target.spec}"):
            made = run(target, reading.access, force=force, strict=strict)
        _warn(made.warnings)
        row = [target.output.name, target.spec.as_posix()]
        if made.api is None:
            row += ["", "", "", "unchanged", f"{made.seconds:.2f}"]
        else:
            operations = len({operation.id for operation in made.api.operations})
            counts = (operations, _methods(made.api), len(made.api.models))
            row += [*map(str, counts), f"{len(made.changes)} changed", f"{made.seconds:.2f}"]
        table.add_row(*map(escape, row))
    _out.print(table)
    return 0


def _methods(api: object) -> int:
    from specwire_codegen.ir import Api

    assert isinstance(api, Api)
    waits = sum(1 for operation in api.operations if operation.polling is not None and operation.polling.method)
    added = sum(1 for one in api.overrides if one.kind == "adds" and one.returns != "Accumulator")
    return len(api.operations) + waits + added


@app.command
def check(*names: str, reading: Reading = Sources(), strict: Strict = False, root: Root = Path()) -> int:
    """Compare what is committed with what would be generated; exit code 1 if anything differs."""
    from specwire_codegen.generate import check as run

    found = [
        change
        for target in _targets(names, None, Path(), root)
        for change in run(target, reading.access, strict=strict)
    ]
    for change in found:
        _err.print(escape(f"stale: {change}"))
    if found:
        _err.print("run: specwire generate")
        return 1
    _out.print("everything is as it would be generated")
    return 0


@app.command(name="dump-ir")
def dump_ir(source: str, *, reading: Reading = Sources(), strict: Strict = False, root: Root = Path()) -> int:
    """Print what a client is made of, as JSON: the intermediate representation.

    Parameters
    ----------
    source
        A provider, or a document.
    """
    from specwire_codegen.generate import api_of, document_of, refuse_warnings

    target = provider(root, source) if source in providers(root) else single(Path(source), "client", Path())
    document, warnings = document_of(target, reading.access)
    if strict:
        refuse_warnings(warnings)
    _warn(warnings)
    _out.file.write(dumps(dump(api_of(target, document)), indent=2) + "\n")
    return 0


@app.command
def new(name: str, *, spec: str, reading: Reading = Sources(), root: Root = Path()) -> int:
    """Begin a provider: a pinned copy of its document, its client's names, and guesses to confirm.

    Parameters
    ----------
    name
        The provider, which becomes specs/NAME and specwire_clients.NAME.
    spec
        Path or address of its OpenAPI document.
    """
    from datetime import UTC, datetime

    from specwire_codegen.new import new as run

    with _working(f"{name}: {spec}"):
        made = run(root, name, spec, reading.access, today=datetime.now(UTC).date())
    _warn(made.warnings)
    for file in made.files:
        _out.print(f"wrote {escape((made.folder / file).as_posix())}")
    for guess in made.guesses:
        asked = "confirm it" if guess.certain else "not certain: a comment, to be uncommented if it holds,"
        _out.print(f"guessed {guess.extension} on {escape(guess.target)}: {asked} in overlay.yaml")
    _out.print(f"next: specwire generate {escape(name)}")
    return 0


@app.command
def accept(operation_id: str, *, name: str | None = None, reading: Reading = Sources(), root: Root = Path()) -> int:
    """Record the contract of an operation that an override stands on.

    Parameters
    ----------
    operation_id
        The operation; it is looked for in all providers that have overrides.
    name
        The provider, where several have an operation of this id.
    """
    from specwire_codegen.generate import accept as run

    written: list[Path] = []
    refused: list[SpecwireCodegenError] = []
    for one in [name] if name else providers(root):
        try:
            written.append(run(provider(root, one), operation_id, reading.access))
        except DiagnosticError:
            raise
        except SpecwireCodegenError as problem:
            refused.append(problem)
    if not written:
        raise refused[0] if refused else SpecwireCodegenError("there are no providers below specs/")
    for path in written:
        _out.print(f"recorded {escape(path.as_posix())}")
    return 0


@app.command
def mock(name: str, *, host: str = "127.0.0.1", port: int = 8080, root: Root = Path()) -> int:
    """Serve a mock of a provider, built from its normalized document alone.

    Parameters
    ----------
    name
        The provider.
    port
        The port; 0 takes a free one.
    """
    from specwire_codegen.mock.app import build
    from specwire_codegen.mock.server import run

    document = build(read_normalized(provider(root, name)))
    run(document, host=host, port=port, ready=lambda url: _out.print(f"{escape(name)} at {url}, key: test-key"))
    return 0


@app.command
def demo(*, live: Annotated[list[str], cyclopts.Parameter(negative="")] | None = None, root: Root = Path()) -> int:
    """Make every kind of call with the generated clients, against mock servers, whatever keys are in the environment.

    Parameters
    ----------
    live
        A provider whose real API is called, with the key of the environment: this may cost money. May be repeated.
    """
    from specwire_codegen.demo import demo as run

    return run(root, live or (), os.environ, lambda line: _err.print(escape(line)))


@app.command
def contract(
    name: str,
    *,
    base_url: str | None = None,
    live: bool = False,
    all_operations: bool = False,
    yes: bool = False,
    examples: int = 10,
    reading: Reading = Sources(),
    root: Root = Path(),
) -> int:
    """Check document, client and server against each other, on the mock server or a live one; 1 if they differ.

    On a live server only what reads and costs nothing is called: lists, and items by the ids that the lists gave.

    Parameters
    ----------
    name
        The provider.
    base_url
        A live server; its key is read from the environment.
    live
        Check the provider's real server.
    all_operations
        On a live server, also call what may change something or cost money.
    yes
        Do that without asking.
    examples
        How much to draw for each check of an operation.
    """
    missing = [library for library in ("schemathesis", "hypothesis", "starlette") if find_spec(library) is None]
    if missing:
        raise SpecwireCodegenError(f"contract needs {', '.join(missing)}: pip install 'specwire[contract]'")
    from specwire_codegen.conformance import report as reports
    from specwire_codegen.conformance.run import beyond_reading, check_live, check_mock, live_target
    from specwire_codegen.conformance.subject import subject_of
    from specwire_codegen.mock.loopback import direct

    subject = subject_of(provider(root, name), reading.access)
    with _working(name) as tell:
        if base_url is None and not live:
            with direct(os.environ):
                report = check_mock(subject, examples, tell)
        else:
            target = live_target(subject, base_url, os.environ, everything=all_operations)
            if all_operations and not yes:
                called = ", ".join(beyond_reading(subject))
                raise SpecwireCodegenError(
                    f"--all-operations would also call these at {shown_url(target.base_url)}, which may change things "
                    f"and cost money: {called}. Add --yes if that is what you want"
                )
            called = "every operation" if all_operations else "operations that only read"
            _err.print(escape(f"calling {called} of {subject.name} at {shown_url(target.base_url)}"))
            report = check_live(subject, target, examples, tell)
    _out.print(reports.table(report))
    for problem in report.problems:
        _err.print(escape(problem))
    for note in report.notes:
        _out.print(f"[dim]{escape(note)}[/dim]")
    _out.print(escape(reports.summary(report)))
    return 1 if report.problems else 0


def _targets(sources: Sequence[str], package: str | None, output: Path, root: Path) -> list[Target]:
    if package is not None:
        if len(sources) != 1:
            raise SpecwireCodegenError("--package takes one document: specwire generate my.yaml --package my_client")
        return [single(Path(sources[0]), package, output)]
    known = providers(root)
    for source in sources:
        if source not in known and ("." in source or "/" in source):
            raise SpecwireCodegenError(f"{source} is a document: name its package too, with --package my_client")
    if not sources and not known:
        raise SpecwireCodegenError(f"there is no specs/<provider>/openapi.yaml below {root.resolve().name}/")
    return [provider(root, name) for name in sources or known]


@contextmanager
def _working(what: str) -> Iterator[Callable[[str], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as progress:
        task = progress.add_task(escape(what))
        yield lambda step: progress.update(task, description=escape(f"{what}: {step}"))


def _warn(warnings: Sequence[Diagnostic]) -> None:
    for warning in warnings:
        if _json.on:
            _err.print(dumps(dump(warning)), markup=False)
        else:
            _err.print(escape(str(warning)))


def _fail(problem: SpecwireCodegenError) -> None:
    diagnostics = problem.diagnostics if isinstance(problem, DiagnosticError) else ()
    if _json.on and diagnostics:
        _warn(diagnostics)
    elif _json.on:
        _err.print(dumps({"severity": "error", "code": "failed", "message": str(problem)}), markup=False)
    else:
        text = str(problem)
        _err.print(escape(text if text.startswith(("error[", "warning[")) else f"error: {text}"))


def _spelt(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of a command line with `--allow-remote` always followed by a host, or by what stands for one."""
    following = [*words[1:], ""]
    for word, after in zip(words, following, strict=True):
        yield word
        if word == "--allow-remote" and not _is_host(after):
            yield NAMED_BY_FILES


def _is_host(word: str) -> bool:
    """Tell whether a word behind `--allow-remote` is a host, and not the document or the provider that is meant."""
    if word == "localhost" or word.startswith("localhost:"):
        return True
    is_document = word.endswith((".yaml", ".yml", ".json")) or Path(word).exists()
    return (
        re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)(:\d+)?", word) is not None
        and not is_document
    )


def main() -> None:
    """Run the command line; `--json` anywhere makes diagnostics JSON, one object on each line of stderr."""
    arguments = sys.argv[1:]
    _json.on = "--json" in arguments
    try:
        words = list(_spelt([argument for argument in arguments if argument != "--json"]))
        code = app(words, exit_on_error=False, print_error=True, result_action="return_value")
    except cyclopts.CycloptsError:
        sys.exit(2)
    except SpecwireCodegenError as problem:
        _fail(problem)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
