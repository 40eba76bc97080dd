"""Runs that need little import little: the names of modules are compared, since times vary."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.command_line import SPEC

HEAVY = frozenset(
    "asyncio datamodel_code_generator email httpx2 jinja2 jsonpath_rfc9535 jsonschema jsonschema_rs msgspec "
    "openapi_schema_validator openapi_spec_validator pydantic referencing requests ruff ssl starlette yaml".split()
)
"""Packages that only generating needs, or serving."""
STAGES = frozenset("classes documents lower normalize render".split())


def imported(folder: Path, *arguments: str) -> frozenset[str]:
    """Run the command line in a new process; return the names of the modules that it imported."""
    code = (
        f"import sys, atexit; sys.argv = {['specwire', *arguments]}\n"
        "atexit.register(lambda: open('modules', 'w').write(' '.join(sys.modules)))\n"
        "from specwire_codegen.cli import main; main()"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True, capture_output=True)
    return frozenset((folder / "modules").read_text("utf-8").split())


def heavy(modules: frozenset[str]) -> frozenset[str]:
    """Return the heavy packages, and the stages of generation, among modules."""
    stages = {name.split(".")[1] for name in modules if name.startswith("specwire_codegen.")} & STAGES
    return HEAVY.intersection(name.split(".")[0] for name in modules) | stages


@pytest.fixture
def document(tmp_path: Path) -> str:
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    return "spec.yaml"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["generate", "--help"]], ids=" ".join)
def test_version_and_help_import_no_stage_of_generation(tmp_path: Path, arguments: list[str]) -> None:
    found = imported(tmp_path, *arguments)
    assert ("specwire_codegen.cli.verbs" in found) == ("--help" in arguments)
    assert not heavy(found)


@pytest.mark.parametrize("word", ["", "mist", "mistral chat.", "mistral chat.complete --"])
def test_completion_of_a_call_imports_the_client_and_no_stage_of_generation(tmp_path: Path, word: str) -> None:
    found = imported(tmp_path, "--complete", "zsh", "specwire", "call", *word.split(" "))
    assert ("specwire_clients.mistral" in found) == (" " in word)
    assert not (STAGES - {"documents"}) & {name.split(".")[1] for name in found if name.startswith("specwire_codegen.")}
    assert not {"cyclopts", "datamodel_code_generator", "jinja2", "starlette", "yaml"} & found


def test_an_unchanged_run_only_reads_hashes_and_compares(tmp_path: Path, document: str) -> None:
    first = imported(tmp_path, "generate", document, "--package", "sample")
    assert STAGES <= heavy(first)
    second = imported(tmp_path, "generate", document, "--package", "sample")
    assert "specwire_codegen.build_cache.commands" in second
    assert not {"attr", "cyclopts", "pathlib", "rich", "specwire", "specwire_codegen.cli.running", "typing"} & second
    assert not heavy(second)


def test_another_command_for_an_unchanged_target_imports_no_stage(tmp_path: Path, document: str) -> None:
    imported(tmp_path, "generate", document, "--package", "sample")
    second = imported(tmp_path, "generate", document, "--package", "sample", "--output", ".")
    assert "specwire_codegen.cli.running" in second
    assert not heavy(second)
    assert not any(name.startswith("rich.") for name in second)


def test_a_small_document_needs_no_slow_library(tmp_path: Path, document: str) -> None:
    """It needs neither an HTTP library nor the runtime of clients, and its classes are common ones."""
    found = imported(tmp_path, "generate", document, "--package", "sample")
    others = {"jsonpath_rfc9535", "specwire._exchange.prepared"}
    slow = {"datamodel_code_generator", "httpx2", "openapi_schema_validator", "openapi_spec_validator", "requests"}
    assert not (slow | others) & found


def test_a_small_json_document_needs_neither_yaml_nor_metadata_of_packages(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(yaml.safe_load(SPEC)), "utf-8")
    found = imported(tmp_path, "generate", "spec.json", "--package", "sample")
    assert "specwire_codegen.render.client" in found
    assert not {"yaml", "importlib.metadata", "msgspec", "specwire_codegen.compat.package"} & found


def test_a_command_imports_no_other_commands(tmp_path: Path, document: str) -> None:
    found = imported(tmp_path, "generate", document, "--package", "sample")
    commands = {"call", "contract", "doctor", "drift", "mcp", "mock", "package", "versions"}
    assert not {f"specwire_codegen.cli.{name}" for name in commands} & found
