"""Formatting of rendered files with ruff."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ruff import find_ruff_bin

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.output.paths import fill

_STYLE = ("--quiet", "--isolated", "--no-cache", "--target-version", "py311", "--line-length", "120")
"""Formatting options of generated code, independent of the surrounding project."""

_IMPORTS = ("--config", "lint.isort.combine-as-imports=true")

_MANY = 50
"""Number of files from which on threads save time; for fewer, starting them takes longer than formatting."""
_ONE_THREAD = {"RAYON_NUM_THREADS": "1"}


def formatted(files: Mapping[str, str], folder: Path | None = None) -> dict[str, str]:
    """Return the files formatted by ruff; they stay in `folder`, a new one, if it is given."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="specwire-") as scratch:
            return formatted(files, Path(scratch))
    few = len(files) < _MANY
    fill(folder, files)
    _ruff("check", "--fix", "--select", "I,F401", *_IMPORTS, *_STYLE, str(folder), few=few)
    _ruff("format", *_STYLE, str(folder), few=few)
    return {name: (folder / name).read_bytes().decode() for name in files}


def _ruff(*arguments: str, few: bool) -> None:
    command = [find_ruff_bin(), *arguments]
    environment = {**os.environ, **(_ONE_THREAD if few else {})}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment
    )
    if done.returncode != 0:
        raise SpecwireCodegenError(f"internal error: ruff {arguments[0]}: {(done.stdout + done.stderr).strip()}")
