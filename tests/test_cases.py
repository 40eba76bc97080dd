"""Golden cases: documents with their packages (`cases/positive/<feature>`) or messages (`cases/negative/<mistake>`).

`warnings.txt` of a positive case has the warnings about repaired flaws; without that file there must be no warning.
`UPDATE=1 pytest tests/test_cases.py` rewrites the expected files. Review them like code.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from specwire_codegen.generate import build
from specwire_codegen.output.manifest import MANIFEST
from specwire_codegen.project import single

from tests.support.command_line import exit_code

CASES = Path(__file__).parent / "cases"
POSITIVE = sorted(path.name for path in (CASES / "positive").iterdir())
NEGATIVE = sorted(path.name for path in (CASES / "negative").iterdir())
RUNTIME = CASES.parents[1] / "runtime"
UPDATE = bool(os.environ.get("UPDATE"))


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("name", POSITIVE)
def test_positive(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document gives exactly this package and these warnings."""
    case = CASES / "positive" / name
    monkeypatch.chdir(case)
    built = build(single(Path("spec.yaml"), "sample", Path("expected")))
    actual = {path: text for path, text in built.files.items() if path not in (MANIFEST, "py.typed")}
    warnings = "".join(f"{warning}\n" for warning in built.warnings)
    reported = case / "warnings.txt"
    if UPDATE:
        shutil.rmtree(case / "expected", ignore_errors=True)
        reported.unlink(missing_ok=True)
        if warnings:
            reported.write_text(warnings, "utf-8")
        for path, text in actual.items():
            target = case / "expected" / "sample" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    assert tree(case / "expected" / "sample") == actual
    assert (reported.read_text("utf-8") if reported.exists() else "") == warnings


@pytest.mark.parametrize("name", POSITIVE)
def test_expected_imports(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every expected module can be imported."""
    folder = CASES / "positive" / name / "expected"
    monkeypatch.syspath_prepend(str(folder))
    _forget_sample()
    try:
        for path in sorted(folder.rglob("*.py")):
            importlib.import_module(".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"))
    finally:
        _forget_sample()


def _forget_sample() -> None:
    """Forget the modules of another package of the same name."""
    for module in [module for module in sys.modules if module.partition(".")[0] == "sample"]:
        del sys.modules[module]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every expected package under its case's name, so that a checker runs once."""
    folder = tmp_path_factory.mktemp("packages")
    for name in POSITIVE:
        shutil.copytree(CASES / "positive" / name / "expected" / "sample", folder / f"{name}_case")
    return folder


@pytest.mark.slow
def test_expected_is_strict_clean_for_mypy(packages: Path) -> None:
    """Expected packages pass mypy --strict."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(packages / "cache")]
    environment = {**os.environ, "MYPYPATH": str(RUNTIME)}
    names = [path.name for path in sorted(packages.glob("*_case"))]
    done = subprocess.run(
        [*command, *names], cwd=packages, env=environment, capture_output=True, text=True, check=False
    )
    assert "Success" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_expected_is_clean_for_pyright(packages: Path) -> None:
    """Expected packages pass pyright in strict mode."""
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(RUNTIME)], "include": ["*_case"]}
    (packages / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=packages, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["generalDiagnostics"]
    assert [] == [one for one in found if one["severity"] == "error"]


@pytest.mark.parametrize("name", NEGATIVE)
def test_negative(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake is exit code 1 with exactly this message, and nothing is written."""
    case = CASES / "negative" / name
    for path in case.iterdir():
        if path.name != "stderr.txt":
            shutil.copy(path, tmp_path / path.name)
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path)
    code = exit_code("generate", "spec.yaml", "--package", "sample", "-o", "out")
    message = capsys.readouterr().err
    if UPDATE:
        (case / "stderr.txt").write_text(message, "utf-8")
    assert (case / "stderr.txt").read_text("utf-8") == message
    assert 1 == code
    assert before == tree(tmp_path)
