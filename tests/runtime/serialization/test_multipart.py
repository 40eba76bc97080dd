"""Multipart bodies: exact bytes, no injection, constant memory, clear errors."""

import asyncio
import io
import os
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, strategies as st
from python_multipart import FormParser
from python_multipart.multipart import Field, File, parse_options_header
from specwire import UNSET, FileInput
from specwire._serialization.multipart import (
    FileChangedError,
    Multipart,
    NotReplayableError,
    Upload,
    json_part,
    text_part,
)
from specwire._serialization.upload import StreamedBody
from specwire.support import Part, Style, file_part, multipart_body

Found = tuple[str, str | None, bytes]


class Pipe(io.RawIOBase):
    """Binary file that cannot seek."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._rest.read(size)


class AsyncPipe:
    """Minimal asynchronous file."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    async def read(self, size: int = -1, /) -> bytes:
        await asyncio.sleep(0)
        return self._rest.read(size)


def sent(body: StreamedBody, chunk_size: int = 64 * 1024) -> bytes:
    """Send a body synchronously."""
    return b"".join(body.iter(chunk_size))


def asent(body: StreamedBody, chunk_size: int = 64 * 1024) -> bytes:
    """Send a body asynchronously."""

    async def collect() -> bytes:
        return b"".join([chunk async for chunk in body.aiter(chunk_size)])

    return asyncio.run(collect())


def parsed(body: Multipart) -> list[Found]:
    """Parse a body as an independent server does: name, file name and content of each part."""
    found: list[Found] = []

    def on_field(field: Field) -> None:
        found.append(((field.field_name or b"").decode(), None, field.value or b""))

    def on_file(file: File) -> None:
        file.file_object.seek(0)
        found.append(((file.field_name or b"").decode(), (file.file_name or b"").decode(), file.file_object.read()))

    parser = FormParser(
        "multipart/form-data",
        on_field,
        on_file,
        boundary=parse_options_header(body.content_type)[1][b"boundary"],
        config={"MAX_MEMORY_FILE_SIZE": 1 << 30},
    )
    parser.write(sent(body))
    parser.finalize()
    return found


def test_the_body_has_the_bytes_of_rfc_7578(tmp_path: Path) -> None:
    """Sent synchronously and asynchronously."""
    path = tmp_path / "train.json"
    path.write_bytes(b'{"a": 1}')
    body = Multipart(
        [text_part("purpose", "fine-tune"), json_part("meta", {"k": [1]}), file_part("file", path)], boundary="xxBxx"
    )
    expected = (
        b"--xxBxx\r\n"
        b'Content-Disposition: form-data; name="purpose"\r\n'
        b"\r\n"
        b"fine-tune\r\n"
        b"--xxBxx\r\n"
        b'Content-Disposition: form-data; name="meta"\r\n'
        b"Content-Type: application/json\r\n"
        b"\r\n"
        b'{"k":[1]}\r\n'
        b"--xxBxx\r\n"
        b'Content-Disposition: form-data; name="file"; filename="train.json"\r\n'
        b"Content-Type: application/json\r\n"
        b"\r\n"
        b'{"a": 1}\r\n'
        b"--xxBxx--\r\n"
    )

    assert "multipart/form-data; boundary=xxBxx" == body.content_type
    assert len(expected) == body.content_length()
    assert [expected] == list(body.iter())
    assert expected == asent(body)
    assert expected == sent(body, 7)


def test_fields_become_parts() -> None:
    """A list repeats its part without nulls; objects, nested lists and declared JSON are JSON."""
    fields = {"tag": ["a", None, 1], "pair": [[1, 2], ["x", {"y": None}]], "about": {"k": [1]}, "ids": [3, 4]}
    body = multipart_body(fields=fields, files={}, types={"ids": "application/json"})
    assert [
        ("tag", None, b"a"),
        ("tag", None, b"1"),
        ("pair", "application/json", b"[1,2]"),
        ("pair", "application/json", b'["x",{"y":null}]'),
        ("about", "application/json", b'{"k":[1]}'),
        ("ids", "application/json", b"[3,4]"),
    ] == [(part.name, part.content_type, part.content) for part in body.parts]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.com/a", [("x", None, None, b"https://example.com/a")]),
        ({"id": "1"}, [("x", None, "application/json", b'{"id":"1"}')]),
        (3, [("x", None, None, b"3")]),
        (b"a", [("x", "upload", "image/png", b"a")]),
        (bytearray(b"a"), [("x", "upload", "image/png", b"a")]),
        (("a.txt", b"a", "text/plain"), [("x", "a.txt", "text/plain", b"a")]),
        (
            ["b", b"a", {"id": 1}],
            [("x", None, None, b"b"), ("x", None, "application/json", b'{"id":1}'), ("x", "upload", "image/png", b"a")],
        ),
        ([], []),
        (None, []),
        (UNSET, []),
    ],
)
def test_a_part_may_be_a_file_or_a_value(value: object, expected: list[tuple[object, ...]]) -> None:
    """A text is sent as text, an object as JSON, and what can be a file as a file."""
    body = multipart_body(files={}, mixed={"x": value}, types={"x": "image/png"})
    assert expected == [(part.name, part.filename, part.content_type, part.content) for part in body.parts]


