"""Parameters and forms: the style table of OpenAPI 3.2, without injection."""

import enum
import json
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

import msgspec
import pytest
from hypothesis import given, strategies as st
from specwire._codec.formats import Formats
from specwire._operations.request import multipart_body
from specwire._serialization.form import encode_form
from specwire._serialization.parameters import SIMPLE, encode_cookies, encode_headers, encode_query, expand_path
from specwire.support import Style

TEXT = "blue"
ARRAY = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


class Color(enum.Enum):
    """A color."""

    BLUE = "blue"


class Level(enum.IntEnum):
    """A level."""

    HIGH = 3


class Box(msgspec.Struct, rename="camel"):
    """Filter with wire names."""

    min_width: int
    max_width: int | msgspec.UnsetType = msgspec.UNSET
    since: datetime | None = None


@pytest.mark.parametrize(
    ("style", "explode", "text", "array", "mapping"),
    [
        ("matrix", False, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
        ("matrix", True, ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
        ("label", False, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
        ("label", True, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue,black,brown", "R,100,G,200,B,150"),
        ("simple", True, "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ],
)
def test_path_styles(style: str, explode: bool, text: str, array: str, mapping: str) -> None:
    """The results match the table."""
    styles = {"color": Style(style=style, explode=explode)}

    assert [text, array, mapping] == [
        expand_path("{color}", {"color": value}, styles) for value in (TEXT, ARRAY, OBJECT)
    ]


@pytest.mark.parametrize(
    ("style", "explode", "value", "expected"),
    [
        ("form", False, "", "color="),
        ("form", False, TEXT, "color=blue"),
        ("form", False, ARRAY, "color=blue,black,brown"),
        ("form", False, OBJECT, "color=R,100,G,200,B,150"),
        ("form", True, "", "color="),
        ("form", True, TEXT, "color=blue"),
        ("form", True, ARRAY, "color=blue&color=black&color=brown"),
        ("form", True, OBJECT, "R=100&G=200&B=150"),
        ("spaceDelimited", False, ARRAY, "color=blue%20black%20brown"),
        ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        ("spaceDelimited", True, ARRAY, "color=blue&color=black&color=brown"),
        ("pipeDelimited", False, ARRAY, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", False, OBJECT, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("deepObject", True, OBJECT, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ("deepObject", True, {"a": {"b": [1, 2]}, "c": None}, "color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bb%5D=2"),
    ],
)
def test_query_styles(style: str, explode: bool, value: object, expected: str) -> None:
    """The results match the table; styles that it leaves open repeat the key."""
    assert expected == encode_query({"color": value}, {"color": Style(style=style, explode=explode)})


@pytest.mark.parametrize(
    ("explode", "text", "array", "mapping"),
    [(False, "blue", "blue,black,brown", "R,100,G,200,B,150"), (True, "blue", "blue,black,brown", "R=100,G=200,B=150")],
)
def test_header_styles(explode: bool, text: str, array: str, mapping: str) -> None:
    """Headers have style simple."""
    styles = {"color": Style(style="simple", explode=explode)}

    assert [text, array, mapping] == [
        encode_headers({"color": value}, styles)["color"] for value in (TEXT, ARRAY, OBJECT)
    ]


@pytest.mark.parametrize("style", ["cookie", "form"])
@pytest.mark.parametrize(
    ("explode", "value", "expected"),
    [
        (False, "", "color="),
        (False, TEXT, "color=blue"),
        (False, ARRAY, "color=blue,black,brown"),
        (False, OBJECT, "color=R,100,G,200,B,150"),
        (True, TEXT, "color=blue"),
        (True, ARRAY, "color=blue; color=black; color=brown"),
        (True, OBJECT, "R=100; G=200; B=150"),
    ],
)
def test_cookie_styles(style: str, explode: bool, value: object, expected: str) -> None:
    """Cookies are joined as in the Cookie header, in both styles."""
    assert expected == encode_cookies({"color": value}, {"color": Style(style=style, explode=explode)})


def test_cookie_escapes() -> None:
    """Style form percent-encodes a value; style cookie sends it unchanged."""
    assert "a=b%20c%3D" == encode_cookies({"a": "b c="})
    assert "a=b%20c=" == encode_cookies({"a": "b%20c="}, {"a": Style(style="cookie")})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (10**20, "100000000000000000000"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (1e-5, "0.00001"),
        (1e15, "1000000000000000.0"),
        (1e22, "1e22"),
        (Decimal("1E-400"), "0." + "0" * 399 + "1"),
        (-0.5, "-0.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (Color.BLUE, "blue"),
        (Level.HIGH, "3"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T03:04:05.000060+02:00"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(seconds=5))), "2026-01-02T03:04:00Z"),
        (
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            "2026-01-02T03:04:05+05:45",
        ),
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4, 5), "03:04:05"),
        (time(3, 4, 5, tzinfo=UTC), "03:04:05Z"),
        (timedelta(days=1, seconds=1.5), "P1DT1.5S"),
    ],
)
def test_each_scalar_type_has_one_text(value: object, expected: str) -> None:
    """Each type of scalar has one text."""
    assert {"x": expected} == encode_headers({"x": value})


@pytest.mark.parametrize(("value", "expected"), [(b"\xff\xfe", "//4="), (bytearray(b"a"), "YQ==")])
def test_bytes_are_base64_only_for_format_byte(value: object, expected: str) -> None:
    """In lists and mappings too."""
    styles = {"x": Style(base64=True)}

    assert f"x={expected}".replace("/", "%2F").replace("==", "%3D%3D").replace("4=", "4%3D") == encode_query(
        {"x": value}, styles
    )
    assert encode_query({"x": [value]}, styles) == encode_query({"x": value}, styles)
    with pytest.raises(TypeError, match="header 'x': bytes have no text form"):
        encode_headers({"x": value})


def test_a_struct_is_its_fields_by_wire_name() -> None:
    """Unset fields are omitted."""
    box = Box(min_width=1, since=datetime(2026, 1, 1, tzinfo=UTC))

    assert "minWidth=1&since=2026-01-01T00%3A00%3A00Z" == encode_query({"box": box})
    assert "box%5BminWidth%5D=1" == encode_query({"box": Box(1)}, {"box": Style(style="deepObject")})


def test_json_content() -> None:
    """A parameter with JSON content is JSON without characters that are invalid in its position."""
    styles = {"x": Style(content_json=True)}
    assert {"x": '"\\u007f\\u00e4"'} == encode_headers({"x": "\x7f\u00e4"}, styles)
    values = {"x": {"ä\U0001f600": [1, None]}}

    assert "x=%7B%22%C3%A4%F0%9F%98%80%22%3A%5B1%2Cnull%5D%7D" == encode_query(values, styles)
    assert {"x": '{"\\u00e4\\ud83d\\ude00":[1,null]}'} == encode_headers(values, styles)
    assert "x=%7B%22%C3%A4%F0%9F%98%80%22%3A%5B1%2Cnull%5D%7D" == encode_cookies(values, styles)
    assert "/%5B1%5D" == expand_path("/{x}", {"x": [1]}, styles)


@pytest.mark.parametrize("value", [None, msgspec.UNSET, [], {}, [None], {"a": None}, {"a": msgspec.UNSET}, frozenset()])
@pytest.mark.parametrize("style", ["form", "spaceDelimited", "deepObject"])
def test_absent_values_are_not_sent(value: object, style: str) -> None:
    """Absent, null and empty values."""
    if style == "deepObject" and not (value is None or value is msgspec.UNSET or isinstance(value, dict)):
        return
    styles = {"a": Style(style=style)}

    assert "b=1" == encode_query({"a": value, "b": 1}, styles)
    assert b"b=1" == encode_form({"a": value, "b": 1}, styles)
    assert {"b": "1"} == encode_headers({"a": value, "b": 1})
    assert "b=1" == encode_cookies({"a": value, "b": 1})


def test_absent_items_leave_no_gap() -> None:
    """An absent item does not leave a hole."""
    assert "a=1&a=2&b=3" == encode_query({"a": [1, None, 2], "m": {"b": 3, "c": None}})
    assert "b=3" == encode_query({"m": {"a": [], "b": 3, "c": {}, "d": {"e": None}}})


def test_a_set_is_sent_in_sorted_order() -> None:
    """Equal requests have equal URLs."""
    assert "a=x&a=y&a=z" == encode_query({"a": {"z", "x", "y"}})


def test_reserved_characters() -> None:
    """With allow_reserved they are not encoded, nor are percent-encoded triples; delimiters always are."""
    styles = {"q": Style(allow_reserved=True), "p": Style(style="simple", explode=False, allow_reserved=True)}

    assert "q=/a?b:@!$'()*,;=%20%26%2B%23%5B%5D%25zz%2F" == encode_query({"q": "/a?b:@!$'()*,;= &+#[]%zz%2F"}, styles)
    assert "q=%2Fa%3Fb%252F" == encode_query({"q": "/a?b%2F"})
    assert "/x:y/a%3Fb%23%2F" == expand_path("/{p}", {"p": "x:y/a?b#%2F"}, styles)


def test_a_spanning_path_parameter() -> None:
    """Its slashes are sent as slashes, all else is text: a percent sign is encoded."""
    style = {"path": Style("simple", explode=False, spans=True)}

    assert "/f/a/b%20c%252F%3F%23" == expand_path("/f/{path}", {"path": "a/b c%2F?#"}, style)
    assert "/f//a/" == expand_path("/f/{path}", {"path": "/a/"}, style)
    assert "/f/a/b,c" == expand_path("/f/{path}", {"path": ["a/b", "c"]}, style)


@pytest.mark.parametrize("style", [Style("simple", False, spans=True), Style("simple", False, allow_reserved=True)])
@pytest.mark.parametrize("value", ["a/../b", "../a", "a/..", "./a", "a/./b", ["a", "b/.."]])
def test_a_spanning_path_parameter_rejects_dot_segments(value: object, style: Style) -> None:
    """Clients and proxies resolve them anywhere in a value."""
    with pytest.raises(ValueError, match="path parameter 'path': the value has a segment"):
        expand_path("/f/{path}", {"path": value}, {"path": style})


@pytest.mark.parametrize("value", ["%2e%2e/a", "a/%2E%2e", "a%2F..%2Fb"])
def test_a_spanning_path_parameter_rejects_encoded_dots(value: str) -> None:
    """Reserved expansion keeps percent-encoded triples, which servers decode."""
    with pytest.raises(ValueError, match="has a segment"):
        expand_path("/f/{path}", {"path": value}, {"path": Style("simple", False, allow_reserved=True)})


def test_names_are_encoded() -> None:
    """A name with brackets is percent-encoded."""
    assert "filter%5Bname%5D=a%20b" == encode_query({"filter[name]": "a b"})


def test_form_body() -> None:
    """A form body encodes a space as `+`, and other characters as browsers do."""
    values = {"a b": "c d+e~*", "list": [1, 2], "none": None, "o": {"k": True}}

    assert b"a+b=c+d%2Be%7E*&list=1&list=2&o=%7B%22k%22%3Atrue%7D" == encode_form(values)
    assert b"k=true" == encode_form({"o": {"k": True}}, {"o": Style()})
    assert b"x=1+2&o=%7B%22a%22%3A1%7D" == encode_form(
        {"x": [1, 2], "o": {"a": 1}},
        {"x": Style(style="spaceDelimited", explode=False), "o": Style(content_json=True)},
    )


def test_a_large_decimal_is_finite() -> None:
    """A decimal beyond the range of floats is a number."""
    assert {"x": "1" + "0" * 400} == encode_headers({"x": Decimal("1E+400")})


def test_only_braces_in_a_path_are_replaced() -> None:
    """A name may occur several times."""
    values = {"a": "x/y", "b": "ä", "unused": "z"}

    assert "/v1/x%2Fy:run/%C3%A4.json/x%2Fy" == expand_path("/v1/{a}:run/{b}.json/{a}", values)


@pytest.mark.parametrize("style", [Style("simple", False), Style("label", False), Style("simple", allow_reserved=True)])
@pytest.mark.parametrize("value", ["", ".", "..", None, msgspec.UNSET, [], [""], [".."]])
def test_a_path_parameter_rejects_dot_segments(value: object, style: Style) -> None:
    """The error names its parameter only."""
    if style.style == "label" and value == [".."]:
        return
    with pytest.raises(ValueError, match="path parameter 'id'") as caught:
        expand_path("/teams/{team}/files/{id}", {"team": "t", "id": value}, {"id": style})

    assert "team" not in str(caught.value)


@pytest.mark.parametrize("value", ["%2e%2E", "%2e", ".%2e"])
def test_a_path_parameter_rejects_encoded_dots(value: str) -> None:
    """Percent-encoded dots are dots to a server."""
    with pytest.raises(ValueError, match="path parameter 'id'"):
        expand_path("/{id}", {"id": value}, {"id": Style("simple", allow_reserved=True)})
    assert "/" + value.replace("%", "%25") == expand_path("/{id}", {"id": value})


@pytest.mark.parametrize(
    "value", ["a\r\nx: y", "a\nb", "a\0", "sk-1\n", " \u00df", "\u00df\t", "\u20ac", "a\x7f", "a\x1b"]
)
def test_headers_cannot_be_injected(value: str) -> None:
    """An invalid header value is rejected; the error names the header and not the value."""
    with pytest.raises(ValueError, match="^header 'x-key': the value ") as caught:
        encode_headers({"x-key": value})

    assert value not in str(caught.value)


@pytest.mark.parametrize("name", ["a b", "a:", "", "\u00e4", "a\r\nb"])
def test_header_names_are_tokens(name: str) -> None:
    """Other names are rejected."""
    with pytest.raises(ValueError, match="header name"):
        encode_headers({name: "a"})


@pytest.mark.parametrize("value", ["a; b=c", "a\r\nb", "a b", "a,b", "\u00e4", 'a"'])
def test_cookies_cannot_be_injected(value: str) -> None:
    """Style cookie rejects a value with delimiters; style form encodes it."""
    with pytest.raises(ValueError, match="cookie 'k': the value"):
        encode_cookies({"k": value}, {"k": Style(style="cookie")})
    assert value == unquote(encode_cookies({"k": value}).removeprefix("k="))
    with pytest.raises(ValueError, match="cookie name"):
        encode_cookies({value: "a"})


def test_cookies_may_have_names_with_brackets() -> None:
    """Frameworks use such names; a name with a delimiter is rejected."""
    assert "ids[]=1; ids[]=2; a(b)=c" == encode_cookies({"ids[]": [1, 2], "a(b)": "c"})
    for name in ("", "a=b", "a;b"):
        with pytest.raises(ValueError, match="cookie name"):
            encode_cookies({name: "a"})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (datetime(2026, 1, 1), "query parameter 'x': a datetime without a timezone"),
        (float("nan"), "query parameter 'x': NaN"),
        (float("inf"), "query parameter 'x': NaN"),
        (Decimal("Infinity"), "query parameter 'x': NaN"),
        ({"a": {"b": 1}}, "query parameter 'x': a nested list or mapping.*deepObject"),
        ([[1]], "query parameter 'x': a nested list or mapping"),
        ({"a": [[1]]}, "query parameter 'x': a nested list or mapping"),
        ("\ud800", "query parameter 'x': .*lone surrogate"),
    ],
)
def test_a_value_without_a_text_is_rejected(value: object, message: str) -> None:
    """The error names the parameter and the remedy."""
    with pytest.raises(ValueError, match=message):
        encode_query({"x": value})


def test_an_object_of_an_unknown_type_is_a_type_error() -> None:
    """It names the parameter and the type, not the object."""
    with pytest.raises(TypeError, match="query parameter 'x': a value of type object has no text form"):
        encode_query({"x": object()})
    with pytest.raises(TypeError, match="query parameter 'x': style deepObject needs a mapping or a list, got int"):
        encode_query({"x": 1}, {"x": Style(style="deepObject")})
    with pytest.raises(TypeError, match="form field 'x'"):
        encode_form({"x": object()})


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(values=st.dictionaries(NAMES, TEXTS | st.lists(TEXTS, min_size=1), max_size=4))
def test_queries_and_forms_round_trip(values: dict[str, str | list[str]]) -> None:
    """The server decodes the same pairs in order."""
    expected = [
        (name, text) for name, value in values.items() for text in ([value] if isinstance(value, str) else value)
    ]

    assert expected == parse_qsl(encode_query(values), keep_blank_values=True)
    assert expected == parse_qsl(encode_form(values).decode(), keep_blank_values=True)


SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=3)


@given(values=st.dictionaries(NAMES, OBJECTS | st.lists(OBJECTS | st.lists(JSON), min_size=1, max_size=3), max_size=3))
def test_objects_in_forms_round_trip(values: dict[str, Any]) -> None:
    """A field without a style is JSON for an object, alone or in a list, as for a part of a multipart body."""
    expected = [
        (name, one) for name, value in values.items() for one in (value if isinstance(value, list) else [value])
    ]
    fields = [
        (name, json.loads(text)) for name, text in parse_qsl(encode_form(values).decode(), keep_blank_values=True)
    ]
    parts = [
        (part.name, json.loads(cast("bytes", part.content))) for part in multipart_body(fields=values, files={}).parts
    ]

    assert expected == fields == parts


def test_an_object_in_a_form_has_the_formats_of_its_fields() -> None:
    """Bytes are written in base64 where the document says so, at any depth."""
    formats = Formats(base64=frozenset({"data"}))
    values = {"data": b"ab", "files": [{"data": b"ab"}], "json": {"data": b"ab"}}
    styles = {"json": Style(content_json=True)}

    found = parse_qsl(encode_form(values, styles, formats).decode())

    assert [("data", "YWI="), ("files", '{"data":"YWI="}'), ("json", '{"data":"YWI="}')] == found
    with pytest.raises(TypeError, match="form field 'other': .* bytes"):
        encode_form({"other": [{"x": b"ab"}]}, {}, formats)


@given(value=TEXTS)
def test_a_path_parameter_stays_in_its_segment(value: str) -> None:
    """A value decodes to itself inside its segment, or is rejected."""
    try:
        path = expand_path("/a/{x}/b", {"x": value}, {"x": SIMPLE})
    except ValueError:
        assert value in ("", ".", "..")
        return
    before, a, segment, b = path.split("/")

    assert ("", "a", "b") == (before, a, b)
    assert not set(segment) & set("?#\\ ")
    assert unquote(segment) == value


@given(value=TEXTS | st.text("./%2eE\\?#a"), style=st.sampled_from(["spans", "allow_reserved"]))
def test_a_spanning_path_parameter_stays_in_its_place(value: str, style: str) -> None:
    """A value decodes to itself between the fixed parts of its template, or is rejected."""
    try:
        path = expand_path("/a/{x}/b", {"x": value}, {"x": Style("simple", explode=False, **{style: True})})
    except ValueError:
        assert {"", ".", ".."} & {*unquote(value).split("/"), value}
        return
    found = path.removeprefix("/a/").removesuffix("/b")

    assert f"/a/{found}/b" == path
    assert not set(found) & set("?#\\ ")
    assert {".", ".."}.isdisjoint(unquote(found).split("/"))
    assert unquote(found) == (value if style == "spans" else unquote(value))


@given(items=st.lists(st.integers(), min_size=1), style=st.sampled_from([("form", ","), ("pipeDelimited", "%7C")]))
def test_delimited_lists_round_trip(items: list[int], style: tuple[str, str]) -> None:
    """A delimited list splits at its delimiter into the same items."""
    name, delimiter = style
    query = encode_query({"x": items}, {"x": Style(style=name, explode=False)})

    assert items == [int(item) for item in query.removeprefix("x=").split(delimiter)]
