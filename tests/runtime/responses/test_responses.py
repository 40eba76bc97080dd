"""Responses: the content type decides how a body is read, the document which type it is decoded as."""

from __future__ import annotations

import gc
import json
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st
from specwire import UNSET, Drift, DriftWarning, Unknown, Unset, WireModel
from specwire._codec.drift import decode, report
from specwire._operations.operation import Payload
from specwire.errors import APIStatusError, DecodeError, EnvelopeError, SpecwireError
from specwire.support import EmptyPayload, JsonPayload, TextPayload, tolerate

from tests.support.caller import Caller
from tests.support.canned import Canned
from tests.support.sample import Cat, Dog, Page, Pet, Problem, Thing
from tests.support.server import DONE, Close, Server, head, reply, stream

ANYTHING = JsonPayload(Any)
TEXT = TextPayload()
NOTHING = EmptyPayload()
PNG = b"\x89PNG\r\n\x1a\n\xff"


class Loose(WireModel, kw_only=True):
    """Model without required fields."""

    title: str | Unset = UNSET
    size: int | Unset = UNSET
    inner: Loose | Unset = UNSET
    more: list[Loose] | Unset = UNSET
    named: dict[str, Loose] | Unset = UNSET


class Wide(WireModel, kw_only=True):
    """Model with many optional fields."""

    a1: int | Unset = UNSET
    a2: int | Unset = UNSET
    a3: int | Unset = UNSET
    a4: int | Unset = UNSET
    a5: int | Unset = UNSET
    a6: int | Unset = UNSET
    a7: int | Unset = UNSET
    id: int | Unset = UNSET


class Job(WireModel, kw_only=True):
    """Model that declares an error field."""

    id: str
    error: Problem | None | Unset = UNSET


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def canned(request: pytest.FixtureRequest) -> Canned:
    """Each kind of client."""
    return Canned(request.param)


