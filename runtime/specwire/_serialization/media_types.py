"""Media types by file extension, independent of the machine and the Python version."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mimetypes import MimeTypes

OCTET_STREAM = "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_TYPES = {
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "avi": "video/x-msvideo",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "c": "text/x-c",
    "cpp": "text/x-c++",
    "css": "text/css",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "go": "text/x-go",
    "heic": "image/heic",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/vnd.microsoft.icon",
    "ics": "text/calendar",
    "java": "text/x-java",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "log": "text/plain",
    "m4a": "audio/mp4",
    "m4v": "video/x-m4v",
    "markdown": "text/markdown",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "mpga": "audio/mpeg",
    "msg": "application/vnd.ms-outlook",
    "ndjson": "application/x-ndjson",
    "odp": f"{_OPEN}.presentation",
    "ods": f"{_OPEN}.spreadsheet",
    "odt": f"{_OPEN}.text",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "py": "text/x-python",
    "rar": "application/vnd.rar",
    "rb": "text/x-ruby",
    "rst": "text/x-rst",
    "rtf": "application/rtf",
    "sh": "application/x-sh",
    "sql": "application/sql",
    "srt": "application/x-subrip",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tex": "application/x-tex",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "toml": "application/toml",
    "ts": "application/typescript",
    "tsv": "text/tab-separated-values",
    "tsx": "application/typescript",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webp": "image/webp",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
}
_COMPRESSED = {
    "br": OCTET_STREAM,
    "bz2": "application/x-bzip2",
    "gz": "application/gzip",
    "tgz": "application/gzip",
    "xz": "application/x-xz",
    "zst": "application/zstd",
}


def media_type_of(filename: str | None) -> str:
    """Return the media type for the extension of a file name, or that of arbitrary bytes for an unknown one."""
    ending = (filename or "").rpartition(".")[2].lower() if "." in (filename or "") else ""
    known = _TYPES.get(ending) or _COMPRESSED.get(ending)
    if known is not None:
        return known
    kind, encoding = _rarer().guess_type(filename or "")
    return OCTET_STREAM if encoding is not None or kind is None else kind


@cache
def _rarer() -> MimeTypes:
    """Return Python's built-in table, without that of the machine."""
    from mimetypes import MimeTypes

    return MimeTypes()
