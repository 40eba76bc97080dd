"""Promises of downloads: whole or an error, in constant memory, never half a file under its name."""

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
    """`read()` gives all bytes as they were sent."""
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
    """`text()` decodes by the charset that the server names, by UTF-8 where it names none that is known."""
    server.play(reply(body, headers={"content-type": kind}))
    assert expected == caller.run(client.files.download().text())


def test_a_download_comes_in_pieces(caller: Caller, client: Any, server: Server) -> None:
    """`iter_bytes()` gives the bytes as they come."""
    server.play(stream(b"one", Pause(0.02), b"two", kind="application/octet-stream"))
    assert b"onetwo" == b"".join(caller.list(client.files.download().iter_bytes()))


def test_nothing_is_fetched_before_it_is_asked_for(caller: Caller, client: Any, server: Server) -> None:
    """Calling the method sends nothing."""
    prefix = "Async" if caller.asynchronous else ""
    download = client.files.download()
    assert f"<{prefix}Download of download>" == repr(download)
    assert [] == server.received
    caller.close(download)


def test_a_file_is_saved_whole(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """`save()` writes the file, replaces one that was there, leaves nothing else, and returns the path."""
    target = tmp_path / "model.bin"
    target.write_bytes(b"old")
    server.play(WHOLE)
    assert target == caller.run(client.files.download().save(str(target)))
    assert BYTES == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


def test_a_cut_download_leaves_no_file(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """A download that breaks off raises, says how far it came, and leaves what was there before."""
    target = tmp_path / "model.bin"
    server.play(CUT, CUT)
    with pytest.raises(APIConnectionError) as caught:
        caller.run(client.files.download().save(target))
    assert str(caught.value).startswith("download: the download broke off after 10 of 1000 bytes: ")
    assert [] == list(tmp_path.iterdir())
    target.write_bytes(b"old")
    with pytest.raises(APIConnectionError):
        caller.run(client.files.download().save(target))
    assert b"old" == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_refused_first(
    caller: Caller, client: Any, server: Server, tmp_path: Path
) -> None:
    """A missing folder, or a folder in the file's place, is an error before anything is fetched."""
    with pytest.raises(FileNotFoundError):
        caller.run(client.files.download().save(tmp_path / "none" / "x"))
    with pytest.raises(IsADirectoryError):
        caller.run(client.files.download().save(tmp_path))
    assert [] == server.received


def test_a_long_name_is_no_obstacle(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """A file name may be as long as the file system allows."""
    server.play(WHOLE)
    target: Path = caller.run(client.files.download().save(tmp_path / ("x" * 255)))
    assert BYTES == target.read_bytes()


def test_a_download_goes_to_an_open_file(caller: Caller, client: Any, server: Server) -> None:
    """`save_to()` writes to an open file and returns the number of bytes."""
    server.play(WHOLE)
    file = io.BytesIO()
    assert len(BYTES) == caller.run(client.files.download().save_to(file))
    assert BYTES == file.getvalue()


def test_progress_is_told(caller: Caller, client: Any, server: Server) -> None:
    """The progress function is told bytes so far and in all, None where the server does not say."""
    told: list[tuple[int, int | None]] = []
    server.play(WHOLE, stream(b"abc", kind="text/plain"))
    watched = client.files.download.with_options(on_progress=lambda done, total: told.append((done, total)))
    caller.run(watched().read())
    assert (len(BYTES), len(BYTES)) == told[-1]
    assert sorted(told) == told
    caller.run(watched().read())
    assert [3, None] == list(told[-1])


@pytest.mark.parametrize(
    "answer",
    [
        CUT,
        (head(200, {"transfer-encoding": "chunked"}), chunk(b"x" * 10), Pause(0.02), Close()),
        (head(200, {"content-length": "1000"}), b"x" * 10, Pause(0.02), Reset()),
    ],
    ids=["length", "chunks", "reset"],
)
def test_half_a_body_is_never_taken_for_the_whole(caller: Caller, client: Any, server: Server, answer: Any) -> None:
    """A body that is cut off is a connection error with the answer's head, however it was framed."""
    server.play(answer)
    with pytest.raises(APIConnectionError, match="download: the download broke off after 10") as caught:
        caller.run(client.files.download().read())
    assert caught.value.response is not None
    assert 200 == caught.value.response.status_code


def test_silence_in_a_body_is_a_timeout(caller: Caller, client: Any, server: Server) -> None:
    """A body that stops coming for longer than `idle_timeout` is an `APITimeoutError`."""
    server.play((head(200, {"content-length": "1000"}), b"x" * 10, Hold()))
    with pytest.raises(APITimeoutError, match="broke off after 10 of 1000 bytes"):
        caller.run(client.files.download.with_options(idle_timeout=0.25)().read())
    assert server.saw_close()


def test_an_error_status_is_raised_typed(caller: Caller, client: Any, server: Server) -> None:
    """A download that the server refuses raises the status error; a busy server is asked again first."""
    server.play(reply({}, status=503), reply({"message": "gone"}, status=404))
    with pytest.raises(NotFoundError) as caught:
        caller.run(client.files.download().read())
    assert Problem(message="gone") == caught.value.body
    assert 2 == caught.value.attempts


def test_with_opens_and_closes(caller: Caller, client: Any, server: Server) -> None:
    """`with` opens the download, so that its head is known, and gives the connection back."""
    server.play((head(200, {"content-length": "1000", "x-request-id": "r"}), b"x" * 10, Hold()))
    download = client.files.download()
    assert download is caller.enter(download)
    assert (200, "r") == (download.response.status_code, download.response.request_id)
    caller.leave(download)
    caller.close(download)
    assert server.saw_close()


def test_leaving_the_pieces_gives_the_connection_back(caller: Caller, client: Any, server: Server) -> None:
    """A download whose pieces are not all taken gives its connection back when it is closed."""
    server.play((head(200, {"content-length": "1000"}), b"x" * 10, Hold()))
    download = client.files.download()
    pieces = download.iter_bytes()
    assert b"x" * 10 == caller.next(pieces)
    caller.close(pieces)
    assert server.saw_close()


def test_break_gives_the_connection_back(server: Server) -> None:
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


def test_a_finished_download_leaves_its_connection(caller: Caller, client: Any, server: Server) -> None:
    """After a whole download the connection is used again."""
    server.play(WHOLE, WHOLE)
    caller.run(client.files.download().read())
    caller.run(client.files.download().read())
    assert [0, 0] == [received.connection for received in server.received]


def test_an_asynchronous_download_says_that_it_is_not_open(server: Server) -> None:
    """`response` of a download that is not open is an error with a remedy."""

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            download = client.files.download()
            with pytest.raises(RuntimeError, match="the download is not open yet"):
                assert 200 == download.response.status_code
            await download.aclose()

    asyncio.run(main())


def test_a_synchronous_download_opens_for_its_response(server: Server) -> None:
    """`response` of a synchronous download opens it."""
    server.play(WHOLE)
    with Sample(KEY, base_url=server.url) as client, client.files.download() as download:
        assert 200 == download.response.status_code


@pytest.mark.parametrize("library", ["httpx2", "httpx"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_response_that_is_loaded_already_is_replayed(library: str, asynchronous: bool, tmp_path: Path) -> None:
    """A transport stub, a hook or a cache may have read the body; it is given once, as from a socket."""
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
    """The body is taken from memory; nothing is asked for a second time."""
    server.play(WHOLE)
    http = httpx2.Client(event_hooks={"response": [lambda response: response.read()]})
    with http, Sample(KEY, base_url=server.url, http_client=http) as client:
        assert client.files.download().read() == BYTES
    assert len(server.received) == 1
