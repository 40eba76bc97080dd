"""The hooks and workflows of the documentation: valid, and with commands that work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import blocks
from tests.support.command_line import SPEC
from tests.support.paths import ROOT

FILES = sorted((ROOT / "docs/ci").glob("*.yml"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def steps(file: Path) -> Iterator[str]:
    """Yield the shell commands of a workflow."""
    data = yaml.safe_load(file.read_text("utf-8"))
    for job in data.get("jobs", {"": data.get("clients")}).values():
        yield from job.get("script", ())
        yield from (step["run"] for step in job.get("steps", ()) if "run" in step)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Repository with the provider acme on the branch main, and a changed document on another."""
    folder = tmp_path_factory.mktemp("project")
    origin = folder / "specs/acme/openapi.yaml"
    origin.parent.mkdir(parents=True)
    (folder / "acme.yaml").write_text(SPEC, "utf-8")
    (folder / "bin").mkdir()
    program = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m specwire_codegen "$@"\n'
    (folder / "bin/specwire").write_text(program, "utf-8")
    (folder / "bin/specwire").chmod(0o755)
    git = "git -c user.name=a -c user.email=a@b.test"
    origin.parent.rmdir()
    done = sh(folder, "specwire new acme --spec acme.yaml && specwire generate")
    assert 0 == done.returncode, done.stderr
    script = f"git init -q -b main && git add specs generated acme.yaml && {git} commit -qm First"
    script += " && git update-ref refs/remotes/origin/main HEAD && git remote add origin ."
    done = sh(folder, script)
    assert 0 == done.returncode, done.stderr
    return folder


def sh(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a CI system does: it stops at the first failure."""
    found = {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PROVIDER": "acme",
        **variables,
    }
    words = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(words, cwd=folder, env=found, capture_output=True, text=True, check=False, timeout=300)


def variables(folder: Path) -> Mapping[str, str]:
    """Return the variables that the CI systems set."""
    return {
        "GITHUB_BASE_REF": "main",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "RUNNER_TEMP": str(folder / "temp"),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_commands_of_a_workflow_work(project: Path, file: Path) -> None:
    """In a project where nothing changed, all of them succeed; those of pip and git's server are left out."""
    (project / "temp").mkdir(exist_ok=True)
    found = [step for step in steps(file) if not step.startswith("pip ") and "gh pr" not in step]
    assert any("specwire" in step for step in found)
    for step in found:
        if "contract" in step:
            step += " --examples 1"
        done = sh(project, step, **variables(project))
        assert 0 == done.returncode, f"{step}: {done.stdout}{done.stderr}"


def test_a_breaking_change_fails_the_workflows(project: Path) -> None:
    """The summary has it, and the step that guards against it fails."""
    text = (project / "acme.yaml").read_text("utf-8")
    (project / "acme.yaml").write_text(text.replace("  /orders:\n    post:", "  /baskets:\n    post:"), "utf-8")
    update = next(step for step in steps(ROOT / "docs/ci/github-update.yml") if "specwire update" in step)
    assert 0 == sh(project, update, **variables(project)).returncode
    assert "client.orders.create()" in (project / "temp/update.md").read_text("utf-8")
    summary, guard = (step for step in steps(ROOT / "docs/ci/github.yml") if "specwire diff" in step)
    assert 0 == sh(project, summary, **variables(project)).returncode
    assert "client.orders.create()" in (project / "summary.md").read_text("utf-8")
    assert 1 == sh(project, guard, **variables(project)).returncode
    check = next(step for step in steps(ROOT / "docs/ci/gitlab.yml") if "specwire check" in step)
    assert "stale: change" in sh(project, check, **variables(project)).stderr


def test_every_extra_of_a_workflow_exists() -> None:
    """`pip install` names an extra of the package."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    extras = {found[1] for file in FILES for found in re.finditer(r"specwire\[(\w+)\]", file.read_text("utf-8"))}
    assert extras and all(re.search(rf"^{extra} = \[", project, re.MULTILINE) for extra in extras)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_checks_what_it_names(hook: dict[str, Any], tmp_path: Path) -> None:
    """The command of a hook, with or without file names, finds a warning."""
    folder = tmp_path / "specs/acme"
    folder.mkdir(parents=True)
    spec = folder / "openapi.yaml"
    spec.write_text(SPEC, "utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/specwire").write_text(f'#!/bin/sh\nexec {sys.executable} -m specwire_codegen "$@"\n', "utf-8")
    (tmp_path / "bin/specwire").chmod(0o755)
    assert 0 == sh(tmp_path, "specwire generate").returncode
    assert re.search(hook["files"], "specs/acme/openapi.yaml")
    command = hook["entry"] + (" specs/acme/openapi.yaml" if hook.get("pass_filenames", True) else "")
    assert 0 == sh(tmp_path, command).returncode
    spec.write_text(SPEC.replace("version: '1'", "version: '1', license: {}"), "utf-8")
    sh(tmp_path, "specwire generate")
    done = sh(tmp_path, command)
    assert (1, True) == (done.returncode, "warning[" in done.stderr), done.stderr


def test_the_page_names_existing_hooks() -> None:
    """`.pre-commit-config.yaml` of the page."""
    (config,) = (yaml.safe_load(block.text) for block in blocks("docs/ci.md") if block.language == "yaml")
    named = {hook["id"] for repository in config["repos"] for hook in repository["hooks"]}
    assert named == {hook["id"] for hook in HOOKS}
