"""Sources of documents: paths, URLs and file contents."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from specwire_codegen.diagnostics import Location, failure

MAX_BYTES = 64 * 1024 * 1024
PORTS = {"http": 80, "https": 443}
"""Schemes of URLs that can be fetched, with their ports."""

_REMOTE = re.compile(r"(?i)[a-z][a-z0-9+.-]+://")
_FILE = re.compile(r"(?i)file:(//(localhost)?(?=/))?")


def is_remote(source: str | Path) -> bool:
    """Return whether a source is a URL rather than a path."""
    return isinstance(source, str) and _REMOTE.match(source) is not None and _FILE.match(source) is None


def origin_of(address: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of a URL; raise ValueError for an invalid one."""
    parts = urlsplit(address)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or PORTS.get(parts.scheme.lower())


def with_scheme(address: str) -> str:
    """Return a URL with a scheme; `//host/path` becomes https."""
    return f"https:{address}" if re.match(r"//[^/\\]", address) else address


def path_of(address: str) -> str:
    """Return the percent-decoded path of a relative or `file:` URL."""
    path = unquote(_FILE.sub("", address, count=1))
    return path[1:] if re.match(r"/[A-Za-z]:[/\\]", path) else path


def uri_of(address: str) -> str:
    """Return an address, a URL or a path, as a URI."""
    return address if is_remote(address) else f"file://{quote(PurePath(address).as_posix())}"


def is_file_address(address: str) -> bool:
    """Return whether an address is a `file:` URL."""
    return _FILE.match(address) is not None


def shown(source: str | Path) -> str:
    """Return a source for display: URLs without user, password and query, which can be secrets."""
    if not is_remote(source):
        return str(source)
    try:
        parts = urlsplit(str(source))
    except ValueError:
        return re.sub(r"//[^/@]*@", "//", str(source)).partition("?")[0]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def shown_ref(ref: str) -> str:
    """Return a reference for display, without secrets in its URL."""
    written, sign, fragment = ref.partition("#")
    address = with_scheme(written)
    return f"{shown(address)}{sign}{fragment}" if is_remote(address) else ref


def read_file(path: Path, name: str, limit: int | None = None) -> bytes:
    """Return the bytes of a file, at most `limit` or `MAX_BYTES`; raise DiagnosticError."""
    here, limit = Location(name), MAX_BYTES if limit is None else limit
    try:
        if path.is_dir():
            raise failure(
                "is-a-directory", "this is a directory, not a document", here, "give the path of the file in it"
            )
        if path.exists() and not path.is_file():
            raise failure("not-a-file", "this is not a regular file", here, "save the document to a file first")
        with path.open("rb") as file:
            body = file.read(limit + 1)
        check_size(len(body), here, limit)
        return body
    except FileNotFoundError:
        raise failure("no-such-file", "the file does not exist", here, "check the path") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise failure("not-readable", f"the file cannot be read: {reason}", here, "check its permissions") from None


def check_size(size: int, here: Location, limit: int | None = None) -> None:
    """Raise DiagnosticError for a text of more than `limit` or `MAX_BYTES` bytes."""
    limit = MAX_BYTES if limit is None else limit
    if size > limit:
        most = f"{limit // 1024 // 1024} MB" if limit >= 1024 * 1024 else f"{limit:,} bytes"
        raise failure("too-large", f"the document is larger than {most}", here, "split it, or remove unused parts")
