"""Client of pyright's language server, which is also the engine of Pylance."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.paths import ROOT


class LanguageServer:
    """Language server for one document."""

    def __init__(self, text: str, root: Path = ROOT) -> None:
        self._lines = text.splitlines()
        self._uri = (root / "typed_in_an_editor.py").as_uri()
        command = [sys.executable, "-c", "from pyright.langserver import entrypoint; entrypoint()", "--stdio"]
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._last = 0
        folder = {"uri": root.as_uri(), "name": "specwire"}
        abilities = {
            "hover": {"contentFormat": ["plaintext"]},
            "signatureHelp": {"signatureInformation": {"documentationFormat": ["plaintext"]}},
        }
        self.ask(
            "initialize",
            processId=None,
            rootUri=root.as_uri(),
            workspaceFolders=[folder],
            capabilities={"textDocument": abilities, "workspace": {"configuration": True}},
        )
        self._tell("initialized")
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)

    def at(self, method: str, marker: str, offset: int = 0) -> Any:
        """Request a fact about the position after the first occurrence of a text."""
        line = next(number for number, each in enumerate(self._lines) if marker in each)
        character = self._lines[line].index(marker) + len(marker) + offset
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", textDocument={"uri": self._uri}, position=place)

    def ask(self, method: str, **params: Any) -> Any:
        """Send a request and return its result."""
        self._last += 1
        number = self._last
        self._write({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" in message and "id" in message:
                items = message["params"].get("items", ()) if message["method"] == "workspace/configuration" else ()
                self._write({"id": message["id"], "result": [{"pythonPath": sys.executable} for _ in items] or None})
            elif message.get("id") == number:
                assert "error" not in message, message["error"]
                return message["result"]

    def _tell(self, method: str, **params: Any) -> None:
        self._write({"method": method, "params": params})

    def _write(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server went away"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ask("shutdown")
        self._tell("exit")
        self._process.communicate(timeout=30)
