"""Project layout: a folder with `specs/`, or a single document."""

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

STANDARD_INPUT = "-"
_PACKAGE = re.compile(r"(?!__)[a-z_][a-z0-9_]*")
_NEEDED = frozenset(
    (
        *("specwire", "specwire_clients", "specwire_codegen", "specwire_overrides"),
        *("anyio", "certifi", "h11", "httpcore", "httpcore2", "httpx", "httpx2", "idna", "msgspec", "opentelemetry"),
        *("sniffio", "truststore", "typing_extensions"),
    )
)
"""Packages that generated code imports, directly or indirectly."""


@attrs.frozen
class Hook:
    """A function of the user's project that sees the IR of its clients."""

    file: Path
    function: str
    allowed: bool = False
    """Whether the command line allows it to run."""


@attrs.frozen
class Target:
    """One document, and the paths of its inputs and outputs."""

    name: str
    spec: Path
    output: Path
    """Folder of the package."""
    config: Path
    overlay: Path | None = None
    """Overlay next to the document, unless `client.toml` names others."""
    overlays: tuple[Path, ...] = ()
    """More overlays, applied after these."""
    normalized: Path | None = None
    overrides: Path | None = None
    override_pins: Path | None = None
    only_tags: tuple[str, ...] = ()
    only_operations: tuple[str, ...] = ()
    """If tags or operationIds are named, only these operations are generated."""
    url: str = ""
    """Address of the document, or `-` for standard input; it then has no `client.toml`."""
    hook: Hook | None = None
    foreign: bool = False
    """Whether `client.toml` belongs to another document, so that unknown names in it are allowed."""

    @property
    def origin(self) -> str:
        """Name of the document: its path, its address without credentials, or standard input."""
        if self.url:
            return "standard input" if self.url == STANDARD_INPUT else fetch.shown(self.url)
        return self.spec.as_posix()

    @property
    def partial(self) -> bool:
        """True if `client.toml` may have names that the document lacks."""
        return self.foreign or bool(self.only_tags or self.only_operations)

    @property
    def source(self) -> Path:
        """Path of the origin file; it exists only if `specwire new` has pinned a copy."""
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
    """Return the target of a provider; raise if it does not exist."""
    known = providers(root)
    if name not in known:
        where = f"specs/ has {', '.join(known)}" if known else f"{root} has no specs/<provider>/openapi.yaml"
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
        override_pins=folder / "override_pins",
    )


def read_normalized(target: Target) -> dict[str, Any]:
    """Return the normalized document written by `generate`; raise if it does not exist."""
    path, again = target.normalized, f"run specwire generate {target.name}"
    if path is None or not path.is_file():
        raise SpecwireCodegenError(f"{path} does not exist: {again}")
    try:
        document = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise SpecwireCodegenError(f"{path} is not JSON: {again}") from None
    if not isinstance(document, dict):
        raise SpecwireCodegenError(f"{path} is not a document: {again}")
    return document


def require_package_name(name: str) -> None:
    """Raise for an invalid package name, or one that would shadow a required package."""
    if not _PACKAGE.fullmatch(name) or keyword.iskeyword(name) or not name.strip("_"):
        raise SpecwireCodegenError(f"{name!r} is not a package name: use lower-case letters, digits and underscores")
    if is_device(name):
        raise SpecwireCodegenError(f"{name!r} is a device name on Windows: choose another, such as my_{name}")
    if name in sys.stdlib_module_names or name in _NEEDED:
        raise SpecwireCodegenError(f"{name!r} is a package that clients need: choose another, such as my_{name}")


def single(source: str | Path, package: str, output: Path) -> Target:
    """Return the target of a single document, with `client.toml` and `overlay.yaml` from its folder.

    A document at a URL or on standard input has neither.
    """
    require_package_name(package)
    if fetch.is_remote(source) or source == STANDARD_INPUT:
        nowhere = Path(STANDARD_INPUT)
        return Target(package, nowhere / "document", output / package, nowhere / "client.toml", url=str(source))
    spec = Path(source)
    overlay = spec.parent / "overlay.yaml"
    return Target(
        name=package,
        spec=spec,
        output=output / package,
        config=spec.parent / "client.toml",
        overlay=overlay if lexists(overlay) else None,
    )
