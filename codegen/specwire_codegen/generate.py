"""Generation pipeline: load, overlay, normalize, lower, overrides, render, audit."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from specwire_codegen.build_cache.targets import inputs_of
from specwire_codegen.config import ClientConfig, read_config
from specwire_codegen.diagnostics import (
    Diagnostic,
    DiagnosticError,
    Location,
    SpecwireCodegenError,
    failure,
    merged,
    raise_errors,
    warning,
)
from specwire_codegen.documents.document import Document
from specwire_codegen.documents.filter import select, without
from specwire_codegen.files.access import Access, access_to, read_access
from specwire_codegen.files.disk import standard_input
from specwire_codegen.files.library import Library
from specwire_codegen.files.load import load, load_from, with_overlays
from specwire_codegen.files.pin import pinned, read_pin
from specwire_codegen.files.reach import is_near
from specwire_codegen.ir import Api
from specwire_codegen.lower import lower
from specwire_codegen.lower.naming.defaults import names_of_whole
from specwire_codegen.normalize import Normalized, normalize
from specwire_codegen.normalize.guess import KINDS, Guess, Inference, Kind
from specwire_codegen.output.audit import audit
from specwire_codegen.output.files import replace_file
from specwire_codegen.output.formatting import formatted
from specwire_codegen.output.manifest import MANIFEST, manifest
from specwire_codegen.output.package import compare, differences, holds, unified_diff
from specwire_codegen.output.paths import inside
from specwire_codegen.overrides.overrides import read_overrides, without_forms
from specwire_codegen.overrides.pins import check_pins, pins_of
from specwire_codegen.project import STANDARD_INPUT, Target
from specwire_codegen.python_source import json_text
from specwire_codegen.render import render
from specwire_codegen.workspace.hook import hooked


@attrs.frozen
class Built:
    """The complete output of a target, in memory."""

    api: Api
    files: dict[str, str]
    normalized: str
    """The normalized document, or nothing if it was not asked for."""
    warnings: tuple[Diagnostic, ...]
    dependencies: tuple[str, ...] = ()
    """Paths of the documents that the target's document refers to."""
    guesses: tuple[Guess, ...] = ()


@contextmanager
def _bounded(target: Target) -> Iterator[None]:
    """Convert a RecursionError to an error of the document."""
    try:
        yield
    except RecursionError as problem:
        message = "values are nested too deeply, or the references between them"
        place = Location(target.spec.as_posix())
        raise failure("too-deep", message, place, "flatten the deepest schemas") from problem


