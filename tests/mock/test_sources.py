"""Documents that `specwire mock` serves."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock import sources
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

from tests.support.command_line import SPEC, Specwire, command, project, specwire
from tests.support.paths import ROOT
from tests.support.time_limit import PATIENCE

__all__ = ["project", "specwire"]

SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "Old", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "responses": {"200": {"description": "d", "schema": {"type": "array", "items": {"type": "integer"}}}},
            }
        }
    },
}


@contextmanager
def published(text: str) -> Iterator[str]:
    """Provide the URL of a document."""

    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/openapi.yaml?token=hidden"
        server.shutdown()


@pytest.mark.parametrize("name", ["aitre", "mistral", "moonshot"])
def test_an_included_provider_is_served_from_any_folder(name: str, tmp_path: Path) -> None:
    """As in the installed package."""
    found = sources.read(tmp_path, name)
    assert (name, ()) == (found.name, found.warnings)
    assert json.loads((ROOT / "specs" / name / "normalized.json").read_text("utf-8")) == found.document


def test_a_provider_of_the_project_comes_first(project: Path) -> None:
    """Its normalized document is served."""
    (project / "normalized.json").write_text('{"paths": {}}', "utf-8")
    project.rename(project.parent / "mistral")
    assert {"paths": {}} == sources.read(Path(), "mistral").document


@pytest.mark.parametrize("text", [SPEC, json.dumps(SWAGGER)], ids=["OpenAPI in YAML", "Swagger in JSON"])
@pytest.mark.parametrize("how", ["file", "url", "stdin"])
def test_any_document_is_served(
    project: Path, monkeypatch: pytest.MonkeyPatch, text: str, how: str, tmp_path: Path
) -> None:
    """A file, a URL or standard input."""
    (tmp_path / "api.yaml").write_text(text, "utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    with published(text) as url:
        found = sources.read(Path(), {"file": "api.yaml", "url": url, "stdin": "-"}[how])
    path = next(iter(found.document["paths"]))
    with serve(build(found.document)) as base:
        assert 200 == httpx2.get(base + path.replace("{id}", "1"), timeout=PATIENCE).status_code
    assert found.name in {"T", "Old"}


def test_standard_input_may_refer_to_files_nearby(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References are relative to the working directory."""
    Path("thing.yaml").write_text("type: integer\n", "utf-8")
    text = SPEC.replace("schema: {type: object}", "schema: {$ref: thing.yaml}")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert "integer" in json.dumps(sources.read(Path(), "-").document)


def test_corrections_next_to_a_file_apply(project: Path) -> None:
    """And overlays of the command line."""
    overlay = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions: [{target: $.info, update: {title: '%s'}}]\n"
    (project / "overlay.yaml").write_text(overlay % "Corrected", "utf-8")
    assert "Corrected" == sources.read(Path("elsewhere"), str(project / "openapi.yaml")).name
    Path("more.yaml").write_text(overlay % "Again", "utf-8")
    source = str(project / "openapi.yaml")
    assert "Again" == sources.read(Path("elsewhere"), source, overlays=(Path("more.yaml"),)).name


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("mistrall", "unknown provider 'mistrall': did you mean 'mistral'?"),
        ("nobody", r"use one of .*aitre.*mistral.*moonshot.* t, .*a file, a URL, or - for standard input"),
        ("no.yaml", "the file does not exist"),
        ("specs", "unknown provider 'specs'"),
        ("./specs", "this is a directory"),
        ("ftp://127.0.0.1/x.yaml", "only http and https URLs"),
        ("http://127.0.0.1:9/x.yaml?token=hidden", r"http://127\.0\.0\.1:9/x\.yaml: the document cannot be fetched"),
        ("os.path", "the file does not exist"),
        ("os", "unknown provider 'os'"),
    ],
)
def test_a_source_that_cannot_be_read_is_an_error(project: Path, source: str, message: str) -> None:
    """It names the expected forms, without secrets of URLs."""
    with pytest.raises(SpecwireCodegenError, match=message) as caught:
        sources.read(Path(), source)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("text", ["openapi: [", "[]", "openapi: 9.9.9", ""])
def test_a_broken_document_on_standard_input_is_an_error(
    project: Path, specwire: Specwire, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """It is called <stdin>."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, err = specwire("mock", "-", "--port", "0")
    assert (1, "") == (code, out) and "<stdin>" in err


@pytest.mark.parametrize("options", [("--latency", "soon"), ("--latency", "2s-1s"), ("--latency", "700s")])
def test_an_invalid_latency_is_an_error(project: Path, specwire: Specwire, options: tuple[str, ...]) -> None:
    """With examples of valid ones."""
    code, out, err = specwire("mock", "specs/t/openapi.yaml", *options)
    assert (1, "") == (code, out) and "write it like 100ms, 1.5s or 50ms-200ms" in err


def test_mock_serves_standard_input_with_a_profile_and_a_key(project: Path) -> None:
    """The warnings about the document are counted."""
    text = SPEC.replace("paths:", "tags: [{name: a}, {name: a}]\nsecurity: [{k: []}]\npaths:")
    text += "components: {securitySchemes: {k: {type: http, scheme: bearer}}}\n"
    words = ("mock", "-", "--port", "0", "--profile", "down", "--latency", "1ms", "--key", "mine")
    with subprocess.Popen(
        command(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stdin is not None and served.stdout is not None and served.stderr is not None
        served.stdin.write(text)
        served.stdin.close()
        line = served.stdout.readline()
        assert line.startswith("T at http://127.0.0.1:") and line.endswith(", key: mine\n")
        url = line.split()[2].rstrip(",")
        assert "profile down, latency 0.001 s" in httpx2.get(url, timeout=PATIENCE).text
        response = httpx2.get(f"{url}/orders/1", headers={"authorization": "Bearer mine"}, timeout=PATIENCE)
        assert (503, "1") == (response.status_code, response.headers["retry-after"])
        served.send_signal(signal.SIGINT)
        assert served.wait(PATIENCE) == 0
        assert ["1 warning about the document: specwire mock - --json prints them", "stopped"] == (
            served.stderr.read().splitlines()
        )


def test_serving_imports_no_stage_of_generation() -> None:
    """An included provider is served at once."""
    code = """
import sys
from pathlib import Path
from specwire_codegen.mock import app, server, sources
app.build(sources.read(Path(), "moonshot").document)
print([name for name in sys.modules if name.startswith(("specwire_codegen.lower", "specwire_codegen.render"))])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout
