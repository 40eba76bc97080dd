"""Parser of received `multipart/form-data` bodies (RFC 7578)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

_PARAMETER = re.compile(r';\s*([A-Za-z]+)="([^"]*)"')


class BrokenBodyError(ValueError):
    """A malformed multipart body."""


@attrs.frozen
class Part:
    """One part as received."""

    name: str
    filename: str | None
    content_type: str | None
    content: bytes
    headers: Mapping[str, str] = attrs.field(factory=dict, eq=False)
    """Headers by lower-case name."""


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """Return the parts of a body. Raise `BrokenBodyError` if it is malformed."""
    found = re.search(r'boundary="?([^";]+)', content_type)
    if found is None:
        raise BrokenBodyError(f"the content type {content_type!r} has no boundary")
    delimiter = f"--{found[1]}".encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if len(pieces) < 2 or pieces[0] or pieces[-1] not in (b"--", b"--\r\n"):
        raise BrokenBodyError("the body does not begin and end with its boundary")
    return list(map(_part, pieces[1:-1]))


def _part(piece: bytes) -> Part:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator or not head.startswith(b"\r\n"):
        raise BrokenBodyError("a part has no empty line after its headers")
    headers = {name.strip().lower(): value.strip() for name, value in _lines(head.decode("utf-8"))}
    disposition = headers.get("content-disposition", "")
    if not disposition.startswith("form-data"):
        raise BrokenBodyError(f"a part has the disposition {disposition!r}, not form-data")
    parameters = {name.lower(): _unescaped(value) for name, value in _PARAMETER.findall(disposition)}
    if "name" not in parameters:
        raise BrokenBodyError("a part has no name")
    return Part(parameters["name"], parameters.get("filename"), headers.get("content-type"), content, headers)


def _lines(head: str) -> Iterator[tuple[str, str]]:
    for line in head.strip("\r\n").split("\r\n"):
        name, _, value = line.partition(":")
        yield name, value


def _unescaped(text: str) -> str:
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
