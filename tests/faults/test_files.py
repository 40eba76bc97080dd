"""Promises of disks: full, or changed under an upload, they cost neither the old file nor the connection."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from specwire.errors import APIConnectionError

from tests.support.caller import KEY, Caller
from tests.support.paths import ROOT
from tests.support.pool import busy
from tests.support.sample import Sample, Thing
from tests.support.server import Received, Server, reply

LARGE = b"x" * (1 << 20)

_FULL = """
import asyncio, resource, signal, sys
from {module} import Sample, AsyncSample

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
with Sample("key", base_url={url!r}) as client:
    try:
        client.files.download().save({target!r})
    except OSError as error:
        print(type(error).__name__, error.errno, client.things.get("1").id)

async def main():
    async with AsyncSample("key", base_url={url!r}) as client:
        try:
            await client.files.download().save({target!r})
        except OSError as error:
            print(type(error).__name__, error.errno, (await client.things.get("1")).id)

asyncio.run(main())
"""


def _large_or_thing(received: Received) -> Any:
    return reply(LARGE) if received.target.startswith("/files") else reply({"id": "1"})


def test_a_disk_that_is_full_leaves_the_old_file(server: Server, tmp_path: Path) -> None:
    """A download that finds no room raises the `OSError`, leaves what was there, and the client works on."""
    target = tmp_path / "file"
    target.write_bytes(b"old")
    server.answer = _large_or_thing
    code = _FULL.format(module=Sample.__module__, url=server.url, target=str(target))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (f"OSError {errno.EFBIG} 1\n" * 2, "") == (done.stdout, done.stderr)
    assert b"old" == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_file_that_takes_no_more_gives_the_connection_back(caller: Caller, client: Any, server: Server) -> None:
    """`save_to()` into a file that cannot be written raises the `OSError` and gives the connection back."""
    server.answer = _large_or_thing
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError) as caught:
        caller.run(client.files.download().save_to(full))
    assert errno.ENOSPC == caught.value.errno
    assert [] == busy(client)
    assert Thing(id="1") == caller.run(client.things.get("1"))


@pytest.mark.parametrize(("size", "said"), [(400_000, "grew"), (3 << 20, "shrank")])
def test_a_file_that_changes_is_never_sent_as_if_whole(
    caller: Caller, client: Any, server: Server, tmp_path: Path, size: int, said: str
) -> None:
    """A file that changes while it is uploaded is a connection error that says so; the server gets no whole request."""
    path = tmp_path / "file"
    path.write_bytes(b"a" * size)
    request = client.files.upload.request(file=path)

    def change(done: int, _total: int | None) -> None:
        path.write_bytes(b"b" * (2 << 20))

    server.answer = _large_or_thing
    sender = client.with_options(on_progress=change)
    with pytest.raises(APIConnectionError, match=f"{said} during the upload") as caught:
        caller.run(sender.send(request))
    assert KEY not in str(caught.value)
    assert [] == server.received
    assert [] == busy(client)
    assert Thing(id="1") == caller.run(client.things.get("1"))
