"""Bytes of a document, from a file or, when asked for, from an address."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from specwire_codegen.diagnostics import Location, failure

MAX_BYTES = 64 * 1024 * 1024
TIMEOUT = 30.0

_REMOTE = re.compile(r"(?i)[a-z][a-z0-9+.-]+://")


def is_remote(source: str | Path) -> bool:
    """Tell whether a source is an address rather than a path."""
    return isinstance(source, str) and _REMOTE.match(source) is not None


def shown(source: str | Path) -> str:
    """Return a source as it may be shown: an address without user, password and query, which may be secrets."""
    if not is_remote(source):
        return str(source)
    parts = urlsplit(str(source))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def read(source: str | Path, *, allow_remote: bool = False) -> bytes:
    """Return the bytes at a path or address, at most `MAX_BYTES`; raise DiagnosticError."""
    return _download(str(source), allow_remote) if is_remote(source) else _read_file(Path(source), shown(source))


def _read_file(path: Path, name: str) -> bytes:
    here = Location(name)
    try:
        if path.is_dir():
            raise failure("is-a-directory", "this is a directory, not a document", here, "name the file in it")
        if path.exists() and not path.is_file():
            raise failure("not-a-file", "this is not a regular file", here, "save the document to a file first")
        with path.open("rb") as file:
            return _limited(file.read(MAX_BYTES + 1), here)
    except FileNotFoundError:
        raise failure("no-such-file", "there is no such file", here, "check the path") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise failure("not-readable", f"the file cannot be read: {reason}", here, "check its permissions") from None


def _download(address: str, allow_remote: bool) -> bytes:
    here = Location(shown(address))
    if not allow_remote:
        help = "save a copy beside the document, or allow remote documents"
        raise failure("remote-not-allowed", "remote documents are not fetched unless asked for", here, help)
    if not address.lower().startswith(("http://", "https://")):
        raise failure("unknown-scheme", "only http and https addresses can be fetched", here)
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:
            body: bytes = answer.read(MAX_BYTES + 1)
    except (urllib.error.URLError, OSError, ValueError) as problem:
        reason = str(getattr(problem, "reason", None) or problem)
        raise failure("not-fetched", f"the document cannot be fetched: {reason}", here, "check the address") from None
    return _limited(body, here)


def _limited(body: bytes, here: Location) -> bytes:
    if len(body) > MAX_BYTES:
        raise failure("too-large", f"the document is larger than {MAX_BYTES // 1024 // 1024} MB", here)
    return body
