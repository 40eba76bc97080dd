"""Files that a document may read: the rule of `files/reach.py` and its limits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from specwire_codegen.files.access import Access, access

from tests.codegen.files.folder import facts, findings, get, rejection, write
from tests.support.command_line import exit_code

PET = "type: object\nproperties: {seen: {type: integer}}\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a home folder; the working directory is another one."""
    folder = tmp_path / "homes/user"
    folder.mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.chdir(tmp_path / "work")
    yield folder


def document(folder: Path, place: str, ref: str, *others: str) -> Path:
    """Write a document that refers to one file, and other files with the same schema."""
    body = "".join(f"--- # {other}\n{PET}" for other in others)
    return write(folder, f"--- # {place}\n{get(f'{{$ref: {ref!r}}}')}{body}")


def is_read(root: Path, allowed: Access | None = None) -> bool:
    """Tell whether a document is accepted with its reference, or rejected for that reference only."""
    found = findings(root, allowed)
    assert {each.code for each in found} <= {"ref-not-allowed"}
    return not found


@pytest.mark.parametrize(
    ("place", "ref", "target", "read"),
    [
        ("a/openapi.yaml", "Pet.yaml", "a/Pet.yaml", True),
        ("a/openapi.yaml", "b/c/Pet.yaml", "a/b/c/Pet.yaml", True),
        ("a/openapi.yaml", "../Pet.yaml", "Pet.yaml", False),
        ("a/openapi.yaml", "../b/Pet.yaml", "b/Pet.yaml", False),
        ("a/openapi.yaml", ".env", "a/.env", False),
        ("a/openapi.yaml", ".docker/config.json", "a/.docker/config.json", False),
        ("a/.api/openapi.yaml", "Pet.yaml", "a/.api/Pet.yaml", True),
        ("homes/user/Downloads/openapi.yaml", "../.docker/config.json", "homes/user/.docker/config.json", False),
        ("homes/user/Downloads/openapi.yaml", "../other.json", "homes/user/other.json", False),
        ("homes/user/openapi.yaml", "../other/x.json", "homes/other/x.json", False),
    ],
)
def test_a_document_reads_its_own_folder(tmp_path: Path, place: str, ref: str, target: str, read: bool) -> None:
    """Without a repository, it reads files of its own folder that are not hidden."""
    assert read == is_read(document(tmp_path, place, ref, target))


@pytest.mark.parametrize("mark", [".git/HEAD", ".hg/store", ".git"])
@pytest.mark.parametrize(
    ("ref", "target", "read"),
    [
        ("../../../common/Pet.yaml", "repo/common/Pet.yaml", True),
        ("../../../Pet.yaml", "repo/Pet.yaml", True),
        ("../../../../Pet.yaml", "Pet.yaml", False),
        ("../../../.github/Pet.yaml", "repo/.github/Pet.yaml", False),
        ("../../../.git/config", "repo/.git/config", False),
    ],
)
def test_files_of_the_same_repository_are_read(tmp_path: Path, mark: str, ref: str, target: str, read: bool) -> None:
    """Whatever the working directory is."""
    if mark == ".git" and target.startswith("repo/.git/"):
        pytest.skip("the mark is a file here")
    path = tmp_path / "repo" / mark
    path.parent.mkdir(parents=True)
    path.write_text("x", "utf-8")
    assert read == is_read(document(tmp_path, "repo/specs/pay/2024/openapi.yaml", ref, target))


def test_the_nearest_repository_counts(tmp_path: Path) -> None:
    """A repository inside another one does not open the outer one."""
    (tmp_path / "outer/.git").mkdir(parents=True)
    (tmp_path / "outer/inner/.git").mkdir(parents=True)
    assert not is_read(document(tmp_path, "outer/inner/a/openapi.yaml", "../../Pet.yaml", "outer/Pet.yaml"))


@pytest.mark.parametrize("marked", ["homes/user", "homes"])
def test_a_repository_of_the_whole_home_does_not_count(tmp_path: Path, marked: str) -> None:
    """A home folder that is a repository, or is in one, opens nothing."""
    (tmp_path / marked / ".git").mkdir()
    assert not is_read(document(tmp_path, "homes/user/a/openapi.yaml", "../b/Pet.yaml", "homes/user/b/Pet.yaml"))


@pytest.mark.parametrize(
    ("folder", "read"), [("top", True), ("top/a", False), ("homes/user", False), ("elsewhere", False)]
)
def test_the_working_directory_is_open_if_it_holds_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, read: bool
) -> None:
    """Unless it is the home folder."""
    base = folder if folder == "homes/user" else "top"
    root = document(tmp_path, f"{base}/a/openapi.yaml", "../b/Pet.yaml", f"{base}/b/Pet.yaml")
    (tmp_path / folder).mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / folder)
    assert read == is_read(root)


