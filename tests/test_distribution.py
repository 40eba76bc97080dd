"""The wheel and the source distribution by themselves, in environments that have what their metadata ask for, no more.

Nothing is fetched: what the metadata ask for is copied from the environment of the tests.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

from tests.support.distributions import installed, run, wheel_in
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

KEY = "distribution-key"
DOCUMENT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /things/{id}:
    get:
      operationId: getThing
      tags: [things]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: The thing.
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
components:
  schemas:
    Thing:
      type: object
      required: [id, kind]
      properties: {id: {type: string}, kind: {const: book}}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("distribution")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, folder=ROOT)
    return folder


EXTRAS = {"mock": "mock", "demo": "mock", "contract": "contract", "mcp": "mcp"}
"""Extras of the verbs that need more than `codegen`."""


def test_without_extras_every_verb_names_the_extra_that_it_needs(built: Path, tmp_path: Path) -> None:
    """Never a traceback; the version and a short help need no extra."""
    programs = installed(wheel_in(built), tmp_path / "environment")
    python = programs / "python"
    version = run(python, "-c", "import specwire; print(specwire.__version__)", folder=tmp_path)
    metadata = "from importlib.metadata import version; print(version('specwire'))"
    assert version == run(python, "-c", metadata, folder=tmp_path)
    assert version == run(programs / "specwire", "--version", folder=tmp_path)
    assert version == run(python, "-m", "specwire", "--version", folder=tmp_path)
    usage = run(programs / "specwire", folder=tmp_path)
    assert all(re.search(rf'pip install "specwire\[{extra}\]" .*{verb}', usage) for verb, extra in EXTRAS.items())
    assert 'pip install "specwire[codegen]"' in usage
    for verb in ("generate", "check", "new", "accept", "diff", "dump-ir", *EXTRAS):
        command = [str(programs / "specwire"), verb]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        install = f'pip install "specwire[{EXTRAS.get(verb, "codegen")}]"'
        assert (1, "") == (done.returncode, done.stdout)
        assert done.stderr.startswith(f"error: {verb} needs ") and done.stderr.endswith(f"{install}\n")


USE = """
import asyncio, sys
from specwire_clients.moonshot import AsyncMoonshot, Moonshot

async def main():
    async with AsyncMoonshot({key!r}, base_url={url!r}) as client:
        return await client.models.list()

with Moonshot({key!r}, base_url={url!r}) as client:
    print(type(client.models.list()) is type(asyncio.run(main())))
    print(sorted({{"specwire_codegen", "httpx", "pytest", "attrs"}} & set(sys.modules)))
"""


def test_a_client_of_the_wheel_calls_a_server_with_the_runtime_alone(built: Path, tmp_path: Path) -> None:
    """The shipped clients work without extras; type checkers see their types."""
    programs = installed(wheel_in(built), tmp_path / "environment")
    packages = {path.name for path in (tmp_path / "environment").glob("lib/python*/site-packages/*")}
    assert "httpx2" in packages and not packages & {"attrs", "jinja2", "httpx", "ruff", "starlette"}
    document = ROOT / "specs" / "moonshot" / "normalized.json"
    with serve(build(json.loads(document.read_text("utf-8")), keys=(KEY,))) as url:
        printed = run(programs / "python", "-c", USE.format(key=KEY, url=url), folder=tmp_path)
    assert "True\n[]\n" == printed
    for package in ("specwire", "specwire_clients/moonshot", "specwire_overrides/moonshot"):
        assert list((tmp_path / "environment").glob(f"lib/python*/site-packages/{package}/**/py.typed")), package


def test_the_generator_of_the_wheel_generates_and_serves(built: Path, tmp_path: Path) -> None:
    """With the extra `mock` a client can be generated and its document served."""
    programs = installed(wheel_in(built), tmp_path / "environment", "mock")
    (tmp_path / "shop.yaml").write_text(DOCUMENT, "utf-8")
    run(programs / "specwire", "generate", "shop.yaml", "--package", "shop", "-o", "out", folder=tmp_path)
    code = (
        "import json, yaml, sys; from specwire_codegen.mock.app import build; from specwire_codegen.mock.server import"
        " serve; sys.path.insert(0, 'out'); from shop import Shop\n"
        "with serve(build(yaml.safe_load(open('shop.yaml')))) as url, Shop(base_url=url) as client:\n"
        "    print(client.things.retrieve('1').kind)\n"
    )
    assert "book\n" == run(programs / "python", "-c", code, folder=tmp_path)
    assert "Mistral(base_url='http://127.0.0.1:" in run(programs / "specwire", "demo", folder=tmp_path)
    code = (
        "from pathlib import Path; from specwire_codegen.mock.app import build; from specwire_codegen.mock import sources"
        "\nfrom specwire_codegen.clients.included import all_included"
        "\nfor name in all_included(): print(name, bool(build(sources.read(Path(), name).document)))\n"
    )
    served = run(programs / "python", "-c", code, folder=tmp_path)
    assert "aitre True\nmistral True\nmoonshot True\n" == served


def test_commands_of_the_wheel_find_included_clients_by_name(built: Path, tmp_path: Path) -> None:
    """Those that read them; those that would change them say how to get a copy to change."""
    programs = installed(wheel_in(built), tmp_path / "environment", "contract")
    specwire = programs / "specwire"
    folder = tmp_path / "project"
    folder.mkdir()
    checked = run(specwire, "contract", "moonshot", "--only", "get_balance", "--examples", "2", folder=folder)
    assert "moonshot on its mock server: 1 of 1 operations conform to the document" in checked
    packaged = run(specwire, "package", "moonshot", "-o", "out", folder=folder)
    assert "of 13 operations" in packaged
    assert "class Moonshot(" in (folder / "out/src/moonshot_client/client.py").read_text("utf-8")
    assert "no changes for users" in run(specwire, "diff", "aitre", "aitre", folder=folder)
    for verb in ("update", "generate", "check"):
        command = [str(specwire), verb, "moonshot"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        assert (1, "") == (done.returncode, done.stdout)
        assert "specwire new moonshot --spec URL" in done.stderr
    assert ["out"] == [path.name for path in folder.iterdir()]


def test_the_source_distribution_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    """It has the same files, and the tests."""
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    assert (source / "tests" / "conftest.py").is_file() and (source / "Makefile").is_file()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=source)
    assert contents(wheel_in(built)) == contents(wheel_in(tmp_path))


def contents(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
