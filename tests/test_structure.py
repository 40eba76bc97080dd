"""Promises of the structure: modules stand on one another in one direction."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def imports(file: Path, module: str, known: frozenset[str]) -> set[str]:
    """Return the modules of a package that one of them imports, for types or inside of functions too."""
    package = module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = f"{package}.{node.module or ''}".rstrip(".") if node.level else node.module or ""
            found |= {f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names}
    return (found & known) - {module}


@pytest.mark.parametrize("package", ["runtime/specwire", "codegen/specwire_codegen"])
def test_no_modules_import_in_a_circle(package: str) -> None:
    """Whoever reads a module has to know only those below it; the package's face hands on names and is left out."""
    root = ROOT / package
    files = {
        ".".join((root.name, *file.relative_to(root).with_suffix("").parts)).removesuffix(".__init__"): file
        for file in root.rglob("*.py")
        if file != root / "__init__.py"
    }
    graph = {module: imports(file, module, frozenset(files)) for module, file in files.items()}
    assert len(files) == len(list(TopologicalSorter(graph).static_order()))
