"""Markdown of descriptions in docstrings."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.markdown import split_sentence, wrapped
from specwire_codegen.python_source import clean, docstring, summarized

BLOCKS = [
    "- one\n- two",
    "* one\n* two",
    "1. one\n2. two",
    "1) one\n2) two",
    "- one\n  - nested\n    continued",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "a | b\n--- | ---\n1 | 2",
    '```json\n{\n  "title": "Alien"\n}\n```',
    "~~~\n- not a list, and  two spaces\n~~~",
    "```\nnever closed",
    "    indented code\n      deeper",
    "# Heading\ntext below",
    "Heading\n=======\ntext below",
]
PROSE = "One sentence that goes on\nover two lines."


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_keeps_its_lines(block: str) -> None:
    """Lists, tables, code and headings keep their lines after prose, before prose and alone."""
    lines = block.replace("nested\n    continued", "nested continued").split("\n")
    assert [PROSE.replace("\n", " "), "", *lines] == wrapped(f"{PROSE}\n\n{block}", 80)
    assert textwrap.dedent("\n".join(lines)).split("\n") == wrapped(block, 80)


@pytest.mark.parametrize("block", BLOCKS[:8])
def test_a_block_may_follow_prose_without_a_blank_line(block: str) -> None:
    """No blank line is needed between prose and a list, a table or code."""
    lines = block.replace("nested\n    continued", "nested continued").split("\n")
    assert ["One of these:", *lines] == wrapped(f"One of these:\n{block}", 80)


def test_a_long_list_item_has_a_hanging_indent() -> None:
    """The lines of a list item are indented below its text."""
    assert [f"1. {'word ' * 7}word", "   word word", "2. x"] == wrapped(f"1. {'word ' * 10}\n2. x", 43)


def test_only_the_first_line_may_be_longer() -> None:
    """Only the first line has more room."""
    assert [("x " * 22).strip(), ("x " * 20).strip()] == wrapped("x " * 42, 40, 4)


@pytest.mark.parametrize("indent", [2, 4, 8])
def test_indented_text_of_a_python_docstring_is_prose(indent: int) -> None:
    """If all lines except the first are indented, they are not code."""
    text = f"Summary.\n{' ' * indent}More of it,\n{' ' * indent}and more.\n\n{' ' * indent}- item"
    assert ["Summary. More of it, and more.", "", "- item"] == wrapped(text, 80)


@given(st.text(st.sampled_from('ab. `|-#*1\n"\\~=')), st.integers(40, 60))
def test_no_word_is_lost(text: str, width: int) -> None:
    """The words of any Markdown stay in order, and its docstring is one constant."""
    assert text.split() == " ".join(wrapped(text, width)).split()
    assert clean(text).split() == ast.literal_eval(docstring(text)).split()
    assert not any(line != line.rstrip() for line in wrapped(text, width))


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("Adds a movie.\n\nMore.", "Adds a movie.", "More."),
        ("Adds a movie. It takes\ntime.", "Adds a movie.", "It takes\ntime."),
        ("Adds e.g. a movie. Or two.", "Adds e.g. a movie.", "Or two."),
        ("Adds v1.2 of it. `x` too.", "Adds v1.2 of it.", "`x` too."),
        ("Adds a movie:\n- a\n- b", "Adds a movie:", "- a\n- b"),
        ("No full stop", "No full stop.", ""),
        ("Is it there? Yes.", "Is it there?", "Yes."),
        ("\u7535\u5f71\u3002\u66f4\u591a\u3002", "\u7535\u5f71\u3002", "\u66f4\u591a\u3002"),
        ("- a list", "", "- a list"),
        ("", "", ""),
    ],
)
def test_the_first_sentence_is_the_summary(text: str, first: str, rest: str) -> None:
    """The rest follows."""
    assert (first, rest) == summarized(text)


@given(st.text(st.sampled_from("aB. e.g.`|-\n")))
def test_splitting_loses_nothing(text: str) -> None:
    """Sentence and rest together have the words of the text."""
    first, rest = split_sentence(text)
    assert text.split() == f"{first} {rest}".split() or "".join(text.split()) == "".join(f"{first}{rest}".split())


def test_a_section_keeps_the_list_of_an_argument() -> None:
    """It is indented below the argument's name."""
    text = docstring("Do.", sections=[("Args", [("kind", "One of:\n- a\n- b"), ("other", "- c\n- d")])])
    expected = """
        Do.

        Args:
            kind: One of:
                - a
                - b
            other:
                - c
                - d
    """
    assert textwrap.dedent(expected).strip() == ast.literal_eval(text).strip()