@pytest.mark.parametrize(
    "make", [Path, lambda path: open(path, "rb"), lambda path: iter([b"a"]), lambda path: AsyncPipe(b"a")]
)
def test_each_kind_of_file_differs_from_a_value(make: Callable[[Any], Any], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"a")
    (part,) = multipart_body(files={}, mixed={"x": (given := make(path))}).parts
    assert part.filename is not None
    getattr(given, "close", lambda: None)()


def test_further_headers_follow_the_content_type() -> None:
    """Headers that the part generates cannot be given."""
    part = Part("a", b"x", None, "text/plain", (("X-Note", "1"),))

    assert b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain\r\nX-Note: 1\r\n\r\n' == part.head()
    with pytest.raises(ValueError, match="set content-type with the part's"):
        Part("a", b"x", headers=(("content-type", "text/plain"),))


def test_a_form_without_fields_is_its_closing_line() -> None:
    """RFC 2046 requires the closing boundary."""
    assert b"--b--\r\n" == sent(Multipart([], boundary="b"))


def test_each_body_has_its_own_boundary() -> None:
    """It has 128 random bits."""
    boundaries = {Multipart([]).boundary for _ in range(100)}

    assert (100, {32}) == (len(boundaries), {len(boundary) for boundary in boundaries})


def test_parts_have_documented_headers() -> None:
    """Each part has those of its name, serialized as headers; omitted ones are not sent."""
    body = multipart_body(
        fields={"note": "n"},
        files={"file": b"x", "pages": [b"1", b"2"]},
        headers={
            "file": {"X-Sum": "abc", "X-Tags": [1, 2], "X-None": UNSET},
            "pages": {"X-Meta": {"a": 1}},
            "note": {"X-Empty": None},
            "other": {"X-Sum": "no such part"},
        },
        header_styles={"pages": {"X-Meta": Style(content_json=True)}},
    )
    assert {
        "note": [()],
        "file": [(("X-Sum", "abc"), ("X-Tags", "1,2"))],
        "pages": [(("X-Meta", '{"a":1}'),)] * 2,
    } == {name: [part.headers for part in body.parts if part.name == name] for name in ("note", "file", "pages")}
    assert b"X-Sum: abc\r\nX-Tags: 1,2\r\n\r\nx\r\n" in b"".join(Multipart(body.parts).iter())
    with pytest.raises(ValueError, match="header 'X-Sum'.*line break"):
        multipart_body(files={"file": b"x"}, headers={"file": {"X-Sum": "a\r\nX-Evil: b"}})


def test_parts_have_documented_styles() -> None:
    """A list is one part if its style requires it, an object is several parts; nothing is percent-encoded."""
    style = {"form": Style("form", False), "deepObject": Style("deepObject", False)}
    style |= {name: Style(name, False) for name in ("pipeDelimited", "spaceDelimited")}
    body = multipart_body(
        fields={
            "tags": ["a b", "c"],
            "sizes": [1, 2],
            "words": ["x", "y"],
            "place": {"no": 1},
            "maker": {"a": "\u00e4"},
        },
        files={},
        styles={
            "tags": style["form"],
            "sizes": style["pipeDelimited"],
            "words": style["spaceDelimited"],
            "place": style["deepObject"],
            "maker": style["form"],
        },
    )
    assert [
        ("tags", b"a b,c"),
        ("sizes", b"1|2"),
        ("words", b"x y"),
        ("place[no]", b"1"),
        ("maker", "a,\u00e4".encode()),
    ] == [(part.name, part.content) for part in body.parts]
    with pytest.raises(ValueError, match="part 'tags': a nested list or mapping"):
        multipart_body(fields={"tags": [["a"]]}, files={}, styles={"tags": style["form"]})


