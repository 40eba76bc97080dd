"""`[tool.specwire]` in a project of the user, and documents that are not files."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.command_line import Specwire, specwire
from tests.support.paths import ROOT

__all__ = ["specwire"]

PETSTORE = ROOT / "examples" / "petstore.yaml"
SETTINGS = """
[tool.specwire]
output = "src"

[tool.specwire.clients.pets]
document = "api/petstore.yaml"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a document and settings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "petstore.yaml").write_bytes(PETSTORE.read_bytes())
    (tmp_path / "pyproject.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


def stated(folder: Path, more: str) -> None:
    """Add lines to the settings of the client."""
    (folder / "pyproject.toml").write_text(f"{SETTINGS}{more}\n", "utf-8")


def test_commands_without_arguments_handle_every_stated_client(folder: Path, specwire: Specwire) -> None:
    """Generated once, then unchanged; `check` sees a difference."""
    code, out, _ = specwire("generate")
    assert code == 0 and (folder / "src/pets/client.py").is_file() and "pets" in out
    assert "unchanged" in specwire("generate")[1] and specwire("check")[0] == 0
    assert specwire("generate", "pets")[0] == 0
    (folder / "src/pets/api.md").unlink()
    assert specwire("check")[0] == 1


def test_a_client_has_its_own_options(folder: Path, specwire: Specwire) -> None:
    """Names, overlays, output, and the part of the document."""
    (folder / "names.toml").write_text('[client]\nclass = "Zoo"\n', "utf-8")
    overlay = (
        "overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions: [{target: $.info, update: {title: Our zoo}}]\n"
    )
    (folder / "ours.yaml").write_text(overlay, "utf-8")
    more = 'config = "names.toml"\noverlays = ["ours.yaml"]\noutput = "lib"\nonly-operations = ["listPets"]\n'
    stated(folder, more)
    assert specwire("generate")[0] == 0
    init = (folder / "lib/pets/__init__.py").read_text("utf-8")
    assert "Our zoo" in init and "Zoo" in init
    assert "1 method for 1 operation" in (folder / "lib/pets/api.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            'documnt = "x.yaml"',
            "error[unknown-key] pyproject.toml:7:1: [tool.specwire.clients.pets] has no key 'documnt'",
        ),
        ('overlays = "x.yaml"', "error[bad-value] pyproject.toml:7:1: overlays has the wrong type"),
        ("only-tags = [1]", "error[bad-value] pyproject.toml:7:1: only-tags has the wrong type"),
        ('hook = "os.system"', "error[bad-value] pyproject.toml:7:1: 'os.system' is not a hook"),
        (
            "[tool.specwire.clients.more]",
            "error[missing-key] pyproject.toml:7:1: [tool.specwire.clients.more] has no doc",
        ),
        ('[tool.specwire.clients.x]\ndocument = "no.yaml"', "error[no-such-file] pyproject.toml:8:1: no.yaml does not"),
        ("[tool.specwire.client]", "error[unknown-key] pyproject.toml:2:1: [tool.specwire] has no key 'client'"),
        ('[tool.specwire.clients."a b"]\ndocument = "api/petstore.yaml"', "error: 'a b' is not a package name"),
    ],
)
def test_mistakes_are_named_with_their_place(folder: Path, specwire: Specwire, more: str, message: str) -> None:
    """Nothing is generated."""
    stated(folder, more)
    code, out, err = specwire("generate")
    assert (1, "") == (code, out) and message in err and not (folder / "src").exists()


HOOK = """
import attrs

def shorten(api):
    operations = tuple(attrs.evolve(each, summary="Hooked.") for each in api.operations)
    return attrs.evolve(api, operations=operations)

def broken(api):
    raise KeyError("x")

def nothing(api):
    print(api.class_name)
"""


def test_a_hook_sees_and_changes_the_ir_only_if_it_may_run(folder: Path, specwire: Specwire) -> None:
    """A checkout of somebody else runs nothing by itself; a changed hook is a changed input."""
    (folder / "hook.py").write_text(HOOK, "utf-8")
    stated(folder, 'hook = "hook.py:shorten"')
    code, _, err = specwire("generate")
    assert code == 1 and "hook.py:shorten for each client: read it, then add --run-hooks" in err
    assert specwire("generate", "--run-hooks")[0] == 0
    assert "Hooked." in (folder / "src/pets/operations/pets.py").read_text("utf-8")
    assert specwire("check", "--run-hooks")[0] == 0 and "unchanged" in specwire("generate", "--run-hooks")[1]
    (folder / "hook.py").write_text(HOOK.replace("Hooked.", "Changed."), "utf-8")
    assert "unchanged" not in specwire("generate", "--run-hooks")[1]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("broken", "hook.py:broken raised KeyError: 'x'"),
        ("nothing", "hook.py:nothing returned NoneType: return the Api"),
        ("absent", "hook.py has no function absent"),
    ],
)
def test_a_broken_hook_is_an_error(folder: Path, specwire: Specwire, function: str, message: str) -> None:
    """In one line."""
    (folder / "hook.py").write_text(HOOK, "utf-8")
    stated(folder, f'hook = "hook.py:{function}"')
    code, _, err = specwire("generate", "--run-hooks")
    assert code == 1 and message in err and "Traceback" not in err


