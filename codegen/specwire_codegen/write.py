"""Rendered files to disk: formatted, parsed, all or nothing; `compare` says what would change."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from ruff import find_ruff_bin

from specwire_codegen.diagnostics import SpecwireCodegenError

MANIFEST = "MANIFEST.json"

_STYLE = ("--quiet", "--isolated", "--no-cache", "--target-version", "py311", "--line-length", "120")
"""How generated code is formatted, whatever the project around it says."""


def formatted(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files as ruff writes them; every Python file is parsed."""
    with tempfile.TemporaryDirectory(prefix="specwire-") as folder:
        root = Path(folder)
        for name, text in files.items():
            path = inside(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        _ruff("check", "--fix", "--select", "I,F401", *_STYLE, folder)
        _ruff("format", *_STYLE, folder)
        result = {name: (root / name).read_text("utf-8") for name in files}
    for name, text in result.items():
        if name.endswith(".py"):
            _parse(name, text)
    return result


def _parse(name: str, text: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError as problem:
        what = f"internal error: {name}:{problem.lineno} does not parse: {problem.msg}"
        raise SpecwireCodegenError(what) from problem


def _ruff(*arguments: str) -> None:
    command = [find_ruff_bin(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SpecwireCodegenError(f"internal error: ruff {arguments[0]}: {(done.stdout + done.stderr).strip()}")


def inside(root: Path, name: str) -> Path:
    """Return a path below `root`; raises for a name that leads out of it."""
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise SpecwireCodegenError(f"{name!r} leads out of the output folder")
    return path


def manifest(files: Mapping[str, str], inputs: Mapping[str, str]) -> str:
    """Return the manifest: the generator's version, and the SHA-256 of every input and output."""
    return (
        json.dumps(
            {
                "generator": {name: _version(name) for name in ("specwire", "datamodel-code-generator")},
                "inputs": dict(sorted(inputs.items())),
                "outputs": {name: digest(text.encode()) for name, text in sorted(files.items())},
            },
            indent=2,
        )
        + "\n"
    )


def _version(package: str) -> str:
    return version(package)


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def compare(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return what writing would do to each file that is not as it should be: create, change, remove; with its path."""
    found = [
        f"{'change' if (folder / name).exists() else 'create'} {name}"
        for name, text in sorted(files.items())
        if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode()
    ]
    return found + [f"remove {name}" for name in sorted(_stale(folder, files))]


def _stale(folder: Path, files: Mapping[str, str]) -> set[str]:
    present = {
        str(path.relative_to(folder).as_posix())
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return present - set(files)


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Make a folder hold just these files, all or nothing; returns what changed."""
    changes = compare(folder, files)
    if not changes:
        return []
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        what = f"{folder} holds files that specwire did not write"
        raise SpecwireCodegenError(f"{what}: name another folder, or empty it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, text in files.items():
            path = inside(staged, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        staged.chmod(0o755)
        old = staged.with_name(f"{staged.name}-old")
        if folder.exists():
            os.replace(folder, old)
        os.replace(staged, folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return changes
