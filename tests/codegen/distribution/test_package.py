"""`specwire package`: what it writes works on its own, and keeps what its owner edits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.sampling import sampled
from tests.support.command_line import Specwire, specwire
from tests.support.distributions import installed, run, wheel_in
from tests.support.paths import CASES, ROOT

__all__ = ["specwire"]

KINDS = CASES / "abi" / "kinds.yaml"
HOSTILE = CASES / "positive" / "hostile_text" / "spec.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a document."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.yaml").write_bytes(KINDS.read_bytes())
    return tmp_path


def run_tests(distribution: Path) -> str:
    """Run the tests of a distribution; return their report."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(distribution / "src"), *sys.path))}
    done = subprocess.run(command, cwd=distribution, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def project(distribution: Path) -> dict[str, object]:
    """Return the metadata of a distribution."""
    found: dict[str, object] = tomllib.loads((distribution / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def edited(path: Path, old: str, new: str) -> None:
    """Replace a text in a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_distribution_has_everything_that_publication_needs(folder: Path, specwire: Specwire) -> None:
    """Names, version and licence; its tests call every operation."""
    code, out, _ = specwire("package", "orders.yaml", "--license", "mit")
    made = folder / "orders-client"
    assert code == 0 and "orders-client 1 in orders-client" in out and "tests call 8 of 8 operations" in out
    stated = project(made)
    assert (stated["name"], stated["version"], stated["license"]) == ("orders-client", "1", "MIT")
    assert stated["dependencies"] == ["specwire>=0.1.0,<1"]
    for name in ("README.md", "CHANGELOG.md", "openapi.json", "src/orders_client/api.md", ".github/workflows/ci.yml"):
        assert (made / name).is_file()
    assert re.search(r"\b10 passed", run_tests(made))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mistral", "moonshot", "aitre"])
def test_the_tests_of_a_shipped_client_pass(folder: Path, specwire: Specwire, name: str) -> None:
    """Overrides become a package of the distribution."""
    code, _, err = specwire("package", name, "--root", str(ROOT))
    assert code == 0, err
    made = folder / f"{name}-client"
    run_tests(made)
    for path in made.rglob("*.py"):
        assert not re.search(r"^\s*(from|import) specwire_(clients|overrides)", path.read_text("utf-8"), re.MULTILINE)


DOCUMENTS = sorted(path.name for path in (CASES / "positive").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_any_document_can_be_packaged(folder: Path, specwire: Specwire, document: str) -> None:
    """Its files are valid, and its tests can be collected."""
    code, _, err = specwire("package", str(CASES / "positive" / document / "spec.yaml"), "-o", "made")
    assert code == 0, err
    assert project(folder / "made")["name"]
    for path in (folder / "made" / "tests").glob("*.py"):
        compile(path.read_text("utf-8"), str(path), "exec")


@pytest.mark.slow
@pytest.mark.parametrize("document", sampled(DOCUMENTS, 6))
def test_the_tests_of_any_document_pass(folder: Path, specwire: Specwire, document: str) -> None:
    """What cannot be called with made-up values, or with the credentials that the document declares, is left out."""
    code, _, err = specwire("package", str(CASES / "positive" / document / "spec.yaml"), "-o", "made")
    assert code == 0, err
    run_tests(folder / "made")


def test_values_that_no_request_may_have_are_not_written(folder: Path, specwire: Specwire) -> None:
    """Such as objects that fit several schemas of `oneOf`; operations with other bodies are called."""
    parts = [{"type": "object", "properties": {name: {"type": "string"}}} for name in ("a", "b")]
    operations = {
        f"/{name}": {
            "post": {
                "operationId": name,
                "requestBody": {"required": True, "content": {media_type: {"schema": schema}}},
                "responses": {"204": {"description": "d"}},
            }
        }
        for name, media_type, schema in (
            ("ambiguous", "application/json", {"oneOf": parts}),
            ("impossible", "application/json", {"type": "string", "minLength": 2, "maxLength": 1}),
            ("mixed", "multipart/mixed", {}),
            ("plain", "application/json", parts[0]),
        )
    }
    document = {"openapi": "3.1.0", "info": {"title": "Odd bodies", "version": "1"}, "paths": operations}
    (folder / "odd.json").write_text(json.dumps(document), "utf-8")
    assert specwire("package", "odd.json", "-o", "made")[0] == 0
    calls = (folder / "made/tests/test_calls.py").read_text("utf-8")
    assert re.findall(r'"""POST /(\w+)\.', calls) == ["mixed", "plain"]
    run_tests(folder / "made")


def test_calls_of_unusual_operations_succeed(folder: Path, specwire: Specwire) -> None:
    """Lists that a query or a form must have, JSON as text, bytes or JSON, custom verbs, searches with pages."""
    names = {"type": "array", "items": {"type": "string"}}
    form = {"type": "object", "required": ["names"], "properties": {"names": names, "note": {"type": "string"}}}
    thing = {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}}
    number = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    page = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": thing}}}
    pages = {"style": "page", "page": "page", "items": "/items"}

    def operation(name: str, body: tuple[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
        content = {} if body is None else {"requestBody": {"required": True, "content": {body[0]: {"schema": body[1]}}}}
        return {"operationId": name, "responses": {"204": {"description": "d"}}, **content, **facts}

    def returning(*responses: tuple[str, str, Any]) -> dict[str, Any]:
        content = {status: {kind: {"schema": schema}} for status, kind, schema in responses}
        return {"responses": {status: {"description": "d", "content": each} for status, each in content.items()}}

    image = ("200", "image/*", {"type": "string", "format": "binary"})
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    required = {"name": "ids", "in": "query", "required": True, "schema": names}
    operations = {
        "/query": {"get": operation("query", parameters=[required])},
        "/form": {"post": operation("form", ("application/x-www-form-urlencoded", form))},
        "/parts": {"post": operation("parts", ("multipart/form-data", form))},
        "/text": {"post": operation("text", ("text/plain", thing))},
        "/image": {"get": operation("image", **returning(image, ("202", "application/json", thing)))},
        "/v/{name}": {"get": operation("thing", parameters=[name], **returning(("200", "application/json", thing)))},
        "/v/{name}:names": {
            "get": operation("names", parameters=[name], **returning(("200", "application/json", names)))
        },
        "/search": {
            "post": operation(
                "search",
                parameters=[number],
                **(returning(("200", "application/json", page)) | {"x-specwire-pagination": pages}),
            )
        },
    }
    document = {"openapi": "3.1.0", "info": {"title": "Unusual", "version": "1"}, "paths": operations}
    (folder / "unusual.json").write_text(json.dumps(document), "utf-8")
    assert specwire("package", "unusual.json", "-o", "made")[0] == 0
    assert "10 passed" in run_tests(folder / "made")


def test_the_readme_says_that_credentials_are_not_declared(folder: Path, specwire: Specwire) -> None:
    """Its examples run."""
    paths = {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "d"}}}}}
    about = {"openapi": "3.1.0", "info": {"title": "Locked", "version": "1"}, "security": [{"nowhere": []}]}
    (folder / "locked.json").write_text(json.dumps({**about, "paths": paths}), "utf-8")
    assert specwire("package", "locked.json", "-o", "made")[0] == 0
    assert "Locked(api_key=ANONYMOUS, headers=" in (folder / "made/README.md").read_text("utf-8")
    run_tests(folder / "made")


