"""Promises of forking: a client that was used goes on in the child, on connections of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.paths import ROOT
from tests.support.server import Server, reply

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform does not fork")

BEGIN = """
import asyncio, os, sys, threading
import httpx2
from specwire.errors import SpecwireError
from specwire import RetryPolicy
from tests.support.sample import AsyncSample, Sample
url, once = sys.argv[1], RetryPolicy(attempts=1)

def in_child(work):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
            sys.stdout.flush()
        finally:
            os._exit(0)
    assert os.waitpid(child, 0) == (child, 0)
"""
SYNC = """
with Sample("k", base_url=url, retry=once) as client:
    call = lambda: print(client.things.get("1").id)
    call()
    in_child(lambda: (call(), call(), in_child(call)))
    call()
"""
ASYNC = """
async def call(times):
    asyncio.get_running_loop().slow_callback_duration = 30  # the first call makes the TLS context
    for _ in range(times):
        print((await client.things.get("1")).id)

with asyncio.Runner() as runner:
    client = AsyncSample("k", base_url=url, retry=once)
    runner.run(call(1))
    in_child(lambda: asyncio.run(call(2)))
    runner.run(call(1))
    runner.run(client.aclose())
"""
LOCKED = """
locked, fork = threading.Event(), threading.Event()

def hold():
    with client._session._transport._lock:
        locked.set()
        fork.wait()

with Sample("k", base_url=url, retry=once) as client:
    thread = threading.Thread(target=hold)
    thread.start()
    locked.wait()
    in_child(lambda: print(client.things.get("1").id))
    fork.set()
    thread.join()
    print(client.things.get("1").id)
"""
HANDED_IN = """
def refused():
    try:
        client.things.get("1")
    except SpecwireError as error:
        print(error)

with httpx2.Client() as http:
    client = Sample("k", base_url=url, retry=once, http_client=http)
    in_child(lambda: print(client.things.get("1").id))
    print(client.things.get("1").id)
    in_child(refused)
    print(client.things.get("1").id)
"""


def run(code: str, server: Server, *options: str) -> list[str]:
    """Run a program that has to be quiet; return what it prints."""
    server.answer = lambda received: reply({"id": str(received.connection)})
    command = [sys.executable, "-X", "dev", "-W", "error", *options, "-c", BEGIN + code, server.url]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=30)
    assert "" == done.stderr
    return done.stdout.splitlines()


def test_parent_and_child_have_connections_of_their_own(server: Server) -> None:
    """The parent goes on with its connection; the child, and the child's child, with one that is kept as well."""
    assert ["0", "1", "1", "2", "0"] == run(SYNC, server)


def test_an_asynchronous_client_goes_on_too(server: Server) -> None:
    """The child's event loop gets connections of its own, and the parent's loop does not notice."""
    assert ["0", "1", "1", "0"] == run(ASYNC, server)


def test_a_lock_that_a_thread_held_does_not_stop_the_child(server: Server) -> None:
    """The child has a thread only; what the parent's other threads were about to do is none of its business."""
    assert ["0", "1"] == run(LOCKED, server, "-W", "ignore::DeprecationWarning")


def test_a_used_client_of_ones_own_is_refused_in_the_child(server: Server) -> None:
    """An HTTP client that was handed in cannot be replaced: once the parent has used it, the child is told so."""
    first, second, refusal, third = run(HANDED_IN, server)
    assert ("0", "1", "1") == (first, second, third)
    assert "the http_client was already used in the parent process" in refusal
