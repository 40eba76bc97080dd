"""Count the lines that are written twice by hand, once for synchronous and once for asynchronous callers.

`python -m tools.twins` lists the pairs of functions, the longest first; `--most NUMBER` fails above so many lines. A pair
has the same name in the same folder, apart from prefixes such as `async_`, and at least half of its lines in common
once the rules of `tools/synchronous.py` are applied. All lines of its asynchronous function count, without
docstrings, comments and blank lines. Generated and derived modules do not count, nor do declarations without a body.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tools.synchronous import HEADER, ROOT, renamed

FOLDERS = ("runtime", "codegen", "overrides", "tools", "bench", "examples", "fuzz", "tests")
"""Folders with hand-written code; the packages in `tests/cases` are generated."""
_ALIKE = 0.5
"""Least share of the lines in common."""
_DERIVED = HEADER.partition("{")[0]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Twin(NamedTuple):
    """Asynchronous function with a synchronous twin."""

    lines: int
    place: str
    name: str
    twin: str


class _Place(NamedTuple):
    """Function in a file and a class."""

    file: Path
    kind: str
    function: Function

    @property
    def is_asynchronous(self) -> bool:
        """Return True for a coroutine function, or any function of an asynchronous class."""
        return (
            isinstance(self.function, ast.AsyncFunctionDef)
            or re.match("_?Async", self.kind) is not None
            or self.function.name.endswith("_async")
        )

    @property
    def key(self) -> tuple[Path, str, str]:
        """Return what a function shares with its twin: the folder, the class and the name, apart from prefixes."""
        return self.file.parent, _bare(self.kind), _bare(self.function.name)

    def text(self) -> list[str]:
        """Return the lines of code, in synchronous form."""
        body = self.function.body
        first = body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            body = body[1:] or body
        lines = "\n".join(map(ast.unparse, (self.function.args, *body)))
        return [re.sub(r"(\w)_sync\b", r"\1", line.strip()) for line in renamed(lines).splitlines()]


def twins(root: Path = ROOT) -> list[Twin]:
    """Return the functions that are written twice."""
    found: list[Twin] = []
    asynchronous: list[_Place] = []
    synchronous: dict[tuple[Path, str, str], list[_Place]] = defaultdict(list)
    for place in _functions(root):
        if place.is_asynchronous:
            asynchronous.append(place)
        else:
            synchronous[place.key].append(place)
    for place in asynchronous:
        text = place.text()
        for other in synchronous[place.key]:
            alike = SequenceMatcher(None, text, other.text(), autojunk=False).ratio()
            if alike >= _ALIKE:
                where = f"{place.file.relative_to(root)}:{place.function.lineno}"
                found.append(Twin(len(text), where, _shown(place), _shown(other)))
                break
    return sorted(found, reverse=True)


def _functions(root: Path) -> Iterator[_Place]:
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            text = file.read_text("utf-8")
            if "cases" in file.parts or text.startswith(_DERIVED):
                continue
            for node in ast.walk(ast.parse(text)):
                kind = node.name if isinstance(node, ast.ClassDef) else ""
                if isinstance(node, ast.ClassDef | ast.Module):
                    for each in node.body:
                        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_declaration(each):
                            yield _Place(file, kind, each)


def _is_declaration(function: Function) -> bool:
    """Return True for an overload or a method of a protocol."""
    return all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in function.body)


def _bare(name: str) -> str:
    name = renamed(f"{name} ").strip().strip("_")
    return re.sub("^sync_|_sync$|^(Async|Sync)|(Async|Sync)$", "", name)


def _shown(place: _Place) -> str:
    return ".".join(filter(None, (place.kind, place.function.name)))


def main() -> int:
    """Print the pairs and their lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, help="fail above so many lines")
    most = parser.parse_args().most
    found = twins()
    for twin in found:
        print(f"{twin.lines:4}  {twin.place}  {twin.name} and {twin.twin}")
    total = sum(twin.lines for twin in found)
    print(f"{total:4}  lines in {len(found)} functions are written twice")
    return int(most is not None and total > most)


if __name__ == "__main__":
    sys.exit(main())
