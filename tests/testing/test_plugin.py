"""Fixtures of the plugin, in a project of a user."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from specwire.testing import MockClients, MockServers
from specwire_clients.mistral import AsyncMistral, Mistral

from tests.support.paths import ROOT

PROJECT = """
import asyncio
import sys

sys.path.insert(0, "src")
from marina import AsyncMarina, Marina


def test_a_server_by_class(mock_client, mock_server):
    client = mock_client(Marina, max_retries=0)
    mock_server(Marina).respond("listBoats", json=[{"name": "Rex"}])
    assert ["Rex"] == [boat.name for boat in client.boats.list()]


def test_state_is_not_shared_between_tests(mock_client, mock_server):
    assert [] == mock_server(Marina).requests
    assert ["Rex"] != [boat.name for boat in mock_client(Marina).boats.list()]


def test_a_server_by_path(mock_client, mock_server):
    async def call():
        async with mock_client(AsyncMarina, document="openapi.yaml") as client:
            return await client.boats.create(name="Rex")

    assert "Rex" == asyncio.run(call()).name
    assert ["createBoat"] == [each.operation_id for each in mock_server("openapi.yaml").requests]


def test_a_socket(mock_server):
    import httpx2

    assert "Marina" in httpx2.get(mock_server("openapi.yaml").url).text
"""


def test_both_classes_of_a_client_have_one_server(mock_client: MockClients, mock_server: MockServers) -> None:
    """It is the same during a test."""
    mock_server(Mistral).fail("list_models", status=404)
    assert mock_server(Mistral) is mock_server(AsyncMistral)
    assert not mock_client(Mistral).files.list().data == []
    assert ["/v1/files"] == [each.path for each in mock_server(AsyncMistral).requests]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_the_fixtures_work_in_a_project(folder: Path, marina: ModuleType) -> None:
    """Clients find the document that they were generated from."""
    fixtures = "from specwire_codegen.testing.plugin import mock_client, mock_server\n"
    (folder / "conftest.py").write_text(fixtures, "utf-8")
    (folder / "test_project.py").write_text(PROJECT, "utf-8")
    done = run(folder)
    assert done.returncode == 0 and "4 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_is_registered_and_light() -> None:
    """It imports nothing but pytest, so that it does not slow down test runs that do not use it."""
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    assert {"mock_client", "mock_server"} <= vars(import_module(entry["specwire"])).keys()
    code = f"""
import sys, pytest
before = set(sys.modules)
import {entry["specwire"]}
print(sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "['specwire_codegen', 'specwire_codegen.testing', 'specwire_codegen.testing.plugin']\n" == done.stdout


@pytest.mark.parametrize("missing", ["starlette", "attrs"])
def test_a_missing_extra_is_named(tmp_path: Path, missing: str) -> None:
    """With the command that installs it."""
    hidden = f"import sys; sys.modules[{missing!r}] = None\n"
    (tmp_path / "conftest.py").write_text(
        f"{hidden}from specwire_codegen.testing.plugin import mock_client, mock_server\n", "utf-8"
    )
    (tmp_path / "test_a.py").write_text(
        "def test_a(mock_server): mock_server('mistral')\ndef test_b(): pass\n", "utf-8"
    )
    done = run(tmp_path)
    assert "pip install 'specwire[mock]'" in done.stdout and "1 passed" in done.stdout, done.stdout
    code = f"{hidden}import specwire.testing; specwire.testing.MockServer"
    reported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"specwire.testing needs {missing}: pip install 'specwire[mock]'" in reported.stderr
