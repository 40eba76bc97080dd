"""Uploads: streamed from their source, complete or rejected, retried only if that is possible."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trio
from specwire._serialization.multipart import media_type
from specwire.errors import APIConnectionError, InvalidRequestError, RateLimitError

from tests.support.caller import KEY, Caller
from tests.support.paths import ROOT
from tests.support.sample import AsyncSample, Thing
from tests.support.server import Close, Hold, Reset, Server, reply

GOOD = reply({"id": "1"})
BYTES = bytes(range(256)) * 1000


class Pipe:
    """Source of bytes that can be read once."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        """Read some bytes."""
        return self._file.read(size)


def parts(received: Any) -> list[tuple[str, bytes]]:
    """Return head and content of each part of a multipart request."""
    kind, _, boundary = received.headers["content-type"].partition("; boundary=")
    assert "multipart/form-data" == kind
    pieces = received.body.split(b"--" + boundary.encode())
    assert (b"", b"--\r\n") == (pieces[0], pieces[-1])
    found = []
    for piece in pieces[1:-1]:
        head, _, content = piece[2:-2].partition(b"\r\n\r\n")
        found.append((head.decode(), content))
    return found


@pytest.mark.parametrize("form", ["path", "file", "bytes", "tuple", "typed tuple", "bytearray", "memoryview"])
def test_a_file_may_be_given_in_many_ways(
    caller: Caller, client: Any, server: Server, tmp_path: Path, form: str
) -> None:
    """A path, an open file, bytes and named tuples have the same content, with a length, after the fields."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(BYTES)
    server.play(GOOD)
    with path.open("rb") as file:
        given: dict[str, tuple[Any, str, str]] = {
            "path": (path, "train.jsonl", "application/jsonl"),
            "file": (file, "train.jsonl", "application/jsonl"),
            "bytes": (BYTES, "upload", "application/octet-stream"),
            "tuple": (("a.png", BYTES), "a.png", "image/png"),
            "typed tuple": (("a.png", path, "text/x"), "a.png", "text/x"),
            "bytearray": (bytearray(BYTES), "upload", "application/octet-stream"),
            "memoryview": (memoryview(BYTES), "upload", "application/octet-stream"),
        }
        content, name, kind = given[form]
        assert Thing(id="1") == caller.run(client.files.upload(file=content, purpose="tune"))
    received = server.received[0]
    assert str(received.size) == received.headers["content-length"]
    assert [
        ('Content-Disposition: form-data; name="purpose"', b"tune"),
        (f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}', BYTES),
    ] == parts(received)


