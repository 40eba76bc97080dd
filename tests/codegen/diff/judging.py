"""mypy as the judge of `specwire diff`: what it finds wrong with code for one client, checked against another."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import attrs
from specwire_codegen.diff.change import Change
from specwire_codegen.diff.compare import changes
from specwire_codegen.generate import build
from specwire_codegen.ir import Api
from specwire_codegen.output.package import write
from specwire_codegen.project import Target

from tests.support.paths import ROOT

from .usage import usage


class Verdict(NamedTuple):
    """What mypy and `specwire diff` find between two versions."""

    name: str
    errors: int
    """Number of errors of mypy."""
    changes: tuple[Change, ...]
    unreported: tuple[str, ...]
    """Errors of mypy that no breaking change explains."""


@attrs.frozen
class Client:
    """A generated client."""

    api: Api
    package: str
    code: str
    """Digest of its modules without docstrings; clients with the same one are the same for mypy."""


@attrs.frozen
class Pair:
    """Two generated clients: code for one is checked against the other."""

    name: str
    old: Client
    new: Client


def generate(target: Target) -> Client:
    """Write the client of a target, and return it."""
    built = build(target)
    write(target.output, built.files)
    code = hashlib.sha256()
    for name, text in sorted(built.files.items()):
        if name.endswith(".py"):
            code.update(f"{name} {_without_docstrings(text)}".encode())
    return Client(built.api, target.name, code.hexdigest())


def _without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            body[:] = [
                each for each in body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            ]
    return ast.dump(tree)


def judged(folder: Path, pairs: Sequence[Pair]) -> list[Verdict]:
    """Return the verdicts on pairs of clients whose packages are in a folder."""
    found = [
        Verdict(pair.name, 0, changes(pair.old.api, pair.new.api), ())
        for pair in pairs
        if pair.old.code == pair.new.code
    ]
    return found + _judged(folder, [pair for pair in pairs if pair.old.code != pair.new.code])


def _judged(folder: Path, pairs: Sequence[Pair]) -> list[Verdict]:
    subjects: dict[str, tuple[Pair, dict[int, str]]] = {}
    for number, pair in enumerate(pairs):
        old, new = pair.old.api, pair.new.api
        text, used = usage(old, pair.new.package)
        text = re.sub(rf"\b{old.class_name}\b(?!\()", new.class_name, text)
        (folder / f"use{number}.py").write_text(text, "utf-8")
        subjects[f"use{number}.py"] = pair, used
    lines = _checked(folder, list(subjects)) if subjects else []
    found: list[Verdict] = []
    for file, (pair, used) in subjects.items():
        listed = changes(pair.old.api, pair.new.api)
        breaking = [change for change in listed if change.severity == "breaking"]
        errors = [(used[line], text) for name, line, text in lines if name == file]
        missing = [f"{subject}: {text}" for subject, text in errors if not _is_explained(breaking, subject, text)]
        found.append(Verdict(pair.name, len(errors), listed, tuple(missing)))
    return found


def _checked(folder: Path, files: Sequence[str]) -> list[tuple[str, int, str]]:
    """Return file, line and text of the errors that mypy finds."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context"]
    command += [f"--cache-dir={folder / 'cache'}", *files]
    path = f"{folder}:{ROOT / 'runtime'}"
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"MYPYPATH": path, "PATH": ""}
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    hits = (re.match(r"(\S+?):(\d+): error: (.*)", line) for line in done.stdout.splitlines())
    return [(hit[1], int(hit[2]), hit[3]) for hit in hits if hit is not None]


def _is_explained(breaking: Sequence[Change], subject: str, text: str) -> bool:
    """Return whether a breaking change is about what a line uses, or about a class that the error names."""
    base = re.escape(subject.removesuffix("()"))
    for change in breaking:
        if re.search(rf"{base}(?!\w)", change.subject) is not None:
            return True
        name = re.match(r"models\.(\w+)", change.subject)
        if name is not None and re.search(rf"\b{name[1]}(Dict|Param)?\b", text) is not None:
            return True
    return False
