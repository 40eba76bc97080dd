"""Command `specwire demo` and `make`: no environment makes them call a real server."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from specwire_codegen.mock.app import build
from specwire_codegen.mock.loopback import direct
from specwire_codegen.mock.server import serve

from tests.support.command_line import exit_code
from tests.support.paths import ROOT

NAMES = ("mistral", "moonshot", "aitre")


@pytest.fixture
def real_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Server that the whole environment leads to, with keys; nothing may connect to it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for name in NAMES:
            monkeypatch.setenv(f"{name.upper()}_API_KEY", "a-real-key")
            monkeypatch.setenv(f"{name.upper()}_BASE_URL", address)
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY", "BASE_URL"):
            monkeypatch.setenv(variable, address)
        monkeypatch.setenv("ARGS", "--live")
        monkeypatch.setenv("no_proxy", "somewhere.test")
        monkeypatch.chdir(ROOT)
        yield listener


def is_untouched(listener: socket.socket) -> bool:
    try:
        listener.accept()
    except BlockingIOError:
        return True
    return False


def test_the_demo_calls_mock_servers_only(real_server: socket.socket, capfd: pytest.CaptureFixture[str]) -> None:
    """Keys, addresses and proxies of the environment are ignored."""
    assert 0 == exit_code("demo")
    assert is_untouched(real_server)
    printed = capfd.readouterr().out
    assert "against mock servers" in printed
    assert all(f"{name.title()}(base_url='http://127.0.0.1:" in printed for name in NAMES)


def test_the_demo_announces_live_calls(
    real_server: socket.socket, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Server and cost come first; an error of the server ends it with one line."""
    document = json.loads((ROOT / "specs/mistral/normalized.json").read_text("utf-8"))
    with serve(build(document, keys=("another-key",))) as real:
        monkeypatch.setenv("MISTRAL_BASE_URL", real.replace("http://", "http://user:secret@"))
        assert 1 == exit_code("demo", "--live", "mistral")
    printed = capfd.readouterr()
    first, *rest = printed.err.splitlines()
    assert first.startswith(f"mistral is live: examples/demo.py sends every call to {real}, with the key in MISTRAL_A")
    assert first.endswith("may cost money") and "secret" not in first
    assert 1 == len(rest) and rest[0].startswith("error: ") and "401" in rest[0]
    assert is_untouched(real_server)


@pytest.mark.parametrize(
    ("name", "variable", "message"),
    [
        ("mistral", "MISTRAL_API_KEY", "error: set MISTRAL_API_KEY to a key of mistral"),
        ("aitre", "AITRE_BASE_URL", "error: aitre has no base URL: set AITRE_BASE_URL"),
        ("nobody", "HOME", "error: unknown provider 'nobody'"),
    ],
)
def test_a_live_demo_needs_address_and_key(
    real_server: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    variable: str,
    message: str,
) -> None:
    """Without them nothing is called."""
    monkeypatch.delenv(variable)
    assert 1 == exit_code("demo", "--live", name)
    printed = capfd.readouterr()
    assert "" == printed.out and printed.err.startswith(message)
    assert is_untouched(real_server)


def test_the_example_rejects_real_servers_that_are_not_named(
    real_server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also without `specwire demo`."""
    monkeypatch.setenv("MOONSHOT_BASE_URL", "https://127.0.0.1.example")
    monkeypatch.delenv("AITRE_BASE_URL")
    command = [sys.executable, str(ROOT / "examples/demo.py")]
    for live in ([], ["moonshot"]):
        done = subprocess.run([*command, *live], capture_output=True, text=True, check=False, timeout=60)
        assert (1, "") == (done.returncode, done.stdout)
        assert "specwire demo --live" in done.stderr
    assert is_untouched(real_server)


def test_contract_calls_the_mock_server_without_proxy(
    real_server: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without --live or --base-url only the mock server is called."""
    assert 0 == exit_code("contract", "moonshot", "--only", "list_models", "--examples", "1")
    assert is_untouched(real_server)
    assert "1 of 1 operations conform to the document" in capfd.readouterr().out
    assert "somewhere.test" == os.environ["no_proxy"] and "NO_PROXY" not in os.environ


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("goal", ["all", "demo", "contract", "mock"])
def test_make_asks_for_nothing_live(real_server: socket.socket, goal: str) -> None:
    """Only arguments of make lead to a real server."""
    dry = ["make", "--dry-run", "--always-make", goal]
    printed = subprocess.run(dry, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert "specwire" in printed and "--live" not in printed and "--base-url" not in printed
    if goal == "contract":
        spoken = [*dry, "BASE_URL=https://api.test", "ARGS=--examples 3"]
        printed = subprocess.run(spoken, capture_output=True, text=True, check=True, cwd=ROOT).stdout
        assert "--base-url https://api.test --examples 3" in printed


@pytest.mark.parametrize("before", [{}, {"NO_PROXY": "a.test"}, {"no_proxy": "*", "NO_PROXY": "a.test,b.test"}])
def test_loopback_is_exempt_from_proxies_for_a_while(before: dict[str, str]) -> None:
    """Earlier exemptions stay, and the environment is restored."""
    environment = dict(before)
    with direct(environment):
        assert {"127.0.0.1", "localhost", "::1"} < {*environment["NO_PROXY"].split(","), ""}
        assert environment["NO_PROXY"] == environment["no_proxy"]
        assert all(host in environment["no_proxy"].split(",") for value in before.values() for host in value.split(","))
    assert before == environment
