"""Versions to compare: files, providers, URLs, Git revisions; the forms of the report."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.command_line import Specwire, specwire

from .edits import DOCUMENT, EDITS, edited

__all__ = ["specwire"]

BREAKING = "client.pets.delete(): removed"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a provider and a document, each with one commit and a later edit."""
    specs = tmp_path / "specs" / "shop"
    specs.mkdir(parents=True)
    for path in (specs / "openapi.yaml", tmp_path / "old.yaml", tmp_path / "shop.yaml"):
        path.write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    (specs / "client.toml").write_text('[client]\nclass = "PetShop"\n', "utf-8")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.test", "-C", str(tmp_path))
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "First"], check=True)
    for path in (specs / "openapi.yaml", tmp_path / "shop.yaml"):
        path.write_text(yaml.safe_dump(edited(EDITS["method removed"])), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{}/old.yaml", "{}/shop.yaml"),
        ("HEAD:shop.yaml", "{}/shop.yaml"),
        ("HEAD:shop", "shop"),
        ("{}/old.yaml", "shop"),
    ],
)
def test_versions_are_files_providers_and_revisions(project: Path, specwire: Specwire, old: str, new: str) -> None:
    """Each pair has the same change."""
    code, out, err = specwire("diff", old.format(project), new.format(project), "--root", str(project))
    assert (0, "") == (code, err)
    assert f"breaking (1)\n  {BREAKING}\n\n1 breaking, 0 risky, 0 safe; suggested version bump: major\n" == out


def test_clients_of_a_project_are_versions(project: Path, specwire: Specwire) -> None:
    """Also in a revision, with the settings that they had then, and in a subfolder of the repository."""
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.test", "-C", str(project))
    folder = project / "own"
    folder.mkdir()
    stated = '[tool.specwire.clients.pets]\ndocument = "api.yaml"\nconfig = "names.toml"\n'
    (folder / "pyproject.toml").write_text(stated, "utf-8")
    (folder / "names.toml").write_text('[operations]\n"pets.delete" = "pets.remove"\n', "utf-8")
    (folder / "api.yaml").write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Second"], check=True)
    (folder / "names.toml").unlink()
    (folder / "pyproject.toml").write_text(stated.replace("api", "new").replace("names", "no"), "utf-8")
    (folder / "new.yaml").write_text(yaml.safe_dump(edited(EDITS["method removed"])), "utf-8")
    code, out, err = specwire("diff", "HEAD:pets", "pets", "--root", str(folder))
    assert (0, "") == (code, err)
    assert "client.pets.remove(): removed" in out and "1 breaking, 0 risky, 0 safe" in out


def test_a_client_of_a_project_is_not_updated(project: Path, specwire: Specwire) -> None:
    """Its document has no pin; the error says how to compare it."""
    (project / "pyproject.toml").write_text('[tool.specwire.clients.pets]\ndocument = "old.yaml"\n', "utf-8")
    code, _, err = specwire("update", "pets", "--root", str(project))
    assert code == 1 and "old.yaml is yours to change" in err and "specwire diff HEAD:pets pets" in err


def test_a_document_without_what_the_provider_names_is_compared(project: Path, specwire: Specwire) -> None:
    """`client.toml` of the provider also names an operation that the new document dropped."""
    names = '[operations]\n"pets.delete" = "pets.remove"\n"pets.photo" = false\n'
    (project / "specs" / "shop" / "client.toml").write_text(names, "utf-8")
    (project / "specs" / "shop" / "openapi.yaml").write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    bare = edited(EDITS["method removed"])
    del bare["paths"]["/pets/{pet}/photo"]
    (project / "shop.yaml").write_text(yaml.safe_dump(bare), "utf-8")
    code, out, err = specwire("diff", "shop", str(project / "shop.yaml"), "--root", str(project))
    assert (0, "") == (code, err)
    assert "breaking (1)\n  client.pets.remove(): removed\n" in out


