"""Downloads: complete or an error, in constant memory, never a partial file under its final name."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire.errors import APIConnectionError, APITimeoutError, NotFoundError, SpecwireError

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Problem, Sample
from tests.support.server import Close, Hold, Pause, Reset, Server, chunk, head, reply, stream

BYTES = bytes(range(256)) * 1000
WHOLE = reply(BYTES)
CUT = (head(200, {"content-length": "1000"}), b"x" * 10, Pause(0.02), Close())


def test_a_download_is_read_into_memory(caller: Caller, client: Any, server: Server) -> None:
    """`read()` returns all bytes."""
    server.play(WHOLE)
    assert BYTES == caller.run(client.files.download("a b").read())
    assert "/files/a%20b" == server.received[0].target
    assert "application/octet-stream, */*;q=0.1" == server.received[0].headers["accept"]


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("text/plain", "é☃".encode(), "é☃"),
        ("text/plain; charset=latin-1", b"\xe9", "é"),
        ("text/plain; charset=nonsense", "é".encode(), "é"),
        ("text/plain; charset=base64", "é".encode(), "é"),
        ("text/plain", b"a\xff", "a�"),
    ],
)
def test_a_download_is_read_as_text(
    caller: Caller, client: Any, server: Server, kind: str, body: bytes, expected: str
) -> None:
    """`text()` decodes by the server's charset, or by UTF-8 if that is unknown."""
    server.play(reply(body, headers={"content-type": kind}))
    assert expected == caller.run(client.files.download().text())


def test_a_download_is_iterated_in_pieces(caller: Caller, client: Any, server: Server) -> None:
    """`iter_bytes()` yields the bytes as they arrive."""
    server.play(stream(b"one", Pause(0.02), b"two", kind="application/octet-stream"))
    assert b"onetwo" == b"".join(caller.list(client.files.download().iter_bytes()))


def test_calling_a_download_sends_nothing(caller: Caller, client: Any, server: Server) -> None:
    """The request is sent when the bytes are read."""
    prefix = "Async" if caller.asynchronous else ""
    download = client.files.download()
    assert f"<{prefix}Download of download>" == repr(download)
    assert [] == server.received
    caller.close(download)


