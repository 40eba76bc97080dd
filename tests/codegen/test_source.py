"""What text of a document can do to source: nothing."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st
from specwire_codegen.source import clean, docstring, literal, markdown, sentence

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
    """Whatever the text, its literal is one string token of that value."""
    assert text == ast.literal_eval(literal(text))
    assert "\n" not in literal(text)


@given(st.lists(HOSTILE).map(tuple))
def test_a_tuple_literal_evaluates_to_its_texts(texts: tuple[str, ...]) -> None:
    """Tuples keep their items and their length."""
    assert texts == ast.literal_eval(literal(texts))


@given(st.lists(HOSTILE, max_size=4), st.integers(0, 8))
def test_a_docstring_stays_one_expression(parts: list[str], indent: int) -> None:
    """Whatever the prose, the docstring is a single constant, and says what the prose says."""
    prose = "\n\n".join(parts)
    module = ast.parse(docstring(prose))
    assert 1 == len(module.body)
    indented = ast.parse(f"def f():\n{' ' * 4}{docstring(prose, indent=4)}\n{' ' * 4}return 1\n").body[0]
    assert isinstance(indented, ast.FunctionDef)
    assert 2 == len(indented.body)
    assert clean(prose).split() == (ast.get_docstring(indented) or "").split()


@given(HOSTILE, HOSTILE)
def test_sections_stay_inside_the_docstring(name: str, prose: str) -> None:
    """A hostile argument description cannot end the docstring early."""
    text = docstring("A call.", indent=4, sections=[("Args", [("model", prose), ("other", name)])])
    assert 1 == len(ast.parse(f"def f():\n    {text}\n").body)


@given(HOSTILE)
def test_a_sentence_is_one_line(text: str) -> None:
    """A one-line description has no line break and ends like a sentence."""
    found = sentence(text)
    assert "\n" not in found
    assert found == "" or found[-1] in ".!?:"


def test_markdown_keeps_words_and_drops_meaning() -> None:
    """Prose of a document cannot become a link, a heading or HTML."""
    assert r"\<script\>\[x\]\(y\) \# a\_b" == markdown("<script>[x](y)\n# a_b")