@pytest.mark.parametrize(
    ("named", "ref", "target", "read"),
    [
        ("b", "../b/Pet.yaml", "b/Pet.yaml", True),
        ("b/Pet.yaml", "../b/Pet.yaml", "b/Pet.yaml", True),
        ("b/Pet.yaml", "../b/Other.yaml", "b/Other.yaml", False),
        ("b", "../b/.c/Pet.yaml", "b/.c/Pet.yaml", False),
        ("b/.c", "../b/.c/Pet.yaml", "b/.c/Pet.yaml", True),
        ("c", "../b/Pet.yaml", "b/Pet.yaml", False),
        ("homes/user/.shared", "../homes/user/.shared/Pet.yaml", "homes/user/.shared/Pet.yaml", True),
    ],
)
def test_a_named_folder_is_open(tmp_path: Path, named: str, ref: str, target: str, read: bool) -> None:
    """Hidden or not; hidden files in it are not."""
    root = document(tmp_path, "a/openapi.yaml", ref, target)
    assert read == is_read(root, access(within=[tmp_path / named]))


@pytest.mark.parametrize("to_file", [True, False])
def test_links_are_resolved(tmp_path: Path, to_file: bool) -> None:
    """The target of a link counts."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/Pet.yaml").write_text(PET, "utf-8")
    root = document(tmp_path, "a/openapi.yaml", "Pet.yaml" if to_file else "in/Pet.yaml")
    link, target = (root.parent / "Pet.yaml", "secret/Pet.yaml") if to_file else (root.parent / "in", "secret")
    link.symlink_to(tmp_path / target, target_is_directory=not to_file)
    assert not is_read(root)
    assert is_read(root, access(within=[tmp_path / "secret"]))


def test_a_document_behind_a_link_reads_the_folder_of_its_target(tmp_path: Path) -> None:
    """The folder of the link itself is not read."""
    root = document(tmp_path, "a/openapi.yaml", "Pet.yaml", "a/Pet.yaml")
    link = tmp_path / "work/link.yaml"
    link.symlink_to(root)
    assert [] == [each for each in findings(link) if each.code == "ref-not-allowed"]


@pytest.mark.parametrize("spelling", ["file://{}", "file://localhost{}", "file:{}", "FILE://{}"])
@pytest.mark.parametrize(("target", "read"), [("a/Pet one.yaml", True), ("b/Pet one.yaml", False)])
def test_a_file_url_is_a_path(tmp_path: Path, spelling: str, target: str, read: bool) -> None:
    """Under the same rule."""
    path = (tmp_path / target).as_posix().replace(" ", "%20")
    assert read == is_read(document(tmp_path, "a/openapi.yaml", spelling.format(path), target))


@pytest.mark.parametrize(
    "ref",
    [
        "///host/Pet.yaml",
        "/%2Fhost/Pet.yaml",
        "%2F%2Fhost/Pet.yaml",
        "/\\host/Pet.yaml",
        "\\\\host\\share\\Pet.yaml",
        "%5C%5Chost/Pet.yaml",
        "\\/host/Pet.yaml",
        "file://host/Pet.yaml",
        "file:////host/Pet.yaml",
        "file://localhost//host/Pet.yaml",
        "file:%2F%2Fhost/Pet.yaml",
        "file:\\\\host\\Pet.yaml",
    ],
)
def test_a_share_of_another_machine_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ref: str) -> None:
    """Windows would connect to it with the user's credentials."""
    root = document(tmp_path, "a/openapi.yaml", ref)
    looked: list[str] = []
    exists = Path.exists

    def noted(path: Path) -> bool:
        looked.append(str(path))
        return exists(path)

    monkeypatch.setattr(Path, "exists", noted)
    (found,) = findings(root)
    assert "is neither a path nor a URL" in found.message
    assert not [path for path in looked if "host" in path]


@pytest.mark.parametrize("ref", ["//host.test/Pet.yaml", "//user:s3cret@host.test/Pet.yaml"])
def test_a_host_without_a_scheme_is_an_address(tmp_path: Path, ref: str) -> None:
    """`//host/path` is a URL, under the rule of URLs."""
    (found,) = findings(document(tmp_path, "a/openapi.yaml", ref))
    assert "'https://host.test/Pet.yaml' is remote" in found.message
    assert found.help is not None and "--allow-remote host.test" in found.help