def test_save_writes_the_whole_file(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """It replaces an existing file, leaves no other file, and returns the path."""
    target = tmp_path / "model.bin"
    target.write_bytes(b"old")
    server.play(WHOLE)
    assert target == caller.run(client.files.download().save(str(target)))
    assert BYTES == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


def test_an_interrupted_download_leaves_no_file(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """It raises, states how many bytes arrived, and keeps the old file."""
    target = tmp_path / "model.bin"
    server.play(CUT, CUT)
    with pytest.raises(APIConnectionError) as caught:
        caller.run(client.files.download().save(target))
    assert str(caught.value).startswith("download: the download broke off after 10 of 1000 bytes: ")
    assert [] == list(tmp_path.iterdir())
    target.write_bytes(b"old")
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(client.files.download().save(target))
    assert b"old" == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


def test_an_unwritable_path_is_rejected_before_the_request(
    caller: Caller, client: Any, server: Server, tmp_path: Path
) -> None:
    """A missing folder, or a folder at the path, is an error."""
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        caller.run(client.files.download().save(tmp_path / "none" / "x"))
    with pytest.raises(IsADirectoryError, match="this is a directory"):
        caller.run(client.files.download().save(tmp_path))
    assert [] == server.received


def test_a_file_name_may_have_the_maximum_length(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """The limit is that of the file system."""
    server.play(WHOLE)
    target: Path = caller.run(client.files.download().save(tmp_path / ("x" * 255)))
    assert BYTES == target.read_bytes()


def test_save_to_writes_to_an_open_file(caller: Caller, client: Any, server: Server) -> None:
    """It returns the number of bytes."""
    server.play(WHOLE)
    file = io.BytesIO()
    assert len(BYTES) == caller.run(client.files.download().save_to(file))
    assert BYTES == file.getvalue()


def test_progress_is_reported(caller: Caller, client: Any, server: Server) -> None:
    """The function gets the bytes so far and in all, or None if the server does not state a length."""
    reported: list[tuple[int, int | None]] = []
    server.play(WHOLE, stream(b"abc", kind="text/plain"))
    watched = client.files.download.with_options(on_progress=lambda done, total: reported.append((done, total)))
    caller.run(watched().read())
    assert (len(BYTES), len(BYTES)) == reported[-1]
    assert sorted(reported) == reported
    caller.run(watched().read())
    assert [3, None] == list(reported[-1])


@pytest.mark.parametrize(
    "response",
    [
        CUT,
        (head(200, {"transfer-encoding": "chunked"}), chunk(b"x" * 10), Pause(0.02), Close()),
        (head(200, {"content-length": "1000"}), b"x" * 10, Pause(0.02), Reset()),
    ],
    ids=["length", "chunks", "reset"],
)
def test_an_incomplete_body_is_never_returned(caller: Caller, client: Any, server: Server, response: Any) -> None:
    """It is a connection error with the response's head, for every kind of framing."""
    server.play(response)
    with pytest.raises(APIConnectionError, match="download: the download broke off after 10") as caught:
        caller.run(client.files.download().read())
    assert caught.value.response is not None
    assert 200 == caught.value.response.status_code


def test_silence_in_a_body_is_a_timeout(caller: Caller, client: Any, server: Server) -> None:
    """A body that pauses for longer than `idle_timeout` is an `APITimeoutError`."""
    server.play((head(200, {"content-length": "1000"}), b"x" * 10, Hold()))
    with pytest.raises(APITimeoutError, match="broke off after 10 of 1000 bytes"):
        caller.run(client.files.download.with_options(idle_timeout=0.25)().read())
    assert server.saw_close()


def test_an_error_status_is_raised_typed(caller: Caller, client: Any, server: Server) -> None:
    """A rejected download raises the status error; a busy server is retried first."""
    server.play(reply({}, status=503), reply({"message": "gone"}, status=404))
    with pytest.raises(NotFoundError) as caught:
        caller.run(client.files.download().read())
    assert Problem(message="gone") == caught.value.body
    assert 2 == caught.value.attempts


def test_a_with_block_opens_and_closes_the_download(caller: Caller, client: Any, server: Server) -> None:
    """Its head is available, and the connection is released at the end."""
    server.play((head(200, {"content-length": "1000", "x-request-id": "r"}), b"x" * 10, Hold()))
    download = client.files.download()
    assert download is caller.enter(download)
    assert (200, "r") == (download.response.status_code, download.response.request_id)
    caller.leave(download)
    caller.close(download)
    assert server.saw_close()


def test_closing_a_download_releases_the_connection(caller: Caller, client: Any, server: Server) -> None:
    """Not all pieces were read."""
    server.play((head(200, {"content-length": "1000"}), b"x" * 10, Hold()))
    download = client.files.download()
    pieces = download.iter_bytes()
    assert b"x" * 10 == caller.next(pieces)
    caller.close(pieces)
    assert server.saw_close()


def test_break_releases_the_connection(server: Server) -> None:
    """Leaving a loop over the pieces closes the download."""
    server.play((head(200, {"content-length": "1000"}), b"x" * 10, Hold()))
    with Sample(KEY, base_url=server.url) as client:
        for _ in client.files.download().iter_bytes():
            break
        assert server.saw_close()


def test_a_download_is_read_once(caller: Caller, client: Any, server: Server) -> None:
    """Reading a second time is an error that names the remedy."""
    server.play(WHOLE)
    download = client.files.download()
    caller.run(download.read())
    for again in (download.read, download.text):
        with pytest.raises(SpecwireError, match="download: it was read or closed already: call the method again"):
            caller.run(again())
    assert 1 == len(server.received)


def test_a_finished_download_keeps_its_connection(caller: Caller, client: Any, server: Server) -> None:
    """The connection is reused."""
    server.play(WHOLE, WHOLE)
    caller.run(client.files.download().read())
    caller.run(client.files.download().read())
    assert [0, 0] == [received.connection for received in server.received]


def test_response_of_an_unopened_asynchronous_download_is_an_error(server: Server) -> None:
    """The message names the remedy."""

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            download = client.files.download()
            with pytest.raises(RuntimeError, match="the download is not open yet"):
                assert 200 == download.response.status_code
            await download.aclose()

    asyncio.run(main())


def test_response_opens_a_synchronous_download(server: Server) -> None:
    """The head is available without `with`."""
    server.play(WHOLE)
    with Sample(KEY, base_url=server.url) as client, client.files.download() as download:
        assert 200 == download.response.status_code


@pytest.mark.parametrize("library", ["httpx2", "httpx"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_response_that_is_loaded_already_is_replayed(library: str, asynchronous: bool, tmp_path: Path) -> None:
    """A transport stub, a hook or a cache may have read the body; it is returned once, as from a socket."""
    http = pytest.importorskip(library)
    transport = http.MockTransport(lambda _: http.Response(200, content=b"abc", headers={"content-type": "image/png"}))
    url = "https://api.test"
    if asynchronous:

        async def play() -> None:
            client = AsyncSample(KEY, http_client=http.AsyncClient(transport=transport), base_url=url)
            download = client.files.download()
            assert await download.read() == b"abc"
            with pytest.raises(SpecwireError, match="read or closed already"):
                await download.read()
            assert (await client.files.download().save(tmp_path / "x")).read_bytes() == b"abc"

        asyncio.run(play())
        return
    client = Sample(KEY, http_client=http.Client(transport=transport), base_url=url)
    download = client.files.download()
    assert download.read() == b"abc"
    with pytest.raises(SpecwireError, match="read or closed already"):
        download.read()
    assert client.files.download().save(tmp_path / "x").read_bytes() == b"abc"


def test_a_response_that_a_hook_read_is_replayed(server: Server) -> None:
    """The body comes from memory; nothing is requested again."""
    server.play(WHOLE)
    http = httpx2.Client(event_hooks={"response": [lambda response: response.read()]})
    with http, Sample(KEY, base_url=server.url, http_client=http) as client:
        assert client.files.download().read() == BYTES
    assert len(server.received) == 1