def test_text_of_a_document_stays_text(folder: Path, specwire: Specwire) -> None:
    """In metadata, README and tests."""
    title = 'Evil"""\\n\'\'\'\n]\nversion = "9" ```\n${{ secrets.X }} <script>'
    document = json.loads(json.dumps({"openapi": "3.1.0", "info": {"title": title, "version": title}, "paths": {}}))
    document["info"]["description"] = "```python\nimport os; os.abort()\n```\n# Heading\n<script>x</script>"
    document["externalDocs"] = {"url": 'https://a.test/"\n[project.scripts]'}
    operation = {"operationId": "x", "summary": '"""\nraise SystemExit', "responses": {"200": {"description": "d"}}}
    document["paths"] = {'/a"""\n/{b}': {"get": operation}}
    (folder / "evil.json").write_text(json.dumps(document), "utf-8")
    code, _, err = specwire("package", "evil.json")
    assert code == 0, err
    made = folder / "evil-client"
    assert project(made)["version"] == "9" and "urls" not in project(made)
    readme = (made / "README.md").read_text("utf-8")
    assert "<script>" not in readme and "os.abort" not in "".join(re.findall(r"```python\n(.*?)```", readme, re.DOTALL))
    assert "secrets" not in (made / ".github/workflows/ci.yml").read_text("utf-8")
    run_tests(made)


