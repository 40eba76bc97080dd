"""Included clients: those of this distribution, with their normalized documents."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.project import Target

CLIENTS: Final = "specwire_clients"
"""Package of the included clients."""
INCLUDED: Final = "normalized.json"
"""Document of an included client, next to its modules and its `client.toml` in the wheel."""
_OVERRIDES: Final = "specwire_overrides"


def find_included(name: str) -> Path | None:
    """Return the document of an included client, also in a checkout of this project."""
    package = _folder(f"{CLIENTS}.{name}") if name.isidentifier() else None
    return None if package is None else document_beside(package)


def _folder(package: str) -> Path | None:
    """Return the folder of an installed package."""
    try:
        found = find_spec(package)
    except ModuleNotFoundError:
        return None
    return None if found is None or found.origin is None else Path(found.origin).parent


def included_target(name: str) -> Target | None:
    """Return the target of an included client, which commands may read but not write."""
    document = find_included(name)
    if document is None:
        return None
    package = _folder(f"{CLIENTS}.{name}")
    if package is None:
        return None
    return Target(
        name=name,
        spec=document,
        output=package,
        config=document.parent / "client.toml",
        normalized=document,
        overrides=_folder(f"{_OVERRIDES}.{name}"),
    )


def all_included() -> list[str]:
    """Return the names of the included clients."""
    found = find_spec(CLIENTS)
    folders = () if found is None else found.submodule_search_locations or ()
    names = {path.name for folder in folders for path in Path(folder).glob("*") if (path / "__init__.py").is_file()}
    return sorted(name for name in names if find_included(name) is not None)


def document_beside(package: Path) -> Path | None:
    """Return the normalized document of a client's package: in it, or in the project that it was generated in."""
    places = [package / INCLUDED]
    if package.parts[-3:-1] == ("generated", CLIENTS):
        places.append(package.parents[2] / "specs" / package.name / INCLUDED)
    return next((place for place in places if place.is_file()), None)


def read_json(path: Path) -> dict[str, Any]:
    """Return a normalized document."""
    document = json.loads(path.read_text("utf-8"))
    if not isinstance(document, dict):
        raise SpecwireCodegenError(f"{path} is not a document: install the package again")
    return document
