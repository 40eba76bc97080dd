"""`specwire drift show` and `specwire drift apply`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from specwire import Drift, DriftReport

from tests.support.command_line import SPEC, Specwire, exit_code, project, specwire

__all__ = ["project", "specwire"]

OBJECT = "schema: {type: object}"
ORDER = """schema: {type: object, properties: {
            state: {type: string, enum: [new]}, at: {type: string, format: date-time}}}"""
HEAD = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\n"


@pytest.fixture
def drift(project: Path) -> Path:
    """File with drift of a provider, whose name is `t`."""
    (project / "openapi.yaml").write_text(SPEC.replace(OBJECT, ORDER), "utf-8")
    report = DriftReport()
    report.record("getOrder", [Drift("$.state", "one of 'new'", "string 'lost'"), Drift("$.at", "string", "null")], 200)
    report.record("getOrder", [Drift("$.gone", "string", "null")], 200)
    report.record("noSuch", [Drift("$.x", "string", "null")])
    file = project.parent.parent / "drift.jsonl"
    report.save(file)
    return file


def test_drift_is_shown_by_operation(drift: Path, specwire: Specwire) -> None:
    """Several files are merged."""
    code, out, err = specwire("drift", "show", str(drift), str(drift))
    assert (0, "") == (code, err)
    assert "getOrder\n  200 $.at: expected string, got null (2)\n" in out
    assert out.endswith("4 differences in 2 operations, seen 8 times\n")
    code, out, _ = specwire("drift", "show", str(drift), "--format", "json")
    assert {"getOrder", "noSuch"} == {entry["operation"] for entry in json.loads(out)}


def test_a_page_is_inert(drift: Path, specwire: Specwire) -> None:
    """Text of servers is neither markup nor hidden."""
    report = DriftReport()
    hostile = "<script>alert(1)</script>\u202e"
    report.record(hostile, [Drift(f"$.{hostile}", hostile, f"string '{hostile}'")])
    report.save(drift)
    code, out, _ = specwire("drift", "show", str(drift), "--format", "html", "-o", "drift.html")
    page = Path("drift.html").read_text("utf-8")
    assert (0, True) == (code, page.startswith("<!doctype html>"))
    assert "<script" not in page and "\u202e" not in page
    assert "default-src 'none'" in page
    assert "\u202e" not in specwire("drift", "show", str(drift))[1]


def test_a_page_without_drift_says_so(tmp_path: Path, specwire: Specwire) -> None:
    """It counts nothing."""
    (tmp_path / "empty.jsonl").write_bytes(b"")
    code, out, _ = specwire("drift", "show", str(tmp_path / "empty.jsonl"), "--format", "html")
    assert (0, True) == (code, "<p>No response differed from its document.</p>" in out)


@pytest.mark.parametrize("line", [b"{}", b"[1]", b"\xff", b"{", b'{"operation": 5}', b"[" * 100_000])
def test_lines_that_are_no_entries_are_warnings(drift: Path, specwire: Specwire, line: bytes) -> None:
    """The others are read."""
    drift.write_bytes(line + b"\n\n" + drift.read_bytes())
    code, out, err = specwire("drift", "show", str(drift))
    assert (0, True) == (code, "getOrder" in out)
    assert f"warning[drift-line] {drift}:1: " in err


def test_files_must_exist_and_be_named(drift: Path, specwire: Specwire) -> None:
    """A short error each."""
    assert "no.jsonl cannot be read: No such file" in specwire("drift", "show", "no.jsonl")[2]
    assert "name the files that DriftReport.save wrote" in specwire("drift", "show")[2]
    assert "name a file and its provider or client" in specwire("drift", "apply", "t")[2]
    assert "unknown provider 'nobody'" in specwire("drift", "apply", str(drift), "nobody")[2]


def test_a_proposal_is_shown_and_written_on_yes(drift: Path, project: Path, specwire: Specwire) -> None:
    """Without a terminal and without --yes nothing is written; what has no correction is listed."""
    words = ("drift", "apply", str(drift), "t")
    code, out, err = specwire(*words)
    assert (1, True) == (code, "nothing was changed: add --yes to write the overlay" in err)
    assert (code, out, err) == specwire("drift", "apply", "t", str(drift))
    assert not (project / "overlay.yaml").exists()
    assert "+++ b/specs/t/overlay.yaml" in out
    assert "not declared: getOrder 200 $.gone" in out
    code, out, err = specwire(*words, "--yes")
    assert (0, "next: specwire generate t\n") == (code, err)
    assert "risky: models" in out
    overlay = yaml.safe_load((project / "overlay.yaml").read_text("utf-8"))
    assert {"enum": ["lost"]} in [action.get("update") for action in overlay["actions"]]
    assert 0 == exit_code("generate", "--strict")
    code, out, _ = specwire(*words, "--yes")
    assert "nothing to declare" in out


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}# mine\nactions: []  # none yet\n",
        f"{HEAD}actions:\n  # first\n  - target: $.info\n    update: {{description: x}}  # last\n",
        f"{HEAD}actions:\n- target: $.info\n  update: {{description: x}}",
        f"{HEAD}actions:\n    - target: $.info\n      update:\n        description: |\n          a\n\n          b\nx-more: 1\n",
        json.dumps({"overlay": "1.0.0", "info": {"title": "o", "version": "1"}, "actions": []}),
    ],
)
def test_an_overlay_keeps_what_it_has(drift: Path, project: Path, text: str) -> None:
    """Actions are added at the end; comments stay."""
    (project / "overlay.yaml").write_text(text, "utf-8")
    before = yaml.safe_load(text)
    assert 0 == exit_code("drift", "apply", str(drift), "t", "--yes")
    new = (project / "overlay.yaml").read_text("utf-8")
    after = yaml.safe_load(new)
    assert before["actions"] == after["actions"][: len(before["actions"])]
    assert len(after["actions"]) > len(before["actions"])
    assert before.keys() == after.keys()
    assert [
        comment for comment in ("# mine", "# none yet", "# first", "# last") if comment in text and comment not in new
    ] == []
    assert 0 == exit_code("generate")


def test_an_overlay_in_another_style_is_left_to_its_author(drift: Path, project: Path, specwire: Specwire) -> None:
    """The actions are printed."""
    text = f"{HEAD}actions: [{{target: $.info, update: {{description: x}}}}]\n"
    (project / "overlay.yaml").write_text(text, "utf-8")
    code, _, err = specwire("drift", "apply", str(drift), "t", "--yes")
    assert 1 == code
    assert "has no list of actions in block style" in err
    assert text == (project / "overlay.yaml").read_text("utf-8")


def test_the_last_overlay_of_client_toml_is_extended(drift: Path, project: Path) -> None:
    """It is the one that sees the work of the others."""
    (project / "client.toml").write_text('[client]\noverlays = ["a.yaml", "b.yaml"]\n', "utf-8")
    action = "actions:\n  - {target: $.info, update: {description: x}}\n"
    for name in ("a.yaml", "b.yaml"):
        (project / name).write_text(HEAD + action, "utf-8")
    assert 0 == exit_code("drift", "apply", str(drift), "t", "--yes")
    assert "lost" in (project / "b.yaml").read_text("utf-8")
    assert HEAD + action == (project / "a.yaml").read_text("utf-8")
    assert not (project / "overlay.yaml").exists()


def test_hostile_entries_become_no_code(drift: Path, project: Path, specwire: Specwire) -> None:
    """Values, paths and operations of a file are data, in comments too."""
    report = DriftReport()
    value = "x'\n- target: $\n  remove: true #"
    report.record("getOrder", [Drift("$.state", "one of 'new'\n- a: b", f"string {value!r}")], 200)
    report.record("getOrder", [Drift("$.state", "x", "object with __import__('os').system('touch pwned')='x'")], 200)
    drift.unlink()
    report.save(drift)
    assert 0 == exit_code("drift", "apply", str(drift), "t", "--yes")
    overlay = yaml.safe_load((project / "overlay.yaml").read_text("utf-8"))
    assert [value] == overlay["actions"][0]["update"]["enum"] or [value] == overlay["actions"][1]["update"]["enum"]
    assert not Path("pwned").exists()
    assert all("$.paths" in action["target"] for action in overlay["actions"])


def test_a_document_of_its_own_has_an_overlay_too(drift: Path, project: Path) -> None:
    """Next to it."""
    assert 0 == exit_code("drift", "apply", str(drift), "specs/t/openapi.yaml", "--yes")
    assert "lost" in (project / "overlay.yaml").read_text("utf-8")