def test_a_binary_body_is_the_file(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """From memory or from disk."""
    path = tmp_path / "x"
    path.write_bytes(BYTES)
    server.play(GOOD, GOOD)
    caller.run(client.files.put("a", content=path))
    caller.run(client.files.put("a", content=BYTES))
    assert [BYTES, BYTES] == [received.body for received in server.received]
    assert [str(len(BYTES))] * 2 == [received.headers["content-length"] for received in server.received]
    assert "application/octet-stream" == server.received[0].headers["content-type"]


def test_an_open_file_is_sent_from_its_position(caller: Caller, client: Any, server: Server) -> None:
    """Bytes that were read before are not sent."""
    file = io.BytesIO(b"header,data")
    file.seek(7)
    server.play(GOOD)
    caller.run(client.files.put("a", content=file))
    assert b"data" == server.received[0].body


def test_bytes_of_unknown_length_are_sent_in_chunks(caller: Caller, client: Any, server: Server) -> None:
    """The source does not state its length."""
    server.play(GOOD)
    caller.run(client.files.upload(file=Pipe(BYTES)))
    received = server.received[0]
    assert received.chunked
    assert "content-length" not in received.headers
    assert BYTES == parts(received)[0][1]


@pytest.mark.parametrize("form", ["path", "file", "bytes"])
def test_a_retried_upload_sends_the_whole_file_again(
    caller: Caller, client: Any, server: Server, tmp_path: Path, form: str
) -> None:
    """Retries and redirects start at the initial position."""
    path = tmp_path / "x"
    path.write_bytes(b"skip" + BYTES)
    server.play(reply({}, status=429), reply(b"", status=307, headers={"location": "/b"}), reply({}, status=429), GOOD)
    with path.open("rb") as file:
        file.seek(4)
        content: dict[str, Any] = {"path": path, "file": file, "bytes": BYTES}
        response = caller.run(client.files.upload.raw(file=content[form]))
    assert 3 == response.attempts
    expected = b"skip" + BYTES if form == "path" else BYTES
    assert [expected] * 4 == [parts(received)[0][1] for received in server.received]


def test_the_same_request_may_be_sent_twice(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """A request value with a file can be sent any number of times."""
    path = tmp_path / "x"
    path.write_bytes(BYTES)
    server.play(GOOD, GOOD)
    request = client.files.upload.request(file=path)
    caller.run(client.send(request))
    caller.run(client.send(request))
    assert [BYTES, BYTES] == [parts(received)[0][1] for received in server.received]


def test_an_upload_that_can_be_read_once_is_not_retried(caller: Caller, client: Any, server: Server) -> None:
    """The server's error is raised."""
    server.play(reply({"message": "slow down"}, status=429))
    with pytest.raises(RateLimitError, match="upload: HTTP 429: slow down"):
        caller.run(client.files.upload(file=Pipe(BYTES)))
    server.play(reply(b"", status=307, headers={"location": "/b"}))
    with pytest.raises(APIConnectionError, match="upload: the upload cannot be repeated: part 'file' cannot be sent"):
        caller.run(client.files.upload(file=Pipe(BYTES)))
    assert 2 == len(server.received)


def test_an_interrupted_upload_is_retried_only_for_idempotent_methods(
    caller: Caller, client: Any, server: Server
) -> None:
    """A POST without a response is not retried, a PUT is."""
    server.play((Reset(),))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.files.upload(file=BYTES))
    server.play((Close(),), GOOD)
    caller.run(client.files.put("a", content=io.BytesIO(BYTES)))
    assert [BYTES, BYTES] == [received.body for received in server.received[1:]]


def test_a_file_that_changes_while_it_is_sent_is_an_error(
    caller: Caller, client: Any, server: Server, tmp_path: Path
) -> None:
    """A file that grows or shrinks during the request is an error that states it, after one attempt."""
    path = tmp_path / "x"
    path.write_bytes(BYTES * 4)

    def shrink(done: int, total: int | None) -> None:
        path.write_bytes(b"short")

    server.respond = lambda _: GOOD
    with pytest.raises(APIConnectionError, match="the request body shrank during the upload"):
        caller.run(client.files.put.with_options(on_progress=shrink)("a", content=path))
    assert [] == server.received


def test_progress_is_reported(caller: Caller, client: Any, server: Server) -> None:
    """The function gets the bytes so far and in all."""
    reported: list[tuple[int, int | None]] = []
    server.play(GOOD)
    upload = client.files.upload.with_options(on_progress=lambda done, total: reported.append((done, total)))
    caller.run(upload(file=b"x" * 600_000))
    size = server.received[0].size
    assert (size, size) == reported[-1]
    assert len(reported) > 1
    assert sorted(reported) == reported


@pytest.mark.parametrize(
    ("file", "error"),
    [
        ("train.jsonl", r"file 'file' is a str: give `Path\(\.\.\.\)`"),
        (io.StringIO("x"), "file 'file' is a text file; open it in binary mode"),
        (7, "file 'file' is int: give a `Path`, bytes, an open binary file"),
    ],
)
def test_a_value_that_is_not_a_file_is_rejected_by_the_call(caller: Caller, client: Any, file: Any, error: str) -> None:
    """Nothing is sent."""
    with pytest.raises(InvalidRequestError, match=error):
        caller.run(client.files.upload(file=file))
    with pytest.raises(InvalidRequestError, match="put: the request body is "):
        caller.run(client.files.put("a", content=file))


def test_a_missing_file_is_a_file_not_found_error(caller: Caller, client: Any, tmp_path: Path) -> None:
    """Also if the file is removed between two uses of a request."""
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        caller.run(client.files.upload(file=tmp_path / "none"))
    path = tmp_path / "x"
    path.write_bytes(b"x")
    request = client.files.upload.request(file=path)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        caller.run(client.send(request))


def test_an_asynchronous_file_needs_an_asynchronous_client(server: Server, tmp_path: Path) -> None:
    """It is read under trio here; the synchronous client rejects it."""
    path = tmp_path / "x"
    path.write_bytes(BYTES)
    server.play(GOOD)

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client, await trio.open_file(path, "rb") as file:
            await client.files.upload(file=file)

    trio.run(main)
    assert BYTES == parts(server.received[0])[0][1]


def test_an_exception_of_the_file_reaches_the_caller(caller: Caller, client: Any, server: Server) -> None:
    """The connection is released."""

    class Broken:
        def read(self, size: int, /) -> bytes:
            raise RuntimeError("the tape is torn")

    server.respond = lambda _: (Hold(),)
    with pytest.raises(RuntimeError, match="the tape is torn"):
        caller.run(client.files.upload(file=Broken()))


_MEASURE = """
import asyncio, resource, sys
from pathlib import Path
from {sample} import AsyncSample, Sample

url, kind, form, small, large = sys.argv[1:]

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def upload(client, path):
    if form == "part":
        return client.files.upload(file=Path(path))
    return client.files.put("a", content=Path(path))

async def main():
    async with AsyncSample("k", base_url=url) as client:
        await upload(client, small)
        before = peak()
        await upload(client, large)
        return peak() - before

def sync_main():
    with Sample("k", base_url=url) as client:
        upload(client, small)
        before = peak()
        upload(client, large)
        return peak() - before

print(asyncio.run(main()) if kind == "async" else sync_main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("form", ["part", "binary"])
@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("size", [1 << 27, pytest.param(1 << 30, marks=pytest.mark.exhaustive)])
def test_a_huge_file_is_uploaded_in_little_memory(
    server: Server, tmp_path: Path, kind: str, form: str, size: int
) -> None:
    """A file of 128 MB or 1 GB needs less than 20 MB of additional memory."""
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"x" * 1_000_000)
    with large.open("wb") as file:
        file.truncate(size)
    server.respond = lambda _: GOOD
    code = _MEASURE.format(sample=Thing.__module__)
    command = [sys.executable, "-c", code, server.url, kind, form, str(small), str(large)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert "" == done.stderr
    assert int(done.stdout) < 20 * 1024
    assert server.received[1].size >= size


@pytest.mark.parametrize(
    ("file", "stated", "expected"),
    [
        (b"x", "image/png", "image/png"),
        (b"x", "image/*", "application/octet-stream"),
        (Path("a.jpeg"), "image/*", "image/jpeg"),
        (("a.gif", b"x"), "image/*", "image/gif"),
        ((None, b"x", "image/webp"), "image/*", "image/webp"),
        ((None, b"x", "image/webp"), "application/octet-stream", "image/webp"),
    ],
)
def test_the_media_type_of_a_file_takes_precedence(file: Any, stated: str, expected: str) -> None:
    """It overrides the document's; a range is resolved by the file name."""
    assert expected == media_type(file, stated)


@pytest.mark.parametrize(
    ("file", "stated", "others", "expected"),
    [
        (b"x", "image/png", ("image/jpeg",), "image/png"),
        (Path("a.png"), "image/png", ("image/jpeg",), "image/png"),
        (Path("a.JPG"), "image/png", ("image/jpeg",), "image/jpeg"),
        (("a.jpg", b"x"), "application/pdf", ("image/*",), "image/jpeg"),
        (Path("a.gif"), "image/png", ("image/jpeg",), "image/png"),
        (Path("a"), "application/zip", ("application/octet-stream",), "application/zip"),
        (Path("a.png"), "application/zip", ("application/octet-stream",), "application/octet-stream"),
        (b"x", "application/zip", ("application/octet-stream",), "application/zip"),
        ((None, b"x", "image/jpeg"), "image/png", ("image/jpeg",), "image/jpeg"),
        (Path("a.pdf"), "image/*", ("application/pdf",), "application/pdf"),
    ],
)
def test_the_name_of_a_file_selects_a_declared_media_type(
    file: Any, stated: str, others: tuple[str, ...], expected: str
) -> None:
    """Of several; the first declared one is sent for other files."""
    assert expected == media_type(file, stated, others)


@pytest.mark.parametrize("form", ["path", "file"])
def test_an_upload_is_complete_in_every_attempt(
    caller: Caller, client: Any, server: Server, tmp_path: Path, form: str
) -> None:
    """After two rejected attempts too, each starts at the initial position."""
    path = tmp_path / "file"
    path.write_bytes(BYTES)
    server.play(reply({}, status=429), reply({}, status=429), GOOD)
    with path.open("rb") as file:
        caller.run(client.files.upload(file=path if form == "path" else file, purpose="x"))
    assert [BYTES] * 3 == [parts(received)[-1][1] for received in server.received]
