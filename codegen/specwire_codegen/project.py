"""Where the parts of a provider are: a folder with `specs/`, or a single document anywhere."""

from __future__ import annotations

import json
import keyword
import re
import sys
from os.path import lexists
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files import fetch
from specwire_codegen.openapi.identifiers import is_device

_PACKAGE = re.compile(r"(?!__)[a-z_][a-z0-9_]*")
_NEEDED = frozenset(
    (
        *("specwire", "specwire_clients", "specwire_codegen", "specwire_overrides"),
        *("anyio", "certifi", "h11", "httpcore", "httpcore2", "httpx", "httpx2", "idna", "msgspec", "opentelemetry"),
        *("sniffio", "truststore", "typing_extensions"),
    )
)
"""Packages that generated code, or what it stands on, imports."""


@attrs.frozen
class Target:
    """One document, and where what is made of it goes."""

    name: str
    spec: Path
    output: Path
    """Folder of the package."""
    config: Path
    overlay: Path | None = None
    normalized: Path | None = None
    overrides: Path | None = None
    contracts: Path | None = None
    only_tags: tuple[str, ...] = ()
    only_operations: tuple[str, ...] = ()
    """If tags or operationIds are named, only these operations are generated."""

    @property
    def source(self) -> Path:
        """Where the document came from; there only if `specwire new` has pinned a copy."""
        return self.spec.parent / "source.toml"

    @property
    def overrides_package(self) -> str | None:
        """Import name of the overrides' package."""
        return f"specwire_overrides.{self.name}" if self.overrides is not None else None


def providers(root: Path) -> list[str]:
    """Return the names of the providers of a project, sorted."""
    folder = root / "specs"
    return sorted(path.parent.name for path in folder.glob("*/openapi.*") if path.suffix in (".yaml", ".yml", ".json"))


def provider(root: Path, name: str) -> Target:
    """Return the parts of a provider; raises when there is none of that name."""
    known = providers(root)
    if name not in known:
        where = f"specs/ has {', '.join(known)}" if known else f"there is no specs/<provider>/openapi.yaml below {root}"
        raise SpecwireCodegenError(f"unknown provider {name!r}: {where}")
    folder = root / "specs" / name
    spec = next(path for path in sorted(folder.glob("openapi.*")) if path.suffix in (".yaml", ".yml", ".json"))
    overlay = folder / "overlay.yaml"
    overrides = root / "overrides" / "specwire_overrides" / name
    return Target(
        name=name,
        spec=spec,
        output=root / "generated" / "specwire_clients" / name,
        config=folder / "client.toml",
        overlay=overlay if lexists(overlay) else None,
        normalized=folder / "normalized.json",
        overrides=overrides if overrides.is_dir() else None,
        contracts=folder / "contracts",
    )


def read_normalized(target: Target) -> dict[str, Any]:
    """Return the normalized document that `generate` has written; raises where there is none."""
    path, again = target.normalized, f"run specwire generate {target.name}"
    if path is None or not path.is_file():
        raise SpecwireCodegenError(f"{path} is not there: {again}")
    try:
        document = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise SpecwireCodegenError(f"{path} is not JSON: {again}") from None
    if not isinstance(document, dict):
        raise SpecwireCodegenError(f"{path} holds no document: {again}")
    return document


def require_package_name(name: str) -> None:
    """Raise for a name that no package can have, or that would take the place of another one when it is imported."""
    if not _PACKAGE.fullmatch(name) or keyword.iskeyword(name) or not name.strip("_"):
        raise SpecwireCodegenError(f"{name!r} is not a package name: use lower-case letters, digits and underscores")
    if is_device(name):
        raise SpecwireCodegenError(f"{name!r} means a device on Windows: choose another, such as my_{name}")
    if name in sys.stdlib_module_names or name in _NEEDED:
        raise SpecwireCodegenError(
            f"{name!r} is the name of a package that clients need: choose another, such as my_{name}"
        )


def single(source: str | Path, package: str, output: Path) -> Target:
    """Return the parts of a document that stands alone; `client.toml` and `overlay.yaml` beside it are used."""
    require_package_name(package)
    if fetch.is_remote(source):
        shown = fetch.shown(source)
        raise SpecwireCodegenError(
            f"{shown} is an address: save a copy, or pin it with specwire new NAME --spec {shown}"
        )
    spec = Path(source)
    overlay = spec.parent / "overlay.yaml"
    return Target(
        name=package,
        spec=spec,
        output=output / package,
        config=spec.parent / "client.toml",
        overlay=overlay if lexists(overlay) else None,
    )
