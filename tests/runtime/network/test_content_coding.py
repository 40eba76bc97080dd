"""Content codings: a body is decoded completely or is an error, and a small one never fills the memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from specwire._network.content_coding import PIECE, CodingError, decoder_of
from specwire.errors import APIConnectionError, NotFoundError, StreamTruncatedError

from tests.support.caller import Caller
from tests.support.sample import Chunk, Thing
from tests.support.server import DONE, Server, chunk, head, reply

THING = b'{"id": "1"}'
EVENTS = b'data: {"text": "one"}\n\ndata: {"text": "two"}\n\n' + DONE


def raw_deflate(data: bytes) -> bytes:
    """Compress data like servers that send `deflate` without the zlib header."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def members(data: bytes) -> bytes:
    """Compress data as two members of a gzip body."""
    half = len(data) // 2
    return gzip.compress(data[:half]) + gzip.compress(data[half:])


WHOLE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip in capitals": ("GZIP", gzip.compress),
    "alias": ("x-gzip", gzip.compress),
    "two members": ("gzip", members),
    "three members": ("gzip", lambda data: gzip.compress(b"") + members(data)),
    "padding": ("gzip", lambda data: gzip.compress(data) + b"\0" * 100),
    "padding between members": ("gzip", lambda data: gzip.compress(b"") + b"\0" * 9 + gzip.compress(data)),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "stacked": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    "stacked with the same": ("gzip, x-gzip", lambda data: gzip.compress(members(data))),
    "identity": ("identity", lambda data: data),
    "nothing": ("", lambda data: data),
    "a charset for a coding": ("utf-8", lambda data: data),
    "identity and gzip": ("identity, gzip", gzip.compress),
}
BROKEN: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "cut": ("gzip", lambda data: gzip.compress(data)[:-1]),
    "second member cut": ("gzip", lambda data: members(data)[:-9]),
    "second member of one byte": ("gzip", lambda data: gzip.compress(data) + b"\x1f"),
    "left over": ("gzip", lambda data: gzip.compress(data) + b"surplus"),
    "left over after padding": ("gzip", lambda data: gzip.compress(data) + b"\0\0{}"),
    "zlib cut": ("deflate", lambda data: zlib.compress(data)[:-1]),
    "zlib left over": ("deflate", lambda data: zlib.compress(data) + b"{}"),
    "raw deflate cut": ("deflate", lambda data: raw_deflate(data)[:-1]),
    "one byte of deflate": ("deflate", lambda data: b"\x78"),
    "damaged": ("gzip", lambda data: gzip.compress(data)[:-8] + b"damaged!"),
    "wrong label": ("gzip", lambda data: data),
    "another label": ("deflate", gzip.compress),
    "inner one cut": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data)[:-1])),
    "outer one cut": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))[:-1]),
    "stacked once only": ("gzip, gzip", gzip.compress),
    "unknown": ("x-own", lambda data: data),
    "unknown below gzip": ("x-own, gzip", gzip.compress),
    "many": (", ".join(["gzip"] * 6), lambda data: data),
}
LABELS = [pytest.param(*each, id=name) for name, each in WHOLE.items()]
FAULTS = [pytest.param(*each, id=name) for name, each in BROKEN.items()]


def decoded(coding: str, body: bytes, size: int) -> bytes:
    """Decode a body that arrives in pieces of this size."""
    decoder = decoder_of(coding)
    if decoder is None:
        return body
    pieces = [piece for at in range(0, len(body), size) for piece in decoder.decode(body[at : at + size])]
    decoder.finish()
    assert all(len(piece) <= PIECE for piece in pieces)
    return b"".join(pieces)


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(("coding", "pack"), LABELS)
def test_a_body_is_decoded_completely(coding: str, pack: Callable[[bytes], bytes], size: int) -> None:
    """For every coding, and for pieces of any size."""
    data = bytes(range(256)) * 20
    assert data == decoded(coding, pack(data), size)


