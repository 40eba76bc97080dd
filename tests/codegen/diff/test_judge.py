"""mypy as the judge: what breaks code that uses the old client is reported as breaking."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diff.change import Change
from specwire_codegen.diff.compare import changes
from specwire_codegen.generate import build
from specwire_codegen.ir import Api
from specwire_codegen.output.package import write
from specwire_codegen.project import single

from tests.sampling import sampled
from tests.support.paths import ROOT

from .edits import DOCUMENT, EDITS, edited
from .usage import usage

CHUNKS = [tuple(EDITS)[start : start + 6] for start in range(0, len(EDITS), 6)]


def generate(document: dict[str, Any], package: str, folder: Path) -> Api:
    """Write the client of a document, and return it."""
    spec = folder / f"{package}.json"
    spec.write_text(json.dumps(document), "utf-8")
    target = single(spec, package, folder)
    built = build(target)
    write(target.output, built.files)
    return built.api


def unreported(folder: Path, uses: Sequence[tuple[str, dict[int, str], Sequence[Change]]]) -> list[str]:
    """Return the type errors of files that no breaking change explains; each file with its subjects and changes."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context"]
    command += [f"--cache-dir={folder / 'cache'}", *(file for file, _, _ in uses)]
    path = f"{folder}:{ROOT / 'runtime'}"
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"MYPYPATH": path, "PATH": ""}
    )
    by_file = {file: (subjects, found) for file, subjects, found in uses}
    missing: list[str] = []
    for line in done.stdout.splitlines():
        hit = re.match(r"(\S+?):(\d+): error: (.*)", line)
        if hit is None:
            continue
        subjects, found = by_file[hit[1]]
        if not any(_explains(change, subjects[int(hit[2])], line) for change in found if change.severity == "breaking"):
            missing.append(f"{subjects[int(hit[2])]}: {line}")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return missing


def _explains(change: Change, subject: str, line: str) -> bool:
    """Return whether a breaking change is about what a line uses, or about a class that the error names."""
    base = re.escape(subject.removesuffix("()"))
    if re.search(rf"{base}(?!\w)", change.subject) is not None:
        return True
    name = re.match(r"models\.(\w+)", change.subject)
    return name is not None and re.search(rf"\b{name[1]}(Dict|Param)?\b", line) is not None


@pytest.mark.parametrize("names", sampled([(chunk,) for chunk in CHUNKS], 2))
def test_type_errors_of_users_are_breaking_changes(names: Sequence[str], tmp_path: Path) -> None:
    """Code for one version, checked against the other, in both directions."""
    shop = generate(DOCUMENT, "shop", tmp_path)
    uses: list[tuple[str, dict[int, str], Sequence[Change]]] = []
    for number, name in enumerate(names):
        package = f"shop{number}"
        other = generate(edited(EDITS[name]), package, tmp_path)
        for file, one, two, target in (("use", shop, other, package), ("back", other, shop, "shop")):
            text, subjects = usage(one, target)
            text = text.replace(one.class_name, two.class_name)
            (tmp_path / f"{file}{number}.py").write_text(text, "utf-8")
            uses.append((f"{file}{number}.py", subjects, changes(one, two)))
    assert [] == unreported(tmp_path, uses)


def test_the_judge_sees_errors(tmp_path: Path) -> None:
    """Without the reported changes, the judge complains."""
    shop = generate(DOCUMENT, "shop", tmp_path)
    generate(edited(EDITS["method removed"]), "shop0", tmp_path)
    text, subjects = usage(shop, "shop0")
    (tmp_path / "use.py").write_text(text.replace("Shop", "Shop0"), "utf-8")
    missing = unreported(tmp_path, [("use.py", subjects, ())])
    assert missing
    assert all(line.startswith("client.pets.delete()") for line in missing)
