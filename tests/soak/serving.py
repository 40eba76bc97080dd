"""Server in a separate process, so that its resources are not counted; `python -m tests.soak.serving` runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.paths import ROOT
from tests.support.server import DONE, Hold, HTTPResponse, Received, Server, reply, stream

PAGE = 3
"""Items of a page in an endless list."""


def respond(received: Received) -> HTTPResponse:
    """Respond by the path: each operation of the sample has its own, some things do not exist or never end."""
    path, _, query = received.target.partition("?")
    match path.split("/")[1:]:
        case _ if query == "slow=true":
            return (Hold(),)
        case ["things", "none"]:
            return reply({"detail": "no such thing"}, status=404, headers={"x-request-id": "r"})
        case ["things"] if received.method == "GET":
            return reply({"data": [{"id": f"{query}-{number}"} for number in range(PAGE)], "total": 1 << 20})
        case ["talk"]:
            pieces = [{"text": "x" * 100}] * 10
            return stream(*pieces, Hold()) if b"endless" in received.body else stream(*pieces, DONE)
        case ["files", *_] if received.method == "GET":
            return reply(b"x" * 100_000)
        case _:
            return reply({"id": "1", "name": "n" * 100})


@contextmanager
def serving() -> Iterator[str]:
    """Run the server; yield its URL."""
    command = [sys.executable, "-m", "tests.soak.serving"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def main() -> None:
    """Serve until standard input ends."""
    with Server() as server:

        def forgetting(received: Received) -> HTTPResponse:
            server.received.clear()
            return respond(received)

        server.respond = forgetting
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
