"""Client whose method is called: that of a provider, of an installed package, or of a document."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import attrs
from specwire import Client

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.access import Access
from specwire_codegen.project import Target, provider, providers, read_normalized, single

_CLIENTS = "specwire_clients"


@attrs.frozen
class Found:
    """A client class, with the document that it was generated from if that is at hand."""

    kind: type[Client]
    package: str
    document: dict[str, Any] | None = None


@contextmanager
def client_named(root: Path, name: str, access: Access) -> Iterator[Found]:
    """Find a client by the name of a provider or a package, or generate it from a document until the block ends."""
    if name in providers(root):
        target = provider(root, name)
        _make_importable(root / "generated", root / "overrides")
        package = f"{_CLIENTS}.{name}"
        if find_spec(_CLIENTS) is None or find_spec(package) is None:
            raise SpecwireCodegenError(f"the client of {name} is missing: run specwire generate {name}")
        yield Found(_class_of(package), package, read_normalized(target))
        return
    package = f"{_CLIENTS}.{name}" if name.isidentifier() and _exists(f"{_CLIENTS}.{name}") else name
    if all(part.isidentifier() for part in package.split(".")) and _exists(package):
        yield Found(_class_of(package), package)
        return
    if not Path(name).is_file():
        known = ", ".join([*providers(root), *_installed()])
        raise SpecwireCodegenError(
            f"{name!r} is not a provider, a package or a document" + (f": there are {known}" if known else "")
        )
    with TemporaryDirectory(prefix="specwire-") as folder:
        yield _generated(single(name, "document_client", Path(folder)), access)


def _generated(target: Target, access: Access) -> Found:
    from specwire_codegen.generate import build
    from specwire_codegen.output.package import write

    built = build(target, access)
    write(target.output, built.files)
    _make_importable(target.output.parent)
    return Found(_class_of(target.name), target.name, json.loads(built.normalized))


def _installed() -> list[str]:
    """Return the names of the clients that are installed or in a project."""
    found = find_spec(_CLIENTS)
    places = found.submodule_search_locations if found is not None else None
    return sorted(path.parent.name for place in places or () for path in Path(place).glob("*/client.py"))


def _exists(package: str) -> bool:
    try:
        return find_spec(f"{package}.client") is not None
    except ModuleNotFoundError:
        return False


def _class_of(package: str) -> type[Client]:
    """Return the synchronous client of a package."""
    module = _imported(f"{package}.client", package)
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Client) and value.__module__ == module.__name__:
            return value
    raise SpecwireCodegenError(f"{package} has no client: generate it with specwire generate")


def _imported(module: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as problem:
        raise SpecwireCodegenError(
            f"{package} cannot be imported, for {problem.name} is missing: install it"
        ) from problem


def _make_importable(*folders: Path) -> None:
    """Make the packages in folders importable, before others with the same name."""
    for folder in folders:
        path = str(folder.resolve())
        if path not in sys.path:
            sys.path.insert(0, path)
    importlib.invalidate_caches()