def test_edited_and_deleted_files_stay_as_they_are(folder: Path, specwire: Specwire) -> None:
    """Until --force; the version in an edited pyproject.toml follows the document."""
    specwire("package", "orders.yaml")
    made = folder / "orders-client"
    edited(made / "README.md", "# orders", "# Our orders")
    edited(made / "pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.12"')
    (made / ".github/workflows/ci.yml").unlink()
    (made / "notes.txt").write_text("ours", "utf-8")
    code, out, _ = specwire("package", "orders.yaml")
    assert code == 0 and "0 files changed" in out
    assert "kept README.md, which you edited" in out and "kept .github/workflows/ci.yml" in out
    edited(folder / "orders.yaml", 'version: "1"', 'version: "2.1"')
    code, out, _ = specwire("package", "orders.yaml")
    assert (made / "README.md").read_text("utf-8").startswith("# Our orders")
    stated = project(made)
    assert (stated["version"], stated["requires-python"]) == ("2.1", ">=3.12")
    assert not (made / ".github/workflows/ci.yml").exists() and (made / "notes.txt").read_text("utf-8") == "ours"
    specwire("package", "orders.yaml", "--force")
    assert (made / "README.md").read_text("utf-8").startswith("# orders")
    assert (made / "notes.txt").exists()


def test_the_changelog_says_what_changes_for_users(folder: Path, specwire: Specwire) -> None:
    """Under the new version; without one, under Unreleased. Nothing that its owner wrote is lost."""
    specwire("package", "orders.yaml")
    changelog = folder / "orders-client" / "CHANGELOG.md"
    edited(changelog, "First version", "Our first version")
    edited(folder / "orders.yaml", "/login:", "/sign-in:")
    edited(folder / "orders.yaml", "operationId: login", "operationId: signIn")
    code, out, _ = specwire("package", "orders.yaml")
    assert code == 0 and "suggested version bump: major" in out
    first = changelog.read_text("utf-8")
    assert first.index("## [Unreleased]") < first.index("client.sign_in") < first.index("## [1]")
    specwire("package", "orders.yaml", "--version", "2.0")
    second = changelog.read_text("utf-8")
    assert "Unreleased" not in second and second.index("## [2.0]") < second.index("client.sign_in") < second.index(
        "## [1]"
    )
    assert "Our first version" in second
    edited(folder / "orders.yaml", "note: {type: string}", "note: {type: integer}")
    edited(folder / "orders.yaml", 'version: "1"', 'version: "3"')
    specwire("package", "orders.yaml")
    third = changelog.read_text("utf-8")
    assert third.index("## [3]") < third.index("## [2.0]") and third.count("client.sign_in") == second.count(
        "client.sign_in"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--name", "Orders Client"), "'Orders Client' is not a name of a distribution: .*, such as orders-client"),
        (("--name", "httpx2"), "'httpx2' is a package that clients need"),
        (("--version", "first"), "'first' is not a version"),
        (("--license", "Mine"), "'Mine' is not a licence"),
        (("--name", "-x"), ""),
    ],
)
def test_wrong_metadata_is_refused(folder: Path, specwire: Specwire, arguments: tuple[str, ...], message: str) -> None:
    """Before anything is written."""
    code, out, err = specwire("package", "orders.yaml", *arguments)
    assert code in (1, 2) and out == "" and re.search(message, err), err
    assert [path.name for path in folder.iterdir()] == ["orders.yaml"]


USE = """
import asyncio, sys
from {package} import AsyncOrders, Orders

async def main():
    async with AsyncOrders({key!r}, base_url={url!r}) as client:
        return await client.orders.create(lines=[])

with Orders({key!r}, base_url={url!r}) as client:
    order = client.orders.create(lines=[{{"kind": "book", "isbn": "1"}}])
    print(type(order) is type(asyncio.run(main())), type(client).__module__)
    print("specwire" in sys.modules, sorted({{"attrs", "jinja2", "starlette"}} & set(sys.modules)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("vendored", [False, True])
def test_the_wheel_makes_calls_in_another_environment(folder: Path, specwire: Specwire, vendored: bool) -> None:
    """With the runtime from a wheel, or with a copy of it and nothing but httpx2 and msgspec."""
    from specwire_codegen.generate import document_of
    from specwire_codegen.mock.app import build
    from specwire_codegen.mock.server import serve
    from specwire_codegen.project import single

    name = "orders-sdk"
    assert specwire("package", "orders.yaml", "--name", name, *(["--vendor-runtime"] if vendored else []))[0] == 0
    wheels = folder / "wheels"
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels, folder=folder / name)
    wheel = wheel_in(wheels)
    if vendored:
        programs = installed(wheel, folder / "environment")
    else:
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "runtime", folder=ROOT)
        programs = installed(wheel_in(folder / "runtime"), folder / "environment")
        pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet"]
        run(*pip, "--disable-pip-version-check", "--no-index", wheel, folder=folder)
    document, _ = document_of(single(folder / "orders.yaml", "orders", folder))
    with serve(build(document.data, keys=("wheel-key",))) as url:
        code = USE.format(package="orders_sdk", key="wheel-key", url=url)
        printed = run(programs / "python", "-c", code, folder=folder)
    assert f"True orders_sdk.client\n{not vendored} []\n" == printed
    packages = {path.name for path in (folder / "environment").glob("lib/python*/site-packages/*")}
    assert ("specwire" in packages) is not vendored
