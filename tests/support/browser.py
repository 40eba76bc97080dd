"""Headless Chromium for tests of pages, over its own debugging protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.support.time_limit import PATIENCE

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

needs_browser = pytest.mark.skipif(PROGRAM is None, reason="needs Chromium: apt-get install chromium")


class Browser:
    """One tab of a browser; `problems` collects errors of its console, of scripts and of blocked or failed loads."""

    def __init__(self, commands: BinaryIO, events: BinaryIO) -> None:
        """Attach to a new tab."""
        self.problems: list[str] = []
        self.requested: list[str] = []
        self._commands = commands
        self._events = events
        self._count = 0
        self._loaded: set[str] = set()
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the debugging protocol."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        while True:
            received = self._read()
            if received.get("id") == self._count:
                assert "error" not in received, received["error"]
                result: dict[str, Any] = received["result"]
                return result

    def _read(self) -> dict[str, Any]:
        data = bytearray()
        while (byte := self._events.read(1)) not in (b"\0", b""):
            data += byte
        assert data, "the browser has ended"
        message: dict[str, Any] = json.loads(data)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, parameters: dict[str, Any]) -> None:
        match method:
            case "Page.lifecycleEvent" if parameters["name"] == "load":
                self._loaded.add(parameters["loaderId"])
            case "Runtime.exceptionThrown":
                self.problems.append(json.dumps(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "warning", "assert"):
                self.problems.append(json.dumps(parameters["args"]))
            case "Log.entryAdded" if parameters["entry"]["level"] in ("error", "warning"):
                self.problems.append(parameters["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requested.append(parameters["request"]["url"])

    def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Open a page in a window of this size, and wait until it is loaded."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.requested.clear()
        loader = self.call("Page.navigate", url=url)["loaderId"]
        deadline = time.monotonic() + PATIENCE
        while loader not in self._loaded:
            assert time.monotonic() < deadline, f"{url} was not loaded"
            self.evaluate("0")

    def leave(self) -> None:
        """Leave the page, so that none of its requests meets a server that stops; what it reported is collected."""
        self.open("about:blank")

    def evaluate(self, script: str) -> Any:
        """Return the value of a JavaScript expression; promises are awaited."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """Return the value of an expression once it is true."""
        deadline = time.monotonic() + PATIENCE
        while not (value := self.evaluate(script)):
            assert time.monotonic() < deadline, f"{script} stayed {value!r}"
            time.sleep(0.05)
        return value

    def screenshot(self, file: Path) -> None:
        """Write a picture of the visible part of the page."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser() -> Iterator[Browser]:
    """Provide a browser with an empty profile."""
    assert PROGRAM is not None
    commands_end, commands = os.pipe()
    events, events_end = os.pipe()
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        # Chromium reads commands from descriptor 3 and writes to descriptor 4.
        launch = f'exec "$0" "$@" 3<&{commands_end} 4>&{events_end}'
        command = [PROGRAM, *options, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        with (
            subprocess.Popen(
                ["bash", "-c", launch, *command],
                pass_fds=(commands_end, events_end),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process,
            open(commands, "wb") as writing,
            open(events, "rb") as reading,
        ):
            os.close(commands_end)
            os.close(events_end)
            try:
                yield Browser(writing, reading)
            finally:
                process.terminate()