@pytest.mark.parametrize("boundary", ["", "a b", 'a"', "a\r\n", "x" * 71, "\u00e4"])
def test_an_invalid_boundary_is_rejected(boundary: str) -> None:
    """RFC 2046 defines its characters."""
    with pytest.raises(ValueError, match="1 to 70 characters"):
        Multipart([], boundary=boundary)


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ('a"; filename="evil', b"a%22; filename=%22evil"),
        ("a\r\nX-Evil: 1\r\n\r\n", b"a%0D%0AX-Evil: 1%0D%0A%0D%0A"),
        ("\u00e4\U0001f600", "\u00e4\U0001f600".encode()),
        ("a\\", b"a\\"),
        ("a%22", b"a%22"),
    ],
)
def test_names_cannot_inject(name: str, escaped: bytes) -> None:
    """Names and file names are escaped as browsers do."""
    head = Part(name, b"", name, "a/b").head()

    assert (
        b'Content-Disposition: form-data; name="'
        + escaped
        + b'"; filename="'
        + escaped
        + b'"\r\nContent-Type: a/b\r\n\r\n'
        == head
    )


@pytest.mark.parametrize("value", ["a/b\r\nX-Evil: 1", "a/b\n", "a\0b"])
def test_header_values_cannot_inject(value: str) -> None:
    """A content type or header with a line break is rejected when the part is made; the error names the part."""
    with pytest.raises(ValueError, match="part 'f', header 'Content-Type': the value has a line break"):
        Part("f", b"", None, value)
    with pytest.raises(ValueError, match="part 'f', header 'X-A': the value has a line break"):
        Part("f", b"", headers=(("X-A", value),))
    with pytest.raises(ValueError, match="header name"):
        Part("f", b"", headers=((value, "a"),))


@pytest.mark.parametrize(
    ("make", "filename", "content_type"),
    [
        (lambda path: path, "cat.png", "image/png"),
        (lambda path: b"content", "upload", "application/octet-stream"),
        (lambda path: bytearray(b"content"), "upload", "application/octet-stream"),
        (lambda path: memoryview(b"content"), "upload", "application/octet-stream"),
        (lambda path: io.BytesIO(b"content"), "upload", "application/octet-stream"),
        (lambda path: path.open("rb"), "cat.png", "image/png"),
        (lambda path: Pipe(b"content"), "upload", "application/octet-stream"),
        (lambda path: ("a.tar.gz", b"content"), "a.tar.gz", "application/gzip"),
        (lambda path: ("a.csv.br", b"content"), "a.csv.br", "application/octet-stream"),
        (lambda path: ("a.csv", path), "a.csv", "text/csv"),
        (lambda path: ("a.csv", path, "x/y"), "a.csv", "x/y"),
        (lambda path: ("a.csv", path, None), "a.csv", "text/csv"),
        (lambda path: (None, b"content"), None, "application/octet-stream"),
    ],
)
def test_every_kind_of_file_is_sent_completely(
    tmp_path: Path, make: Callable[[Path], FileInput], filename: str | None, content_type: str
) -> None:
    """Its name and type are known or given."""
    path = tmp_path / "cat.png"
    path.write_bytes(b"content")
    part = file_part("file", make(path))

    assert (filename, content_type) == (part.filename, part.content_type)
    assert [("file", filename, b"content")] == parsed(Multipart([part]))
    if isinstance(part.content, io.IOBase):
        part.content.close()


def test_a_given_content_type_takes_precedence() -> None:
    """The document's type takes precedence over a guess, the user's over both."""
    assert ["a/b", "c/d"] == [
        file_part("f", file, "a/b").content_type for file in (("x.png", b""), ("x.png", b"", "c/d"))
    ]


@pytest.mark.parametrize("content", [b"", b"x" * 65536, b"x" * 65537, b"\r\n--", b"x" * 200_000])
def test_files_of_any_size_are_sent_completely(tmp_path: Path, content: bytes) -> None:
    """From memory and from disk, and the stated length is right."""
    path = tmp_path / "data"
    path.write_bytes(content)
    body = Multipart([file_part("a", path), file_part("b", content), text_part("c", "d")])

    assert [("a", "data", content), ("b", "upload", content), ("c", None, b"d")] == parsed(body)
    assert body.content_length() == len(sent(body)) == len(asent(body))


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\"), min_size=1)


