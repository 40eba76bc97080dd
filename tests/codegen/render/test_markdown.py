"""Markdown of descriptions in docstrings."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.markdown import split_sentence, without_html, wrapped
from specwire_codegen.python_source import clean, docstring, finished, summarized, visible

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


def test_a_long_docstring_starts_with_its_first_sentence() -> None:
    """It has a line of its own if the text needs several lines and the sentence fits."""
    long = f"More {'words ' * 30}follow."
    assert ["First.", "", *wrapped(long, 116)] == ast.literal_eval(docstring(f"First. {long}")).strip().split("\n")
    assert "First. Second." == ast.literal_eval(docstring("First. Second."))
    assert wrapped(long, 116) == ast.literal_eval(docstring(long)).strip().split("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The name", "The name."),
        ("The width (in inches)", "The width (in inches)."),
        ("The name of `x`", "The name of `x`."),
        ("Done. _(Chrome only)_", "Done. _(Chrome only)_."),
        ('Defaults to "false."', 'Defaults to "false."'),
        ("Is it there?", "Is it there?"),
        ("\u96fb\u5f71\u3002", "\u96fb\u5f71\u3002"),
        ("See https://example.com/a", "See https://example.com/a"),
        ("One of:\n- a\n- b", "One of:\n- a\n- b"),
        ("One.\n\nTwo", "One.\n\nTwo."),
        ("```\na\n\nb\n```", "```\na\n\nb\n```"),
        ("Code:\n\n    a = 1", "Code:\n\n    a = 1"),
        ("| a |\n|---|", "| a |\n|---|"),
        ("", ""),
    ],
)
def test_the_last_paragraph_has_a_full_stop(text: str, expected: str) -> None:
    """Lists, tables, code and links have none."""
    assert expected == finished(text)


def test_a_long_line_is_wrapped_in_spite_of_its_indentation() -> None:
    """Up to three spaces; short lines keep theirs."""
    assert wrapped("word " * 20, 60) == wrapped(f" {'word ' * 20}", 60)
    assert ["x:", "   short"] == wrapped("x:\n   short", 60)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("A <code>name</code>.", "A `name`."),
        ("A <code> -</code> prefix", "A `-` prefix"),
        ("<b>Not</b> <i>this</i>, <STRONG>that</STRONG>", "**Not** *this*, **that**"),
        ('See <a href="https://x.org/a?b=1&amp;c=2" target=_blank>here</a>', "See [here](https://x.org/a?b=1&c=2)"),
        ('An <a name="x">anchor</a>', "An anchor"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("One.<br/><br>Two.", "One.\n\nTwo."),
        (
            "Any of: <ul>\n  <li>\n    one\n    line\n  </li>\n<li>two</ul> Then.",
            "Any of:\n\n- one line\n- two\n\nThen.",
        ),
        ("<ol><li>one<ul><li>a</li></ul></li><li>two</li></ol>", "1. one\n   - a\n2. two"),
        ("<code>a &lt; b</code> &amp; c", "`a < b` & c"),
        ("`<b>` and <b>bold</b>", "`<b>` and **bold**"),
        ("```\n<br>\n```\n<br>x", "```\n<br>\n```\n\nx"),
        ("<b>open", "<b>open"),
        ("crossed <b><i>x</b></i>", "crossed <b><i>x</b></i>"),
        ("closed</b>", "closed</b>"),
        ("<li>an item of no list", "<li>an item of no list"),
        ("<id> and <script>x</script> &lt;", "<id> and <script>x</script> &lt;"),
        ("a < b > c", "a < b > c"),
    ],
)
def test_common_html_becomes_markdown(html: str, expected: str) -> None:
    """Paragraphs, lists, links, code and emphasis; code, unknown and unbalanced tags stay."""
    assert expected == "\n".join(wrapped(without_html(html).strip("\n"), 80))


def test_characters_of_entities_are_filtered() -> None:
    """An entity is decoded before hidden characters are removed."""
    assert "a b" == visible("<b></b>a&nbsp;b").removeprefix("****")


@given(
    st.lists(
        st.sampled_from(["<b>", "</b>", "<ul>", "<li>", "</ul>", "<p>", "<br>", "<code>", "</code>", "a", " ", "`"])
    )
)
def test_html_is_converted_once(parts: list[str]) -> None:
    """A converted description is not changed again, and no word is lost."""
    text = "".join(parts)
    converted = without_html(text)
    assert converted.count("a") == text.count("a")
    assert converted == without_html(converted)
