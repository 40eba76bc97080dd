"""The commands that write a client as a distribution, and models without a client."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import attrs
import cyclopts

from specwire_codegen.cli.console import advise, pour, say, warn, working
from specwire_codegen.cli.options import NO_MORE, Overlays, Reading, Root, Strict
from specwire_codegen.diagnostics import merged
from specwire_codegen.project import single


def package(
    source: str,
    *,
    name: str | None = None,
    output: Annotated[Path, cyclopts.Parameter(name=["--output", "-o"])] | None = None,
    version: str | None = None,
    license: str | None = None,
    backend: Literal["hatchling", "uv"] | None = None,
    vendor_runtime: Annotated[bool, cyclopts.Parameter(negative="--require-runtime")] | None = None,
    force: bool = False,
    reading: Reading = NO_MORE,
    overlay: Overlays = (),
    strict: Strict = False,
    root: Root = Path(),
) -> int:
    """Write a client as a distribution to publish: package, pyproject.toml, README, tests, changelog and CI.

    Run it again when the document changes: the client and its changelog follow, and files that you edited or deleted
    stay as they are. Options are remembered.

    Example: specwire package openapi.yaml --name acme-client --license MIT

    Parameters
    ----------
    source
        Name of a provider, or an OpenAPI document.
    name
        Name of the distribution, such as acme-client, which installs the package acme_client.
    output
        Folder of the distribution. Default: its name.
    version
        Version of the distribution. Default: that of the document.
    license
        Licence of the distribution, as an SPDX expression.
    backend
        Build backend.
    vendor_runtime
        Copy the runtime into the package, which then needs only httpx2 and msgspec.
    force
        Also write files that you edited or deleted. Changelog and foreign files are never replaced.

    """
    from datetime import UTC, datetime

    from specwire_codegen.distribution.package import Options, package as run
    from specwire_codegen.distribution.source import target_of

    target = target_of(root, source, name, output, reading.access)
    options = Options(name, version, license, backend, vendor_runtime)
    with working(f"{target.name}: {source}"):
        made = run(
            attrs.evolve(target, overlays=overlay),
            output,
            options,
            reading.access,
            today=datetime.now(UTC).date(),
            strict=strict,
            force=force,
        )
    warn(made.warnings)
    say(f"{made.name} {made.version} in {made.folder.as_posix()}: {len(made.changed)} files changed")
    say(f"tests call {made.called} of {made.operations} operations")
    for file in made.kept:
        say(f"kept {file}, which you edited or deleted")
    if made.report is not None and made.report.changes:
        say(f"changes for users: {made.report.counts}; suggested version bump: {made.report.bump}")
    advise(f"next: cd {made.folder.as_posix()}; python -m pip install --group dev --editable .; python -m pytest")
    return 0


def models(
    source: str,
    *,
    as_: Annotated[Literal["pydantic", "dataclass", "typeddict", "msgspec"], cyclopts.Parameter(name="--as")],
    output: Annotated[Path, cyclopts.Parameter(name=["--output", "-o"])] | None = None,
    reading: Reading = NO_MORE,
    overlay: Overlays = (),
    strict: Strict = False,
    root: Root = Path(),
) -> int:
    """Write the models of a document alone, as one module without a client.

    Example: specwire models openapi.yaml --as pydantic -o models.py

    Parameters
    ----------
    source
        Name of a provider, or a document: a file, a URL, or - for standard input.
    as_
        Kind of the classes.
    output
        File to write. Default: standard output.

    """
    from specwire_codegen.clients.targets import readable_target
    from specwire_codegen.generate import api_of, document_of, refuse_warnings
    from specwire_codegen.models_only.standalone import standalone
    from specwire_codegen.output.files import replace_file

    target = readable_target(root, source) or single(source, "client", Path())
    target = attrs.evolve(target, overlays=overlay)
    with working(target.origin):
        document, warnings = document_of(target, reading.access)
        api = api_of(target, document)
        found = merged((*warnings, *api.warnings))
        if strict:
            refuse_warnings(found)
        text = standalone(api, as_, target.origin)
    warn(found)
    if output is None:
        pour(text)
    else:
        replace_file(output, text)
        say(f"wrote {output.as_posix()}: {len(api.models)} models")
    return 0
