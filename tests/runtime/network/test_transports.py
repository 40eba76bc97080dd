"""HTTP libraries behind `transport=`: the same results and exceptions as with httpx2."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import httpx2
import pytest
import trio
from pyreqwest.client import ClientBuilder, SyncClientBuilder
from specwire.errors import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    ResponseTooLargeError,
    StreamError,
    StreamTruncatedError,
)

from tests.support.caller import KEY, Caller
from tests.support.ports import free_port
from tests.support.sample import AsyncSample, Chunk, Sample, Thing
from tests.support.server import DONE, Close, Hold, Pause, Reset, Server, head, reply, stream

KINDS = ["async-aiohttp", "async-pyreqwest", "sync-pyreqwest"]
GOOD = reply({"id": "1"})


@pytest.fixture(params=KINDS)
def caller(request: pytest.FixtureRequest, server: Server, tls: Any) -> Iterator[Caller]:
    """Caller for each library."""
    kind, library = request.param.split("-")
    made = Caller(kind == "async", library, server.url, tls)
    yield made
    made.finish()


@pytest.fixture
def client(caller: Caller) -> Any:
    """Client of the scripted server."""
    return caller.client()


def test_a_call_sends_its_headers_and_body_once(caller: Caller, client: Any, server: Server) -> None:
    """Nothing that a library would add by itself."""
    server.play(GOOD)
    assert Thing(id="1") == caller.run(client.things.make(name="é", size=3))
    received = server.received[0]
    assert received.json == {"name": "é", "size": 3}
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["content-type"] == "application/json"
    names = [name.lower() for name, _ in received.pairs]
    assert len(names) == len(set(names))
    assert "specwire" in received.headers["user-agent"]


def test_headers_of_a_response_are_all_kept(caller: Caller, client: Any, server: Server) -> None:
    server.play(reply({"id": "1"}, headers={"X-Request-Id": "r-1", "Set-Cookie": "a=b"}))
    response = caller.run(client.things.get.raw("1"))
    assert response.request_id == "r-1"
    assert response.headers["SET-COOKIE"] == "a=b"
    assert response.content == b'{"id": "1"}'


def test_connections_are_reused(caller: Caller, client: Any, server: Server) -> None:
    server.play(*[GOOD] * 5)
    for _ in range(5):
        caller.run(client.things.get("1"))
    assert server.connections == 1


@pytest.mark.parametrize("path", ["a b", "ü", "50%", "a/b", "%2F"])
def test_urls_are_sent_as_they_are(path: str, caller: Caller, client: Any, server: Server, tls: Any) -> None:
    """As httpx2 sends them."""
    server.play(GOOD, GOOD)
    caller.run(client.things.get(path))
    reference = Caller(False, "httpx2", server.url, tls)
    reference.run(reference.client().things.get(path))
    reference.finish()
    assert server.received[0].target == server.received[1].target


def test_errors_and_retries_are_the_same(caller: Caller, client: Any, server: Server) -> None:
    server.play(reply({"message": "busy"}, status=503), GOOD)
    assert Thing(id="1") == caller.run(client.things.get("1"))
    server.play(reply({"message": "gone"}, status=404))
    with pytest.raises(NotFoundError, match="gone"):
        caller.run(client.things.get("1"))


def test_redirects_are_followed_here(caller: Caller, client: Any, server: Server) -> None:
    server.play(reply(b"", status=307, headers={"location": "/elsewhere"}), GOOD)
    assert Thing(id="1") == caller.run(client.things.get("1"))
    assert server.received[1].target == "/elsewhere"


def test_compressed_bodies_are_decoded_once(caller: Caller, client: Any, server: Server) -> None:
    import gzip

    packed = gzip.compress(b'{"id": "1"}')
    server.play((head(200, {"content-encoding": "gzip", "content-length": str(len(packed))}) + packed,))
    assert Thing(id="1") == caller.run(client.things.get("1"))


def test_a_refused_connection_was_not_sent(caller: Caller) -> None:
    client = caller.client(base_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(APIConnectionError, match="no response from") as caught:
        caller.run(client.things.make(name="a"))
    assert caught.value.attempts == 3, "a request that was not sent is repeated, even if it is not idempotent"


@pytest.mark.parametrize("end", [Reset(), Close()], ids=["reset", "closed"])
def test_a_request_that_may_have_arrived_is_not_sent_again(
    end: Any, caller: Caller, client: Any, server: Server
) -> None:
    """By the runtime for a POST, and by the library for any method."""
    server.play((end,), (end,), (end,))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.things.make(name="a"))
    assert len(server.received) == 1
    server.play(GOOD)
    caller.run(client.with_options(max_retries=9).things.get("1"))
    arrived = len(server.received)
    server.play((end,), GOOD)
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.with_options(max_retries=0).things.get("1"))
    assert len(server.received) == arrived + 1


def test_a_request_that_times_out_is_not_sent_again(caller: Caller, client: Any, server: Server) -> None:
    server.play((Hold(),), GOOD)
    with pytest.raises(APITimeoutError, match="no response in time"):
        caller.run(client.with_options(timeout=0.3).things.make(name="a"))
    assert len(server.received) == 1


def test_a_body_that_breaks_off_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    server.play((head(200, {"content-type": "application/json", "content-length": "100"}) + b'{"id"', Close()))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.with_options(max_retries=0).things.make(name="a"))


def test_a_silent_server_is_a_timeout(caller: Caller, client: Any, server: Server) -> None:
    server.play((Hold(),))
    with pytest.raises(APITimeoutError, match="no response in time"):
        caller.run(client.with_options(timeout=0.2, max_retries=0).things.get("1"))
    assert server.saw_close()


def test_a_body_that_stalls_is_a_timeout(caller: Caller, client: Any, server: Server) -> None:
    server.play((head(200, {"content-type": "application/json", "content-length": "100"}) + b'{"id"', Hold()))
    with pytest.raises(APITimeoutError, match="no response in time"):
        caller.run(client.with_options(timeout=0.2, max_retries=0).things.get("1"))


def test_a_deadline_ends_a_call(caller: Caller, client: Any, server: Server) -> None:
    server.play((Pause(0.05), head(200, {"content-length": "9"}), Hold()))
    with pytest.raises(APITimeoutError, match="the deadline of"):
        caller.run(client.with_options(deadline=0.3, max_retries=0).things.get("1"))


def test_large_responses_are_refused(caller: Caller, client: Any, server: Server) -> None:
    server.play(reply({"id": "1" * 100_000}))
    with pytest.raises(ResponseTooLargeError, match="is larger than"):
        caller.run(client.with_options(max_response_size=50_000).things.get("1"))


def test_streams_are_read_as_they_arrive(caller: Caller, client: Any, server: Server) -> None:
    server.play(stream({"text": "a"}, Pause(1), {"text": "b"}, DONE))
    events = client.talks.stream()
    before = time.monotonic()
    assert Chunk(text="a") == caller.next(events)
    assert time.monotonic() - before < 0.9, "the first event does not wait for the second"
    assert [Chunk(text="b")] == caller.list(events)


def test_headers_beyond_ascii_are_sent_as_their_bytes_or_refused(caller: Caller, client: Any, server: Server) -> None:
    server.play(GOOD)
    caller.run(client.things.get("1", trace="é☃".encode().decode("latin-1")))
    assert server.received[0].headers["x-trace"].encode("latin-1").decode() == "é☃"
    with pytest.raises(InvalidRequestError, match="the header 'x-trace' has Latin-1 characters"):
        caller.run(client.things.get("1", trace="Zoë"))
    assert len(server.received) == 1


def test_an_exception_of_a_file_reaches_the_caller(caller: Caller, client: Any, server: Server) -> None:
    class Torn:
        def read(self, size: int, /) -> bytes:
            raise RuntimeError("the tape is torn")

    server.respond = lambda _: (Hold(),)
    with pytest.raises(RuntimeError, match="the tape is torn"):
        caller.run(client.files.upload(file=Torn()))


def test_a_stream_that_breaks_off_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    server.play(stream({"text": "a"}, end=(Close(),)))
    with pytest.raises((StreamTruncatedError, APIConnectionError), match="broke off"):
        caller.list(client.talks.stream())


def test_uploads_and_downloads_are_streamed(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000
    (tmp_path / "up.bin").write_bytes(content)
    server.play(GOOD, reply(content))
    caller.run(client.files.upload(file=tmp_path / "up.bin"))
    assert server.received[0].size > len(content)
    caller.run(client.files.download("a").save(tmp_path / "down.bin"))
    assert (tmp_path / "down.bin").read_bytes() == content


def test_large_json_bodies_are_sent_whole(caller: Caller, client: Any, server: Server) -> None:
    server.play(GOOD)
    caller.run(client.things.make(name="x" * 3_000_000))
    assert server.received[0].size > 3_000_000


def test_a_silent_stream_ends_by_its_idle_timeout(caller: Caller, client: Any, server: Server) -> None:
    """Even if the time for the whole response is longer."""
    server.play(stream({"text": "a"}, Hold()))
    before = time.monotonic()
    with pytest.raises(StreamError, match="was silent for too long"):
        caller.list(client.with_options(timeout=60, idle_timeout=0.3).talks.stream())
    assert time.monotonic() - before < 5
    assert server.saw_close()


def test_a_stream_may_be_silent_for_longer_than_a_response(caller: Caller, client: Any, server: Server) -> None:
    server.play(stream({"text": "a"}, Pause(0.6), {"text": "b"}, DONE))
    events = client.with_options(timeout=0.4, idle_timeout=5).talks.stream()
    assert [Chunk(text="a"), Chunk(text="b")] == caller.list(events)


def test_a_body_without_a_length_that_is_reset_is_not_whole(
    caller: Caller, client: Any, server: Server, tmp_path: Path
) -> None:
    server.play((head(200, {"content-type": "application/octet-stream"}), b"x" * 10, Pause(0.1), Reset()))
    with pytest.raises(APIConnectionError):
        caller.run(client.files.download("a").save(tmp_path / "down.bin"))
    assert list(tmp_path.iterdir()) == []


def test_an_interim_status_is_not_a_response(caller: Caller, client: Any, server: Server) -> None:
    server.play((head(101, {"upgrade": "x", "connection": "upgrade"}), Close()))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.things.make(name="a"))


def test_codings_are_requested_as_httpx2_requests_them(caller: Caller, client: Any, server: Server, tls: Any) -> None:
    server.play(GOOD, GOOD)
    caller.run(client.things.get("1"))
    reference = Caller(False, "httpx2", server.url, tls)
    reference.run(reference.client().things.get("1"))
    reference.finish()
    first, second = (received.headers["accept-encoding"] for received in server.received)
    assert first == second


def test_cookies_are_shared_by_calls_and_streams(caller: Caller, server: Server) -> None:
    """With the option, whatever their time limits."""
    client = caller.client(cookies=True)
    server.play(reply({"id": "1"}, headers={"set-cookie": "sid=1; Path=/"}), stream({"text": "a"}, DONE), GOOD)
    caller.run(client.things.get("1"))
    caller.list(client.talks.stream())
    caller.run(client.with_options(timeout=httpx2.Timeout(5, connect=3)).things.get("1"))
    assert [received.headers.get("cookie") for received in server.received] == [None, "sid=1", "sid=1"]


def test_changed_headers_are_sent_changed(caller: Caller, server: Server) -> None:
    """Headers that many calls share are converted once; those of middleware are those of one attempt."""
    seen = iter("12")

    def numbered(request: Any, send: Any) -> Any:
        request.headers["x-number"] = next(seen)
        return send(request)

    async def numbered_async(request: Any, send: Any) -> Any:
        request.headers["x-number"] = next(seen)
        return await send(request)

    client = caller.client(middleware=[numbered_async if caller.asynchronous else numbered])
    server.play(GOOD, GOOD)
    for _ in range(2):
        caller.run(client.things.get("1"))
    assert [received.headers["x-number"] for received in server.received] == ["1", "2"]


def test_a_slow_upload_is_not_limited_by_the_wait_for_the_response(caller: Caller, client: Any, server: Server) -> None:
    """The wait begins with the end of the upload; it is limited even if the server sends interim responses."""
    if caller.library == "pyreqwest":
        pytest.skip("its limit is for the whole exchange")

    class Slow:
        pieces = [b"a", b"b", b"c", b""]

        def read(self, size: int, /) -> bytes:
            time.sleep(0.2)
            return self.pieces.pop(0)

    server.play(GOOD)
    assert Thing(id="1") == caller.run(client.with_options(timeout=0.5).files.upload(file=Slow()))
    server.play(tuple(each for _ in range(200) for each in (head(102), Pause(0.02))))
    with pytest.raises(APITimeoutError, match="no response in time"):
        caller.run(client.with_options(timeout=0.3, max_retries=0).files.upload(file=("a", b"x")))


def test_a_closed_client_is_closed(caller: Caller, server: Server) -> None:
    client = caller.client()
    server.play(GOOD)
    caller.run(client.things.get("1"))
    caller.run(client.aclose() if caller.asynchronous else client.close())
    with pytest.raises(Exception, match="is closed"):
        caller.run(client.things.get("1"))


@pytest.mark.parametrize("library", ["aiohttp", "pyreqwest"])
def test_each_event_loop_has_its_own_connections(library: Any, server: Server) -> None:
    client = AsyncSample(KEY, base_url=server.url, transport=library)

    async def call() -> Thing:
        thing = await client.things.get("1")
        await client._session._transport.release_loop()
        return thing

    server.play(GOOD, GOOD)
    assert [asyncio.run(call()), asyncio.run(call())] == [Thing(id="1"), Thing(id="1")]


@pytest.mark.parametrize("library", ["aiohttp", "pyreqwest"])
def test_a_call_can_be_cancelled(library: Any, server: Server) -> None:
    """By a task group of anyio, by asyncio, and in the middle of a stream; aiohttp closes the connection at once."""
    client = AsyncSample(KEY, base_url=server.url, transport=library)

    async def main() -> None:
        server.play((Hold(),), (Hold(),), stream({"text": "a"}, Hold()))
        with anyio.move_on_after(0.1) as scope:
            await client.things.get("1")
        assert scope.cancelled_caught
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.things.get("1"), 0.1)
        with anyio.move_on_after(0.2):
            async for _ in client.talks.stream():
                pass
        if library == "aiohttp":
            assert all([await asyncio.to_thread(server.saw_close) for _ in range(3)])
        await client.aclose()

    asyncio.run(main())


def test_a_session_of_the_users_is_used_and_stays_open(server: Server) -> None:
    """Given as `http_client`; it decompresses by itself."""

    async def main() -> None:
        async with aiohttp.ClientSession(headers={"x-own": "1"}) as session:
            own: Any = session
            client = AsyncSample(KEY, base_url=server.url, http_client=own)
            await client.things.get("1")
            await client.aclose()
            assert not session.closed
        async with ClientBuilder().default_headers({"x-own": "2"}).build() as rust:
            own = rust
            client = AsyncSample(KEY, base_url=server.url, http_client=own)
            await client.things.get("1")

    server.play(GOOD, GOOD)
    asyncio.run(main())
    with SyncClientBuilder().default_headers({"x-own": "3"}).build() as rust:
        own: Any = rust
        server.play(GOOD)
        Sample(KEY, base_url=server.url, http_client=own).things.get("1")
    assert [each.headers["x-own"] for each in server.received] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (Sample, {"transport": "aiohttp"}, "asynchronous only"),
        (Sample, {"transport": "pyreqwest", "cert": "a.pem"}, "cannot use cert="),
        (Sample, {"transport": "curl"}, "transport='curl' is unknown: use one of 'httpx2', 'httpx', 'aiohttp'"),
    ],
)
def test_transports_that_do_not_exist_are_refused(kind: Any, options: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        kind(KEY, **options)


@pytest.mark.parametrize("library", ["aiohttp", "pyreqwest"])
def test_trio_is_refused(library: Any, server: Server) -> None:
    async def main() -> None:
        with pytest.raises(ConfigurationError, match="works on asyncio only"):
            await AsyncSample(KEY, base_url=server.url, transport=library).things.get("1")

    trio.run(main)


def test_an_http_client_has_its_own_library() -> None:
    with pytest.raises(ConfigurationError, match="your http_client has its library"):
        Sample(KEY, transport="httpx", http_client=httpx2.Client())


@pytest.mark.parametrize("library", ["aiohttp", "pyreqwest"])
def test_a_missing_library_is_named(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("specwire._transports.") and library in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigurationError, match=rf"pip install 'specwire\[{library}\]'"):
        AsyncSample(KEY, transport=library)


@pytest.mark.parametrize("kind", [Sample, AsyncSample])
def test_httpx_and_httpx2_can_be_named(kind: Any, server: Server, tls: Any) -> None:
    for library in ("httpx", "httpx2"):
        caller = Caller(kind is AsyncSample, "httpx2", server.url, tls)
        server.play(GOOD)
        client = caller.client(transport=library)
        assert Thing(id="1") == caller.run(client.things.get("1"))
        caller.finish()