@given(
    parts=st.lists(st.tuples(NAMES, st.none() | NAMES, st.binary(max_size=50)), min_size=1, max_size=4),
    chunk_size=st.integers(1, 100),
)
def test_forms_round_trip(parts: list[Found], chunk_size: int) -> None:
    """A server receives the same parts in order, whatever the chunks."""

    def escaped(name: str) -> str:
        return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")

    body = Multipart([Part(name, content, filename) for name, filename, content in parts])
    expected = [(escaped(name), escaped(filename) if filename else None, content) for name, filename, content in parts]

    assert expected == parsed(body)
    assert sent(body) == sent(body, chunk_size) == asent(body, chunk_size)
    assert all(len(chunk) <= chunk_size for chunk in body.iter(chunk_size))


def test_values_that_are_not_files_are_rejected_when_the_part_is_made(tmp_path: Path) -> None:
    """A missing file, a folder, a text, a text file and other types."""
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        file_part("file", tmp_path / "missing.txt")
    with pytest.raises(IsADirectoryError, match="give a file"):
        file_part("file", tmp_path)
    wrong: list[tuple[Any, str]] = [
        ("cat.png", "is a str: give `Path"),
        (io.StringIO("text"), "is a text file; open it in binary mode"),
        (("a", 3), "is int: give a `Path`"),
        (None, "is NoneType: give a `Path`"),
    ]
    for file, message in wrong:
        with pytest.raises(TypeError, match=f"file 'file' {message}"):
            file_part("file", file)
    with pytest.raises(TypeError, match="part 'x': a value of type object"):
        text_part("x", object())


def test_scalars_are_text_parts() -> None:
    """Each scalar type has its text."""
    assert [b"true", b"7", "ä".encode()] == [text_part("x", value).content for value in (True, 7, "ä")]


def test_parts_are_values(tmp_path: Path) -> None:
    """Parts of paths and bytes compare equal and pickle, and show sizes, not contents."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"1")
    parts = [file_part("file", path), text_part("key", "secret")]

    assert parts == [file_part("file", path), text_part("key", "secret")]
    assert parts == pickle.loads(pickle.dumps(parts))
    assert hash(parts[0]) == hash(file_part("file", path))
    assert "Part('key', <6 bytes>, filename=None, content_type=None)" == repr(parts[1])
    assert "secret" not in repr(Multipart(parts))


def test_a_file_is_sent_from_its_position() -> None:
    """After a rewind it is sent from there again."""
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    body = Multipart([file_part("file", file)])
    first = sent(body)
    body.rewind()

    assert first == sent(body) == asent(body)
    assert b"456789" in first
    assert b"0123" not in first
    assert len(first) == body.content_length()


def test_a_file_at_its_end_is_rejected() -> None:
    """Otherwise it would be sent empty."""
    file = io.BytesIO()
    file.write(b"content")
    with pytest.raises(ValueError, match=r"part 'file' is at its end.*seek\(0\)"):
        Multipart([file_part("file", file)])


def test_one_open_file_may_be_in_two_parts() -> None:
    """Both have its whole content."""
    file = io.BytesIO(b"content")

    assert [("a", "upload", b"content"), ("b", "upload", b"content")] == parsed(
        Multipart([file_part("a", file), file_part("b", file)])
    )


def test_an_interrupted_upload_starts_again(tmp_path: Path) -> None:
    """The next attempt sends everything."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(200_000))
    body = Multipart([file_part("a", path), file_part("b", io.BytesIO(bytes(200_000)))])
    broken = body.iter()
    next(broken)
    next(broken)
    broken.close()
    body.rewind()

    assert body.content_length() == len(sent(body))


@pytest.mark.parametrize("make", [Pipe, AsyncPipe])
def test_a_pipe_is_sent_once(make: Callable[[bytes], FileInput]) -> None:
    """It has no length; the error of a second attempt names the part."""
    body = Multipart([text_part("a", 1), file_part("file", make(b"content"))])

    assert (None, False) == (body.content_length(), body.replayable)
    assert b"content" in asent(body)
    with pytest.raises(NotReplayableError, match="part 'file' cannot be sent again"):
        body.rewind()
    with pytest.raises(NotReplayableError, match="part 'file' cannot be sent again"):
        asent(body)


