"""What the last run was made of and what it wrote, so that the next one can be skipped.

Kept in the user's cache folder (`$XDG_CACHE_HOME`, else `~/.cache`), never beside the output: the output depends on its
inputs alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files as resources
from pathlib import Path

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access
from specwire_codegen.output.manifest import MANIFEST
from specwire_codegen.output.package import replace_file
from specwire_codegen.output.write import digest
from specwire_codegen.project import Target

_BESIDE = ("mock", "conformance")
"""Subpackages that have no part in generating."""


def is_current(target: Target, access: Access) -> bool:
    """Whether inputs, generator and output are all as the last run left them; of remote documents nobody knows."""
    path = _path(target)
    try:
        last = json.loads(path.read_text("utf-8")) if path is not None and path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return False
    beside = last.get("beside") if isinstance(last, dict) else None
    if not isinstance(beside, list) or not all(isinstance(each, str) for each in beside):
        return False
    if any(fetch.is_remote(each) or "\0" in each for each in beside):
        return False
    return bool(last == _state(target, beside, access))


def record(target: Target, beside: Sequence[str], access: Access) -> None:
    """Remember what was just made, of which files and with which allowed; without a cache, no run is skipped."""
    path = _path(target)
    if path is not None:
        with suppress(OSError, SpecwireCodegenError):
            replace_file(path, json.dumps(_state(target, beside, access)))


def _path(target: Target) -> Path | None:
    """Return where a target's last run is remembered; None for a user without a home."""
    with suppress(RuntimeError):
        cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cache_home / "specwire" / f"{digest(str(target.output.resolve()).encode())[:24]}.json"
    return None


def _state(target: Target, beside: Sequence[str], access: Access) -> dict[str, Mapping[str, str] | list[str] | str]:
    output = {path for path in target.output.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    normalized = target.normalized
    return {
        "generator": _generator(),
        "inputs": inputs_of(target, beside),
        "beside": list(beside),
        "access": digest(repr(access).encode()),
        "only": " ".join((*target.only_tags, *target.only_operations)),
        "normalized": digest(normalized.read_bytes()) if normalized is not None and normalized.is_file() else "",
        "output": {path.relative_to(target.output).as_posix(): digest(path.read_bytes()) for path in sorted(output)},
        "complete": str((target.output / MANIFEST).is_file()),
    }


def inputs_of(target: Target, beside: Sequence[str] = ()) -> dict[str, str]:
    """Return the SHA-256 of every file that the output depends on, by a name without machine paths.

    `beside` are the paths of the documents that the target's own refers to.
    """
    parts = [target.spec, *map(Path, beside), target.config, target.overlay]
    if target.overrides is not None:
        parts += sorted(target.overrides.glob("*.py"))
    if target.contracts is not None:
        parts += sorted(target.contracts.glob("*.json"))
    present = [path for path in parts if path is not None and path.is_file()]
    home = target.spec.resolve().parent
    found: dict[str, str] = {}
    for path in present:
        name = _name(path, home)
        if name in found:
            name = Path(os.path.relpath(path.resolve(), home)).as_posix()
        found[name] = digest(path.read_bytes())
    return found


def _name(path: Path, home: Path) -> str:
    """Return a path from the document's folder, if it is below that, else with its own folder alone."""
    resolved = path.resolve()
    inner = resolved.relative_to(home) if resolved.is_relative_to(home) else Path()
    return f"{home.name}/{inner.as_posix()}" if len(inner.parts) > 1 else f"{path.parent.name}/{path.name}"


@cache
def _generator() -> str:
    root = Path(str(resources("specwire_codegen")))
    hashed = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        part = path.relative_to(root)
        if path.suffix in (".py", ".jinja", ".jinja2") and part.parts[0] not in _BESIDE:
            hashed.update(part.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()