def test_without_clients_the_error_says_what_to_write(folder: Path, specwire: Specwire) -> None:
    """Also with another project's pyproject.toml."""
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\n', "utf-8")
    code, _, err = specwire("generate")
    assert code == 1 and "specwire generate openapi.yaml --package my_client" in err


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """A server with the files of the project."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/petstore.yaml"
        server.shutdown()


def test_a_document_at_a_url_can_be_generated_and_checked(folder: Path, specwire: Specwire, address: str) -> None:
    """Files of the current folder do not get into it; the header has the URL."""
    (folder / "client.toml").write_text('[client]\nclass = "Other"\n', "utf-8")
    code, out, err = specwire("generate", address, "--package", "remote")
    assert code == 0 and address in out, err
    init = (folder / "remote/__init__.py").read_text("utf-8")
    assert f"Generated by specwire from {address}." in init and "Remote" in init
    assert specwire("check", address, "--package", "remote")[0] == 0
    (folder / "pyproject.toml").write_text(SETTINGS.replace("api/petstore.yaml", address), "utf-8")
    assert specwire("generate")[0] == 0 and (folder / "src/pets").is_dir()


def test_a_document_on_standard_input_can_be_generated(
    folder: Path, specwire: Specwire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `-`; errors name it."""

    def given(text: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))

    given(PETSTORE.read_bytes())
    code, out, err = specwire("generate", "-", "--package", "piped")
    assert code == 0 and "standard input" in out, err
    given(b"openapi: [\n")
    code, _, err = specwire("generate", "-", "--package", "piped")
    assert code == 1 and "<stdin>:2" in err


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('output = "../elsewhere"', "../elsewhere"),
        ('output = "/tmp"', "/tmp"),
        ('output = "away"', "away"),
        ('output = ".venv/lib"', ".venv/lib"),
        ('output = "a\\u0000b"', "a\\x00b"),
        ('config = "/etc/client.toml"', "/etc/client.toml"),
        ('config = ".secret/client.toml"', ".secret/client.toml"),
        ('overlays = ["overlay.yaml", "/etc/hostname"]', "/etc/hostname"),
        ('overlays = ["~/../../../../../../../../etc/hostname"]', "etc/hostname"),
        ('hook = "../hook.py:change"', "../hook.py"),
        ('hook = "/tmp/hook.py:change"', "/tmp/hook.py"),
    ],
)
def test_a_project_of_somebody_else_names_no_path_outside_of_it(
    folder: Path, specwire: Specwire, line: str, path: str
) -> None:
    """Not to write to, to read or to run: not by parents, absolute paths, links or hidden folders."""
    (folder / "away").symlink_to(folder.parent, target_is_directory=True)
    before = sorted(folder.parent.iterdir())
    stated(folder, line)
    code, out, err = specwire("generate", "--run-hooks")
    assert (code, out) == (1, "") and "error[outside-project] pyproject.toml:" in err and path in err
    assert sorted(folder.parent.iterdir()) == before and not (folder / "src").exists()


def test_a_document_far_away_is_outside_of_the_project_too(folder: Path, specwire: Specwire) -> None:
    (folder / "pyproject.toml").write_text('[tool.specwire.clients.a]\ndocument = "/etc/hostname"\n', "utf-8")
    code, _, err = specwire("check")
    assert code == 1 and "error[outside-project]" in err


def test_a_project_within_a_repository_uses_its_other_folders(folder: Path, specwire: Specwire) -> None:
    """As in a repository of several projects."""
    project = folder / "clients" / "python"
    project.mkdir(parents=True)
    (folder / ".git").mkdir()
    settings = SETTINGS.replace('"src"', '"../../shared"').replace('"api/', '"../../api/')
    (project / "pyproject.toml").write_text(settings, "utf-8")
    code, _, err = specwire("generate", "--root", str(project))
    assert code == 0 and (folder / "shared" / "pets" / "client.py").is_file(), err
