"""Documents to serve: providers of a project, included ones, files, URLs and standard input."""

import json
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import attrs

from specwire_codegen.diagnostics import Diagnostic, SpecwireCodegenError
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access, access_to
from specwire_codegen.files.disk import standard_input
from specwire_codegen.files.library import Library
from specwire_codegen.files.load import load, load_from
from specwire_codegen.openapi.suggest import did_you_mean
from specwire_codegen.project import provider, providers, read_normalized, single

NAME: Final = "-"
"""Standard input."""
INCLUDED: Final = "normalized.json"
"""Document of an included client, next to its modules in the wheel."""
_CLIENTS: Final = "specwire_clients"
_PACKAGE: Final = "client"


@attrs.frozen(eq=False)
class Source:
    """A normalized document."""

    name: str
    document: dict[str, Any]
    warnings: tuple[Diagnostic, ...] = ()


def read(root: Path, source: str, access: Access | None = None, overlays: tuple[Path, ...] = ()) -> Source:
    """Return the document that a user names; raise SpecwireCodegenError if there is none.

    A provider in `specs/` comes before an included one, and both come before a file.
    """
    if source != NAME and not fetch.is_remote(source) and not overlays:
        if source in providers(root):
            return Source(source, read_normalized(provider(root, source)))
        included = find_included(source)
        if included is not None and not Path(source).is_file():
            return Source(source, read_json(included))
        if not Path(source).is_file() and "." not in source and "/" not in source:
            known = sorted({*providers(root), *all_included()})
            help = did_you_mean(source, known, f"use one of {', '.join(known)}, a file, a URL, or - for standard input")
            raise SpecwireCodegenError(f"unknown provider {source!r}: {help}")
    return _read_document(source, access or Access(), overlays)


def _read_document(source: str, access: Access, overlays: tuple[Path, ...]) -> Source:
    from specwire_codegen.generate import document_of  # all stages of generation

    with TemporaryDirectory(prefix="specwire-") as folder:
        loaded, target = None, single(Path(folder) / "openapi.yaml", _PACKAGE, Path())
        if source == NAME:
            loaded = load_from(Library(standard_input(access)))
        elif fetch.is_remote(source):
            loaded = load(source, access.with_more(access_to(source)))
        else:
            target = single(source, _PACKAGE, Path())
        document, warnings = document_of(attrs.evolve(target, overlays=overlays), access, source=loaded)
    title = document.data.get("info", {}).get("title")
    return Source(title if isinstance(title, str) and title else fetch.shown(source), document.data, warnings)


def find_included(name: str) -> Path | None:
    """Return the document of an included client, also in a checkout of this project."""
    if not name.isidentifier():
        return None
    try:
        found = find_spec(f"{_CLIENTS}.{name}")
    except ModuleNotFoundError:
        return None
    return None if found is None or found.origin is None else document_beside(Path(found.origin).parent)


def all_included() -> list[str]:
    """Return the names of the included clients."""
    found = find_spec(_CLIENTS)
    folders = () if found is None else found.submodule_search_locations or ()
    names = {path.name for folder in folders for path in Path(folder).glob("*") if (path / "__init__.py").is_file()}
    return sorted(name for name in names if find_included(name) is not None)


def document_beside(package: Path) -> Path | None:
    """Return the normalized document of a client's package: in it, or in the project that it was generated in."""
    places = [package / INCLUDED]
    if package.parts[-3:-1] == ("generated", _CLIENTS):
        places.append(package.parents[2] / "specs" / package.name / INCLUDED)
    return next((place for place in places if place.is_file()), None)


def read_json(path: Path) -> dict[str, Any]:
    """Return a normalized document."""
    document = json.loads(path.read_text("utf-8"))
    if not isinstance(document, dict):
        raise SpecwireCodegenError(f"{path} is not a document: install the package again")
    return document
