"""Modules moved to another package: their imports, and the names of modules in their texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import specwire

_SKIPPED = frozenset({"__main__.py"})
"""Modules of the runtime that a copy does not need."""


def relocated(source: str, moves: Mapping[str, str]) -> str:
    """Return a module whose imports of old packages name the new ones; comments and prose stay as they are."""
    lines = source.encode().splitlines(keepends=True)
    edits = sorted(_edits(ast.parse(source), moves), reverse=True)
    for number, start, end, text in edits:
        row = lines[number]
        lines[number] = row[:start] + text.encode() + row[end:]
    return b"".join(lines).decode()


def _edits(tree: ast.Module, moves: Mapping[str, str]) -> Iterator[tuple[int, int, int, str]]:
    """Yield line, first and last byte of each name to replace, and its replacement."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), level=0) if (new := _moved(module, moves)) is not None:
                start = node.col_offset + len("from ")
                yield node.lineno - 1, start, start + len(module), new
            case ast.alias(name=name, asname=str()) if "." in name and (new := _moved(name, moves)) is not None:
                yield node.lineno - 1, node.col_offset, node.col_offset + len(name), new
            case ast.Constant(value=str(text)) if (
                re.fullmatch(r"\w+(\.\w+)+", text)
                and node.end_lineno == node.lineno
                and node.end_col_offset == node.col_offset + len(text) + 2
                and _is_module(text)
                and (new := _moved(text, moves)) is not None
            ):
                yield node.lineno - 1, node.col_offset + 1, node.col_offset + 1 + len(text), new


def _moved(module: str, moves: Mapping[str, str]) -> str | None:
    for old, new in moves.items():
        if module == old or module.startswith(f"{old}."):
            return new + module[len(old) :]
    return None


def _is_module(text: str) -> bool:
    """Return whether a text names a module of the runtime, such as `specwire.errors`."""
    package, _, rest = text.partition(".")
    home = Path(specwire.__file__).parent
    path = home.joinpath(*rest.split("."))
    return package == "specwire" and (path.is_dir() or path.with_suffix(".py").is_file())


def runtime_copy(package: str) -> dict[str, str]:
    """Return the modules of the runtime as `package`, by their path in it, with their licence."""
    from importlib.metadata import distribution

    home = Path(specwire.__file__).parent
    moves = {"specwire": package}
    found = {
        path.relative_to(home).as_posix(): relocated(path.read_text("utf-8"), moves)
        for path in sorted(home.rglob("*.py"))
        if path.name not in _SKIPPED
    }
    return {**found, "py.typed": "", "LICENSE": distribution("specwire").read_text("licenses/LICENSE") or ""}
