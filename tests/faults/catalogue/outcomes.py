"""Calls that meet every failure, and their possible results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from specwire.errors import SpecwireError

from tests.support.caller import Caller
from tests.support.sample import Chunk, Thing


class Call(msgspec.Struct, frozen=True):
    """Kind of call, and its successful response."""

    name: str
    content_type: str
    body: bytes
    value: Any
    """Result of the call."""

    def make(self, caller: Caller, client: Any, folder: Path) -> Any:
        """Make the call and return its result; a download returns the bytes of the file."""
        match self.name:
            case "read":
                return caller.run(client.things.get("1"))
            case "write":
                return caller.run(client.things.make(name="x"))
            case "stream":
                return caller.list(client.talks.stream())
            case _:
                saved: Path = caller.run(client.files.download().save(folder / "file"))
                return saved.read_bytes()


_THING = b'{"id": "1"}'
READ = Call("read", "application/json", _THING, Thing(id="1"))
WRITE = Call("write", "application/json", _THING, Thing(id="1"))
STREAM = Call("stream", "text/event-stream", b'data: {"text": "one"}\n\ndata: [DONE]\n\n', [Chunk(text="one")])
DOWNLOAD = Call("download", "application/octet-stream", b"0123456789" * 3, b"0123456789" * 3)
CALLS = (READ, WRITE, STREAM, DOWNLOAD)


class Good(msgspec.Struct, frozen=True):
    """The call returns its response despite the failure."""

    def __str__(self) -> str:
        return "the response"


class Gives(msgspec.Struct, frozen=True):
    """The call returns something else, because it cannot detect the failure."""

    value: Any
    what: str

    def __str__(self) -> str:
        return self.what


class Raises(msgspec.Struct, frozen=True):
    """The call raises exactly this class after this many attempts, with this text in its message."""

    kind: type[SpecwireError]
    attempts: int = 1
    message: str = ""

    def __str__(self) -> str:
        return f"`{self.kind.__name__}`" + (f" after {self.attempts} attempts" if self.attempts > 1 else "")


Outcome = Good | Gives | Raises
Outcomes = Mapping[str, Outcome]
"""Result by name of the call."""


def each(
    read: Outcome, write: Outcome | None = None, stream: Outcome | None = None, download: Outcome | None = None
) -> Outcomes:
    """Return the results of all calls: a write is like a read, a stream like a write, a download like a read."""
    write = write or read
    return {"read": read, "write": write, "stream": stream or write, "download": download or read}
