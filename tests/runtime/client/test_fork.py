"""Forking: a used client works in the child, on its own connections."""

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
    """Run a program, which must print no warnings, and return the lines that it prints."""
    server.respond = lambda received: reply({"id": str(received.connection)})
    command = [sys.executable, "-X", "dev", "-W", "error", *options, "-c", BEGIN + code, server.url]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=30)
    assert "" == done.stderr
    return done.stdout.splitlines()


def test_parent_and_child_have_separate_connections(server: Server) -> None:
    """Both keep theirs, and so does the child's child."""
    assert ["0", "1", "1", "2", "0"] == run(SYNC, server)


def test_an_asynchronous_client_works_in_the_child(server: Server) -> None:
    """The child's event loop gets its own connections; the parent's loop is not affected."""
    assert ["0", "1", "1", "0"] == run(ASYNC, server)


def test_a_lock_held_by_another_thread_does_not_block_the_child(server: Server) -> None:
    """The child has one thread; locks of the parent's other threads are replaced."""
    assert ["0", "1"] == run(LOCKED, server, "-W", "ignore::DeprecationWarning")


def test_a_given_http_client_is_rejected_in_the_child_once_used(server: Server) -> None:
    """It cannot be replaced."""
    first, second, refusal, third = run(HANDED_IN, server)
    assert ("0", "1", "1") == (first, second, third)
    assert "the http_client was already used in the parent process" in refusal
