"""Identifiers from wire names."""

from __future__ import annotations

import keyword
import unicodedata

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.characters import is_hidden
from specwire_codegen.openapi.casing import argument, pascal, snake
from specwire_codegen.openapi.identifiers import class_names, distinct, file_name
from specwire_codegen.openapi.transliteration import decoded, encoded, transliterated


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
        ("日本", "日本"),
        ("user姓名", "user_姓名"),
        ("用户-List.item", "用户_list_item"),
        ("Пользователь", "пользователь"),
        ("١٢٣", "n123"),
        ("हिन्दी", "हिन्दी"),
        ("x\u200b\ufe0fy", "xy"),
    ],
)
def test_snake(wire: str, python: str) -> None:
    """A wire name becomes an idiomatic snake-case name."""
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
    """A property or parameter keeps its script, and signs that distinguish it from others."""
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
    """A component name becomes a class name; a valid one stays."""
    assert python == pascal(wire)


@given(st.text())
def test_names_are_normalized_identifiers(wire: str) -> None:
    """In any script, names are visible identifiers, not keywords, in the form that Python normalizes to."""
    for name in (snake(wire), pascal(wire), argument(wire)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert name == unicodedata.normalize("NFKC", name)
        assert not any(map(is_hidden, name))


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_latin_names_are_ascii(wire: str) -> None:
    """Latin letters lose their accents."""
    assert all(character.isascii() or not unicodedata.name(character).startswith("LATIN ") for character in snake(wire))


@pytest.mark.parametrize(
    ("component", "name"),
    [
        ("用户", "用户"),
        ("结果«用户»", "结果用户"),
        ("ユーザー一覧", "ユーザー一覧"),
        ("한국어 태그", "한국어태그"),
        ("Ünïcode Straße", "UnicodeStrasse"),
        ("пользователь", "Пользователь"),
    ],
)
def test_a_class_keeps_its_script(component: str, name: str) -> None:
    """A component in another script is a class in that script."""
    assert {component: name} == class_names([component])


def test_names_that_look_the_same_differ() -> None:
    """A Cyrillic or Greek name that looks like a Latin one is extended; so is one that differs in form only."""
    latin, cyrillic, greek = "AXE", "\u0410\u0425\u0415", "\u0391\u03a7\u0395"
    names = class_names([latin, cyrillic, greek, "Any", "\u0410ny"])
    assert {latin: "AXE", cyrillic: f"{cyrillic}Model", greek: f"{greek}ModelModel"}.items() <= names.items()
    assert "Any" not in names.values() and names["\u0410ny"] != "\u0410ny"
    fields = distinct([("ope", "ope"), ("\u043e\u0440\u0435", "\u043e\u0440\u0435")])
    assert ["ope", "\u043e\u0440\u0435_"] == list(fields.values())


def test_module_names_are_ascii() -> None:
    """Every file system supports them."""
    assert "pets" == file_name("pets", 100)
    names = {file_name(name, 100) for name in ("用户", "用户_list", "ユーザー", "\u043e\u0440\u0435", "用" * 500)}
    assert 5 == len(names)
    assert all(name.isascii() and name.isidentifier() and len(name) <= 100 for name in names)


@given(st.lists(st.text(max_size=6), unique=True))
def test_distinct_names_are_distinct(wires: list[str]) -> None:
    """Names that collide after cleaning are distinguished; an exact name is kept."""
    names = distinct((wire, snake(wire)) for wire in wires)
    assert len(wires) == len(set(names.values()))
    for wire in wires:
        if snake(wire) == wire:
            assert wire == names[wire]


def test_class_names_do_not_shadow_names_of_their_module() -> None:
    """A component cannot take a name that the models module needs."""
    assert {"Any": "AnyModel", "any": "AnyModelModel", "Unset": "UnsetModel"} == class_names(["Any", "any", "Unset"])


@given(st.text())
def test_encoded_names_round_trip(text: str) -> None:
    """Component names are ASCII during normalization, and in their script afterwards."""
    name = transliterated(text)
    assert encoded(name).isascii()
    assert name == decoded(encoded(name)) or "U0" in name


def test_names_that_only_look_encoded_are_kept() -> None:
    """They do not encode a letter."""
    assert ["U000041", "U110000", "U00200B", "User"] == list(map(decoded, ["U000041", "U110000", "U00200B", "User"]))


def test_a_module_path_is_shortened_to_its_unique_end() -> None:
    """pydantic adds it to component names."""
    components = ["app__models__Pet", "app__models__Owner", "app__views__Owner", "Pen", "x__Pen", "Foo__Bar", "a__b"]
    assert {
        "app__models__Pet": "Pet",
        "app__models__Owner": "ModelsOwner",
        "app__views__Owner": "ViewsOwner",
        "Pen": "Pen",
        "x__Pen": "XPen",
        "Foo__Bar": "FooBar",
        "a__b": "AB",
    } == class_names(components)


def test_a_class_name_has_a_limit() -> None:
    """A name over 80 characters is cut and ends in a digest."""
    names = class_names(["A" * 80, "B" * 300, "B" * 301])
    assert "A" * 80 == names["A" * 80]
    assert [80, 80] == [len(names["B" * size]) for size in (300, 301)]
    assert 3 == len(set(names.values()))
