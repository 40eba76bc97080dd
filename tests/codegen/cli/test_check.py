"""`specwire check`: documents by themselves, differences of files, and warnings."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.support.command_line import SPEC, Specwire, project, specwire

__all__ = ["project", "specwire"]

WARNED = SPEC.replace("version: '1'", "version: '1', license: {}")


def test_a_document_is_checked_by_itself(project: Path, specwire: Specwire) -> None:
    """Nothing is written."""
    before = sorted(project.parent.parent.rglob("*"))
    line = "specs/t/openapi.yaml: 2 operations, 0 models, 0 warnings\n"
    assert (0, line, "") == specwire("check", "specs/t/openapi.yaml", "--fail-on-warning")
    assert before == sorted(project.parent.parent.rglob("*"))


def test_warnings_of_a_document_fail_on_demand(project: Path, specwire: Specwire) -> None:
    """They are printed in any case, with --json as objects."""
    Path("a.yaml").write_text(WARNED, "utf-8")
    code, out, err = specwire("check", "a.yaml")
    assert (0, "a.yaml: 2 operations, 0 models, 1 warning\n") == (code, out)
    assert err.startswith("warning[") and "a.yaml:2" in err
    assert 1 == specwire("check", "a.yaml", "--fail-on-warning")[0]
    code, _, err = specwire("check", "a.yaml", "specs/t/openapi.yaml", "--fail-on-warning", "--json")
    assert (1, ["warning"]) == (code, [json.loads(each)["severity"] for each in err.splitlines()])
    assert 1 == specwire("check", "a.yaml", "--strict")[0]


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty-file"), ("{", "broken-yaml"), ("<html></html>", "web-page"), ("a: b", "no-version")]
)
def test_a_broken_document_is_an_error(project: Path, specwire: Specwire, text: str, code: str) -> None:
    """With its place."""
    Path("a.yaml").write_text(text, "utf-8")
    found, _, err = specwire("check", "a.yaml", "--json")
    assert (1, code) == (found, json.loads(err.splitlines()[0])["code"])


def test_a_document_with_a_package_is_compared(project: Path, specwire: Specwire) -> None:
    """As before."""
    words = ("specs/t/openapi.yaml", "--package", "shop", "-o", "out")
    assert 0 == specwire("generate", *words)[0]
    assert (0, "everything is as it would be generated\n", "") == specwire("check", *words, "--fail-on-warning")


def test_a_stale_package_is_answered_with_the_command_that_writes_it(project: Path, specwire: Specwire) -> None:
    """The same documents, package and folder."""
    Path("a b.yaml").write_text(SPEC, "utf-8")
    for words in (("a b.yaml", "--package", "shop"), ("a b.yaml", "--package", "shop", "--output", "out"), ("t",)):
        code, _, err = specwire("check", *words)
        advice = err.splitlines()[-1].removeprefix("run: ")
        assert (1, ["specwire", "generate", *words]) == (code, shlex.split(advice))
        assert 0 == specwire(*shlex.split(advice)[1:])[0] == specwire("check", *words)[0]


def test_differences_are_shown_as_a_unified_diff(project: Path, specwire: Specwire) -> None:
    """Of changed, missing and superfluous files, and of the normalized document."""
    assert 0 == specwire("generate")[0]
    package = Path("generated/specwire_clients/t")
    text = (package / "client.py").read_text("utf-8")
    (package / "client.py").write_text(text + "mine = 1\n", "utf-8")
    (package / "py.typed").unlink()
    (project / "openapi.yaml").write_text(SPEC.replace("title: T", "title: U"), "utf-8")
    code, out, err = specwire("check", "--diff")
    assert (1, True) == (code, "stale: change client.py" in err)
    assert "--- a/generated/specwire_clients/t/client.py\n+++ b/generated/specwire_clients/t/client.py\n" in out
    assert "-mine = 1\n" in out
    assert '-    "title": "T",\n+    "title": "U",\n' in out
    assert "--- a/specs/t/normalized.json" in out


def test_warnings_of_a_provider_fail_on_demand(project: Path, specwire: Specwire) -> None:
    """An up-to-date client can have a document with warnings."""
    (project / "openapi.yaml").write_text(WARNED, "utf-8")
    assert 0 == specwire("generate")[0]
    assert (0, "everything is as it would be generated\n", "") == specwire("check")
    code, out, err = specwire("check", "--fail-on-warning")
    assert (1, "", True) == (code, out, err.startswith("warning["))