@pytest.mark.parametrize("place", ["description", "schema", "operationId", "example"])
def test_the_rule_holds_at_every_place(tmp_path: Path, place: str) -> None:
    """Nothing outside is read for any kind of reference."""
    ref = "{$ref: ../b/secret.json}"
    fields = {"description": f"description: {ref}", "operationId": f"operationId: {ref}", "schema": "", "example": ""}
    media = {"schema": f"schema: {ref}", "example": f"example: {ref}"}.get(place, "schema: {type: string}")
    response = f"responses: {{'200': {{description: ok, content: {{application/json: {{{media}}}}}}}}}"
    text = f"--- # a/openapi.yaml\npaths: {{/a: {{get: {{{', '.join(filter(None, (fields[place], response)))}}}}}}}\n"
    root = write(tmp_path, f'{text}--- # b/secret.json\n"s3cret"\n')
    codes = [each.code for each in findings(root) if each.severity == "error"]
    assert ["ref-not-allowed"] == codes


def test_the_error_has_the_option_to_paste(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the rule."""
    root = document(tmp_path, "specs/pay/2024/openapi.yaml", "../../../common/v1/Pet.yaml", "common/v1/Pet.yaml")
    monkeypatch.chdir(root.parent)
    message = rejection(root)
    assert "leads out of the folder of the document, its repository and the working directory" in message
    assert "--refs-within ../../../common" in message
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    words = ("generate", "openapi.yaml", "--package", "pay", "-o", "out")
    assert 1 == exit_code(*words)
    assert 0 == exit_code(*words, "--refs-within", "../../../common")
    assert 0 == exit_code("dump-ir", "openapi.yaml", "--refs-within=../../../common")


def test_the_suggested_option_names_a_single_file(tmp_path: Path) -> None:
    """Its folder would be too much."""
    message = rejection(document(tmp_path, "a/openapi.yaml", "../Pet.yaml", "Pet.yaml"))
    assert f"--refs-within {Path(os.path.relpath(tmp_path / 'Pet.yaml')).as_posix()}" in message


@pytest.mark.parametrize("table", ["", "[client]\n"])
@pytest.mark.parametrize("value", ['["../b"]', '"../b"'])
def test_a_folder_may_be_named_in_client_toml(tmp_path: Path, table: str, value: str) -> None:
    """`refs-within` is relative to that file."""
    root = document(tmp_path, "specs/a/openapi.yaml", "../b/Pet.yaml", "specs/b/Pet.yaml")
    (root.parent / "client.toml").write_text(f"{table}refs-within = {value}\n", "utf-8")
    assert 0 == exit_code("dump-ir", str(root))


@pytest.mark.parametrize(
    ("place", "secret"),
    [
        ("homes/user/Downloads/api", "homes/user/notes"),
        ("homes/user/Downloads/api", "homes/user/.ssh"),
        ("homes/user/Downloads/api", "homes/other"),
        ("homes/user/Downloads/api", "elsewhere"),
        ("specs/api", "specs/.secret"),
        ("specs/api", "specs/api/.secret"),
        ("specs/api", "homes/user"),
    ],
)
@pytest.mark.parametrize(
    "form", ["refs-within = ['{}']", "ref = {{'https://s.test' = '{}'}}", "[client]\nrefs-within = '{}'"]
)
@pytest.mark.parametrize("absolute", [True, False])
def test_client_toml_opens_no_hidden_or_distant_files(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
    secret: str,
    form: str,
    absolute: bool,
) -> None:
    """It may come with the document from anybody; only the command line opens them."""
    ref = "https://s.test/x.json" if form.startswith("ref =") else os.path.relpath(f"/{secret}/x.json", f"/{place}")
    root = document(tmp_path, f"{place}/openapi.yaml", ref, f"{secret}/x.json")
    named = tmp_path / secret if absolute else Path(os.path.relpath(tmp_path / secret, root.parent))
    (root.parent / "client.toml").write_text(form.format(named.as_posix()) + "\n", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    words = ("generate", str(root), "--package", "p", "-o", str(tmp_path / "out"))
    assert 1 == exit_code(*words)
    assert "is hidden or too far away for this file to allow it" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_client_toml_is_checked(tmp_path: Path) -> None:
    """An invalid value is an error with its line."""
    root = document(tmp_path, "a/openapi.yaml", "Pet.yaml", "a/Pet.yaml")
    (root.parent / "client.toml").write_text("[client]\nrefs-within = 7\n", "utf-8")
    assert 1 == exit_code("dump-ir", str(root))


def test_unneeded_references_are_not_rejected(tmp_path: Path) -> None:
    """No operation uses them."""
    root = document(tmp_path, "a/openapi.yaml", "Pet.yaml", "a/Pet.yaml")
    more = "components: {schemas: {Unused: {$ref: ../../secret.yaml}, Too: {properties: {a: {$ref: gone.yaml}}}}}\n"
    root.write_text(root.read_text("utf-8") + more, "utf-8")
    assert ["Pet"] == list(facts(root)["components"]["schemas"])