TABLE: list[tuple[str, Payload, bytes, str | None, Any, int]] = [
    ("a field is returned", JsonPayload(Loose, item=("title",)), b'{"title": "x"}', "application/json", "x", 0),
    ("a field inside is returned", JsonPayload(Loose, item=("inner", "size")), b'{"inner": {"size": 3}}',
     "application/json", 3, 0),
    ("a field is returned and absent", JsonPayload(Loose, item=("inner", "size")), b'{"size": 3}', "application/json",
     None, 0),
    ("a field is returned and another type", JsonPayload(Loose, item=("size",)), b'{"size": "x"}', "application/json",
     "x", 1),
    ("a field is declared, its value comes", JsonPayload(Loose, item=("title",)), b'"x"', "application/json", "x", 1),
    ("nothing is said of JSON", ANYTHING, b'{"a": 1}', "application/json", {"a": 1}, 0),
    ("nothing is said, CSV comes", ANYTHING, b"a,b\n", "text/csv", "a,b\n", 0),
    ("nothing is said, a page comes", ANYTHING, b"<p>", "text/html; charset=utf-8", "<p>", 0),
    ("nothing is said, a picture comes", ANYTHING, PNG, "image/png", PNG, 0),
    ("nothing is said, bytes come", ANYTHING, PNG, "application/octet-stream", PNG, 0),
    ("nothing is said, events come", ANYTHING, b"data: 1\n\n", "text/event-stream", "data: 1\n\n", 0),
    ("nothing is said, lines come", ANYTHING, b'{"a": 1}\n{"a": 2}\n', "application/x-ndjson", [{"a": 1}, {"a": 2}], 0),
    ("nothing is said, a form comes", ANYTHING, b"a=1", "application/x-www-form-urlencoded", "a=1", 0),
    ("nothing is said, parts come", ANYTHING, b"--x\r\n", "multipart/mixed; boundary=x", b"--x\r\n", 0),
    ("nothing is said, no label", ANYTHING, b'{"a": 1}', None, {"a": 1}, 0),
    ("nothing is said, bytes without a label", ANYTHING, PNG, None, PNG, 0),
    ("an object is declared, a picture comes", JsonPayload(dict[str, Any]), PNG, "image/png", PNG, 1),
    ("an object is declared, a page comes", JsonPayload(Thing), b"<p>", "text/html", "<p>", 1),
    ("an object is declared, text comes", JsonPayload(Thing), b"oops", "text/plain", "oops", 1),
    ("an object under a vendor's type", JsonPayload(Thing), b'{"id": "1"}', "application/vnd.x+json", Thing(id="1"), 0),
    ("an object under a text label", JsonPayload(Thing), b'{"id": "1"}', "text/plain", Thing(id="1"), 0),
    ("an object under a page's label", JsonPayload(Thing), b'{"id": "1"}', "text/html", Thing(id="1"), 0),
    ("an object without a label", JsonPayload(Thing), b'{"id": "1"}', None, Thing(id="1"), 0),
    ("a string is declared, text comes", JsonPayload(str), b"hello", "text/plain", "hello", 1),
    ("a string is declared, a string comes", JsonPayload(str), b'"hello"', "application/json", "hello", 0),
    ("a number is declared as text", JsonPayload(float, "text/plain"), b"7", "text/plain", 7.0, 0),
    ("an object is declared as text", JsonPayload(Loose, "text/plain"), b'{"size": 1}', "application/json",
     Loose(size=1), 0),
    ("a number or text is declared as text", JsonPayload(float | str, "text/plain"), b"abc", "text/plain", "abc", 0),
    ("lines labelled JSON", JsonPayload(Thing), b'{"id": "1"}\n{"id": "2"}\n', "application/json",
     [{"id": "1"}, {"id": "2"}], 1),
    ("lines that end in an error", ANYTHING, b'{"a": 1}\n{"error": "no"}\n', "application/x-ndjson",
     [{"a": 1}, {"error": "no"}], 1),
    ("text is declared, text comes", TEXT, b"a\n", "text/plain", "a\n", 0),
    ("text is declared, a JSON string comes", TEXT, b'"1.0.0"', "application/json", "1.0.0", 1),
    ("text is declared, a JSON object comes", TEXT, b'{"uuid":"1"}\n', "application/json", {"uuid": "1"}, 1),
    ("anything textual is declared, a JSON string comes", TextPayload("*/*"), b'"a"', "application/json", "a", 0),
    ("text is declared, JSON is claimed", TEXT, b"hello", "application/json", "hello", 0),
    ("text is declared, bytes are text", TEXT, b"log\n", "application/octet-stream", "log\n", 0),
    ("text is declared, bytes are none", TEXT, PNG, "application/octet-stream", PNG, 1),
    ("text is declared, a picture comes", TEXT, PNG, "image/png", PNG, 1),
    ("text is declared, no label", TEXT, b"log\n", None, "log\n", 0),
    ("text is declared, nothing comes", TEXT, b"", "text/plain", "", 0),
    ("text in another charset", TEXT, "é".encode("latin-1"), "text/plain; charset=latin-1", "é", 0),
    ("text that is not in its charset", TEXT, b"a\xffb", "text/plain; charset=utf-8", "a�b", 1),
    ("CSV is declared, a page comes", TextPayload("text/csv"), b"<p>", "text/html", "<p>", 1),
    ("nothing is declared, nothing comes", NOTHING, b"", None, None, 0),
    ("nothing is declared, JSON comes", NOTHING, b'{"id":7}', "application/json", {"id": 7}, 1),
    ("nothing is declared, text comes", NOTHING, b"OK", "text/plain", "OK", 1),
    ("nothing is declared, a file comes", NOTHING, PNG, "application/x-tar", PNG, 1),
    ("nothing is declared, lines with an error come", NOTHING, b'{"stream":"a"}\n{"error":"no"}\n', "application/json",
     [{"stream": "a"}, {"error": "no"}], 1),
    ("JSON with a byte order mark", JsonPayload(Thing), b'\xef\xbb\xbf{"id": "1"}', "application/json",
     Thing(id="1"), 0),
    ("JSON in UTF-16", JsonPayload(Thing), '{"id": "1"}'.encode("utf-16"), "application/json", Thing(id="1"), 1),
    ("JSON in the charset that is named", JsonPayload(Thing), '{"id": "é"}'.encode("latin-1"),
     "application/json; charset=latin-1", Thing(id="é"), 1),
    ("a lone surrogate", JsonPayload(Thing), b'{"id": "a\\ud83d"}', "application/json", Thing(id="a�"), 1),
    ("a surrogate pair", JsonPayload(Thing), b'{"id": "\\ud83d\\ude00"}', "application/json", Thing(id="😀"), 0),
    ("a lone surrogate in bytes", JsonPayload(Thing), b'{"id": "a\xed\xa0\xbd"}', "application/json",
     Thing(id="a�"), 1),
    ("a line feed in a string", JsonPayload(Thing), b'{"id": "a\nb"}', "application/json", Thing(id="a\nb"), 1),
    ("infinity", JsonPayload(Thing), b'{"id": "1", "weight": -Infinity}', "application/json",
     Thing(id="1", weight=float("-inf")), 1),
    ("a number out of range", JsonPayload(Thing), b'{"id": "1", "weight": 1e999}', "application/json",
     Thing(id="1", weight=float("inf")), 1),
    ("a huge integer", JsonPayload(Thing), b'{"id": "1", "size": %d}' % 10**60, "application/json",
     Thing(id="1", size=10**60), 0),
    ("a key twice", JsonPayload(Thing), b'{"id": "1", "id": "2"}', "application/json", Thing(id="2"), 0),
    ("an array is declared, an object comes", JsonPayload(list[Thing]), b'{"items": []}', "application/json",
     {"items": []}, 1),
    ("an object of another kind", JsonPayload(Loose), b'{"9167": {"url": "u"}}', "application/json",
     Unknown({"9167": {"url": "u"}}), 1),
    ("an empty object", JsonPayload(Loose), b"{}", "application/json", Loose(), 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "body", "content_type", "value", "drifts"),
    [case[1:] for case in TABLE],
    ids=[case[0] for case in TABLE],
)
def test_a_body_is_decoded_by_its_content_type(
    canned: Canned, payload: Payload, body: bytes, content_type: str | None, value: Any, drifts: int
) -> None:
    """Each mismatch with the declared type warns once."""
    found = canned.response(payload, body, content_type)
    assert (type(value), value) == (type(found.value), found.value)
    assert drifts == len(found.drifts)
    again = canned.response(payload, body, content_type, raw=True).value
    assert (value, body, bool(drifts)) == (again.parsed, again.content, bool(again.drift))


