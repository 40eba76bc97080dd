"""Identifiers from wire names."""

from __future__ import annotations

import keyword
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specwire_codegen.naming import argument, class_names, distinct, pascal, singular, snake


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("model", "model"),
        ("botType", "bot_type"),
        ("base64Array", "base64_array"),
        ("objectID", "object_id"),
        ("HTTPServer", "http_server"),
        ("getV3Projects", "get_v3_projects"),
        ("OAuth2Token", "oauth2_token"),
        ("IPv4Address", "ipv4_address"),
        ("timestamp_granularities[]", "timestamp_granularities"),
        ("class", "class_"),
        ("1st-try", "n1st_try"),
        ("x-request-id", "x_request_id"),
        ("_private", "private"),
        ("$ref", "ref"),
        ("", "value"),
        ("日本", "value"),
    ],
)
def test_snake(wire: str, python: str) -> None:
    """A wire name becomes the name a person would write."""
    assert python == snake(wire)


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("userId", "user_id"),
        ("naïve", "naive"),
        ("größe", "grosse"),
        ("日本 語", "日本_語"),
        ("Ключ", "ключ"),
        ("#", "number_sign"),
        ("🎉", "party_popper"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("created>", "created_gt"),
        ("created<=", "created_lte"),
        ("", "value"),
    ],
)
def test_argument(wire: str, python: str) -> None:
    """A property or parameter keeps its script, and signs that tell it from its neighbours."""
    assert python == argument(wire)


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("ChatCompletion", "ChatCompletion"),
        ("chat_completion", "ChatCompletion"),
        ("OCRPage", "OCRPage"),
        ("3d", "N3d"),
        ("a.b-c", "ABC"),
    ],
)
def test_pascal(wire: str, python: str) -> None:
    """A component name becomes a class name; a good one stays."""
    assert python == pascal(wire)


@given(st.text())
def test_names_are_identifiers(wire: str) -> None:
    """Whatever the wire name, the Python name is an identifier and no keyword."""
    for name in (snake(wire), pascal(wire)):
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")


@given(st.text())
def test_arguments_are_identifiers_as_python_reads_them(wire: str) -> None:
    """Whatever the script, the name is an identifier, no keyword, and in the form to which Python brings it."""
    name = argument(wire)
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert not name.startswith("_")
    assert name == unicodedata.normalize("NFKC", name)


@given(st.lists(st.text(max_size=6), unique=True))
def test_distinct_names_are_distinct(wires: list[str]) -> None:
    """Names that collide after cleaning are told apart, and who is named as wished keeps the name."""
    names = distinct((wire, snake(wire)) for wire in wires)
    assert len(wires) == len(set(names.values()))
    for wire in wires:
        if snake(wire) == wire:
            assert wire == names[wire]


def test_class_names_leave_the_modules_own_names_alone() -> None:
    """A component cannot take a name that the models module needs."""
    assert {"Any": "AnyModel", "any": "AnyModelModel", "Unset": "UnsetModel"} == class_names(["Any", "any", "Unset"])


@pytest.mark.parametrize(
    ("plural", "single"), [("messages", "message"), ("entries", "entry"), ("classes", "class"), ("status", "status")]
)
def test_singular(plural: str, single: str) -> None:
    """Plurals of property names lose their ending."""
    assert single == singular(plural)
