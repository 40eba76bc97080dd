"""Values in requests: each type in each position has the right wire form, or an error with its place."""

from __future__ import annotations

import array
import dataclasses
import datetime as dt
import enum
import json
import math
import sys
import types
import uuid
from collections import ChainMap, UserDict, UserList, UserString, deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl, unquote

import attrs
import msgspec
import pydantic
import pytest
from hypothesis import given, strategies as st
from specwire import BaseRequest, Options, WireModel
from specwire._codec.codec import encode
from specwire._codec.scalar import scalar_text
from specwire._exchange.body import WholeBody, body_of
from specwire._exchange.exchange import Exchange
from specwire._exchange.prepared import Prepared
from specwire._serialization.form import encode_form
from specwire._serialization.jsonlines import line
from specwire._serialization.multipart import json_part
from specwire._serialization.parameters import encode_cookies, encode_headers, encode_query, expand_path
from specwire.errors import InvalidRequestError
from specwire.support import (
    EmptyPayload,
    Formats,
    IntText,
    JsonBody,
    OpenModel,
    Operation,
    Part,
    Style,
    TextBody,
    multipart_body,
)

from tests.support.sample import PROVIDER, Thing


class Text(str):
    """Subclass of str, as template engines and NumPy have."""

    def __str__(self) -> str:
        return "not what is sent"


class Whole(int):
    def __repr__(self) -> str:
        return "not what is sent"

    __str__ = __repr__


class Real(float):
    __repr__ = __str__ = Whole.__repr__


class Money(Decimal):
    __str__ = Whole.__repr__


class Id(uuid.UUID):
    pass


class Moment(dt.datetime):
    pass


class Span(dt.timedelta):
    pass


class Raw(bytes):
    pass


class Colour(enum.Enum):
    RED = "red"
    WARM = Text("warm")
    HALF = 0.5


