"""Build cache: inputs and outputs of the last run, so that an unchanged target is skipped.

It is kept in the user's cache folder (`$XDG_CACHE_HOME`, else `~/.cache`), never next to the output, since the output
must depend only on its inputs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access
from specwire_codegen.output.manifest import MANIFEST
from specwire_codegen.output.paths import digest
from specwire_codegen.project import Target

_BESIDE = ("mock", "contract")
"""Subpackages that do not affect generated code."""


def is_current(target: Target, access: Access) -> bool:
    """Return whether inputs, generator and output are unchanged since the last run; remote documents never are."""
    if target.url:
        return False
    path = _path(target)
    try:
        last = json.loads(path.read_text("utf-8")) if path is not None and path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return False
    dependencies = last.get("dependencies") if isinstance(last, dict) else None
    if not isinstance(dependencies, list) or not all(isinstance(each, str) for each in dependencies):
        return False
    if any(fetch.is_remote(each) or "\0" in each for each in dependencies):
        return False
    return bool(last == _state(target, dependencies, access))


def record(target: Target, dependencies: Sequence[str], access: Access) -> None:
    """Record the files and access of the run that just finished; without a cache folder, do nothing."""
    from specwire_codegen.output.files import replace_file

    path = _path(target)
    if path is not None:
        with suppress(OSError, SpecwireCodegenError):
            replace_file(path, json.dumps(_state(target, dependencies, access)))


def _path(target: Target) -> Path | None:
    """Return the cache file of a target, or None for a user without a home folder."""
    folder = cache_folder()
    return None if folder is None else folder / f"{digest(str(target.output.resolve()).encode())[:24]}.json"


def cache_folder() -> Path | None:
    """Return the cache folder of specwire, which may not exist, or None for a user without a home folder."""
    with suppress(RuntimeError):
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "specwire"
    return None


def _state(
    target: Target, dependencies: Sequence[str], access: Access
) -> dict[str, Mapping[str, str] | list[str] | str]:
    output = {path for path in target.output.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    normalized = target.normalized
    return {
        "generator": _generator(),
        "inputs": inputs_of(target, dependencies),
        "dependencies": list(dependencies),
        "access": digest(repr(access).encode()),
        "hook": "" if target.hook is None else target.hook.function,
        "only": " ".join((*target.only_tags, *target.only_operations)),
        "normalized": digest(normalized.read_bytes()) if normalized is not None and normalized.is_file() else "",
        "output": {path.relative_to(target.output).as_posix(): digest(path.read_bytes()) for path in sorted(output)},
        "complete": str((target.output / MANIFEST).is_file()),
    }


def inputs_of(target: Target, dependencies: Sequence[str] = ()) -> dict[str, str]:
    """Return the SHA-256 of every file that the output depends on, by a name without machine paths.

    `dependencies` are the paths of the documents that the target's document refers to.
    """
    parts = [target.spec, *map(Path, dependencies), target.config, target.overlay, *target.overlays]
    if target.hook is not None:
        parts.append(target.hook.file)
    if target.overrides is not None:
        parts += sorted(target.overrides.glob("*.py"))
    if target.override_pins is not None:
        parts += sorted(target.override_pins.glob("*.json"))
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
    """Return a path relative to the document's folder, or with only its own folder if it is elsewhere."""
    resolved = path.resolve()
    inner = resolved.relative_to(home) if resolved.is_relative_to(home) else Path()
    return f"{home.name}/{inner.as_posix()}" if len(inner.parts) > 1 else f"{path.parent.name}/{path.name}"


@cache
def _generator() -> str:
    """Return the digest of the generator's modules and data."""
    root = os.path.dirname(__file__)
    hashed = hashlib.sha256()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if folder != root or each not in _BESIDE)
        for name in sorted(names):
            if name.endswith((".py", ".jinja", ".jinja2", ".json")):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    hashed.update(os.path.relpath(path, root).encode() + b"\0" + file.read() + b"\0")
    return hashed.hexdigest()
