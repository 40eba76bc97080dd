"""Multipart forms: any names and contents, parsed by another parser."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesHeaderParser

from hypothesis import strategies as st
from specwire._serialization.multipart import Multipart
from specwire.support import Part

from .check import Check

_NAMES = st.text(st.characters(codec="utf-8"), max_size=12)
_CONTENTS = st.binary(max_size=100) | st.sampled_from([b"\r\n--", b"--", b"\r\n", b"\r\n--edge", b"--edge--\r\n"])
_TYPES = st.none() | st.sampled_from(["text/plain", "application/json; charset=utf-8", "image/png"])
_PARTS = st.lists(st.builds(Part, _NAMES, _CONTENTS, st.none() | _NAMES, _TYPES), max_size=4)
_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}
_BAD = st.text(max_size=3).map(lambda text: f"a{text}")


def forms_round_trip(case: tuple[list[Part], int]) -> None:
    """Each part keeps name, file name, type and bytes, and the stated length is right."""
    parts, size = case
    form = Multipart(parts)
    body = b"".join(form.iter(size))
    assert len(body) == form.content_length()
    assert body == b"".join(form.iter(size + 1))
    delimiter = f"--{form.boundary}".encode()
    first, *sections = (b"\r\n" + body).split(b"\r\n" + delimiter)
    assert (b"", b"--\r\n") == (first, sections.pop())
    assert len(parts) == len(sections)
    for part, section in zip(parts, sections, strict=True):
        head, _, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        assert part.content == content
        lines = head.decode().split("\r\n")
        expected = f'Content-Disposition: form-data; name="{_escaped(part.name)}"'
        if part.filename is not None:
            expected += f'; filename="{_escaped(part.filename)}"'
        assert expected == lines[0]
        rest = "".join(f"{line}\r\n" for line in (*lines[1:], ""))
        headers: Message = BytesHeaderParser().parsebytes(rest.encode())
        assert part.content_type == headers.get("content-type")
        assert len(headers) == len(lines) - 1


def _escaped(name: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in name)


def types_cannot_inject(text: str) -> None:
    """A content type is rejected, or is one header line."""
    try:
        part = Part("name", b"", None, text)
    except ValueError:
        return
    assert [b"", b""] == part.head().split(b"\r\n")[2:]


CHECKS = (
    Check(forms_round_trip, st.tuples(_PARTS, st.integers(1, 200))),
    Check(types_cannot_inject, _BAD | st.text(max_size=5)),
)