@pytest.mark.parametrize(("limit", "code"), [("breaking", 1), ("risky", 1)])
def test_the_exit_code_tells_of_severe_changes(project: Path, specwire: Specwire, limit: str, code: int) -> None:
    """`--fail-on` is for continuous integration."""
    assert code == specwire("diff", "HEAD:shop", "shop", "--fail-on", limit, "--root", str(project))[0]
    assert 0 == specwire("diff", "shop", "shop", "--fail-on", limit, "--root", str(project))[0]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope:shop", "'nope' is not a revision"),
        ("HEAD:nope", "revision 'HEAD' has neither the file nor the provider 'nope'"),
        ("--upload-pack=x:shop", "Unknown option"),
        ("nope", "no-such-file"),
    ],
)
def test_unknown_versions_are_clear_errors(project: Path, specwire: Specwire, name: str, message: str) -> None:
    """The message names what was looked for."""
    code, out, err = specwire("diff", name, "shop", "--root", str(project))
    assert code in (1, 2)
    assert message in err + out
    assert "Traceback" not in err


def test_reports_have_the_form_of_their_use(project: Path, specwire: Specwire) -> None:
    """Markdown and HTML escape the text of documents, JSON has every field, the changelog its sections."""
    hostile = edited(EDITS["method removed"])
    hostile["components"]["schemas"]["Food"]["properties"]["kind"] = {
        "type": "string",
        "enum": ["<b>`x`|</b>", "y", "z"],
    }
    (project / "shop.yaml").write_text(yaml.safe_dump(hostile), "utf-8")
    again = edited(EDITS["method removed"])
    again["components"]["schemas"]["Food"]["properties"]["kind"] = {"type": "string", "enum": ["y", "z"]}
    (project / "old.yaml").write_text(yaml.safe_dump(again), "utf-8")
    pair = (str(project / "shop.yaml"), str(project / "old.yaml"))
    reports = {
        name: specwire("diff", *pair, "--format", name)[1] for name in ("text", "markdown", "html", "json", "changelog")
    }
    assert "<b>`" not in reports["html"]
    assert "<b>" not in reports["markdown"]
    (change,) = json.loads(reports["json"])["changes"]
    assert ("safe", "type", "changed", "models.FoodKind") == tuple(
        change[key] for key in ("severity", "kind", "action", "subject")
    )
    assert reports["changelog"].startswith("## [1]\n\n### Changed\n\n- `models.FoodKind`: ")


def test_a_report_goes_to_a_file(project: Path, specwire: Specwire) -> None:
    """The terminal has the counts."""
    page = project / "diff.html"
    _, out, _ = specwire("diff", "HEAD:shop", "shop", "--format", "html", "-o", str(page), "--root", str(project))
    assert "".join(out.split()).endswith("1breaking,0risky,0safe")  # the line may be folded
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_a_page_without_changes_says_so(project: Path, specwire: Specwire) -> None:
    """It counts nothing."""
    same = str(project / "shop.yaml")
    for name in ("html", "markdown"):
        _, out, _ = specwire("diff", same, same, "--format", name)
        assert "Nothing changes for users of the client." in out and "breaking," not in out


def test_a_document_of_a_revision_may_refer_to_its_whole_repository(tmp_path: Path, specwire: Specwire) -> None:
    """Also above its folder; symbolic links are left out."""
    (tmp_path / "api").mkdir()
    (tmp_path / "common").mkdir()
    order = "{type: object, properties: {id: {type: string}}}"
    (tmp_path / "common/order [1].yaml").write_text(order, "utf-8")
    (tmp_path / "leak.yaml").symlink_to("/etc/hostname")
    spec = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\nservers: [{url: 'https://t.test'}]\npaths:\n  /o: {get: {\n"
    spec += "    operationId: o.get, responses: {'200': {description: d, content: {application/json: {schema:\n"
    spec += "    {$ref: '../common/order%20[1].yaml'}}}}}}}\n"
    (tmp_path / "api/openapi.yaml").write_text(spec, "utf-8")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.test", "-C", str(tmp_path))
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "First"], check=True)
    (tmp_path / "common/order [1].yaml").write_text(order.replace("string", "integer"), "utf-8")
    words = ("HEAD:api/openapi.yaml", str(tmp_path / "api/openapi.yaml"))
    code, out, err = specwire("diff", *words, "--root", str(tmp_path))
    assert (0, "") == (code, err)
    assert ".id: str is now int" in out
