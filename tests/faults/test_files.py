"""Files and disks: a full disk, or a file that changes, costs neither the old file nor the connection."""

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


def test_a_full_disk_keeps_the_old_file(server: Server, tmp_path: Path) -> None:
    """A download without space raises the `OSError`, and the client still works."""
    target = tmp_path / "file"
    target.write_bytes(b"old")
    server.respond = _large_or_thing
    code = _FULL.format(module=Sample.__module__, url=server.url, target=str(target))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (f"OSError {errno.EFBIG} 1\n" * 2, "") == (done.stdout, done.stderr)
    assert b"old" == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_an_unwritable_file_releases_the_connection(caller: Caller, client: Any, server: Server) -> None:
    """`save_to()` raises the `OSError`."""
    server.respond = _large_or_thing
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError) as caught:
        caller.run(client.files.download().save_to(full))
    assert errno.ENOSPC == caught.value.errno
    assert [] == busy(client)
    assert Thing(id="1") == caller.run(client.things.get("1"))


@pytest.mark.parametrize(("size", "verb"), [(400_000, "grew"), (3 << 20, "shrank")])
def test_a_changing_file_is_never_uploaded_as_complete(
    caller: Caller, client: Any, server: Server, tmp_path: Path, size: int, verb: str
) -> None:
    """It is a connection error that states it; the server gets no complete request."""
    path = tmp_path / "file"
    path.write_bytes(b"a" * size)
    request = client.files.upload.request(file=path)

    def change(done: int, _total: int | None) -> None:
        path.write_bytes(b"b" * (2 << 20))

    server.respond = _large_or_thing
    sender = client.with_options(on_progress=change)
    with pytest.raises(APIConnectionError, match=f"{verb} during the upload") as caught:
        caller.run(sender.send(request))
    assert KEY not in str(caught.value)
    assert [] == server.received
    assert [] == busy(client)
    assert Thing(id="1") == caller.run(client.things.get("1"))
