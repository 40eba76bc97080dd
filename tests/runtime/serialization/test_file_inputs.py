"""Files as arguments: name, type and length are taken from any kind of file."""

from __future__ import annotations

import io
import mmap
import os
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire import FileInput
from specwire._serialization.media_types import media_type_of
from specwire._serialization.multipart import Multipart
from specwire.errors import BadRequestError, InvalidRequestError, NotFoundError
from specwire.support import Part, file_part, multipart_body
from starlette.datastructures import Headers, UploadFile

from tests.support.caller import Caller
from tests.support.server import Server, reply


def sent(file: FileInput, content_type: str | None = None) -> tuple[Part, bytes]:
    """Return the part of a file and its body, whose length was stated before."""
    part = file_part("f", file, content_type)
    form = Multipart([part])
    body = b"".join(form.iter())
    assert form.content_length() in (len(body), None)
    return part, body


def size(file: FileInput) -> int | None:
    """Return the length of a form with a file, as stated before the file is read."""
    return Multipart([file_part("f", file)]).content_length()


class Storage:
    """File as in Werkzeug: its own `name` is that of the form field."""

    def __init__(self) -> None:
        self.name, self.filename, self.content_type, self.stream = (
            "field",
            "up.pdf",
            "application/pdf",
            io.BytesIO(b"x"),
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def upload_file(content: bytes = b"abc", content_type: str = "application/pdf") -> UploadFile:
    """Return a file as FastAPI passes it."""
    headers = Headers({"content-type": content_type})
    return UploadFile(io.BytesIO(content), size=len(content), filename="dir/up.pdf", headers=headers)


@pytest.mark.parametrize("file", [upload_file(), Storage()])
def test_a_file_of_a_web_framework_keeps_name_type_and_length(file: Any) -> None:
    """A proxy can pass on what it received."""
    assert size(file) is not None
    part, _ = sent(file)
    assert ("up.pdf", "application/pdf") == (part.filename, part.content_type)


def test_a_generic_type_is_replaced_by_that_of_the_name() -> None:
    """Browsers send `application/octet-stream` for unknown files."""
    assert "application/pdf" == sent(upload_file(content_type="application/octet-stream"))[0].content_type
    assert "image/png" == sent(upload_file(), "image/png")[0].content_type


def test_a_framework_s_file_is_sent_by_both_clients(caller: Caller, client: Any, server: Server) -> None:
    """Its length is known, so it is not sent in chunks."""
    server.play(reply({"id": "1"}))
    caller.run(client.files.upload(file=upload_file()))
    assert b'filename="up.pdf"\r\nContent-Type: application/pdf\r\n\r\nabc' in server.received[0].body
    assert "content-length" in server.received[0].headers


def test_a_spooled_file_and_a_zip_member(tmp_path: Path) -> None:
    """Files of the standard library that are not plain files."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("dir/a.csv", "1,2")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, archive.open("dir/a.csv") as member:
        assert size(member) is not None
        part, body = sent(member)
        assert ("a.csv", "text/csv") == (part.filename, part.content_type)
        assert b"1,2" in body
    with tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(b"abc")
        spooled.seek(1)
        assert size(spooled) is not None
        part, body = sent(spooled)
        assert "upload" == part.filename and b"\r\n\r\nbc\r\n" in body


def test_a_mapped_file_has_a_length(tmp_path: Path) -> None:
    """An `mmap` is read in pieces, and its length is known."""
    (tmp_path / "a.bin").write_bytes(b"abcdef")
    with (tmp_path / "a.bin").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert size(("a.bin", mapped)) is not None
        assert b"abcdef" in sent(("a.bin", mapped))[1]


def pieces() -> Iterator[bytes]:
    """Yield a file."""
    yield b"ab"
    yield b"cd"


async def apieces() -> AsyncIterator[bytes]:
    """Yield a file asynchronously."""
    for piece in pieces():
        yield piece


def test_an_iterator_of_bytes_is_sent_once(caller: Caller, client: Any, server: Server) -> None:
    """It is sent as it arrives."""
    server.play(reply({"id": "1"}), reply({"id": "1"}))
    caller.run(client.files.upload(file=("a.txt", pieces())))
    caller.run(client.files.put("a", content=pieces()))
    assert b"Content-Type: text/plain\r\n\r\nabcd\r\n" in server.received[0].body
    assert b"abcd" == server.received[1].body
    assert not Multipart([file_part("f", pieces())]).replayable


def test_an_asynchronous_iterator_needs_an_asynchronous_client(caller: Caller, client: Any, server: Server) -> None:
    """The synchronous client rejects it."""
    server.play(reply({"id": "1"}))
    if caller.asynchronous:
        caller.run(client.files.put("a", content=apieces()))
        assert b"abcd" == server.received[0].body
    else:
        with pytest.raises(InvalidRequestError, match="asynchronous file; use an asynchronous client"):
            caller.run(client.files.put("a", content=apieces()))


def test_an_iterator_of_text_is_rejected(caller: Caller, client: Any, server: Server) -> None:
    """A file consists of bytes."""
    server.play(reply({"id": "1"}))
    texts: Any = iter(["a"])
    with pytest.raises(InvalidRequestError, match="returned str instead of bytes"):
        caller.run(client.files.put("a", content=texts))


@pytest.mark.parametrize("make", [bytes, io.BytesIO])
def test_the_error_of_a_rejected_file_mentions_a_missing_name(
    caller: Caller, client: Any, server: Server, make: Any
) -> None:
    """Servers that need the name send unclear errors."""
    server.play(reply({}, status=400), reply({}, status=400), reply({}, status=404))
    with pytest.raises(BadRequestError) as caught:
        caller.run(client.files.upload(file=make(b"x")))
    assert ["the file of part 'file' was sent as 'upload': give (name, file) if the name matters"] == list(
        getattr(caught.value, "__notes__", [])
    )
    for named, kind in ((("a.txt", b"x"), BadRequestError), (b"x", NotFoundError)):
        with pytest.raises(kind) as reported:
            caller.run(client.files.upload(file=named))
        assert not hasattr(reported.value, "__notes__")


def test_the_name_may_be_a_path() -> None:
    """The file name is its last component."""
    part, _ = sent((Path("dir/a.txt"), b"x"))
    assert ("a.txt", "text/plain") == (part.filename, part.content_type)
    assert sent((None, b"x"))[0].filename is None


def test_headers_of_a_part_are_sent() -> None:
    """They are the fourth member of a file tuple, as in httpx."""
    _, body = sent(("a.txt", b"x", "text/plain", {"X-Sum": "1"}))
    assert b"Content-Type: text/plain\r\nX-Sum: 1\r\n\r\nx" in body
    with pytest.raises(InvalidRequestError, match="line break"):
        multipart_body(files={"f": ("a", b"x", "text/plain", {"X": "1\r\nY: 2"})})
    for name in ("Content-Length", "transfer-encoding"):
        with pytest.raises(InvalidRequestError, match=f"part 'f': leave out {name}"):
            multipart_body(files={"f": ("a", b"x", "text/plain", {name: "5"})})


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ((b"a.txt", b"x"), "the name of file 'f' must be a str, got bytes"),
        (("a", b"x", None, {}, 1), "file 'f' has 5 members"),
        (("a",), "file 'f' has 1 members"),
        ((os.fsdecode(b"caf\xe9.txt"), b"x"), "part 'f': its file name is not valid UTF-8"),
        (("a", "text"), "file 'f' is a str"),
        (["a"], "file 'f' is a str"),
        ({"a": b"x"}, "file 'f' is dict|part 'f'|files"),
    ],
)
def test_a_value_that_is_not_a_file_is_an_invalid_request(file: Any, message: str) -> None:
    """The error is ours."""
    with pytest.raises(InvalidRequestError, match=message):
        multipart_body(files={"f": file})


def test_headers_of_a_part_are_rejected_for_a_whole_body(caller: Caller, client: Any, server: Server) -> None:
    """So is a content type that would inject a header."""
    for file, message in (
        (("a", b"x", "text/plain", {"X": "1"}), "is not a part of a form"),
        (("a", b"x", "text/plain\r\nX: 1"), "has a line break"),
    ):
        with pytest.raises(InvalidRequestError, match=message):
            caller.run(client.files.put("a", content=file))
    assert not server.received


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jsonl", "application/jsonl"),
        ("a.DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("a.md", "text/markdown"),
        ("a.m4a", "audio/mp4"),
        ("a.flac", "audio/flac"),
        ("a.ogg", "audio/ogg"),
        ("a.webp", "image/webp"),
        ("a.parquet", "application/vnd.apache.parquet"),
        ("a.ts", "application/typescript"),
        ("a.yaml", "application/yaml"),
        ("a.epub", "application/epub+zip"),
        ("a.wav", "audio/wav"),
        ("a.js", "text/javascript"),
        ("a.tar.gz", "application/gzip"),
        ("a.csv.zst", "application/zstd"),
        ("a.css", "text/css"),
        ("a.unknown", "application/octet-stream"),
        ("jsonl", "application/octet-stream"),
        ("", "application/octet-stream"),
        (None, "application/octet-stream"),
    ],
)
def test_file_extensions_have_media_types(name: str | None, expected: str) -> None:
    """They do not depend on the machine or the Python version."""
    assert expected == media_type_of(name)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (("text/plain", b"x", "a.txt"), "the third member of file 'f' must be a content type"),
        (("a.txt", b"x", 1), "the third member of file 'f' must be a content type"),
        (("a.txt", b"x", None, [("X", "1")]), "the headers of file 'f' must be a mapping, got list"),
    ],
)
def test_members_of_a_file_tuple_in_the_wrong_order_are_rejected(file: Any, message: str) -> None:
    """The file would be named after its type."""
    with pytest.raises(InvalidRequestError, match=message):
        multipart_body(files={"f": file})


def test_a_file_opened_by_a_bytes_path_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    with open(os.fsencode(path), "rb") as file:
        part, _ = sent(file)
    assert ("a.pdf", "application/pdf") == (part.filename, part.content_type)