def test_the_drift_of_an_undeclared_body_has_its_size_and_type(canned: Canned) -> None:
    """The warning states the length and the media type."""
    found = canned.response(NOTHING, b'{"id":7}')
    assert ["op differs from its document: $: expected no content, got 8 bytes of application/json"] == found.drifts


def test_nan_is_decoded_in_a_number_field(canned: Canned) -> None:
    """Python servers write `NaN`, which is not JSON."""
    found = canned.response(JsonPayload(Thing), b'{"id": "1", "weight": NaN}')
    assert found.value.weight != found.value.weight
    assert ["op differs from its document: $.weight: expected number, got NaN"] == found.drifts


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"id": "caf\xc3"}', "caf\ufffd"),
        (b'{"id": "caf\xe9"}', "caf\ufffd"),
        (b'\xef\xbb\xbf{"id": "\xff\xf0\x9f\x98"}', "\ufffd\ufffd"),
    ],
    ids=["half a character", "Latin-1", "byte order mark"],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", None])
def test_one_byte_that_is_not_utf8_costs_one_character(
    canned: Canned, body: bytes, text: str, content_type: str | None
) -> None:
    """A server cuts texts by bytes, or takes them from a database as they are."""
    found = canned.response(JsonPayload(Thing), body, content_type)
    assert text == found.value.id
    assert ["op differs from its document: $: expected JSON in UTF-8, got JSON in another encoding"] == found.drifts


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{,}", "application/json"),
        (b"", "application/json"),
        (b"<html>", "application/json"),
        (b'{"id": "1"', None),
        (b'{"id": "1"', "application/octet-stream"),
        (b'{"id": \xff}', "application/json"),
    ],
)
def test_invalid_json_raises_a_decode_error(canned: Canned, body: bytes, content_type: str | None) -> None:
    """`.raw()` returns the body with drift instead."""
    with pytest.raises(DecodeError, match="op: the response is ") as caught:
        canned.response(JsonPayload(Thing), body, content_type)
    assert caught.value.response is not None
    assert (200, body) == (caught.value.response.status_code, caught.value.response.content)
    found = canned.response(JsonPayload(Thing), body, content_type, raw=True)
    assert (body, True) == (found.value.content, bool(found.value.drift))


@pytest.mark.parametrize("status", [201, 202, 204, 205])
def test_a_status_without_content_gives_none(canned: Canned, status: int) -> None:
    """The call was carried out: that its result has no body is drift, not an error which leads to a second call."""
    found = canned.response(JsonPayload(Thing), b"", None, status)
    assert (None, ["op differs from its document: $: expected Thing, got nothing"]) == (found.value, found.drifts)
    assert (None, []) == (lambda one: (one.value, one.drifts))(
        canned.response(JsonPayload(Thing | None), b"", None, status)
    )


def test_the_type_of_a_response_depends_on_its_status(canned: Canned) -> None:
    """The exact status comes first, then its range, then the first success."""
    responses: dict[int | str, Payload] = {202: JsonPayload(Loose), 204: NOTHING, 2: TEXT}
    body = b'{"id": "1", "size": 1}'
    for status, value in ((200, Thing(id="1", size=1)), (202, Loose(size=1))):
        given_ = {**responses, 200: JsonPayload(Thing)}
        assert value == canned.response(JsonPayload(Thing), body, status=status, responses=given_).value
    assert "x" == canned.response(JsonPayload(Thing), b"x", "text/plain", 206, responses=responses).value
    assert canned.response(JsonPayload(Thing), b"", None, 204, responses=responses).value is None


def test_drift_of_a_body_raises_with_on_drift_raise(canned: Canned) -> None:
    """Bodies of another type raise too, also through `.raw()`."""
    for raw in (False, True):
        with pytest.raises(
            DecodeError, match=r"op: the response differs from the document: \$: expected Thing, got 3 b"
        ):
            canned.response(JsonPayload(Thing), b"<p>", "text/html", raw=raw, on_drift="raise")


class _Case(msgspec.Struct, frozen=True):
    body: Any
    kind: Any = Thing
    expected_message: str = "model overloaded"