def document_of(
    target: Target,
    access: Access | None = None,
    *,
    after: str | None = None,
    source: Document | None = None,
    bare: bool = False,
) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Return the normalized document of a target, or as it is after a pass, and the warnings.

    `source` is read instead of the document of the target; no overlay is applied to it if it is `bare`.
    """
    document, found = _normalized(target, access, after, source, bare=bare)
    return document, found.warnings


def overlaid(target: Target, access: Access, source: Document | None = None) -> Document:
    """Return the document of a target with its overlays applied; `source` is read instead of it."""
    config = read_config(target.config, target.name)
    document = source or source_of(target, access)
    overlays = target.overlays
    if str(target.spec) not in document.dependencies:  # not an overlay itself
        overlays = (*_overlays(target, config), *overlays)
    return with_overlays(document, overlays, target.spec, access)


def _normalized(
    target: Target,
    access: Access | None,
    after: str | None = None,
    source: Document | None = None,
    *,
    bare: bool = False,
) -> tuple[Document, Normalized]:
    """Return the normalized document of a target, or as it is after a pass, and what was found on the way."""
    with _bounded(target):
        config = read_config(target.config, target.name)
        document = source if source is not None and bare else overlaid(target, access or Access(), source)
        omitted = {key: config.locate("operations", key) for key in config.omitted}
        kept = without(document, omitted, missing_ok=target.foreign)
        selected = select(kept, target.only_tags, target.only_operations)
        normalized = normalize(selected, after=after, inference=_inference(config))
        names = {} if after is not None or selected is document else _names(document, config)
    return attrs.evolve(kept, data=normalized.data, names=names), normalized


def _names(document: Document, config: ClientConfig) -> dict[str, tuple[str, str]]:
    """Return the names of the methods of a whole document; none if the rest of it cannot be understood."""
    try:
        return names_of_whole(attrs.evolve(document, data=normalize(document, inference=Inference()).data), config)
    except SpecwireCodegenError:
        return {}


def _inference(config: ClientConfig) -> Inference:
    """Return which guesses apply, by the table `[infer]` of `client.toml`."""
    off: frozenset[Kind] = frozenset(kind for kind in KINDS if config.infer.get(kind) is False)
    single: dict[Kind, Mapping[str, bool]] = {
        kind: value for kind in KINDS if isinstance(value := config.infer.get(kind), Mapping)
    }
    return Inference(off, single)


def _overlays(target: Target, config: ClientConfig) -> tuple[Path, ...]:
    """Return the overlays that `client.toml` names, which must be nearby, else the one next to the document."""
    for path in config.overlays:
        if not is_near(path, target.config):
            message = f"{path.as_posix()!r} is hidden or too far away for this file to allow it"
            help = f"to allow it, use the command line: --overlay {path.as_posix()}"
            raise failure("overlay-not-allowed", message, config.locate("client", "overlays"), help)
    return config.overlays or ((target.overlay,) if target.overlay is not None else ())


def source_of(target: Target, access: Access) -> Document:
    """Return the document of a target, from its pinned copies only if it has several files."""
    if target.url == STANDARD_INPUT:
        return load_from(Library(standard_input(access)))
    if target.url:
        return load(target.url, access.with_more(access_to(target.url)))
    pin = read_pin(target.source)
    changed = pin.problem(target.spec) if pin is not None and target.spec.is_file() else None
    if changed is not None:
        raise SpecwireCodegenError(
            f"{changed} differs from the copy pinned by {target.source.as_posix()}: put corrections into "
            f"overlay.yaml and take the document from its source with specwire update {target.name}, or remove "
            "source.toml to make the document your own"
        )
    if pin is not None and pin.parts:
        return load_from(Library(pinned(target.spec, pin)))
    return load(target.spec, access.with_more(read_access(target.config)))


def api_of(target: Target, document: Document) -> Api:
    """Return the IR of a target, without its overrides."""
    config = read_config(target.config, target.name)
    with _bounded(target):
        api = lower(document, attrs.evolve(config, partial=target.partial), target.name)
        if api.compat is None:
            return api
        from specwire_codegen.compat import shape

        return shape.shaped(api)


def overridden(target: Target, document: Document) -> Api:
    """Return the IR of a target with its overrides, and without the operations that they replace."""
    api = api_of(target, document)
    if target.overrides is None:
        return api
    overrides = read_overrides(target.overrides, api)
    if api.compat is not None and overrides:
        names = ", ".join(sorted({".".join(each.method) for each in overrides}))
        message = f"a client with [compat] has no overrides: {names}"
        help_ = "remove the overrides, or [compat]"
        ignored = warning("unused-overrides", message, Location(target.overrides.as_posix()), help_)
        return attrs.evolve(api, warnings=(*api.warnings, ignored))
    api = without_forms(api, overrides)
    return attrs.evolve(api, overrides=overrides, overrides_package=target.overrides_package)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Run without garbage collection: nearly all objects are needed until the end, and few are part of a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collection()
def build(
    target: Target,
    access: Access | None = None,
    *,
    source: Document | None = None,
    normalized: bool = True,
    folder: Path | None = None,
) -> Built:
    """Return the output of a target without writing it; `source` is read instead of the document of the target.

    Without `normalized`, the normalized document is part of it only if the target has a file for it. The files are
    formatted in `folder`, a new one, if it is given, and stay there.
    """
    read = _read(target, access, source, normalized=normalized or target.normalized is not None)
    api = read.api
    if target.overrides is not None and target.override_pins is not None:
        raise_errors(list(check_pins(api, api.overrides, target.override_pins)))
    with _bounded(target):
        sources = formatted(_renderer(api)(api, _origin(target)), folder)
        audit(sources, api.overrides_package)
    written = read.normalized if target.normalized is not None else None
    sources[MANIFEST] = manifest(sources, inputs_of(target, read.dependencies), written)
    return attrs.evolve(read, files=sources)


def _read(target: Target, access: Access | None, source: Document | None, *, normalized: bool) -> Built:
    """Return what is understood of a target, without files.

    The document itself, and every form of it, is released when this returns: rendering needs as much memory again.
    """
    document, found = _normalized(target, access, source=source)
    api = hooked(overridden(target, document), target.hook)
    return Built(
        api=api,
        files={},
        normalized=json_text(document.data) if normalized else "",
        warnings=merged((*found.warnings, *api.warnings)),
        dependencies=document.dependencies,
        guesses=found.guesses,
    )


def _renderer(api: Api) -> Callable[[Api, str], dict[str, str]]:
    """Return what makes the modules of a client."""
    if api.compat is None:
        return render
    from specwire_codegen.compat import package

    return package.render


def _origin(target: Target) -> str:
    """Return the name of a document in headers: its address, or its path."""
    return target.origin if target.url else _named(target.spec)


def _named(path: Path) -> str:
    """Return the name of a document in headers: without folders of this machine, so that every machine writes the same."""
    here = Path.cwd()
    if not path.is_absolute():
        return path.as_posix()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name


def refuse_warnings(warnings: Sequence[Diagnostic]) -> None:
    """Raise DiagnosticError if there are warnings, as errors."""
    if warnings:
        raise DiagnosticError(tuple(attrs.evolve(each, severity="error") for each in warnings))


@attrs.frozen
class Checked:
    """Difference between a package and what would be generated."""

    api: Api
    changes: tuple[str, ...]
    """Changes that generating would make; empty if there are none."""
    differences: tuple[str, ...]
    """Unified diffs of the files."""
    warnings: tuple[Diagnostic, ...]


def check(target: Target, access: Access | None = None, *, strict: bool = False) -> list[str]:
    """Return the changes that generating would make; an empty list if there are none."""
    return list(compared(target, access, strict=strict).changes)


def compared(target: Target, access: Access | None = None, *, strict: bool = False) -> Checked:
    """Compare the package of a target with what would be generated."""
    built = build(target, access, normalized=False)
    if strict:
        refuse_warnings(built.warnings)
    found = [f"{change} ({target.output.as_posix()})" for change in compare(target.output, built.files)]
    shown = [*differences(target.output, built.files)]
    if (path := target.normalized) is not None and not holds(path, built.normalized):
        found.append(f"change {path.as_posix()}")
        shown.append(unified_diff(path.as_posix(), path.read_bytes() if path.is_file() else None, built.normalized))
    return Checked(built.api, tuple(found), tuple(shown), built.warnings)


def accept(target: Target, operation_id: str, access: Access | None = None) -> Path:
    """Record the pin of an operation with an override; return its file."""
    if target.overrides is None or target.override_pins is None:
        raise SpecwireCodegenError(f"{target.name} has no overrides")
    document, _ = document_of(target, access)
    api = overridden(target, document)
    pins = pins_of(api, api.overrides)
    if operation_id not in pins:
        raise SpecwireCodegenError(f"no override of {target.name} depends on {operation_id!r}: {', '.join(pins)}")
    path = target.override_pins / f"{operation_id}.json"
    inside(target.override_pins, f"{operation_id}.json")
    replace_file(path, pins[operation_id])
    return path
