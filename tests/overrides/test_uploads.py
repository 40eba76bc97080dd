"""Checks of files before an upload."""

import io
import os
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from specwire import BaseRequest, FileInput
from specwire._operations.request import MultipartBody
from specwire.errors import InvalidRequestError
from specwire.support import Part
from specwire_clients.mistral import inputs as mistral_inputs
from specwire_clients.mistral.operations import files as mistral_files
from specwire_clients.moonshot import inputs as moonshot_inputs
from specwire_clients.moonshot.operations import files as moonshot_files
from specwire_overrides._upload import check_file, named
from specwire_overrides.mistral.files import upload as mistral_upload
from specwire_overrides.moonshot.files import upload as moonshot_upload


def large(folder: Path, megabytes: int, more: int = 0) -> Path:
    """Return a sparse file of a size."""
    path = folder / "large.bin"
    path.touch()
    os.truncate(path, megabytes * 1024 * 1024 + more)
    return path


def file_of(request: BaseRequest) -> Part:
    """Return the file part of an upload."""
    assert isinstance(request.body, MultipartBody)
    return request.body.parts[-1]


def rejection(file: FileInput, purpose: Literal["image", "batch"], filename: str | None = None) -> str:
    """Return the message of a rejected upload to Moonshot."""
    with pytest.raises(InvalidRequestError) as caught:
        moonshot_upload(file=file, purpose=purpose, filename=filename)
    return str(caught.value)


def test_an_upload_is_the_request_of_the_generated_builder(tmp_path: Path) -> None:
    """The checks do not change it."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"{}\n")
    assert mistral_files.upload(file=path, purpose="fine-tune") == mistral_upload(file=path, purpose="fine-tune")
    assert moonshot_files.upload(file=path, purpose="batch") == moonshot_upload(file=path, purpose="batch")
    assert mistral_files.upload(file=path) == mistral_upload(file=path)


@pytest.mark.parametrize("purpose", get_args(get_args(moonshot_inputs.FilePurposeParam)[0]))
def test_moonshot_gets_the_given_purpose(purpose: moonshot_inputs.FilePurposeParam) -> None:
    """Before the file, which has its name."""
    body = moonshot_upload(file=("in.jsonl", b"{}"), purpose=purpose).body
    assert isinstance(body, MultipartBody)
    assert [("purpose", purpose.encode(), None), ("file", b"{}", "in.jsonl")] == sent(body)


@pytest.mark.parametrize("purpose", get_args(get_args(mistral_inputs.FilePurposeParam)[0]))
def test_mistral_gets_the_given_purpose(purpose: mistral_inputs.FilePurposeParam) -> None:
    """Without one, none is sent."""
    body = mistral_upload(file=("in.jsonl", b"{}"), purpose=purpose).body
    assert isinstance(body, MultipartBody)
    assert [("purpose", purpose.encode(), None), ("file", b"{}", "in.jsonl")] == sent(body)
    without = mistral_upload(file=("in.jsonl", b"{}")).body
    assert isinstance(without, MultipartBody)
    assert [("file", b"{}", "in.jsonl")] == sent(without)


def sent(body: MultipartBody) -> list[tuple[str, object, str | None]]:
    """Return name, content and file name of each part."""
    return [(part.name, part.content, part.filename) for part in body.parts]


def test_mistral_gets_visibility_and_expiry() -> None:
    """The override passes them on; without them, the server decides."""
    body = mistral_upload(file=("in.jsonl", b"{}"), visibility="user", expiry=24).body
    assert isinstance(body, MultipartBody)
    assert {("visibility", b"user", None), ("expiry", b"24", None)} < set(sent(body))


def test_filename_names_bytes_and_renames_files(tmp_path: Path) -> None:
    """It overrides the file's own name; content and content type do not change."""
    path = tmp_path / "data.txt"
    path.write_bytes(b"{}\n")
    named = mistral_upload(file=b"{}\n", purpose="batch", filename="in.jsonl")
    renamed = mistral_upload(file=path, purpose="batch", filename="in.jsonl")
    typed = mistral_upload(file=("a.txt", b"{}\n", "text/x-lines"), purpose="batch", filename="in.jsonl")
    paired = mistral_upload(file=("a.txt", b"{}\n"), purpose="batch", filename="in.jsonl")
    found = [(file_of(made).filename, file_of(made).content) for made in (named, renamed, typed, paired)]
    expected = [("in.jsonl", b"{}\n"), ("in.jsonl", path), ("in.jsonl", b"{}\n"), ("in.jsonl", b"{}\n")]
    assert (expected, "text/x-lines") == (found, file_of(typed).content_type)