ERRORS = [
    _Case({"error": {"message": "model overloaded", "code": 503}}),
    _Case({"error": "model overloaded"}),
    _Case({"errors": [{"detail": "model overloaded"}]}),
    _Case({"size": 1, "error": {"message": "model overloaded"}}),
    _Case({"error": {"message": "model overloaded"}}, Page),
    _Case({"error": {"message": "model overloaded"}}, list[Thing]),
    _Case({"error": {"message": "model overloaded"}}, Loose),
    _Case({"error": {"message": "model overloaded"}}, str),
    _Case({"error": {"message": "model overloaded"}}, Pet),
    _Case({"error": {"message": "model overloaded"}}, Job),
    _Case({"error": {"kind": "odd"}}, expected_message='{"error":{"kind":"odd"}}'),
]
NO_ERRORS = [
    _Case({"id": "1", "error": {"message": "no"}}),
    _Case({"id": "1", "error": {"message": "no"}}, Job),
    _Case({"size": 1, "error": None}),
    _Case({"size": 1, "error": False}),
    _Case({"size": 1, "errors": []}),
    _Case({"size": 1, "message": "no", "code": 3}),
    _Case({"error": {"message": "no"}}, Any),
    _Case({"error": {"message": "no"}}, dict[str, Any]),
]


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: json.dumps(case.body)[:40] + str(case.kind)[-12:])
def test_an_error_instead_of_a_result_is_raised(canned: Canned, case: _Case) -> None:
    """A success without the required fields but with an `error` raises the server's message."""
    with pytest.raises(EnvelopeError) as caught:
        canned.response(JsonPayload(case.kind), json.dumps(case.body).encode())
    assert f"op: the server returned HTTP 200 with an error in the body: {case.expected_message}" == str(caught.value)
    assert case.body == caught.value.body
    assert caught.value.response is not None
    assert case.body == json.loads(caught.value.response.content)
    assert canned.response(JsonPayload(case.kind), json.dumps(case.body).encode(), raw=True).value.drift


@pytest.mark.parametrize("case", NO_ERRORS, ids=lambda case: json.dumps(case.body)[:40] + str(case.kind)[-12:])
def test_an_error_next_to_a_result_is_a_field(canned: Canned, case: _Case) -> None:
    """If the result is there, or the document allows any fields, nothing is raised."""
    canned.response(JsonPayload(case.kind), json.dumps(case.body).encode())


def test_an_error_instead_of_a_page_is_raised(canned: Canned) -> None:
    """Iterating raises the error and does not end as if there were no items."""
    client, _ = canned.client(b'{"error": {"message": "model overloaded"}}')
    with pytest.raises(EnvelopeError, match="model overloaded"):
        canned.list(lambda: client.things.list.iter())


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"<p>", b'{"rows": []}'])
def test_a_response_that_is_not_a_page_raises(canned: Canned, body: bytes) -> None:
    """Iterating over it raises instead of returning no items."""
    client, _ = canned.client(body, "text/html" if body == b"<p>" else "application/json", on_drift="ignore")
    with pytest.raises(DecodeError, match="list_things: the response is not a page: it has no field 'data'"):
        canned.list(lambda: client.things.list.iter())


def test_a_key_in_an_error_is_masked(canned: Canned) -> None:
    """If the server repeats the key in an error with a success status, the exception masks it."""
    body = b'{"error": {"message": "bad key sk-test-0123456789abcdef"}}'
    with pytest.raises(EnvelopeError, match=r"bad key \*\*\*") as caught:
        canned.response(JsonPayload(Thing), body)
    assert "0123456789" not in repr(vars(caught.value))


FOREIGN: list[tuple[str, Any, Any, list[str]]] = [
    ("a wrapper that is not sent", Loose, {"9167": {"url": "u"}}, ["$"]),
    ("nested", Loose, {"title": "a", "inner": {"x": 1}}, ["$.inner"]),
    ("in a list", Loose, {"title": "a", "more": [{"title": "b"}, {"x": 1}]}, ["$.more[1]"]),
    ("in a tuple", tuple[str, Loose], ["a", {"x": 1}], ["$[1]"]),
    ("in a map", Loose, {"title": "a", "named": {"disk.full": {"x": 7}}}, ["$.named.disk.full"]),
    ("deep", Loose, {"inner": {"inner": {"more": [{"x": 1}]}}}, ["$.inner.inner.more[0]"]),
    ("a bare list", list[Loose], [{"id": 7, "data": {}}], ["$[0]"]),
    ("a model that requires a field", Thing, {"name": "x"}, ["$"]),
    ("hardly any of many", Wide, {"id": 1, **{f"k{n}": n for n in range(26)}}, ["$"]),
    ("fields added to known ones", Wide, {"a1": 1, "a2": 2, "a3": 3, **{f"k{n}": n for n in range(26)}}, []),
    ("one added field", Loose, {"title": "a", "brand_new": 1}, []),
    ("an added object", Loose, {"title": "a", "brand_new": {"x": 1}}, []),
    ("nothing", Loose, {"inner": {}}, []),
]


@pytest.mark.parametrize(("kind", "raw", "places"), [case[1:] for case in FOREIGN], ids=[case[0] for case in FOREIGN])
def test_an_object_without_declared_fields_is_kept_and_reported(kind: Any, raw: Any, places: list[str]) -> None:
    """It is not the document's object, so it is returned as it was received."""
    value, drifts = decode(json.dumps(raw).encode(), kind)
    assert places == [drift.path for drift in drifts]
    assert (value, tuple(drifts)) == tolerate(raw, kind)
    if places:
        assert all("of which the document has" in drift.got for drift in drifts)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "size", "title", "inner", "more", "named", "parts", "type", "text", "purr", "x", "y"]),
        inner,
        max_size=4,
    ),
    max_leaves=10,
)  # fmt: skip
KINDS: list[Any] = [
    Thing,
    Loose,
    Wide,
    Page,
    Job,
    Pet,
    list[Loose],
    dict[str, Loose],
    list[Pet],
    Thing | None,
    str,
    int,
]