class Named(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Scalar:
    """NumPy scalar: its own type with `dtype`, `item` and `tolist`."""

    def __init__(self, value: object, kind: str = "f") -> None:
        self._value = value
        self.dtype = types.SimpleNamespace(kind=kind)

    def item(self) -> object:
        return self._value

    tolist = item


class Stubborn:
    """Scalar whose `tolist` returns no builtin, as `numpy.longdouble` does."""

    def tolist(self) -> object:
        return self


@dataclasses.dataclass
class Data:
    a: Any
    _private: int = 0


@attrs.frozen
class Attrs:
    a: Any


class Dantic(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(populate_by_name=True, arbitrary_types_allowed=True)
    first: Any = pydantic.Field(serialization_alias="a")


class Wire(WireModel, kw_only=True):
    inside: Any = msgspec.field(name="a", default=msgspec.UNSET)
    absent: Any = msgspec.UNSET


class Tagged(msgspec.Struct, tag="t", tag_field="kind"):
    a: Any


AWARE = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
ID = uuid.UUID(int=5)
# value -> its JSON form
EXACT: dict[str, tuple[object, object]] = {
    "str": ("Hé", "Hé"),
    "str subclass": (Text("Hello"), "Hello"),
    "UserString": (UserString("Hello"), "Hello"),
    "int": (3, 3),
    "huge int": (2**70, 2**70),
    "int subclass": (Whole(7), 7),
    "float": (0.5, 0.5),
    "float subclass": (Real(0.25), 0.25),
    "bool": (True, True),
    "Decimal": (Decimal("0.50"), 0.5),
    "Decimal subclass": (Money("0.5"), 0.5),
    "Enum": (Colour.RED, "red"),
    "Enum of a subclass": (Colour.WARM, "warm"),
    "Enum of a float": (Colour.HALF, 0.5),
    "StrEnum": (Named.RED, "red"),
    "IntEnum": (Level.HIGH, 3),
    "aware datetime": (AWARE, "2024-01-02T03:04:05Z"),
    "datetime subclass": (Moment(2024, 1, 2, tzinfo=dt.UTC), "2024-01-02T00:00:00Z"),
    "date": (dt.date(2024, 1, 2), "2024-01-02"),
    "time": (dt.time(3, 4), "03:04:00"),
    "timedelta": (dt.timedelta(days=1), "P1D"),
    "timedelta subclass": (Span(days=1), "P1D"),
    "UUID": (ID, str(ID)),
    "UUID subclass": (Id(int=5), str(ID)),
    "NumPy float": (Scalar(0.5), 0.5),
    "NumPy int": (Scalar(3, "i"), 3),
    "NumPy bool": (Scalar(True, "b"), True),
}
REFUSED: dict[str, object] = {
    "NaN": math.nan,
    "infinity": -math.inf,
    "NaN of a subclass": Real("nan"),
    "Decimal NaN": Decimal("NaN"),
    "Decimal infinity": Decimal("-Infinity"),
    "NumPy NaN": Scalar(math.nan),
    "naive datetime": dt.datetime(2024, 1, 2),
    "naive subclass": Moment(2024, 1, 2),
    "NumPy datetime": Scalar(1704153600000000000, "M"),
    "bytes": b"hello",
    "bytes subclass": Raw(b"hello"),
    "bytearray": bytearray(b"hello"),
    "memoryview": memoryview(b"hello"),
    "NumPy bytes": Scalar(b"hello", "S"),
    "lone surrogate": "a\ud83d",
    "lone surrogate in a subclass": Text("a\ud83d"),
    "Fraction": Fraction(1, 2),
    "complex": 1j,
    "Path": Path("a.txt"),
    "object": object(),
    "no builtin": Stubborn(),
    "function": len,
    "type": str,
    "module": types,
    "generator": (item for item in "ab"),
    "iterator": iter("ab"),
    "pydantic secret": pydantic.SecretStr("hunter2"),
}
CONTAINERS: dict[str, tuple[Callable[[Any], object], object]] = {
    "list": (lambda x: [x], ["x"]),
    "tuple": (lambda x: (x,), ["x"]),
    "deque": (lambda x: deque([x]), ["x"]),
    "UserList": (lambda x: UserList([x]), ["x"]),
    "NumPy array": (lambda x: Scalar([x]), ["x"]),
    "dict": (lambda x: {"a": x}, {"a": "x"}),
    "MappingProxy": (lambda x: types.MappingProxyType({"a": x}), {"a": "x"}),
    "UserDict": (lambda x: UserDict({"a": x}), {"a": "x"}),
    "ChainMap": (lambda x: ChainMap({"a": x}), {"a": "x"}),
    "key of a subclass": (lambda x: {Text("a"): x}, {"a": "x"}),
    "dataclass": (Data, {"a": "x"}),
    "attrs": (Attrs, {"a": "x"}),
    "pydantic": (lambda x: Dantic(first=x), {"a": "x"}),
    "model": (lambda x: Wire(inside=x), {"a": "x"}),
    "tagged struct": (Tagged, {"kind": "t", "a": "x"}),
    "nested": (lambda x: [{"b": (Wire(inside=[x]),)}], [{"b": [{"a": ["x"]}]}]),
}
OPERATION = Operation(id="op", method="POST", path="/", returns=EmptyPayload())


def _filled(shape: Any, value: object) -> Any:
    if shape == "x":
        return value
    if isinstance(shape, dict):
        return {name: _filled(each, value) for name, each in shape.items()}
    return [_filled(each, value) for each in shape] if isinstance(shape, list) else shape


def _json(value: object) -> Any:
    sent = body_of(BaseRequest(OPERATION, body=JsonBody(value)), Options())
    assert isinstance(sent, WholeBody)
    return json.loads(sent.data)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", EXACT)
def test_a_value_has_the_same_json_anywhere_in_a_body(name: str, container: str) -> None:
    """Each scalar type in each container, also in JSON Lines, JSON parts and JSON parameters."""
    value, expected = EXACT[name]
    make, shape = CONTAINERS[container]
    wanted = _filled(shape, expected)

    assert wanted == _json(make(value))
    assert wanted == json.loads(line(0, make(value), "jsonl"))
    part = json_part("p", make(value)).content
    assert isinstance(part, bytes)
    assert wanted == json.loads(part)
    (pair,) = parse_qsl(encode_query({"q": make(value)}, {"q": Style(content_json=True)}))
    assert wanted == json.loads(pair[1])


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", REFUSED)
def test_a_value_without_a_json_form_is_rejected_with_its_path(name: str, container: str) -> None:
    """Nothing is sent for NaN, bytes, a naive datetime or an unknown type."""
    if (name, container) == ("Fraction", "pydantic"):
        pytest.skip("pydantic has a form of its own for it")
    make, shape = CONTAINERS[container]
    path = {"list": "$[0]", "nested": "$[0].b[0].a[0]"}.get(container, "$[0]" if isinstance(shape, list) else "$.a")

    with pytest.raises((TypeError, ValueError)) as caught:
        encode(make(REFUSED[name]))
    assert str(caught.value).startswith(f"{path}: ")
    assert "hello" not in str(caught.value) and "hunter2" not in str(caught.value)


DEEP = {"x": Style(style="deepObject")}
PLACES: dict[str, Callable[[Any], str]] = {
    "query": lambda value: dict(parse_qsl(encode_query({"x": value}), keep_blank_values=True))["x"],
    "path": lambda value: unquote(expand_path("/{x}", {"x": value})[1:]),
    "header": lambda value: encode_headers({"x": value})["x"],
    "cookie": lambda value: unquote(encode_cookies({"x": value}).removeprefix("x=")),
    "form": lambda value: dict(parse_qsl(encode_form({"x": value}).decode()))["x"],
    "part": lambda value: _part(multipart_body(fields={"x": value}, files={}).parts),
    "query list": lambda value: parse_qsl(encode_query({"x": [value, "end"]}))[0][1],
    "query object": lambda value: dict(parse_qsl(encode_query({"x": {"a": value}})))["a"],
    "query model": lambda value: dict(parse_qsl(encode_query({"x": Wire(inside=value)})))["a"],
    "query dataclass": lambda value: dict(parse_qsl(encode_query({"x": Data(value)})))["a"],
    "query list in an object": lambda value: dict(parse_qsl(encode_query({"x": {"a": [value]}})))["a"],
    "deep object": lambda value: dict(parse_qsl(encode_query({"x": {"a": [{"b": value}]}}, DEEP)))["x[a][0][b]"],
    "deep list": lambda value: dict(parse_qsl(encode_query({"x": [value]}, DEEP)))["x[0]"],
}


def _part(parts: Sequence[Part]) -> str:
    (part,) = parts
    assert isinstance(part.content, bytes)
    return part.content.decode()


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", EXACT)
def test_a_value_has_the_same_text_in_every_textual_position(name: str, place: str) -> None:
    """Each scalar type in paths, queries, headers, cookies and forms."""
    value, expected = EXACT[name]
    if place == "header" and expected == "Hé":
        pytest.skip("headers of such text are Latin-1")
    sent = PLACES[place](value)
    assert sent == _text(expected) or (name == "Decimal" and sent == "0.50")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_value_without_a_text_is_rejected_with_its_place(name: str, place: str) -> None:
    """The place is named, the value is not."""
    with pytest.raises((TypeError, ValueError), match="'x'") as caught:
        PLACES[place](REFUSED[name])
    assert "hello" not in str(caught.value) and "hunter2" not in str(caught.value)


def test_parts_that_cannot_be_sent_are_invalid_requests() -> None:
    """Parts are made with the request; their errors are ours."""
    for value in REFUSED.values():
        with pytest.raises(InvalidRequestError, match="part 'x'"):
            multipart_body(fields={"x": value}, files={})


def test_formats_byte_and_decimal_accept_bytes_and_decimals() -> None:
    """Fields of `format: byte` accept bytes, texts of `format: decimal` decimals."""
    formats = Formats(base64=frozenset({"image", "all"}), decimal=frozenset({"price"}))
    value = {
        "image": b"hello",
        "all": [{"any": memoryview(b"hello")}],
        "price": Decimal("1.10"),
        "rate": Decimal("1.10"),
    }

    assert encode(value, formats) == b'{"image":"aGVsbG8=","all":[{"any":"aGVsbG8="}],"price":"1.10","rate":1.10}'
    with pytest.raises(TypeError, match=r"\$\.text: bytes have no text form"):
        encode({**value, "text": b"hello"}, formats)
    assert encode(b"hello", Formats(base64=frozenset({""}))) == b'"aGVsbG8="'


def test_numbers_are_sent_as_texts_where_the_document_says_so() -> None:
    """Fields of `format: int64` strings take integers, at any depth; an integer read from a string is one anywhere."""
    formats = Formats(number=frozenset({"size", "sizes"}), decimal=frozenset({"price"}))
    value = {"size": 5, "sizes": {"a": [-1, 2.5]}, "n": 5, "inner": [{"size": True, "n": 2}], "price": 1, "none": None}

    assert encode(value, formats) == (
        b'{"size":"5","sizes":{"a":["-1","2.5"]},"n":5,"inner":[{"size":true,"n":2}],"price":1,"none":null}'
    )
    assert encode([IntText(7), 7]) == b'["7",7]'
    assert encode(7, Formats(number=frozenset({""}))) == b'"7"'
    assert scalar_text(IntText(-7)) == "-7"


class Open(OpenModel, kw_only=True):
    a: int
    more: dict[str, Any] = msgspec.field(name="x-specwire-additional-properties", default_factory=dict)


def test_additional_properties_are_checked_like_others() -> None:
    """Fields of open models have a place in errors; named ones take precedence."""
    assert encode([Open(a=1, more={"b": Text("c"), "a": 2})]) == b'[{"a":1,"b":"c"}]'
    with pytest.raises(ValueError, match=r"\$\[0\]\.b: NaN"):
        encode([Open(a=1, more={"b": math.nan})])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({b"a": 1}, r"\$: a key of type bytes"),
        ({None: 1}, r"\$: a key of type NoneType"),
        ({True: 1}, r"\$: a key of type bool"),
        ({math.nan: 1}, r"\$: NaN and infinity"),
        ({dt.datetime(2024, 1, 1): 1}, r"\$: a datetime without a timezone"),
        ({"\ud800": 1}, r"\$: half of a character"),
        ({1: "a", "1": "b"}, r"\$: two keys are written as '1'"),
        ({"a b": {"c": b""}}, r"\$\['a b'\]\.c: bytes"),
        ({"a": msgspec.UNSET}, r"\$\.a: "),
    ],
)
def test_keys_without_a_text_are_rejected(value: object, message: str) -> None:
    """The error has the place."""
    with pytest.raises((TypeError, ValueError), match=message):
        encode(value)
    assert encode({1: "a", ID: 2}) == b'{"1":"a","%s":2}' % str(ID).encode()


