"""Targets by name: the clients of `[tool.specwire]`, the providers in `specs/`, and the included clients."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

from specwire_codegen.clients.included import all_included, included_target
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files import fetch
from specwire_codegen.openapi.suggest import did_you_mean, nearest
from specwire_codegen.project import STANDARD_INPUT, Target, provider, providers
from specwire_codegen.workspace.settings import project_targets


def target_named(root: Path, name: str) -> Target | None:
    """Return the target of a client of a project; None if the project has none of this name."""
    stated = project_targets(root)
    if name in stated:
        return stated[name]
    return provider(root, name) if name in providers(root) else None


def target_names(root: Path) -> list[str]:
    """Return the names of the clients of a project."""
    return [*project_targets(root), *providers(root)]


def readable_target(root: Path, name: str) -> Target | None:
    """Return the target of a client of a project or of an included one, for commands that do not write to it.

    A file with the name of an included client comes before it.
    """
    found = target_named(root, name)
    return found if found is not None or Path(name).is_file() else included_target(name)


def own_target(root: Path, name: str) -> Target:
    """Return the target of a client of a project, for commands that write next to it; raise if it does not exist."""
    found = target_named(root, name)
    return own_provider(root, name) if found is None else found


def own_provider(root: Path, name: str) -> Target:
    """Return the target of a provider in `specs/`, for commands that write to it; raise if it does not exist."""
    stated = {} if name in providers(root) else project_targets(root)
    if name in stated:
        raise SpecwireCodegenError(
            f"{name} is a client of pyproject.toml, and this command is for providers in specs/: its document "
            f"{stated[name].spec} is yours to change, and `specwire diff HEAD:{name} {name}` shows what a change means"
        )
    if name not in providers(root) and included_target(name) is not None:
        raise SpecwireCodegenError(
            f"{name} is included in specwire, and {root} has no specs/{name} to change: for a copy of your own, use "
            f"specwire new {name} --spec URL"
        )
    if name not in providers(root) and (similar := nearest(name, target_names(root))) is not None:
        raise SpecwireCodegenError(f"unknown provider {name!r}: did you mean {similar!r}?")
    return provider(root, name)


def unknown_name(root: Path, name: str, noun: str, more: str) -> SpecwireCodegenError:
    """Return the error for a name that no client has; `more` are other things that could be named."""
    known = sorted({*target_names(root), *all_included()})
    help = did_you_mean(name, known, f"use one of {', '.join(known)}, {more}" if known else f"use {more}")
    return SpecwireCodegenError(f"unknown {noun} {name!r}: {help}")


def is_document(name: str) -> bool:
    """Return whether a name that is not a client's means a document: a file, a URL or standard input."""
    return name == STANDARD_INPUT or fetch.is_remote(name) or "." in name or "/" in name


def import_client(target: Target) -> str:
    """Make the package of a target importable, and return its name."""
    is_provider = target.normalized is not None
    make_importable(target.output.parents[1] if is_provider else target.output.parent)
    if target.overrides is not None:
        make_importable(target.overrides.parents[1])
    return f"{target.output.parent.name}.{target.output.name}" if is_provider else target.output.name


def imported(package: str, name: str, remedy: str) -> ModuleType:
    """Import the client module of a package; raise `SpecwireCodegenError` with a remedy if that fails."""
    try:
        return importlib.import_module(f"{package}.client")
    except ModuleNotFoundError as problem:
        raise SpecwireCodegenError(
            f"{name} cannot be imported because {problem.name} is missing: {remedy}"
        ) from problem


def make_importable(folder: Path) -> None:
    """Make the packages in a folder importable, before others with the same name."""
    path = str(folder.resolve())
    if path not in sys.path:
        sys.path.insert(0, path)
    importlib.invalidate_caches()
