"""Check a file before any of it is sent: its size, and the name that the server will read it by."""

from __future__ import annotations

from specwire.errors import InvalidRequestError
from specwire.file import Content, FileInput
from specwire.multipart import file_part
from specwire.upload import piece_of

MEGABYTE = 1024 * 1024


def named(file: FileInput, filename: str | None) -> FileInput:
    """Return a file under another name; None keeps the name it has."""
    if filename is None:
        return file
    if isinstance(file, tuple):
        return (filename, file[1], file[2]) if len(file) == 3 else (filename, file[1])
    return (filename, file)


def check_file(file: FileInput, operation: str, *, megabytes: int, empty: bool = True) -> None:
    """Raise `InvalidRequestError` for a file that is too large or, unless it may be, empty.

    The size of a pipe, of an asynchronous file or of one that cannot seek is not known; the server decides then.
    """
    part = file_part("file", file)
    size = _size(part.content)
    if size is None:
        return
    name = part.filename or "the file"
    if size > megabytes * MEGABYTE:
        raise InvalidRequestError(
            f"{operation}: {name} has {size:,} bytes, and the server takes at most {megabytes} MB in one file; split it"
        )
    if size == 0 and not empty:
        raise InvalidRequestError(
            f"{operation}: {name} is empty, and the server takes no empty file; give one with content"
        )


def check_json_lines(file: FileInput, operation: str, purpose: object) -> None:
    """Raise `InvalidRequestError` unless the name of a file says that it holds JSON Lines."""
    filename = file_part("file", file).filename or ""
    if not filename.lower().endswith(".jsonl"):
        raise InvalidRequestError(
            f"{operation}: the name of a file for {purpose!r} must end in '.jsonl', and this one is {filename!r}; "
            "if it holds JSON Lines, name it with filename='....jsonl'"
        )


def _size(content: Content) -> int | None:
    piece = piece_of(content, "file 'file'")
    return len(piece) if isinstance(piece, bytes) else piece.size