def leaves(value: Any) -> Iterator[Any]:
    """Yield every scalar and every empty container of a value, with models as their fields."""
    match value:
        case msgspec.Struct():
            tag = type(value).__struct_config__
            if tag.tag_field is not None:
                yield tag.tag
            for name in value.__struct_fields__:
                if (field := getattr(value, name)) is not UNSET:
                    yield from leaves(field)
        case dict():
            for item in value.values():
                yield from leaves(item)
        case list():
            for item in value:
                yield from leaves(item)
        case _:
            yield value


def unknown_fields(raw: Any, value: Any) -> int:
    """Return the number of fields that the server added to known ones; dropping them is not a loss."""
    match value:
        case msgspec.Struct():
            kind, config = type(value), type(value).__struct_config__
            known = {*kind.__struct_encode_fields__, config.tag_field}
            assert not raw or known & raw.keys(), "a model holds nothing of what came"
            added = sum(len(list(leaves(item))) for name, item in raw.items() if name not in known)
            pairs = zip(value.__struct_fields__, kind.__struct_encode_fields__, strict=True)
            return added + sum(unknown_fields(raw[wire], getattr(value, name)) for name, wire in pairs if wire in raw)
        case dict():
            return sum(unknown_fields(raw[key], item) for key, item in value.items())
        case list():
            return sum(unknown_fields(each, item) for each, item in zip(raw, value, strict=True))
        case _:
            return 0


@pytest.mark.parametrize("kind", KINDS, ids=str)
@given(raw=JSON)
@settings(max_examples=60, deadline=None)
def test_every_value_of_a_response_is_returned_or_reported(kind: Any, raw: Any) -> None:
    """For any JSON and any type, every leaf is in the result, except fields that were added to known ones."""
    value, _ = decode(json.dumps(raw).encode(), kind)
    assert len(list(leaves(raw))) == len(list(leaves(value))) + unknown_fields(raw, value)


PAYLOADS: list[Payload] = [ANYTHING, JsonPayload(Thing), JsonPayload(Loose), JsonPayload(str), TEXT, NOTHING]
LABELS = [
    "application/json",
    "text/plain",
    "text/html",
    "image/png",
    "application/x-ndjson",
    "application/x+json",
    None,
]


@given(
    body=st.binary(max_size=20) | JSON.map(lambda raw: json.dumps(raw).encode()) | st.text(max_size=9).map(str.encode),
    payload=st.sampled_from(PAYLOADS),
    label=st.sampled_from(LABELS),
)
@settings(max_examples=150, deadline=None)
def test_any_body_with_any_content_type_is_handled(body: bytes, payload: Payload, label: str | None) -> None:
    """`.raw()` never raises for a success, and a call raises only errors that keep the response."""
    canned = Canned(False)
    response = canned.response(payload, body, label, raw=True).value
    assert body == response.content
    assert response.parsed is not None or response.drift or body.strip() in (b"", b"null")
    try:
        canned.response(payload, body, label)
    except SpecwireError as error:
        assert isinstance(error, DecodeError | EnvelopeError)
        assert error.response is not None


def test_drift_warns_once_per_operation_and_place() -> None:
    """2,000 responses that drift in one place warn once. The caller's registry of warnings does not grow."""
    registry = globals().setdefault("__warningregistry__", {})
    before, reported = len(registry), set[str]()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for number in range(2000):
            report([Drift(f"$.parts[{number}].state", "one of 'a'", f"string '{number}'")], "warn", "op", reported)
    assert (1, before) == (len(caught), len(registry))


def test_repeated_drift_of_a_client_does_not_warn_again(canned: Canned) -> None:
    """It is still in the response; drift in another place warns."""
    client, _ = canned.client(b'{"id": "1", "state": "odd"}')
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        canned.run(lambda: client.things.get("1"))
        response = canned.run(lambda: client.with_options(timeout=5).things.get.raw("1"))
        canned.run(lambda: client.things.make(name="x"))
    assert ["$.state"] == [drift.path for drift in response.drift]
    assert ["get_thing", "make_thing"] == [str(each.message).partition(" ")[0] for each in caught]