def test_text_bodies_accept_text_only() -> None:
    """Bytes, numbers and invalid text are rejected before anything is sent."""
    refused: dict[Any, str] = {
        b"x": "must be text, got bytes",
        1: "must be text, got int",
        "\ud800": "half of a character",
    }
    for value, message in refused.items():
        with pytest.raises((TypeError, ValueError), match=message):
            body_of(BaseRequest(OPERATION, body=TextBody(value)), Options())
    sent = body_of(BaseRequest(OPERATION, body=TextBody(Text("a"))), Options())
    assert isinstance(sent, WholeBody) and sent.data == b"a"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(JSON)
def test_any_value_arrives_equal_or_is_rejected(value: Any) -> None:
    """The server decodes an equal value, or nothing was sent."""
    try:
        sent = json.loads(encode(value))
    except (TypeError, ValueError):
        return
    assert sent == value


def test_reference_cycles_are_rejected() -> None:
    """A value that contains itself is an invalid request in every position; raw JSON is sent as it is."""
    circle: dict[str, Any] = {}
    circle["a"] = circle
    operation = msgspec.structs.replace(OPERATION, styles={"q": Style(content_json=True), **DEEP})
    requests = [
        BaseRequest(operation, body=JsonBody(circle)),
        BaseRequest(operation, query={"q": circle}),
        BaseRequest(operation, query={"x": circle}),
        BaseRequest(operation, query={"y": circle}),
    ]
    for request in requests:
        with pytest.raises(
            InvalidRequestError, match="^op: .*nested (too deeply, or contains itself|list or mapping has no form)"
        ):
            Exchange(Prepared(PROVIDER, "http://x", operation, Options(), None), request, Options())
    with pytest.raises(InvalidRequestError, match="part 'x': the value is nested too deeply, or contains itself"):
        multipart_body(fields={"x": circle}, files={})
    assert encode({"a": msgspec.Raw(b"[1]"), "b": Text("c")}) == b'{"a":[1],"b":"c"}'


def test_sets_arrays_and_ranges_are_lists() -> None:
    """Containers of items have one wire form."""
    assert encode({"a": {1}, "b": frozenset({2}), "c": range(2), "d": array.array("i", [1]), "e": {"k": 1}.keys()}) == (
        b'{"a":[1],"b":[2],"c":[0,1],"d":[1],"e":["k"]}'
    )
    assert encode_query({"x": {"b", "a"}}) == "x=a&x=b"


def test_long_paths_are_shortened() -> None:
    """The path of a deep value leaves room for the reason."""
    value: Any = b""
    for _ in range(200):
        value = {"name": value}
    with pytest.raises(TypeError, match=r"^\$\.\.\.") as caught:
        encode(value)
    assert len(str(caught.value)) < 260


def test_models_without_special_values_are_encoded_directly() -> None:
    """At most one Python function runs for each object or array."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    value = {"things": [Thing(id="a"), {"id": "b"}] * 50}
    sys.setprofile(count)
    try:
        found = encode(value)
    finally:
        sys.setprofile(None)
    assert found == b'{"things":[' + b",".join([b'{"id":"a"},{"id":"b"}'] * 50) + b"]}"
    assert calls <= 105