def test_filename_keeps_type_and_headers() -> None:
    """A value that is not a file is our error."""
    files: tuple[Any, ...] = (("a", b"x", "text/x"), ("a", b"x", "text/x", {"X-Sum": "1"}))
    for file in files:
        assert ("b.pdf", *file[1:]) == named(file, "b.pdf")
    assert ("b.pdf", memoryview(b"xy")) == named(memoryview(b"xy"), "b.pdf")
    wrong: Any = "train.jsonl"
    with pytest.raises(InvalidRequestError, match="upload: file 'file' is a str"):
        check_file(wrong, "upload", megabytes=1)


def test_a_file_beyond_the_limit_is_rejected(tmp_path: Path) -> None:
    """The message has its size and the limit, which itself is allowed."""
    mistral_upload(file=large(tmp_path, 512), purpose="ocr")
    with pytest.raises(InvalidRequestError) as caught:
        mistral_upload(file=large(tmp_path, 512, 1), purpose="ocr")
    expected = "upload_file: large.bin has 536,870,913 bytes, but the server accepts at most 512 MB per file; split it"
    assert expected == str(caught.value)
    assert "at most 100 MB" in rejection(large(tmp_path, 100, 1), "image")


def test_the_size_of_an_open_file_counts_from_its_position(tmp_path: Path) -> None:
    """Bytes that were read before are not sent."""
    with large(tmp_path, 100, 1).open("rb") as file:
        file.read(1)
        moonshot_upload(file=file, purpose="image")
        file.seek(0)
        assert "has 104,857,601 bytes" in rejection(file, "image")


def test_a_file_of_unknown_size_is_sent() -> None:
    """It cannot seek."""

    class Pipe(io.BytesIO):
        """File that can be read once."""

        def seekable(self) -> bool:
            return False

    pipe = Pipe(b"{}")
    part = file_of(moonshot_upload(file=("in.jsonl", pipe), purpose="batch"))
    assert ("in.jsonl", pipe) == (part.filename, part.content)


@pytest.mark.parametrize("empty", [b"", bytearray(), memoryview(b""), io.BytesIO(), ("in.jsonl", b"")])
def test_moonshot_rejects_an_empty_file(empty: FileInput) -> None:
    """In every form; Mistral accepts it."""
    expected = "upload_file: in.jsonl is empty, but the server rejects empty files; give one with content"
    assert expected == rejection(empty, "batch", "in.jsonl")
    mistral_upload(file=empty, purpose="ocr")


@pytest.mark.parametrize("purpose", ["fine-tune", "batch"])
def test_mistral_needs_the_name_of_json_lines(purpose: Literal["fine-tune", "batch"]) -> None:
    """Bytes without a name and files with another one are rejected, with the remedy."""
    with pytest.raises(InvalidRequestError) as caught:
        mistral_upload(file=("train.csv", b"x"), purpose=purpose)
    expected = (
        f"upload_file: the name of a file for {purpose!r} must end in '.jsonl', got 'train.csv'; "
        "if it contains JSON Lines, pass filename='....jsonl'"
    )
    assert expected == str(caught.value)
    with pytest.raises(InvalidRequestError, match="must end in '.jsonl', got 'upload'"):
        mistral_upload(file=b"x", purpose=purpose)
    mistral_upload(file=("TRAIN.JSONL", b"x"), purpose=purpose)
    mistral_upload(file=("scan.pdf", b"x"), purpose="ocr")


def test_moonshot_needs_the_name_of_batches() -> None:
    """Other files need none."""
    assert "for 'batch' must end in '.jsonl'" in rejection(b"x", "batch")
    moonshot_upload(file=("book.pdf", b"x"), purpose="file-extract")


def test_a_missing_file_raises_when_the_upload_is_made(tmp_path: Path) -> None:
    """A path that leads nowhere raises when the upload is made, not when it is sent."""
    with pytest.raises(FileNotFoundError, match="nowhere.jsonl"):
        mistral_upload(file=tmp_path / "nowhere.jsonl", purpose="batch")