def test_a_warning_turned_into_an_error_does_not_lose_the_response(
    canned: Canned, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `-W error` the paid response is returned and the warning printed."""
    client, _ = canned.client(b'{"id": "1", "state": "odd"}')
    monkeypatch.setattr(warnings, "showwarning", lambda message, *_, **__: print(message, file=sys.stderr))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "odd" == canned.run(lambda: client.things.get("1")).state
    assert "get_thing differs from its document: $.state" in capsys.readouterr().err


def test_many_drifted_fields_take_linear_time() -> None:
    """Reading a million fields of a wrong type takes linear time, and their list is cut."""

    def best_time(count: int) -> float:
        """Return the least of three times, without the garbage collector, whose passes grow with the heap."""
        data = json.dumps([{"id": 1, "size": "x", "tags": [1, 2]}] * count).encode()
        times: list[float] = []
        for _ in range(3):
            gc.collect()
            gc.disable()
            try:
                started = time.process_time()
                value, drifts = decode(data, list[Thing])
                times.append(time.process_time() - started)
            finally:
                gc.enable()
            assert (count, 1001) == (len(value), len(drifts))
            assert f"{4 * count - 1000} more differences" == drifts[-1].got
        return min(times)

    assert best_time(40_000) < 8 * best_time(10_000)


MESSAGES: list[tuple[int, Any, str]] = [
    (400, {"status": ['"zzz" is not a valid choice.']}, 'status: "zzz" is not a valid choice.'),
    (400, {"title": ["This field may not be blank."], "author": ["Unknown author."]},
     "title: This field may not be blank. author: Unknown author."),
    (400, {"non_field_errors": ["Both dates are needed."]}, "Both dates are needed."),
    (400, {"items": [{"name": ["Too long."]}]}, "items: name: Too long."),
    (400, {"code": "bad", "reason": "quota exhausted"}, '{"code": "bad", "reason": "quota exhausted"}'),
    (403, {"errors": [{"code": 10000, "message": "Authentication error"}]}, "Authentication error"),
    (422, {"errors": [{"title": "T", "detail": "name can't be blank"}]}, "name can't be blank"),
    (422, {"errors": [{"source": {"pointer": "/data/name"}, "detail": "is short"}]}, "/data/name: is short"),
    (422, {"errors": [{"field": "a", "message": "x"}, {"field": "b", "message": "y"}]}, "a: x; b: y"),
    (401, {"fault": {"faultstring": "Invalid key"}}, "Invalid key"),
    (422, {"exception_message": "Invalid request received.", "exception_detail": [1]}, "Invalid request received."),
    (400, {"title": "One or more validation errors occurred.", "errors": {"Name": ["The Name field is required."]}},
     "One or more validation errors occurred. Name: The Name field is required."),
    (422, {"message": "The given data was invalid.", "errors": {"email": ["Taken."], "name": ["Short."]}},
     "The given data was invalid. email: Taken. name: Short."),
    (400, {"error": "invalid_grant", "error_description": "no such user"}, "invalid_grant: no such user"),
    (404, {"error": "not_found", "reason": "missing"}, "not_found: missing"),
    (400, {"error": "Bad Request", "errors": [{"field": "name", "defaultMessage": "must not be null"}]},
     "Bad Request; name: must not be null"),
    (400, {"code": 3, "message": "grpc", "details": [{"fieldViolations": [{"field": "n", "description": "is bad"}]}]},
     "grpc; n: is bad"),
    (400, {"title": "Constraint Violation", "violations": [{"propertyPath": "email", "message": "is no address"}]},
     "Constraint Violation; email: is no address"),
    (400, {"detail": "Validation error", "validation_errors": {"title": ["Too short."]}},
     "Validation error; title: Too short."),
    (422, {"code": 422, "status": "Unprocessable Entity", "errors": {"json": {"name": ["Shorter than 1."]}}},
     "json.name: Shorter than 1."),
    (412, {"code": 412, "status": "Precondition Failed"}, "Precondition Failed"),
    (404, {"detail": ["KeyError", "Unable to get project p"]}, "KeyError; Unable to get project p"),
    (400, {"type": "about:blank", "title": "Bad", "detail": "You owe 30.", "invalid-params":
           [{"name": "age", "reason": "must be positive"}]}, "You owe 30. age: must be positive"),
    (422, {"detail": [{"loc": ["body", "a"], "msg": "is missing"}]}, "body.a: is missing"),
    (400, {"error": {"error": {"message": "deep"}}}, "deep"),
    (400, {"status_code": 400, "detail": "Validation failed", "extra": [
        {"message": "Expected `str`", "key": "name", "source": "body"}]}, "Validation failed; name: Expected `str`"),
    (400, {"detail": "gone", "extra": {"trace": "abc"}}, "gone"),
    (400, {"items": [{}, {"qty": ["Not a number."]}], "non_field_errors": ["Too many."]},
     "items.1.qty: Not a number. Too many."),
    (422, {"message": "Validation Failed", "errors": [{"resource": "I", "field": "title", "code": "missing_field"}]},
     "Validation Failed; title: missing_field"),
    (400, {"error": {"code": "C", "message": "Bad.", "details": [{"code": "a", "message": "b", "target": "name"}]}},
     "Bad. name: b"),
    (400, {"message": {"name": ["no"]}}, "name: no"),
    (400, {}, "no message"),
    (400, {"x": "y" * 500}, '{"x": "' + "y" * 192 + "…"),
    (304, {}, "not modified"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "summary"), MESSAGES, ids=[json.dumps(case[1])[:50] for case in MESSAGES])
def test_the_message_of_an_error_has_the_server_s_reasons(canned: Canned, status: int, body: Any, summary: str) -> None:
    """It has the fields that the server reports, with their names, or else the start of the body."""
    with pytest.raises(APIStatusError) as caught:
        canned.response(NOTHING, json.dumps(body).encode(), status=status)
    assert f"op: HTTP {status}: {summary}" == str(caught.value)
    assert body == caught.value.body


def test_an_error_names_the_target_of_a_redirect(caller: Caller, client: Any, server: Server) -> None:
    """A redirect of a write is not followed; the message has its target without the query."""
    server.play(reply(b"", status=303, headers={"location": "/y?token=hidden"}))
    with pytest.raises(APIStatusError, match="make_thing: HTTP 303: a redirect to /y, which is not followed$"):
        caller.run(client.things.make(name="x"))


def test_an_error_body_of_another_shape_is_kept_and_reported(canned: Canned) -> None:
    """An error body without its required fields is returned as received, and drift is reported."""
    reported: list[Any] = []
    with pytest.raises(APIStatusError) as caught:
        canned.response(NOTHING, b'{"detail": "gone"}', status=404, errors={404: Problem}, on_drift=reported.append)
    assert {"detail": "gone"} == caught.value.body
    assert caught.value.response is not None
    assert [caught.value.response.drift] == reported
    with (
        pytest.raises(APIStatusError, match="HTTP 401: gone$"),
        pytest.warns(DriftWarning, match=r"get_thing \(HTTP 401"),
    ):
        client, _ = canned.client(b'{"detail": "gone"}', status=401)
        canned.run(lambda: client.things.get("1"))


def test_an_error_instead_of_a_file_is_raised(caller: Caller, client: Any, server: Server, tmp_path: Any) -> None:
    """A download that is a JSON error raises it, and no file is created."""
    body = {"error": {"message": "model overloaded", "code": 503}}
    server.play(
        reply(body), (head(200, {"content-type": "application/json"}), json.dumps(body).encode(), Close()), reply(body)
    )
    for _ in range(2):
        with pytest.raises(EnvelopeError, match="download: the server returned HTTP 200 with an error in the body: m"):
            caller.run(client.files.download().save(tmp_path / "file"))
    with pytest.raises(EnvelopeError, match="error in the body: model overloaded"):
        caller.list(client.files.download().iter_bytes())
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("body", [{"error": None}, {"rows": [1], "error": "x"}, [1], {"a": "b" * 100_000}])
def test_a_json_file_can_be_downloaded(caller: Caller, client: Any, server: Server, body: Any) -> None:
    """A JSON file that is not an error is complete, however long it is."""
    server.play(reply(body))
    assert body == json.loads(caller.run(client.files.download().read()))


def test_untagged_variants_are_chosen_by_structure(canned: Canned) -> None:
    """Variants of a union without a tag are chosen by their fields."""
    assert [Cat(purr="p"), Dog(bark="b")] == canned.response(
        JsonPayload(list[Pet]), b'[{"purr":"p"},{"bark":"b"}]'
    ).value


ANY_TEXT: list[Any] = [str, str | None, str | Dog]


@pytest.mark.parametrize("kind", ANY_TEXT)
@pytest.mark.parametrize("content_type", ["text/plain", "text/csv", None, "application/octet-stream"])
@pytest.mark.parametrize("accept", ["*/*", "text/*", "application/json, text/csv"])
def test_text_is_returned_for_a_type_that_accepts_text(
    canned: Canned, kind: Any, content_type: str | None, accept: str
) -> None:
    outcome = canned.response(JsonPayload(kind, accept), b"hello", content_type)
    assert (outcome.value, outcome.drifts) == ("hello", [])


@pytest.mark.parametrize("body", [b"hello", b"12a", b"nope nope"])
def test_unquoted_text_labelled_as_json_is_a_string_if_a_string_is_declared(canned: Canned, body: bytes) -> None:
    outcome = canned.response(JsonPayload(str), body)
    assert outcome.value == body.decode()
    assert len(outcome.drifts) == 1


@pytest.mark.parametrize("body", [b'"hell', b'{"a": ', b"[1, "])
def test_truncated_json_is_an_error_if_a_string_is_declared(canned: Canned, body: bytes) -> None:
    with pytest.raises(DecodeError, match="is not JSON"):
        canned.response(JsonPayload(str), body)


@pytest.mark.parametrize("content_type", ["text/plain", "text/csv", "text/html; charset=utf-8"])
def test_an_empty_body_is_an_empty_string_if_a_string_is_declared(canned: Canned, content_type: str) -> None:
    assert canned.response(JsonPayload(str), b"", content_type).value == ""


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json, application/json",
        "json",
        "application/x-amz-json-1.1",
        "application/vnd.api-json",
        "text/javascript",
        "application/javascript; charset=utf-8",
        "application/x-www-form-urlencoded",
        "application/hal",
        "garbage",
    ],
)
def test_json_with_a_wrong_content_type_is_decoded_if_an_object_is_declared(canned: Canned, content_type: str) -> None:
    outcome = canned.response(JsonPayload(Loose), b'{"title": "x"}', content_type)
    assert (outcome.value, outcome.drifts) == (Loose(title="x"), [])


@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.0", "application/json, application/json"])
def test_unusual_json_media_types_are_json_if_nothing_is_declared(canned: Canned, content_type: str) -> None:
    assert canned.response(ANYTHING, b'{"title": "x"}', content_type).value == {"title": "x"}


def test_two_drifts_of_one_place_are_both_reported(canned: Canned) -> None:
    body = '{"other": "é"}'.encode("latin-1")
    (reported,) = canned.response(JsonPayload(Loose), body, "application/json; charset=latin-1").drifts
    assert "JSON in UTF-8" in reported
    assert "expected Loose" in reported


FAILURES = [
    b'{"object": "error", "message": "no such model", "type": "NotFoundError", "code": 404}',
    b'{"success": false, "message": "no such model"}',
    b'{"ok": false, "msg": "no such model"}',
    b'{"status": "error", "message": "no such model", "data": null}',
    b'{"fault": {"faultstring": "no such model"}}',
    b'{"errors": [{"message": "no such model"}], "data": null}',
]


@pytest.mark.parametrize("body", FAILURES)
@pytest.mark.parametrize(
    "payload", [JsonPayload(Loose), JsonPayload(Job), JsonPayload(list[Loose]), TextPayload("text/csv")]
)
def test_an_object_that_identifies_itself_as_an_error_is_raised(canned: Canned, payload: Payload, body: bytes) -> None:
    with pytest.raises(EnvelopeError, match="no such model"):
        canned.response(payload, body)
    assert canned.response(payload, body, raw=True).value.status_code == 200


@pytest.mark.parametrize(
    "body", [b'{"id": "1", "status": "failed", "message": "m"}', b'{"id": "1", "success": false, "message": "m"}']
)
def test_a_failure_next_to_a_complete_result_is_a_field(canned: Canned, body: bytes) -> None:
    assert canned.response(JsonPayload(Job), body).value == Job(id="1")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"<Error><Code>NoSuchKey</Code><Message>No such &quot;key&quot;.</Message></Error>", 'No such "key".'),
        (b'<?xml version="1.0"?>\n<Error xmlns="urn:x"><Code>NoSuchKey</Code></Error>', "NoSuchKey"),
        (b"<s:Fault><faultcode>1</faultcode><faultstring xml:lang='en'>Bad id</faultstring></s:Fault>", "Bad id"),
        (b"<problem/>", "<problem/>"),
        (b"<!DOCTYPE html><title>502</title>", "an HTML page of 33 bytes: 502"),
        (b"<html><head><TITLE lang=en>\n a &lt;b&gt;\n</TITLE>", "an HTML page of 49 bytes: a <b>"),
    ],
)
def test_the_message_of_an_error_in_xml_is_shown(canned: Canned, body: bytes, text: str) -> None:
    with pytest.raises(APIStatusError) as caught:
        canned.response(ANYTHING, body, "application/xml", 400)
    assert str(caught.value) == f"op: HTTP 400: {text}"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("Größe".encode("latin-1"), "text/plain; charset=iso-8859-1", "Größe"),
        ('{"message": "Größe"}'.encode("latin-1"), "application/json; charset=iso-8859-1", "Größe"),
        (b"\x81\xa5error\xa3bad", "application/msgpack", "11 bytes of application/msgpack"),
        (b"\x1f\x8b\x08\x00\x00\x00", "application/json", "6 bytes of application/json"),
        (b"a\tb\r\nc", "application/octet-stream", "a b c"),
    ],
)
def test_the_message_of_another_error_is_its_text(canned: Canned, body: bytes, content_type: str, text: str) -> None:
    """In the charset of the response; bytes that are not text are counted."""
    with pytest.raises(APIStatusError) as caught:
        canned.response(ANYTHING, body, content_type, 400)
    assert str(caught.value) == f"op: HTTP 400: {text}"


def test_requests_for_files_and_texts_accept_any_media_type(caller: Caller, client: Any, server: Server) -> None:
    """Other types are a last resort in `Accept`; requests for JSON and events do not accept them."""
    server.play(reply(b"hello"), reply(b"x"), reply({"id": "1"}), stream(DONE))
    caller.run(client.things.note())
    caller.run(client.files.download().read())
    caller.run(client.things.get("1"))
    caller.list(client.talks.stream())
    assert [
        "text/plain, */*;q=0.1",
        "application/octet-stream, */*;q=0.1",
        "application/json",
        "text/event-stream",
    ] == [received.headers["accept"] for received in server.received]


class HTTPResponse(WireModel, kw_only=True):
    """Model with fields that errors have too."""

    id: str
    object: str | Unset = UNSET
    status: str | Unset = UNSET


@pytest.mark.parametrize("body", FAILURES[:1] + FAILURES[3:4])
def test_an_error_is_raised_even_if_the_document_declares_the_error_key(canned: Canned, body: bytes) -> None:
    with pytest.raises(EnvelopeError, match="no such model"):
        canned.response(JsonPayload(HTTPResponse), body)


def test_a_status_next_to_another_declared_field_is_a_field(canned: Canned) -> None:
    body = b'{"status": "failed", "message": "m", "id": null}'
    assert canned.response(JsonPayload(HTTPResponse), body).value.status == "failed"
