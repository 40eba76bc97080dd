"""Every command that takes the name of a client finds those of `[tool.specwire]`."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from specwire import Drift, DriftReport

from tests.support.command_line import Specwire, command, specwire

__all__ = ["specwire"]

DOCUMENT = """\
openapi: 3.1.0
info: {title: Parcels, version: '1'}
servers: [{url: 'https://parcels.example'}]
paths:
  /parcels/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getParcel
      tags: [parcels]
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}
components:
  schemas:
    Parcel: {type: object, required: [id], properties: {id: {type: string}, state: {type: string, enum: [new, sent]}}}
"""
SETTINGS = '[tool.specwire.clients.NAME]\ndocument = "api/parcels.yaml"\noutput = "src"\n'


def drift_file() -> str:
    """Write the drift of a state that the document lacks, and return the name of the file."""
    report = DriftReport()
    report.record("getParcel", [Drift("$.state", "one of 'new', 'sent'", "string 'lost'")], 200)
    report.save(Path("drift.jsonl"))
    return "drift.jsonl"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Name of a client that is stated and generated; each test has its own, since imports are cached."""
    name = f"parcels_{hashlib.sha256(request.node.name.encode()).hexdigest()[:8]}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "parcels.yaml").write_text(DOCUMENT, "utf-8")
    (tmp_path / "pyproject.toml").write_text(SETTINGS.replace("NAME", name), "utf-8")
    assert subprocess.run(command("generate"), cwd=tmp_path, capture_output=True, check=False).returncode == 0
    return name


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("generate {}", "unchanged"),
        ("check {}", "as it would be generated"),
        ("diff {} {}", "no changes"),
        ("diff api/parcels.yaml {}", "no changes"),
        ("contract {} --examples 1", "1 of 1 operations conform to the document"),
        ("call {} parcels.retrieve id=1 --mock", '"id"'),
        ("models {} --as dataclass", "class Parcel"),
        ("dump-ir {}", "getParcel"),
        ("package {} -o dist", "dist"),
    ],
)
def test_a_client_of_the_project_is_found(
    words: str, expected: str, client: str, specwire: Specwire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name, without its document or package."""
    monkeypatch.syspath_prepend("src")
    code, out, err = specwire(*words.format(client, client).split())
    assert (code, err if code else "") == (0, "")
    assert expected in out + err


def test_the_mock_serves_a_client_of_the_project(client: str) -> None:
    """Until Ctrl-C."""
    with subprocess.Popen(command("mock", client, "--port", "0"), stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        line = served.stdout.readline()
        served.terminate()
    assert line.startswith("Parcels at http://127.0.0.1:")


@pytest.mark.parametrize("first", [True, False])
def test_drift_of_a_client_of_the_project_is_declared(first: bool, client: str, specwire: Specwire) -> None:
    """In the overlay next to its document, by name before or after the file; the next run of `generate` has it."""
    file = drift_file()
    words = (client, file) if first else (file, client)
    code, out, err = specwire("drift", "apply", *words, "--yes")
    assert (code, f"specwire generate {client}" in err) == (0, True), out + err
    assert "lost" in Path("api/overlay.yaml").read_text("utf-8")
    assert specwire("generate", client)[0] == 0
    assert '"lost"' in "".join(path.read_text("utf-8") for path in Path("src", client).rglob("*.py"))


def test_drift_is_declared_in_the_last_overlay_that_the_project_states(client: str, specwire: Specwire) -> None:
    """The one next to the document does not apply."""
    settings = SETTINGS.replace("NAME", client) + 'overlays = ["names.yaml", "ours.yaml"]\n'
    Path("pyproject.toml").write_text(settings, "utf-8")
    for name in ("names.yaml", "ours.yaml"):
        Path(name).write_text("overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions: []\n", "utf-8")
    assert specwire("drift", "apply", drift_file(), client, "--yes")[0] == 0
    assert "lost" in Path("ours.yaml").read_text("utf-8") and "lost" not in Path("names.yaml").read_text("utf-8")
    assert not Path("api/overlay.yaml").exists()


@pytest.mark.parametrize("words", ["update {}", "accept getParcel --name {}"])
def test_commands_about_pinned_copies_explain_what_to_do(words: str, client: str, specwire: Specwire) -> None:
    """A client of pyproject.toml has no pinned copy and no overrides."""
    code, out, err = specwire(*words.format(client).split())
    assert (code, out) == (1, "")
    printed = " ".join(err.split())
    assert f"{client} is a client of pyproject.toml" in printed and f"specwire diff HEAD:{client} {client}" in printed


@pytest.mark.parametrize(
    "words",
    ["generate {}", "check {}", "diff {} {}", "contract {}", "call {} a.b", "mock {}", "drift apply drift.jsonl {}"],
)
def test_a_misspelled_name_has_a_suggestion(words: str, client: str, specwire: Specwire) -> None:
    """That of the client."""
    drift_file()
    code, _, err = specwire(*words.format(f"{client}s", f"{client}s").split())
    assert code in (1, 2) and f"did you mean '{client}'?" in err, err
