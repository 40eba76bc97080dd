"""Pure parts of the mock server."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, strategies as st
from specwire._serialization.form import encode_form
from specwire.support import Style
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import MediaType, Parameter, Place
from specwire_codegen.mock.document.pointers import ABSENT, drop, find, place
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.reply import streams
from specwire_codegen.mock.reply.streams import Event
from specwire_codegen.mock.request import bodies, content_negotiation
from specwire_codegen.mock.request.coercion import Coercion
from specwire_codegen.mock.request.form import FormReader
from specwire_codegen.mock.request.parameters import Deserializer, Sources, cookies, pairs
from specwire_codegen.mock.values import patterns
from specwire_codegen.mock.values.identifiers import Identifiers
from specwire_codegen.mock.values.sampling import Sampler

EMPTY = Document({"paths": {}})
REQUESTS = Validators(EMPTY, "request")
READER = Deserializer(EMPTY, Coercion(EMPTY, REQUESTS))
NUMBERS = {"type": "array", "items": {"type": "integer"}}
COLOUR = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}
COLOURS = {"R": 100, "G": 200}


def parameter(place: Place, style: str, explode: bool, schema: Any) -> Parameter:
    """Return a parameter named `p`."""
    return Parameter("p", place, False, style, explode, schema, None)


@pytest.mark.parametrize(
    ("place_", "style", "explode", "schema", "raw", "expected"),
    [
        ("path", "simple", False, {"type": "string"}, "a%2Fb", "a/b"),
        ("path", "simple", False, NUMBERS, "3,4,5", [3, 4, 5]),
        ("path", "simple", False, COLOUR, "R,100,G,200", COLOURS),
        ("path", "simple", True, COLOUR, "R=100,G=200", COLOURS),
        ("path", "label", False, {"type": "integer"}, ".5", 5),
        ("path", "label", False, NUMBERS, ".3,4,5", [3, 4, 5]),
        ("path", "label", True, NUMBERS, ".3.4.5", [3, 4, 5]),
        ("path", "label", False, COLOUR, ".R,100,G,200", COLOURS),
        ("path", "label", True, COLOUR, ".R=100.G=200", COLOURS),
        ("path", "matrix", False, {"type": "integer"}, ";p=5", 5),
        ("path", "matrix", False, NUMBERS, ";p=3,4,5", [3, 4, 5]),
        ("path", "matrix", True, NUMBERS, ";p=3;p=4;p=5", [3, 4, 5]),
        ("path", "matrix", False, COLOUR, ";p=R,100,G,200", COLOURS),
        ("path", "matrix", True, COLOUR, ";R=100;G=200", COLOURS),
        ("query", "form", True, {"type": "string"}, "p=a+b%26", "a b&"),
        ("query", "form", True, {"type": "boolean"}, "p=true", True),
        ("query", "form", True, {"type": ["integer", "null"]}, "p=null", None),
        ("query", "form", True, NUMBERS, "p=3&x=1&p=4", [3, 4]),
        ("query", "form", True, NUMBERS, "p=3", [3]),
        ("query", "form", False, NUMBERS, "p=3,4,5", [3, 4, 5]),
        ("query", "form", False, {"type": "array", "items": {"type": "string"}}, "p=a%2Cb,c", ["a,b", "c"]),
        ("query", "form", True, COLOUR, "R=100&G=200", COLOURS),
        ("query", "form", False, COLOUR, "p=R,100,G,200", COLOURS),
        ("query", "form", True, {"anyOf": [{"type": "string"}, NUMBERS]}, "p=3&p=4", [3, 4]),
        ("query", "form", True, {"anyOf": [{"type": "string"}, NUMBERS]}, "p=x", "x"),
        ("query", "spaceDelimited", False, NUMBERS, "p=3%204+5", [3, 4, 5]),
        ("query", "spaceDelimited", False, COLOUR, "p=R%20100%20G%20200", COLOURS),
        ("query", "pipeDelimited", False, NUMBERS, "p=3%7C4|5", [3, 4, 5]),
        ("query", "pipeDelimited", False, COLOUR, "p=R|100|G|200", COLOURS),
        ("query", "deepObject", True, COLOUR, "p[R]=100&p%5BG%5D=200", COLOURS),
        (
            "query",
            "deepObject",
            True,
            {"type": "object"},
            "p[a][b]=x&p[c][]=1&p[c][]=2",
            {"a": {"b": "x"}, "c": ["1", "2"]},
        ),
        ("query", "form", True, {"type": "string"}, "x=1", ABSENT),
        ("header", "simple", False, NUMBERS, "3, 4,5", [3, 4, 5]),
        ("header", "simple", False, COLOUR, "R,100,G,200", COLOURS),
        ("header", "simple", True, COLOUR, "R=100,G=200", COLOURS),
        ("header", "simple", False, {"type": "string"}, "a%20b", "a%20b"),
        ("cookie", "form", True, {"type": "integer"}, "x=1; p=5", 5),
        ("cookie", "form", False, NUMBERS, "p=3,4", [3, 4]),
        ("cookie", "cookie", True, {"type": "string"}, "p=a", "a"),
    ],
)
def test_every_parameter_style_is_parsed(
    place_: Place, style: str, explode: bool, schema: Any, raw: str, expected: Any
) -> None:
    """The result is the value that was encoded."""
    sources = Sources(
        path={"p": raw} if place_ == "path" else {},
        query=pairs(raw) if place_ == "query" else (),
        query_string=raw,
        headers={"p": raw} if place_ == "header" else {},
        cookies=cookies(raw) if place_ == "cookie" else (),
    )
    assert READER.read(parameter(place_, style, explode, schema), sources) == expected


def test_a_parameter_with_content_is_json() -> None:
    """A parameter with a media type is read as JSON."""
    one = Parameter("p", "query", False, "form", True, {}, "application/json")
    assert READER.read(one, Sources({}, pairs("p=%7B%22a%22%3A1%7D"), "", {}, ())) == {"a": 1}


def test_a_free_form_object_excludes_named_parameters() -> None:
    """A free-form object takes only the names that no other parameter has."""
    free = Parameter("p", "query", False, "form", True, {"type": "object"}, None)
    other = Parameter("page", "query", False, "form", True, {"type": "integer"}, None)
    assert READER.read(free, Sources({}, pairs("page=1&a=b"), "", {}, ()), (free, other)) == {"a": "b"}


@pytest.mark.parametrize(
    "pattern",
    [r"^[A-Z]{3}-\d{4}$", r"^(cat|dog)s?$", r"^sk-[a-zA-Z0-9]{20,}$", r"^\w+@\w+\.com$", r"[^a-z]", r"^$", r"a{2,3}b*"],
)
def test_a_drawn_text_matches_its_pattern(pattern: str) -> None:
    """A drawn text matches its pattern."""
    drawn = patterns.draw(pattern)
    assert drawn is not None
    assert re.search(pattern, drawn)


def test_a_drawn_text_has_the_requested_length() -> None:
    """A drawn text is as long as asked for."""
    assert patterns.draw("^[a-f]+$", 10, 12) == "a" * 12


def test_an_unsupported_pattern_is_reported() -> None:
    """A pattern that cannot be drawn is admitted."""
    assert (patterns.draw("^(?!a)b$"), patterns.draw("(")) == (None, None)


scalars = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("integer")}, optional={"minimum": st.integers(-50, 0), "maximum": st.integers(1, 50)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("number")}, optional={"exclusiveMinimum": st.floats(-5, 0), "maximum": st.floats(1, 5)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("string")}, optional={"minLength": st.integers(0, 9), "maxLength": st.integers(9, 12)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("string"), "format": st.sampled_from(["uuid", "date-time", "uri", "email"])}
    ),
    st.just({"type": ["boolean", "null"]}),
    st.just({"const": "x"}),
    st.just({"enum": [1, "a", None]}),
)


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return schemas made of other schemas."""
    properties = st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    return st.one_of(
        st.builds(lambda items, least: {"type": "array", "items": items, "minItems": least}, inner, st.integers(0, 3)),
        st.builds(lambda held: {"type": "object", "properties": held, "required": sorted(held)[:1]}, properties),
        st.builds(lambda members: {"anyOf": members}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda held: {"allOf": [{"type": "object", "properties": held}], "required": sorted(held)}, properties
        ),
    )


