"""Commands; each returns the exit code."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import cyclopts
import specwire
from cyclopts.completion.install import create_install_completion_command

from specwire_codegen.cli.completion.scripts import Shell, with_calls
from specwire_codegen.cli.console import advise, in_columns, is_quiet, pour, report, say, show_rows, tell, warn, working
from specwire_codegen.cli.options import (
    COMMON,
    NO_MORE,
    From,
    Output,
    Overlays,
    Reading,
    Root,
    RunHooks,
    Strict,
    shown_default,
)
from specwire_codegen.diagnostics import DiagnosticError, SpecwireCodegenError, UsageError, merged
from specwire_codegen.dump import dump
from specwire_codegen.openapi.plurals import counted
from specwire_codegen.project import Target, providers, require_package_name, single

if TYPE_CHECKING:
    from specwire_codegen.files.access import Access
    from specwire_codegen.ir import Api


_HEADING = ["client", "document", "operations", "methods", "models", "files", "seconds"]
app = cyclopts.App(
    name="specwire",
    help="Generate typed Python clients from OpenAPI documents.",
    help_epilogue=COMMON,
    default_parameter=cyclopts.Parameter(negative="", show_default=shown_default),
    version=specwire.__version__,
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)


@app.command
def generate(
    *sources: str,
    package: str | None = None,
    output: Output = Path(),
    reading: Reading = NO_MORE,
    overlay: Overlays = (),
    strict: Strict = False,
    run_hooks: RunHooks = False,
    force: bool = False,
    explain: bool = False,
    only_tags: Annotated[list[str], cyclopts.Parameter(consume_multiple=True)] | None = None,
    only_operations: Annotated[list[str], cyclopts.Parameter(consume_multiple=True)] | None = None,
    root: Root = Path(),
) -> int:
    """Generate the clients that pyproject.toml and specs/ state, some of them, or that of a single document.

    Examples: specwire generate openapi.yaml --package acme, or a URL, or - for standard input.
    Without arguments: every client of [tool.specwire] and of specs/.

    Parameters
    ----------
    sources
        Names of clients, or a document with --package: a file, a URL, or - for standard input.
    package
        Name of the package to generate from a single document.
    output
        Folder that will contain the package.
    force
        Generate even if nothing has changed, and replace edited generated files. Other files are never replaced.
    explain
        Print what the document leaves out and the client infers: streams, pages, jobs and names, and from what.
    only_tags
        Generate only operations with one of these tags.
    only_operations
        Generate only operations with these operationIds, in addition to those of --only-tags.

    """
    from specwire_codegen.cli.explanation import explanation, explanation_of_name
    from specwire_codegen.incremental import generate as run

    tags, ids = tuple(only_tags or ()), tuple(only_operations or ())
    targets = [
        attrs.evolve(target, only_tags=tags or target.only_tags, only_operations=ids or target.only_operations)
        for target in _targets(sources, package, output, root, overlay, run_hooks=run_hooks)
    ]
    rows = [_HEADING]
    for target in targets:
        with working(f"{target.name}: {target.origin}"):
            made = run(target, reading.access, force=force, strict=strict, explain=explain)
        warn(made.warnings)
        for guess in made.guesses if explain else ():
            say(explanation(guess))
        for operation in made.api.operations if explain and made.api is not None else ():
            say(explanation_of_name(operation))
        rows.append([target.output.name, target.origin, *made.counts, f"{made.seconds:.2f}"])
    show_rows(rows, left=2)
    if not (force or strict or explain):
        _record(root, targets, reading.access)
    return 0


def _record(root: Path, targets: Sequence[Target], access: Access) -> None:
    """Record a run of `generate`, so that the next one need not import this module if nothing has changed."""
    from specwire_codegen.build_cache.commands import record_command
    from specwire_codegen.build_cache.targets import options_of, target_record
    from specwire_codegen.incremental import UNCHANGED

    unchanged = [[target.output.name, target.origin, *UNCHANGED] for target in targets]
    lines = [] if is_quiet() else in_columns([_HEADING[:-1], *unchanged], left=2)
    records = {target_record(target): options_of(target, access) for target in targets}
    if sys.argv[1:2] == ["generate"]:
        record_command(sys.argv[1:], str(root), records, lines)


@app.command
def check(
    *sources: str,
    package: str | None = None,
    output: Output = Path(),
    diff: bool = False,
    fail_on_warning: bool = False,
    reading: Reading = NO_MORE,
    overlay: Overlays = (),
    strict: Strict = False,
    run_hooks: RunHooks = False,
    root: Root = Path(),
) -> int:
    """Compare the existing packages with what would be generated; exit with 1 if they differ.

    A document without --package is checked by itself: specwire check openapi.yaml --fail-on-warning

    Parameters
    ----------
    sources
        Names of clients, or documents. Default: all clients.
    package
        Name of the package that was generated from a single document.
    output
        Folder that contains the package.
    diff
        Print the differences of the files as a unified diff.
    fail_on_warning
        Print warnings about the document, and exit with 1 if there are any.

    """
    from specwire_codegen.generate import compared

    stale = warned = False
    documents = _documents(sources, root) if package is None else []
    for document in documents:
        target = attrs.evolve(single(document, "client", output), overlays=overlay)
        found = compared(target, reading.access, strict=strict)
        warn(found.warnings)
        warned |= bool(found.warnings)
        say(f"{target.origin}: {_size(found.api)}, {counted(len(found.warnings), 'warning')}")
    named = [source for source in sources if source not in documents]
    for target in _targets(named, package, output, root, overlay, run_hooks=run_hooks) if named or not sources else ():
        found = compared(target, reading.access, strict=strict)
        if fail_on_warning:
            warn(found.warnings)
            warned |= bool(found.warnings)
        for change in found.changes:
            report("stale", change)
        if diff:
            pour("".join(found.differences))
        stale |= bool(found.changes)
    if stale:
        options = [("--package", package), ("--output", output if output != Path() else None)]
        given = [word for option, value in options if value is not None for word in (option, str(value))]
        overlays = [word for path in overlay for word in ("--overlay", str(path))]
        advise(f"run: {shlex.join(['specwire', 'generate', *named, *given, *overlays])}")
    if stale or (fail_on_warning and warned):
        return 1
    if not documents or named:
        say("everything is as it would be generated")
    return 0


def _size(api: Api) -> str:
    """Return the size of a client in words."""
    operations = len({operation.id for operation in api.operations})
    return f"{counted(operations, 'operation')}, {counted(len(api.models), 'model')}"


@app.command(name="dump-ir")
def dump_ir(
    source: str,
    *,
    after: str | None = None,
    reading: Reading = NO_MORE,
    overlay: Overlays = (),
    strict: Strict = False,
    root: Root = Path(),
) -> int:
    """Print the intermediate representation of a client as JSON, or its document during normalization.

    Example: specwire dump-ir openapi.yaml

    Parameters
    ----------
    source
        Name of a provider, or a document.
    after
        Print the document as it is after this pass instead; an unknown name lists the passes.

    """
    from specwire_codegen.clients.targets import readable_target
    from specwire_codegen.generate import api_of, document_of, refuse_warnings
    from specwire_codegen.normalize.passes import PASSES

    names = [each.name for each in PASSES]
    if after is not None and after not in names:
        raise UsageError(f"unknown pass {after!r}: take one of {', '.join(names)}")
    target = readable_target(root, source) or single(source, "client", Path())
    target = attrs.evolve(target, overlays=overlay)
    document, warnings = document_of(target, reading.access, after=after)
    if after is not None:
        warn(warnings)
        pour(dumps(document.data, indent=2) + "\n")
        return 0
    api = api_of(target, document)
    found = merged((*warnings, *api.warnings))
    if strict:
        refuse_warnings(found)
    warn(found)
    pour(dumps(dump(api), indent=2) + "\n")
    return 0


@app.command
def new(name: str, *, spec: str, from_: From | None = None, reading: Reading = NO_MORE, root: Root = Path()) -> int:
    """Add a provider: pinned copies of its document, names of the client, and guesses to confirm.

    Example: specwire new acme --spec https://api.example.com/openapi.json

    Parameters
    ----------
    name
        Name of the provider, for specs/NAME and specwire_clients.NAME.
    spec
        Path or URL of the OpenAPI document.
    from_
        Configuration of Stainless, Fern or Speakeasy, read once for names and corrections.

    """
    from datetime import UTC, datetime

    from specwire_codegen.cli.explanation import explanation
    from specwire_codegen.new import new as run

    require_package_name(name)
    with working(f"{name}: {spec}"):
        made = run(root, name, spec, reading.access, today=datetime.now(UTC).date(), config=from_)
    warn(made.warnings)
    for file in made.files:
        say(f"wrote {(made.folder / file).as_posix()}")
    for guess in made.guesses:
        say(explanation(guess))
    if made.guesses:
        say("confirm or correct these guesses in overlay.yaml")
    say(f"next: specwire generate {name}")
    return 0


@app.command
def accept(operation_id: str, *, name: str | None = None, reading: Reading = NO_MORE, root: Root = Path()) -> int:
    """Record the operation that an override depends on.

    Example: specwire accept createChatCompletion --name acme

    Parameters
    ----------
    operation_id
        The operation.
    name
        The provider, if several have an operation with this id.

    """
    from specwire_codegen.clients.targets import own_provider
    from specwire_codegen.generate import accept as run

    written: list[Path] = []
    refused: list[SpecwireCodegenError] = []
    for one in [name] if name else providers(root):
        try:
            written.append(run(own_provider(root, one), operation_id, reading.access))
        except DiagnosticError:
            raise
        except SpecwireCodegenError as problem:
            refused.append(problem)
    if not written:
        raise refused[0] if refused else SpecwireCodegenError("there are no providers below specs/")
    for path in written:
        say(f"recorded {path.as_posix()}")
    return 0


@app.command
def demo(*, live: Annotated[list[str], cyclopts.Parameter(negative="")] | None = None) -> int:
    """Make every kind of call with the included clients, against mock servers.

    Example: specwire demo

    Parameters
    ----------
    live
        Call the real API of this provider, with the key in the environment. This may cost money. May be repeated.

    """
    from specwire_codegen.demo import demo as run

    return run(live or (), os.environ, tell)


_ELSEWHERE = (
    "package:package package:models versions:update versions:diff drift:drift mock:mock contract:contract call:call "
    "call:bulk call:batch mcp:mcp doctor:doctor"
).split()
"""Commands of other modules, which are imported when they run, in the order of the reference."""
for _path in _ELSEWHERE:
    app.command(f"specwire_codegen.cli.{_path}", name=_path.partition(":")[2])


def _install_completion(*, shell: Shell, output: Path | None, add_to_startup: bool) -> Path:
    """Install the script of a shell, which also completes calls of methods."""
    path = app.install_completion(shell=shell, output=output, add_to_startup=add_to_startup)
    path.write_text(with_calls(path.read_text("utf-8"), shell), "utf-8")
    return path


app.command(create_install_completion_command(_install_completion, add_to_startup=True), name="--install-completion")


def import_all() -> None:
    """Import the commands of other modules, whose help is part of the help of all."""
    for path in _ELSEWHERE:
        _ = app[path.partition(":")[2]]


def _targets(
    sources: Sequence[str],
    package: str | None,
    output: Path,
    root: Path,
    overlays: tuple[Path, ...],
    *,
    run_hooks: bool,
) -> list[Target]:
    chosen = _chosen(sources, package, output, root, run_hooks)
    return [attrs.evolve(target, overlays=(*target.overlays, *overlays)) for target in chosen]


def _chosen(sources: Sequence[str], package: str | None, output: Path, root: Path, run_hooks: bool) -> list[Target]:
    if package is not None:
        if len(sources) != 1:
            raise UsageError("--package takes one document: specwire generate my.yaml --package my_client")
        return [single(sources[0], package, output)]
    from specwire_codegen.clients.targets import own_provider
    from specwire_codegen.workspace.settings import project_targets

    stated, known = project_targets(root), providers(root)
    for document in _documents(sources, root):
        raise UsageError(f"{document} is a document: name its package too, with --package my_client")
    if not sources and not known and not stated:
        raise SpecwireCodegenError(
            f"{root.resolve().name}/ has neither [tool.specwire] in pyproject.toml nor specs/<provider>/openapi.yaml: "
            "name a document, as in specwire generate openapi.yaml --package my_client"
        )
    hooks = {name: attrs.evolve(one.hook, allowed=run_hooks) for name, one in stated.items() if one.hook is not None}
    targets = {name: attrs.evolve(one, hook=hooks.get(name)) for name, one in stated.items()}
    return [targets[name] if name in targets else own_provider(root, name) for name in sources or (*stated, *known)]


def _documents(sources: Sequence[str], root: Path) -> list[str]:
    """Return the sources that are documents, not names of clients."""
    from specwire_codegen.clients.targets import is_document, target_names

    known = target_names(root) if sources else []
    return [each for each in sources if each not in known and is_document(each)]
