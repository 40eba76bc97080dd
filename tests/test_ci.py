"""Parts of `.ci/run`; make is replaced by a script that prints its arguments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT

CLOSING = "3 passed, 1 deselected in 1.23s"
MAKE = f"""#!/bin/sh
case "$*" in
    "--silent interpreter PYTHON="*) test -z "$NO_OTHERS" || exit 1 ;;
    "--silent interpreter") echo "{sys.executable}" ;;
    test) echo "... [100%]"; echo "${{TESTS:-{CLOSING}}}" ;;
    *) echo "made: $*" ;;
esac
case "$*" in $FAILING*) exit 1 ;; esac
"""
_APART = ("dev", "docs", "ray")
"""Extras that the environment lacks: those of developers, and that of Ray, which has an environment of its own."""


@pytest.fixture
def ci(tmp_path: Path) -> Path:
    """Folder whose `make` does nothing."""
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(MAKE, "utf-8")
    make.chmod(0o755)
    (tmp_path / "documents").mkdir()
    return tmp_path


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `.ci/run` with that `make` and an empty folder of real documents."""
    documents = {f"SPECWIRE_{name}": str(folder / "documents") for name in ("CORPUS", "VENDORS", "HISTORY")}
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", str(ROOT / ".ci/run")],
        env={**os.environ, "FAILING": "nothing", **documents, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def made(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what make was asked for, except for all tests."""
    return [line.removeprefix("made: ") for line in done.stdout.splitlines() if line.startswith("made: ")]


def test_all_parts_run_and_the_last_line_is_that_of_the_tests(ci: Path) -> None:
    """The parts share the other Pythons; the last line is pytest's."""
    done = run(ci)
    assert (0, CLOSING) == (done.returncode, done.stdout.splitlines()[-1])
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    *others, newest = [name for name in ("python3.11", "python3.12", "python3.13") if name != own]
    parts = [*(f"test-lowest PYTHON={name}" for name in others), f"coverage PYTHON={newest}"]
    assert made(done) == ["setup servers", "check", *parts]
    assert "" == done.stderr


@pytest.mark.parametrize("part", ["setup", "check", "test-lowest", "coverage", "test"])
def test_a_failed_part_fails_the_run_and_stops_no_other(ci: Path, part: str) -> None:
    """It is listed before the last line."""
    done = run(ci, FAILING=part)
    assert (1, CLOSING) == (done.returncode, done.stdout.splitlines()[-1])
    assert len(made(done)) > 3
    assert "\nFAILED: " in done.stdout


def test_tests_that_do_not_end_fail_the_run(ci: Path) -> None:
    """A missing last line is an error."""
    done = run(ci, TESTS="Killed")
    assert (1, "ERROR: pytest did not finish: no summary line\n") == (done.returncode, done.stderr)


def test_missing_pythons_and_documents_are_reported_twice(ci: Path) -> None:
    """At the start and at the end; their parts run on the usual Python."""
    done = run(ci, NO_OTHERS="1", SPECWIRE_CORPUS="")
    assert 0 == done.returncode
    warnings = [line for line in done.stderr.splitlines() if line.startswith("WARNING: python3.")]
    assert 2 == len(warnings)
    assert set(warnings) <= set(done.stdout.splitlines()[-6:])
    assert made(done) == ["setup servers", "check", "test-lowest", "coverage"]
    if not (ROOT.parent / "shared" / "corpus").is_dir():
        assert "WARNING: SPECWIRE_CORPUS is not set" in done.stderr


def test_a_folder_of_documents_that_does_not_exist_is_an_error(ci: Path) -> None:
    """It is reported first."""
    done = run(ci, SPECWIRE_VENDORS=str(ci / "nowhere"))
    assert (2, "") == (done.returncode, done.stdout)
    assert f"ERROR: SPECWIRE_VENDORS is {ci / 'nowhere'}, which is not a folder\n" == done.stderr


def test_the_lowest_versions_are_those_of_all_extras_of_users() -> None:
    """Each package that an extra names is pinned to its lower bound, and the environment installs each extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {name: packages for name, packages in project["optional-dependencies"].items() if name not in _APART}
    done = subprocess.run([sys.executable, ROOT / ".ci/lowest.py"], capture_output=True, text=True, check=True)
    pinned = dict(line.split("==") for line in done.stdout.splitlines())
    missing = [
        requirement
        for name, requirements in extras.items()
        if name != "contract"  # its tools draw other examples in each version
        for requirement in (*requirements, *project["dependencies"])
        if not requirement.startswith("specwire")
        and pinned.get(re.split(r"[<>=\[]", requirement)[0].lower()) != re.split(">=|,", requirement)[1]
    ]
    assert [] == missing
    [installed] = re.findall(r"--editable '\.\[([a-z,]+)\]' \$\(TOOLS\)", (ROOT / "Makefile").read_text("utf-8"))
    assert {*installed.split(","), "codegen", "contract"} == set(extras)


def test_the_floor_of_coverage_is_high() -> None:
    """`make coverage` reports the total, which fails below it."""
    coverage = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]
    assert coverage["report"]["fail_under"] >= 90
    assert coverage["run"]["branch"] is True
    assert {"specwire", "specwire_codegen"} <= set(coverage["run"]["source_pkgs"])


def test_every_package_of_the_environment_is_pinned() -> None:
    """`make` installs the pins without looking for what else they need."""
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line)
    versions = {str(canonicalize_name(name)): version for name, version in pins.items()}
    required, waiting = set[str](), [Requirement("specwire[dev]")]
    while waiting:
        package = waiting.pop()
        for extra in package.extras or {""}:
            for line in metadata.requires(package.name) or ():
                needed = Requirement(line)
                applies = needed.marker is None or needed.marker.evaluate({"extra": extra})
                if applies and str(needed) not in required:
                    required.add(str(needed))
                    waiting.append(needed)
    unpinned = [line for line in sorted(required) if not _allows(Requirement(line), versions)]
    assert len(required) > 100
    assert unpinned == []


def _allows(requirement: Requirement, versions: dict[str, str]) -> bool:
    name = canonicalize_name(requirement.name)
    return name == "specwire" or requirement.specifier.contains(versions.get(name, "0"), prereleases=True)