@given(st.recursive(scalars, grown, max_leaves=8))
def test_drawn_values_are_valid(schema: dict[str, Any]) -> None:
    """A value that is drawn from a schema is valid."""
    validators = Validators(EMPTY, "response")
    assert validators.accepts(schema, Sampler(EMPTY, validators).draw(schema))


@given(st.lists(st.binary(max_size=20)), st.integers(1, 30))
def test_rechunking_keeps_the_bytes(parts: list[bytes], size: int) -> None:
    """Chunks of another size have the same bytes, and all except the last are full."""
    cut = list(streams.rechunked(parts, size))
    assert b"".join(cut) == b"".join(parts)
    assert {len(chunk) for chunk in cut[:-1]} <= {size}


def test_a_line_break_in_event_data_makes_two_data_lines() -> None:
    """A line break in the data makes two data lines."""
    assert streams.encode(Event("a\nb", (("event", "x"),), is_json=False), "sse") == b"event: x\ndata: a\ndata: b\n\n"


@given(st.integers(1, 60))
def test_multipart_in_any_chunks(size: int) -> None:
    """A multipart body is parsed alike however it is split."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="n.bin"\r\nContent-Type: image/png\r\n\r\n'
        b"\r\n--y\r\n\r\n--x--\r\n"
    )

    async def wire() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]

    received = asyncio.run(bodies.receive(wire(), "multipart/form-data; boundary=x"))
    assert isinstance(received, bodies.Multipart)
    assert [(part.name, part.filename, part.media, part.blob.content) for part in received.parts] == [
        ("a", None, "", b"1"),
        ("f", "n.bin", "image/png", b"\r\n--y\r\n"),
    ]


def test_large_parts_are_not_kept() -> None:
    """Of a part beyond the limit only size and hash are kept."""

    async def wire() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        for _ in range(10):
            yield b"0123456789"
        yield b"\r\n--x--\r\n"

    received = asyncio.run(bodies.receive(wire(), "multipart/form-data; boundary=x", keep=50))
    assert isinstance(received, bodies.Multipart)
    assert (received.parts[0].blob.size, received.parts[0].blob.content) == (100, None)


def named(name: str) -> MediaType:
    """Return a media type without content."""
    return MediaType(name, None, None, {}, (), None)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("text/plain", "text/plain"),
        ("text/*;q=0.5, application/json;q=0.1", "text/plain"),
        ("application/xml", "application/json"),
        ("text/plain;q=0, */*", "application/json"),
        ("", "application/json"),
    ],
)
def test_the_preferred_media_type_of_accept_is_selected(accept: str, expected: str) -> None:
    """The default is JSON."""
    chosen = content_negotiation.preferred([named("text/plain"), named("application/json")], accept)
    assert chosen is not None
    assert chosen.name == expected


def test_a_pointer_finds_inserts_and_removes() -> None:
    """A pointer finds, places and drops what it names."""
    value = {"a/b": [{"c": 1}]}
    assert find(value, "/a~1b/0/c") == 1
    assert find(value, "/a~1b/1/c") is ABSENT
    assert place(value, "/a~1b/0/c", 2) == {"a/b": [{"c": 2}]}
    assert place({}, "/x/y", 1) == {"x": {"y": 1}}
    assert drop(value, "/a~1b") == {}


@given(st.from_regex(r"[a-z]{1,5}-[a-z0-9]{8,20}", fullmatch=True), st.integers(0, 5))
def test_ids_look_like_the_example(example: str, seed: int) -> None:
    """New ids have prefix and length of the example, and never repeat."""
    source = Identifiers(seed)
    fresh = [source.like(example) for _ in range(20)]
    prefix = example[: example.rfind("-") + 1]
    assert len(set(fresh)) == 20
    assert all(isinstance(one, str) and one.startswith(prefix) and len(one) == len(example) for one in fresh)


def _tagged(role: str, *required: str) -> dict[str, Any]:
    properties = {"role": {"const": role}, "content": {"type": "string"}}
    return {"type": "object", "required": ["role", *required], "properties": properties, "additionalProperties": False}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {"role": "user", "contnt": "Hi"},
            {
                "body.items.0: Additional properties are not allowed ('contnt' was unexpected)",
                'body.items.0: "content" is a required property',
            },
        ),
        ({"role": "user", "content": 1}, {'body.items.0.content: the value is not of type "string"'}),
        ({"role": "usr"}, {'body.items.0.role: "usr" is not one of "user", "tool"; did you mean "user"?'}),
        ({"role": "nobody"}, {'body.items.0.role: "nobody" is not one of "user", "tool"'}),
        ({"role": "k" * 41}, {'body.items.0.role: the value is not one of "user", "tool"'}),
        ({"role": 7}, {'body.items.0.role: the value is not one of "user", "tool"'}),
        ({"content": "Hi"}, {'body.items.0: "role" is a required property'}),
        (7, {"body.items.0: the value is not of type object, string"}),
    ],
)
def test_a_violation_of_a_union_is_that_of_the_meant_variant(keyword: str, item: Any, expected: set[str]) -> None:
    """The tag tells which one is meant; else what all variants require is named, and no long value is repeated."""
    union = {keyword: [_tagged("user", "content"), {"oneOf": [_tagged("tool")]}, {"type": "string"}]}
    schema = {"type": "object", "properties": {"items": {"type": "array", "items": union}}}
    validators = Validators(Document({"paths": {}}), "request")
    assert expected == {str(one) for one in validators.violations(schema, {"items": [item]}, "body")}


FORMS = FormReader(READER)
LINE: dict[str, Any] = {"type": "object", "properties": {"label": {"type": "string"}, "count": {"type": "integer"}}}
LINES: dict[str, Any] = {"type": "array", "items": LINE}
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "count": {"type": "integer"},
        "names": {"type": "array", "items": {"type": "string"}},
        "line": LINE,
        "lines": LINES,
        "grid": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "either": {"anyOf": [{"type": "array", "items": LINE}, LINE, {"type": "null"}]},
        "whole": LINES,
        "deep": {"type": "object", "properties": {"line": LINE}},
        "spread": {"type": "object", "properties": {"width": {"type": "integer"}}},
        "joined": {"type": "array", "items": {"type": "integer"}},
    },
    "additionalProperties": LINE,
}
FORM_ENCODINGS: dict[str, dict[str, Any]] = {
    "whole": {"contentType": "application/json"},
    "deep": {"style": "deepObject"},
    "spread": {"style": "form"},
    "joined": {"explode": False},
}
FORM_STYLES = {
    "whole": Style(content_json=True),
    "deep": Style("deepObject"),
    "spread": Style("form"),
    "joined": Style("form", explode=False),
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
INTEGERS = st.integers(-(2**53), 2**53)
A_LINE = st.fixed_dictionaries({"label": TEXTS, "count": INTEGERS})
SOME_LINES = st.lists(A_LINE, min_size=1, max_size=3)
FORM_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "count": INTEGERS,
    "names": st.lists(TEXTS, min_size=1, max_size=3),
    "line": A_LINE,
    "lines": SOME_LINES,
    "grid": st.lists(st.lists(INTEGERS, max_size=2), min_size=1, max_size=3),
    "either": SOME_LINES,
    "whole": st.lists(A_LINE, max_size=3),
    "deep": st.fixed_dictionaries({"line": A_LINE}),
    "spread": st.fixed_dictionaries({"width": INTEGERS}),
    "joined": st.lists(INTEGERS, min_size=1, max_size=3),
    "other": A_LINE,
}


@given(values=st.fixed_dictionaries({}, optional=FORM_VALUES))
def test_a_form_is_read_as_it_was_sent(values: dict[str, Any]) -> None:
    """Each field by its style, or else as text or JSON."""
    assert FORMS.read(FORM, FORM_ENCODINGS, pairs(encode_form(values, FORM_STYLES).decode())) == values


def test_a_text_that_is_not_json_stays_a_text() -> None:
    """Validation reports it."""
    assert FORMS.read(FORM, FORM_ENCODINGS, pairs("line=a&lines=b&lines=1")) == {"line": "a", "lines": ["b", "1"]}
    assert FORMS.read(FORM, FORM_ENCODINGS, pairs("whole=%7B")) == {"whole": None}
