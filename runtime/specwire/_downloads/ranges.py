"""Byte ranges (RFC 9110, section 14): versions of a file, and checks of partial responses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")


class Version(msgspec.Struct, frozen=True):
    """Version of the bytes that a server has, as its response identifies it."""

    header: str
    """Validator header: `etag` or `last-modified`."""
    validator: str
    """Value of that header; an equal value means equal bytes."""
    total: int | None
    """Total number of bytes, if known."""

    @property
    def exact(self) -> bool:
        """Return True if an equal validator guarantees equal bytes in any response."""
        return self.header == "etag"


def version_of(status: int, headers: Mapping[str, str]) -> Version | None:
    """Return the version of a complete response; None if ranges of it can't be requested."""
    units = [unit.strip().lower() for unit in headers.get("accept-ranges", "").split(",")]
    if status != 200 or "bytes" not in units or headers.get("content-encoding", "identity").lower() != "identity":
        return None
    total = length_of(headers)
    etag = headers.get("etag", "")
    if len(etag) > 1 and etag.startswith('"') and etag.endswith('"'):
        return Version("etag", etag, total)
    modified = headers.get("last-modified", "")
    if not etag and _is_strong(modified, headers.get("date", "")):
        return Version("last-modified", modified, total)
    return None


def length_of(headers: Mapping[str, str]) -> int | None:
    """Return the number of bytes in a complete response, as read; None if unknown."""
    length = headers.get("content-length", "")
    return int(length) if length.isdigit() and "content-encoding" not in headers else None


def rest_of(version: Version, offset: int) -> dict[str, str]:
    """Return the headers that request the bytes from `offset` on, or all bytes if the version changed."""
    return {"Range": f"bytes={offset}-", "If-Range": version.validator, "Accept-Encoding": "identity"}


def is_rest(version: Version, offset: int, headers: Mapping[str, str]) -> Version | None:
    """Return the version with its total if a partial response (206) has its bytes from `offset` on, else None."""
    found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip().lower())
    if found is None or headers.get("content-encoding", "identity").lower() != "identity":
        return None
    first, last = int(found[1]), int(found[2])
    total = version.total if found[3] == "*" else int(found[3])
    # A response to `If-Range` has the entity tag of the whole, but may lack the date.
    validator = headers.get(version.header, "" if version.exact else version.validator)
    if total is None or version.total not in (None, total) or validator != version.validator:
        return None
    return msgspec.structs.replace(version, total=total) if first == offset <= last == total - 1 else None


def _is_strong(modified: str, date: str) -> bool:
    """Return True if no other change can have followed a change in the same second."""
    changed, sent = _moment(modified), _moment(date)
    return changed is not None and sent is not None and sent - changed >= timedelta(seconds=1)


def _moment(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime  # slow to import, and few downloads break off

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None
