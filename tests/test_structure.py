"""Structure of the code: imports without cycles, small folders and modules, and diagrams in the documentation."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.paths import CASES, ROOT

PACKAGES = [ROOT / "runtime/specwire", ROOT / "codegen/specwire_codegen"]
FOLDERS = [*PACKAGES, *(ROOT / name for name in ("tests", "fuzz", "bench", "examples", "tools", "overrides"))]
"""Folders with hand-written modules; the documents' own packages in `tests/cases` are generated."""
SIBLINGS = 15
"""Maximum number of modules in a folder, without its `__init__`."""
LINES = 400
"""Maximum number of lines in a module."""
TWINS = 250
"""Maximum number of lines of asynchronous code that synchronous code repeats, as `python -m tools.twins` counts them."""
PICTURES = ROOT / "docs/architecture.md"

Graph = Mapping[str, frozenset[str]]


def modules(root: Path) -> dict[str, Path]:
    """Return the files of a package by module, except its own `__init__`, which only re-exports names."""
    found = {
        ".".join((root.name, *file.relative_to(root).with_suffix("").parts)).removesuffix(".__init__"): file
        for file in sorted(root.rglob("*.py"))
        if file != root / "__init__.py"
    }
    assert len(found) > 50, f"{root} is not where the code is"
    return found


def imports(file: Path, module: str, known: Mapping[str, Path], *, types: bool = True) -> Iterator[str]:
    """Yield the modules of a package that a module imports, also inside functions; imports for types are optional."""
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(file.read_text("utf-8"))
    typing = {node for block in ast.walk(tree) if _is_for_types(block) for node in ast.walk(block)}
    for node in ast.walk(tree):
        names: list[str] = []
        if node in typing and not types:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            outer = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*outer, *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names]
        yield from (name for name in names if name in known and name != module)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def package_graph(root: Path) -> Graph:
    """Return which packages import which at run time.

    A package without sub-packages is one node; of any other, each module is.
    """
    files = modules(root)
    parents = {module.rpartition(".")[0] for module in files}
    containers = {parent for parent in parents if any(other.startswith(f"{parent}.") for other in parents)}

    def node(module: str) -> str:
        parent = module.rpartition(".")[0]
        return module if module in parents or parent in containers else parent

    found: dict[str, set[str]] = {node(module): set() for module in files}
    for module, file in files.items():
        targets = {node(target) for target in imports(file, module, files, types=False)}
        found[node(module)] |= targets - {node(module)}
    return {name: frozenset(targets) for name, targets in found.items()}


def reduced(graph: Graph) -> Graph:
    """Return a graph without the arrows that follow from others."""

    def below(name: str) -> set[str]:
        return {name for target in graph[name] for name in (target, *below(target))}

    return {
        name: frozenset(target for target in targets if not any(target in below(other) for other in targets - {target}))
        for name, targets in graph.items()
    }


def rooms(root: Path) -> Graph:
    """Return which top-level packages and modules of a package import which."""
    graph = package_graph(root)

    def room(name: str) -> str:
        return ".".join(name.split(".")[:2])

    names = {room(name) for name in graph}
    return {
        name: frozenset(
            {room(target) for source, targets in graph.items() if room(source) == name for target in targets} - {name}
        )
        for name in names
    }


def picture(graph: Graph) -> str:
    """Return a graph as a Mermaid diagram, without the arrows that follow from others."""
    short = {name: name.partition(".")[2] for name in graph}
    arrows = [
        f"    {short[name]} --> {short[target]}"
        for name, targets in sorted(reduced(graph).items())
        for target in sorted(targets)
    ]
    return "\n".join(["```mermaid", "flowchart TD", *arrows, "```"])


@pytest.mark.parametrize("root", PACKAGES, ids=lambda root: root.name)
def test_no_modules_import_each_other_in_a_cycle(root: Path) -> None:
    """Imports for types count too."""
    files = modules(root)
    graph = {module: set(imports(file, module, files)) for module, file in files.items()}
    assert len(files) == len(list(TopologicalSorter(graph).static_order()))


@pytest.mark.parametrize("root", PACKAGES, ids=lambda root: root.name)
def test_no_packages_import_each_other_in_a_cycle(root: Path) -> None:
    """Imports between packages lead in one direction."""
    graph = package_graph(root)
    assert sum(map(len, graph.values())) > len(graph)
    assert len(graph) == len(list(TopologicalSorter(graph).static_order()))


@pytest.mark.parametrize("root", FOLDERS, ids=lambda root: root.name)
def test_no_folder_holds_many_modules(root: Path) -> None:
    """A folder has at most 15 modules, tests included."""
    files = [file for file in root.rglob("*.py") if CASES not in file.parents and file.name != "__init__.py"]
    assert files, f"{root} has no modules"
    counts = Counter(str(file.parent) for file in files)
    assert {} == {folder: count for folder, count in counts.items() if count > SIBLINGS}


def test_every_folder_of_tests_is_a_package() -> None:
    """Modules of tests are imported by one name only: `tests.runtime.…`."""
    folders = {file.parent for file in (ROOT / "tests").rglob("test_*.py") if CASES not in file.parents}
    assert len(folders) > 30
    assert [] == [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_derived_modules_are_up_to_date() -> None:
    """`make generate` derives the synchronous modules."""
    script = ROOT / "tools/synchronous.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stdout), done.stdout + done.stderr


def test_little_is_written_twice_for_both_kinds_of_clients() -> None:
    """Code that sends and waits is derived; what differs otherwise is short."""
    command = [sys.executable, "-m", "tools.twins", "--most", str(TWINS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) > 10


@pytest.mark.parametrize("root", PACKAGES, ids=lambda root: root.name)
def test_no_module_is_long(root: Path) -> None:
    """A module has one subject."""
    lengths = {str(file): len(file.read_text("utf-8").splitlines()) for file in modules(root).values()}
    assert {} == {file: lines for file, lines in lengths.items() if lines > LINES}


def test_the_diagrams_of_the_architecture_are_up_to_date() -> None:
    """`docs/architecture.md` shows the actual imports; `UPDATE=1` draws them."""
    shown = PICTURES.read_text("utf-8")
    drawn = iter([picture(rooms(root)) for root in PACKAGES])
    true, count = re.subn(r"```mermaid\n.*?```", lambda _: next(drawn), shown, flags=re.DOTALL)
    assert count == len(PACKAGES)
    if os.environ.get("UPDATE"):
        PICTURES.write_text(true, "utf-8")
    else:
        assert true == shown, "run `UPDATE=1 pytest tests/test_structure.py`"