@pytest.mark.parametrize("length", [PIECE, 5 * PIECE + 7])
@pytest.mark.parametrize(("coding", "pack"), LABELS)
def test_a_small_body_of_a_large_value_is_decoded_completely(
    coding: str, pack: Callable[[bytes], bytes], length: int
) -> None:
    """Decoders hold output back when all input has been read."""
    assert bytes(length) == decoded(coding, pack(bytes(length)), 1 << 20)


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize(("coding", "pack"), FAULTS)
def test_an_incomplete_or_damaged_body_is_an_error(coding: str, pack: Callable[[bytes], bytes], size: int) -> None:
    """Trailing data and unknown codings are errors too."""
    data = bytes(range(256)) * 20
    with pytest.raises(
        CodingError, match="truncated|cannot be decompressed|unexpected data|unknown coding|stacked codings"
    ):
        decoded(coding, pack(data), size)


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(1, 700), st.data())
def test_gzip_members_are_decoded_all_or_none(parts: list[bytes], size: int, draw: st.DataObject) -> None:
    """A body that is truncated at any byte inside a member is an error."""
    packed = [gzip.compress(part) for part in parts]
    body = b"".join(packed)
    assert b"".join(parts) == decoded("gzip", body, size)
    ends = {sum(map(len, packed[:count])) for count in range(len(packed) + 1)}
    at = draw.draw(st.integers(0, len(body)).filter(lambda place: place not in ends))
    with pytest.raises(CodingError, match="the compressed body is truncated"):
        decoded("gzip", body[:at], size)


def coded(coding: str, body: bytes, *, status: int = 200, kind: str = "application/json") -> tuple[bytes, ...]:
    """Return a response with an encoded body, in chunks of seven bytes."""
    headers = {"content-type": kind, "content-encoding": coding, "transfer-encoding": "chunked"}
    pieces = [chunk(body[at : at + 7]) for at in range(0, len(body), 7)]
    return head(status, headers), b"".join(pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(("coding", "pack"), LABELS)
def test_every_call_decodes_an_encoded_body(
    caller: Caller, client: Any, server: Server, tmp_path: Path, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    """JSON, errors, events and downloads are decoded alike."""
    file = bytes(range(256)) * 20
    server.play(
        coded(coding, pack(THING)),
        coded(coding, pack(b'{"detail": "gone"}'), status=404),
        coded(coding, pack(EVENTS), kind="text/event-stream"),
        coded(coding, pack(file), kind="application/octet-stream"),
    )
    assert Thing(id="1") == caller.run(client.things.get("1"))
    with pytest.raises(NotFoundError, match="gone"):
        caller.run(client.things.get("1"))
    assert [Chunk(text="one"), Chunk(text="two")] == caller.list(client.talks.stream())
    assert file == caller.run(client.files.download().save(tmp_path / "file")).read_bytes()


@pytest.mark.parametrize(("coding", "pack"), FAULTS)
def test_no_call_returns_part_of_an_encoded_body(
    caller: Caller, client: Any, server: Server, tmp_path: Path, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    """An error keeps its status whatever its body is."""
    server.play(coded(coding, pack(THING)), coded(coding, pack(EVENTS[:-16]), kind="text/event-stream"))
    with pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.things.make(name="x"))
    with pytest.raises(StreamTruncatedError, match="the stream broke off"):
        caller.list(client.talks.stream())
    server.play(coded(coding, pack(b"file" * 99), kind="application/octet-stream"))
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(client.files.download().save(tmp_path / "file"))
    assert [] == list(tmp_path.iterdir())
    server.play(coded(coding, pack(b'{"detail": "gone"}'), status=404))
    with pytest.raises(NotFoundError, match="HTTP 404"):
        caller.run(client.things.get("1"))


def test_an_empty_body_has_no_coding(caller: Caller, client: Any, server: Server) -> None:
    """It is empty, whatever its header says."""
    server.play(reply(b"", headers={"content-encoding": "gzip"}))
    assert b"" == caller.run(client.files.download().read())
