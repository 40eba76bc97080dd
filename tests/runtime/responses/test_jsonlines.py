"""Parsers of JSON Lines and JSON text sequences: complete texts, whatever the chunks."""

import json
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from specwire._responses.jsonlines import JSONLinesParser, JSONSequenceParser, RecordTooLargeError, RecordTruncatedError

Parser = JSONLinesParser | JSONSequenceParser


def parse(parser: Parser, stream: bytes, cuts: tuple[int, ...] = ()) -> list[bytes]:
    """Parse a stream that arrives in pieces."""
    texts: list[bytes] = []
    for start, end in zip((0, *cuts), (*cuts, len(stream)), strict=True):
        texts += parser.feed(stream[start:end])
    return texts + parser.close()


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", []),
        (b'{"a":1}\n{"a":2}\n', [b'{"a":1}', b'{"a":2}']),
        (b'{"a":1}\r\n\r\n  \n{"a":2}', [b'{"a":1}', b'{"a":2}']),
        (b" 1 \n\t2\n", [b"1", b"2"]),
        (b"\xef\xbb\xbf1\n2\n", [b"1", b"2"]),
        (b"\n\n", []),
    ],
)
def test_every_line_is_a_text(stream: bytes, expected: list[bytes]) -> None:
    """Blank lines are skipped, the last one needs no line feed; whole or byte by byte."""
    assert expected == parse(JSONLinesParser(), stream)
    assert expected == parse(JSONLinesParser(), stream, tuple(range(1, len(stream))))


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", []),
        (b'\x1e{"a":1}\n\x1e{"a":2}\n', [b'{"a":1}', b'{"a":2}']),
        (b'\x1e{\n "a": 1\n}\n\x1e[\n]\n', [b'{\n "a": 1\n}', b"[\n]"]),
        (b"\x1e\x1e\n\x1e1\n\x1etrue\n", [b"1", b"true"]),
        (b'\x1e{"a":\x1e{"b":2}\n', [b'{"a":', b'{"b":2}']),
    ],
)
def test_every_record_is_a_text(stream: bytes, expected: list[bytes]) -> None:
    """Empty records are skipped, line feeds inside are kept; whole or byte by byte."""
    assert expected == parse(JSONSequenceParser(), stream)
    assert expected == parse(JSONSequenceParser(), stream, tuple(range(1, len(stream))))


def test_a_record_is_returned_with_its_last_byte() -> None:
    """Not only with the next record."""
    parser = JSONSequenceParser()

    assert [] == parser.feed(b'\x1e{"a":\n')
    assert [b'{"a":\n1}'] == parser.feed(b"1}\n")
    assert [] == parser.close()


@pytest.mark.parametrize("stream", [b"\x1e12", b"\x1e12\x1e3\n"])
def test_a_number_without_line_feed_is_an_error(stream: bytes) -> None:
    """It may have lost digits."""
    with pytest.raises(RecordTruncatedError, match="may be cut off"):
        parse(JSONSequenceParser(), stream)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(values=st.lists(VALUES), data=st.data())
def test_any_chunks_give_the_same_values(values: list[object], data: st.DataObject) -> None:
    """Pretty-printed records included."""
    lines = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    records = b"".join(b"\x1e" + json.dumps(value, indent=1).encode() + b"\n" for value in values)
    for parser, stream in ((JSONLinesParser(), lines), (JSONSequenceParser(), records)):
        cuts = data.draw(st.lists(st.integers(0, len(stream))).map(lambda cuts: tuple(sorted(cuts))))

        assert values == [json.loads(text) for text in parse(parser, stream, cuts)]


@pytest.mark.parametrize("parser", [JSONLinesParser(10), JSONSequenceParser(10)])
@pytest.mark.parametrize("step", [1, 100])
def test_a_record_over_the_limit_is_rejected(parser: Parser, step: int) -> None:
    """In one chunk or in many."""
    stream = b"\x1e[1,2,3,4,5,6,7,8,9]\n"
    with pytest.raises(RecordTooLargeError, match="larger than 10 bytes"):
        parse(parser, stream, tuple(range(step, len(stream), step)))


@pytest.mark.parametrize(
    ("kind", "stream"),
    [
        (JSONLinesParser, b"1\n\n2\n" + b"3" * 30 + b"\n4\n"),
        (JSONLinesParser, b"1\n2\n" + b"3" * 30),
        (JSONSequenceParser, b"\x1e1\n\x1e2\n\x1e" + b"3" * 30 + b"\n\x1e4\n"),
        (JSONSequenceParser, b"\x1e1\n\x1e2\n\x1e3\x1e4\n"),
    ],
)
@given(cuts=st.lists(st.integers(0, 50)))
def test_any_chunks_give_the_texts_before_a_failure(kind: type[Parser], stream: bytes, cuts: list[int]) -> None:
    """The failure is known together with the last of them, and stays."""
    parser = kind(20)
    places = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    texts: list[bytes] = []
    with pytest.raises((RecordTooLargeError, RecordTruncatedError)):
        for start, end in pairwise(places):
            texts += parser.feed(stream[start:end])
            if parser.failure is not None:
                raise parser.failure
    assert [b"1", b"2"] == texts
    with pytest.raises((RecordTooLargeError, RecordTruncatedError)):
        parser.feed(b"5\n")
    with pytest.raises((RecordTooLargeError, RecordTruncatedError)):
        parser.close()


@pytest.mark.parametrize("parser", [JSONLinesParser(), JSONSequenceParser()])
def test_a_large_record_takes_linear_memory(parser: Parser) -> None:
    """A record of 20 MB in chunks of 1 KB allocates a small multiple of its size."""
    parser.feed(b'\x1e"')
    allocated = 0
    tracemalloc.start()
    try:
        for _ in range(20 * 1024):
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            parser.feed(b"x" * 1024)
            allocated += tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

    assert [20 * 1024 * 1024 + 2] == [len(text.lstrip(b"\x1e")) for text in parser.feed(b'"\n')]
    assert allocated < 4 * 20 * 1024 * 1024
