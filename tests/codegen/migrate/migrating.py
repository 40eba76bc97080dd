"""A document, a configuration for it, and what becomes of them."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import yaml
from specwire_codegen.generate import build
from specwire_codegen.ir import Api
from specwire_codegen.new import new
from specwire_codegen.project import provider

HERE = Path(__file__).parent
DOCUMENT = HERE / "aquarium.yaml"


@attrs.frozen
class Migrated:
    """The files of a provider, and what was not carried over."""

    root: Path
    client: dict[str, Any]
    actions: list[dict[str, Any]]
    left: list[str]

    @property
    def api(self) -> Api:
        """The client."""
        return build(provider(self.root, "sea")).api

    @property
    def methods(self) -> dict[str, list[str]]:
        """The methods of each operation."""
        found: dict[str, list[str]] = {}
        for one in self.api.operations:
            names = [".".join(each) for each in (one.method, *one.aliases)]
            found.setdefault(f"{one.http_method} {one.path}", []).extend(names)
        return found


def migrated(
    config: str | Path, root: Path, document: str | Path = DOCUMENT, *, file: str = "stainless.yml"
) -> Migrated:
    """Return what a configuration becomes: its path, or its text, which is written to `file`."""
    spec = document if isinstance(document, Path) else root / "spec.yaml"
    path = config if isinstance(config, Path) else root / file
    if isinstance(document, str):
        spec.write_text(document)
    if isinstance(config, str):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(config)
    made = new(root, "sea", str(spec), today=date(2026, 1, 1), config=path)
    overlay = made.folder / "overlay.yaml"
    return Migrated(
        root,
        tomllib.loads((made.folder / "client.toml").read_text("utf-8")),
        yaml.safe_load(overlay.read_text("utf-8"))["actions"] if overlay.exists() else [],
        [str(each) for each in made.warnings if each.code == "config-not-carried"],
    )