def test_a_named_pipe_has_no_length(tmp_path: Path) -> None:
    """A path that is not a regular file is streamed once."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, b"content")
    body = Upload(path)
    chunks = body.iter(7)

    assert (None, False) == (body.content_length(), body.replayable)
    assert b"content" == next(chunks)
    chunks.close()
    os.close(writer)


def test_an_asynchronous_file_needs_an_asynchronous_client(tmp_path: Path) -> None:
    """A file of anyio is rejected by a synchronous client."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"content" * 20_000)

    async def upload() -> bytes:
        async with await anyio.open_file(path, "rb") as file:
            body = Upload(file)
            with pytest.raises(TypeError, match="use an asynchronous client"):
                sent(body)
        async with await anyio.open_file(path, "rb") as file:
            return b"".join([chunk async for chunk in Upload(file).aiter()])

    assert b"content" * 20_000 == anyio.run(upload)


def test_a_file_that_returns_text_is_rejected() -> None:
    """The error comes with the first read."""

    class Disguised:
        def read(self, size: int, /) -> str:
            return "text"

    file: Any = Disguised()
    with pytest.raises(TypeError, match="part 'file' returned str instead of bytes; open the file in binary mode"):
        sent(Multipart([file_part("file", file)]))


@pytest.mark.parametrize(("size", "how"), [(99_999, "shrank"), (0, "shrank"), (100_001, "grew"), (300_000, "grew")])
@pytest.mark.parametrize("send", [sent, asent])
def test_a_file_that_changes_is_an_error(
    tmp_path: Path, size: int, how: str, send: Callable[[StreamedBody], bytes]
) -> None:
    """A file that grew or shrank is an error before the body ends."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(100_000))
    body = Multipart([file_part("file", path)])
    os.truncate(path, size)

    with pytest.raises(FileChangedError, match=f"part 'file' {how} during the upload: it had 100,000 bytes"):
        send(body)


def test_progress_is_reported_after_each_chunk(tmp_path: Path) -> None:
    """It restarts with each attempt."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(150_000))
    body = Multipart([file_part("file", path)], boundary="b")
    total = body.content_length()
    assert total is not None
    reported: list[tuple[int, int | None]] = []
    lengths = [len(chunk) for chunk in body.iter(progress=lambda sent, total: reported.append((sent, total)))]

    assert [(sum(lengths[: index + 1]), total) for index in range(len(lengths))] == reported
    assert (total, total) == reported[-1]
    first = list(reported)
    reported.clear()
    list(body.iter(progress=lambda sent, total: reported.append((sent, total))))
    assert first == reported


def test_progress_without_a_length_reports_none() -> None:
    """The length of a pipe is unknown."""
    reported: list[tuple[int, int | None]] = []
    list(Upload(Pipe(b"content")).iter(progress=lambda sent, total: reported.append((sent, total))))

    assert [(7, None)] == reported


@pytest.mark.parametrize("asynchronous", [False, True])
def test_memory_is_constant(tmp_path: Path, asynchronous: bool) -> None:
    """A file of 64 MB is sent with less than 1 MB of memory."""
    path = tmp_path / "big.bin"
    path.touch()
    os.truncate(path, 64 * 1024 * 1024)
    body = Multipart([file_part("file", path)])
    length = body.content_length()

    def drain() -> int:
        return sum(map(len, body.iter()))

    async def adrain() -> int:
        return sum([len(chunk) async for chunk in body.aiter()])

    tracemalloc.start()
    try:
        read = asyncio.run(adrain()) if asynchronous else drain()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert length == read
    assert peak < 1024 * 1024


def test_files_are_closed(tmp_path: Path) -> None:
    """A path is open only while it is read, also if the upload is interrupted; a file of the user stays open."""
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(200_000))
    with path.open("rb") as file:
        body = Multipart([file_part("a", path), file_part("b", file)])
        before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
        chunks = body.iter()
        next(chunks)
        next(chunks)
        chunks.close()

        assert before == (len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0)
        sent(body)
        assert not file.closed


def test_a_body_may_be_one_file(tmp_path: Path) -> None:
    """It has a length and can be sent again."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"content")
    body = Upload(path, "audio/wav")

    assert ("audio/wav", 7, True) == (body.content_type, body.content_length(), body.replayable)
    assert b"content" == sent(body) == asent(body) == sent(Upload(("name", b"content")))
    with pytest.raises(FileNotFoundError, match="missing"):
        Upload(tmp_path / "missing")
