"""JSON Lines and JSON text sequences: round trips of values, and any bytes, in any chunks."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st
from specwire._responses.jsonlines import JSONLinesParser, JSONSequenceParser, RecordTooLargeError, RecordTruncatedError

from .check import Check

_SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    _SCALARS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
_CUTS = st.lists(st.integers(0, 300))
_PIECES = st.sampled_from([b"\x1e", b"\n", b"{", b"}", b'"', b"1", b"\xff", b" ", b"\xef\xbb\xbf"])
_GARBAGE = st.lists(_PIECES).map(b"".join)


def _read(parser: JSONLinesParser | JSONSequenceParser, stream: bytes, places: list[int]) -> list[bytes]:
    cuts = sorted({0, len(stream), *(place for place in places if place < len(stream))})
    found = [text for start, end in zip(cuts, cuts[1:], strict=False) for text in parser.feed(stream[start:end])]
    return found + parser.close()


def lines_round_trip(case: tuple[list[Any], list[int], bytes]) -> None:
    """Values, one per line, with any line endings."""
    values, cuts, end = case
    stream = b"".join(msgspec.json.encode(value) + end for value in values)
    assert values == list(map(msgspec.json.decode, _read(JSONLinesParser(), stream, cuts)))


def sequences_round_trip(case: tuple[list[Any], list[int], bytes]) -> None:
    """Values, each after a record separator."""
    values, cuts, end = case
    stream = b"".join(b"\x1e" + msgspec.json.encode(value) + end for value in values)
    assert values == list(map(msgspec.json.decode, _read(JSONSequenceParser(), stream, cuts)))


def invalid_bytes_do_not_depend_on_chunks(case: tuple[bytes, list[int]]) -> None:
    """Only the documented errors are raised."""
    stream, cuts = case
    assert _read(JSONLinesParser(), stream, []) == _read(JSONLinesParser(), stream, cuts)
    try:
        _read(JSONSequenceParser(), stream, cuts)
    except (RecordTruncatedError, RecordTooLargeError) as error:
        assert str(error)


_CASES = st.tuples(st.lists(_VALUES, max_size=5), _CUTS, st.sampled_from([b"\n", b"\r\n", b"\n\n"]))
CHECKS = (
    Check(lines_round_trip, _CASES),
    Check(sequences_round_trip, _CASES),
    Check(invalid_bytes_do_not_depend_on_chunks, st.tuples(_GARBAGE, _CUTS)),
)
