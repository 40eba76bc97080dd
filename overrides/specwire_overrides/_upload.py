"""File checks before an upload: size and name."""

from __future__ import annotations

from specwire import FileInput
from specwire.errors import InvalidRequestError
from specwire.support import Openable, Part, file_part, piece_of

MEGABYTE = 1024 * 1024


def named(file: FileInput, filename: str | None) -> FileInput:
    """Return a file under another name; None keeps its name."""
    if filename is None:
        return file
    if not isinstance(file, tuple):
        return (filename, file)
    if len(file) == 2:
        return (filename, file[1])
    return (filename, file[1], file[2]) if len(file) == 3 else (filename, file[1], file[2], file[3])


def check_file(file: FileInput, operation: str, *, megabytes: int, empty: bool = True) -> None:
    """Raise `InvalidRequestError` for a file that is too large or, unless `empty`, has no content.

    The size of a pipe, an asynchronous file or an unseekable file is unknown; the server decides then.
    """
    part = _part(file, operation)
    size = _size(part.content)
    if size is None:
        return
    name = part.filename or "the file"
    if size > megabytes * MEGABYTE:
        raise InvalidRequestError(
            f"{operation}: {name} has {size:,} bytes, but the server accepts at most {megabytes} MB per file; split it"
        )
    if size == 0 and not empty:
        raise InvalidRequestError(
            f"{operation}: {name} is empty, but the server rejects empty files; give one with content"
        )


def check_json_lines(file: FileInput, operation: str, purpose: object) -> None:
    """Raise `InvalidRequestError` unless the name of a file marks it as JSON Lines."""
    filename = _part(file, operation).filename or ""
    if not filename.lower().endswith(".jsonl"):
        raise InvalidRequestError(
            f"{operation}: the name of a file for {purpose!r} must end in '.jsonl', got {filename!r}; "
            "if it contains JSON Lines, pass filename='....jsonl'"
        )


def _part(file: FileInput, operation: str) -> Part:
    try:
        return file_part("file", file)
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"{operation}: {error}") from error


def _size(content: Openable) -> int | None:
    piece = piece_of(content, "file 'file'")
    return len(piece) if isinstance(piece, bytes) else piece.size
