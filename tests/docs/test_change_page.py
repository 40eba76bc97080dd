"""The page about a change of a document: its commands run in order, in a project of the vendor Acme."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.codegen.files.test_network import Site
from tests.docs.pages import blocks

PAGE = "docs/change.md"
PUBLISHED = "https://acme.example.com/openapi.yaml"
OLD = """\
openapi: 3.1.0
info: {title: Acme, version: "1.0"}
servers: [{url: https://acme.example.com}]
paths:
  /orders/{order_id}:
    parameters: [{name: order_id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: orders.retrieve
      responses:
        "200":
          description: The order.
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
components:
  schemas:
    Order:
      type: object
      required: [id, state]
      properties:
        id: {type: string}
        state: {type: string, enum: [open, shipped]}
        note: {type: string}
"""
NEW = (
    OLD.replace('"1.0"', '"2.0"')
    .replace("schema: {type: string}}]", "schema: {type: integer}}]")
    .replace("[open, shipped]", "[open, shipped, lost]")
    .replace("        note: {type: string}\n", "")
)
IMPORTS = '''\
"""Overrides of orders."""

from specwire.support import Request, adds

from specwire_clients.acme import models
from specwire_clients.acme.operations import orders


'''
TEXTS = [block.text for block in blocks(PAGE) if block.language == "text"]


def run(folder: Path, words: list[str]) -> str:
    """Return the output of a command, and its exit code if it is not 0."""
    if words[0] == "specwire":
        words = [sys.executable, "-m", "specwire_codegen", *words[1:]]
    path = os.pathsep.join((str(folder / "overrides"), os.environ.get("PYTHONPATH", "")))
    variables = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": path}
    done = subprocess.run(
        words, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout + (f"[exit code {done.returncode}]\n" if done.returncode else "")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Committed project with the first version, whose vendor has published the second; and its URL."""
    site = Site()
    url = site.text("/openapi.yaml", OLD)
    overrides = tmp_path / "overrides/specwire_overrides/acme"
    overrides.mkdir(parents=True)
    (overrides / "__init__.py").write_text("", "utf-8")
    (overrides / "orders.py").write_text(IMPORTS + TEXTS[0], "utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.test"]
    assert "wrote specs/acme/source.toml" in run(tmp_path, ["specwire", "new", "acme", "--spec", url])
    for words in (
        ["specwire", "accept", "orders.retrieve"],
        ["specwire", "generate"],
        ["git", "init", "-q"],
        ["git", "add", "specs", "generated", "overrides"],
        [*git, "commit", "-qm", "First"],
    ):
        assert "exit code" not in (found := run(tmp_path, words)), found
    site.text("/openapi.yaml", NEW)
    yield tmp_path, url
    site.server.shutdown()
    site.server.server_close()


@pytest.mark.slow
def test_the_commands_of_the_page_have_the_output_that_it_shows(project: tuple[Path, str]) -> None:
    """Errors come before results, since the page shows both; of long output, the page shows the last line."""
    folder, url = project
    override = folder / "overrides/specwire_overrides/acme/orders.py"
    for text in TEXTS[1:]:
        if not text.startswith("$ "):
            before = TEXTS[0].splitlines(keepends=True)[-1]
            override.write_text(override.read_text("utf-8").replace(before, text), "utf-8")
            continue
        for part in text.removeprefix("$ ").split("\n$ "):
            command, _, shown = part.partition("\n")
            found = run(folder, shlex.split(command)).replace(url, PUBLISHED)
            if " generate " in command and "exit code" not in found:
                assert "acme" in found
                continue
            if " contract " in command:
                found = found.splitlines()[-1] + "\n"
            assert sorted(shown.strip().splitlines()) == sorted(found.strip().splitlines()), command
