"""Text of a document in Python source: it never becomes code."""

from __future__ import annotations

import ast
import json
import sys

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.characters import escaped, is_hidden
from specwire_codegen.python_source import (
    clean,
    code,
    comment,
    docstring,
    json_text,
    line,
    literal,
    markdown,
    sentence,
)

HOSTILE = st.text() | st.sampled_from(
    [
        '"""',
        "'''",
        "\\",
        '\\"""',
        '"',
        "{{ x }}",
        "{% raw %}",
        "\x00",
        "\u2028",
        "\r\n",
        '""" + __import__("os") + """',
        "#",
        "a\\",
    ]
)


@given(HOSTILE)
def test_a_literal_evaluates_to_its_text(text: str) -> None:
    """The literal of any text is one string token of that value."""
    assert text == ast.literal_eval(literal(text))
    assert "\n" not in literal(text)


@given(st.lists(HOSTILE).map(tuple))
def test_a_tuple_literal_evaluates_to_its_texts(texts: tuple[str, ...]) -> None:
    """Tuples keep items and length."""
    assert texts == ast.literal_eval(literal(texts))


@given(st.lists(HOSTILE, max_size=4), st.integers(0, 8))
def test_a_docstring_stays_one_expression(parts: list[str], indent: int) -> None:
    """For any prose, it is one constant with the words of the prose."""
    prose = "\n\n".join(parts)
    module = ast.parse(docstring(prose))
    assert 1 == len(module.body)
    indented = ast.parse(f"def f():\n{' ' * 4}{docstring(prose, indent=4)}\n{' ' * 4}return 1\n").body[0]
    assert isinstance(indented, ast.FunctionDef)
    assert 2 == len(indented.body)
    assert clean(prose).split() == (ast.get_docstring(indented) or "").split()


@given(HOSTILE, HOSTILE)
def test_sections_stay_inside_the_docstring(name: str, prose: str) -> None:
    """A hostile argument description cannot end it early."""
    text = docstring("A call.", indent=4, sections=[("Args", [("model", prose), ("other", name)])])
    assert 1 == len(ast.parse(f"def f():\n    {text}\n").body)


@given(HOSTILE)
def test_a_sentence_is_one_line(text: str) -> None:
    """A one-line description has no line break and ends with punctuation."""
    found = sentence(text)
    assert "\n" not in found
    assert found == "" or found.rstrip("\"'”’)]`*_")[-1:] in tuple(".!?:>。！？")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- a", r"\- a"),
        ("+ a", r"\+ a"),
        ("=== a", r"\=== a"),
        ("12. a", r"12\. a"),
        ("1) a", r"1\) a"),
        ("&#x202e;&nbsp;", r"\&\#x202e;\&nbsp;"),
        ("a - b, 1.5", "a - b, 1.5"),
    ],
)
def test_markdown_makes_no_list_and_no_entity(text: str, shown: str) -> None:
    """Prose starts no list or heading, and hides no character in an entity."""
    assert shown == markdown(text)


@given(st.recursive(HOSTILE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3)))
def test_json_for_people_is_equal_without_hidden_characters(value: object) -> None:
    """JSON for people is the same value, and shows what it holds."""
    text = json_text(value)
    assert value == json.loads(text)
    assert not any(is_hidden(character) for character in text if character != "\n")


def test_markdown_keeps_words_and_drops_markup() -> None:
    """Prose of a document cannot become a link, a heading or HTML."""
    assert r"\<script\>\[x\]\(y\) \# a\_b" == markdown("<script>[x](y)\n# a_b")


HIDDEN = "".join(filter(is_hidden, map(chr, range(sys.maxunicode + 1))))
"""Every character of Unicode that a reader does not see."""


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x1b",
        "\x7f",
        "\x9b",
        "\xa0",
        "\xad",
        "\u034f",
        "\u061c",
        "\u115f",
        "\u180e",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u202e",
        "\u2028",
        "\u2060",
        "\u2066",
        "\u2800",
        "\u3000",
        "\u3164",
        "\ud800",
        "\ue000",
        "\ufe0f",
        "\ufeff",
        "\ufff9",
        "\uffa0",
        "\U0001d173",
        "\U000e0001",
        "\U000e0041",
        "\U000e007f",
        "\U000e0100",
        "\U000e01ef",
        "\U000f0000",
    ],
)
def test_invisible_characters_are_hidden(character: str) -> None:
    """Controls, formats, odd spaces, private characters and blank letters, at any position."""
    assert is_hidden(character)
    text = f"a{character}b"
    for shown in (
        literal(text),
        docstring(text),
        markdown(text),
        sentence(text),
        code(text),
        comment(text),
        escaped(text),
    ):
        assert character not in shown
    assert text == ast.literal_eval(literal(text))
    assert clean(text) in ("ab", "a b")


def test_visible_characters_are_kept() -> None:
    """Letters, digits, marks, signs and emoji of any script."""
    text = "caf\u00e9 \u65e5\u672c \u0627\u0644 \u0939\u093f\u0928\u094d\u0926\u0940 \U0001f600 \u20ac \u2014 ~"
    assert f'"{text}"' == literal(text)
    assert text == clean(text) == escaped(text)


def test_no_hidden_character_gets_through_any_sink() -> None:
    """Every hidden character of Unicode is data in literals and missing from prose."""
    assert HIDDEN == ast.literal_eval(literal(HIDDEN))
    for shown in (literal(HIDDEN), docstring(f"a{HIDDEN}"), code(HIDDEN), comment(HIDDEN), escaped(HIDDEN)):
        assert "" == "".join(filter(is_hidden, shown.replace("\n", "")))


@given(st.text() | st.text("`a "))
def test_a_code_span_ends_where_its_text_does(text: str) -> None:
    """It has more backticks than its text has in a row."""
    found = code(text)
    ticks = len(found) - len(found.lstrip("`"))
    inside = found[ticks:-ticks]
    assert "`" * ticks not in inside
    assert line(text) == inside.strip()


@given(HOSTILE)
def test_a_comment_does_not_end_early(text: str) -> None:
    """No text closes a Markdown comment or starts its own line."""
    assert ">" not in comment(f"{text}-->").replace("&gt;", "")
    assert "\n" not in comment(text)
