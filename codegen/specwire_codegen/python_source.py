"""Conversion of document text to Python source: literals, docstrings, Markdown and identifiers.

All document text passes through this module. Hidden characters never do: data keeps them as escapes, prose loses them.
See `characters.is_hidden`.
"""

from __future__ import annotations

import json
import math
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from specwire_codegen.characters import Table, escape, is_hidden
from specwire_codegen.markdown import KEPT, first_paragraph, split_sentence, without_html, wrapped

LONGEST = 100_000
"""Longest prose, in characters."""

_CLOSING = "\"'”’)]`*_"
_STOPS = tuple(".!?:>。！？")
_SPACING = frozenset({"Cc", "Zl", "Zp", "Zs"})


def _say(character: str) -> str:
    if character == "\n" or not is_hidden(character):
        return character
    return " " if unicodedata.category(character) in _SPACING else ""


_QUOTED = Table(lambda character: f"\\{character}" if character in '"\\' else escape(character))
_SAID = Table(_say)

_JSON = Table(
    lambda character: character if character == "\n" or not is_hidden(character) else json.dumps(character)[1:-1]
)
_LONG_JSON = 200_000
"""Number of characters from which it pays off to import a library for JSON."""


def literal(value: object) -> str:
    """Return a Python literal that evaluates to a value: text, numbers, booleans, None, tuples and dicts of them."""
    match value:
        case None | bool() | int():
            return repr(value)
        case float():
            if value != value or value in (float("inf"), float("-inf")):
                raise ValueError(f"{value} has no literal")
            return repr(value)
        case str():
            return _quoted(value)
        case tuple():
            items = ", ".join(map(literal, value))
            return f"({items},)" if len(value) == 1 else f"({items})"
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
        case _:
            raise TypeError(f"no literal for {type(value).__name__}")


def expression(value: object) -> str:
    """Return Python source that evaluates to an argument: JSON-like values, bytes, tuples and paths."""
    match value:
        case Path():
            return f"Path({literal(os.fspath(value))})"
        case bytes():
            return repr(value)
        case float() if not math.isfinite(value):
            return f'float("{value}")'
        case tuple():
            return f"({', '.join(map(expression, value))}{',' if len(value) == 1 else ''})"
        case list():
            return f"[{', '.join(map(expression, value))}]"
        case dict():
            return "{" + ", ".join(f"{expression(key)}: {expression(item)}" for key, item in value.items()) + "}"
        case _:
            return literal(value)


def literal_set(values: Iterable[object]) -> str:
    """Return an expression for a set of values, in their order."""
    items = ", ".join(map(literal, values))
    return f"{{{items}}}" if items else "frozenset()"


def _quoted(text: str) -> str:
    return f'"{text.translate(_QUOTED)}"'


@lru_cache(KEPT)
def visible(text: str) -> str:
    """Return prose of a document without HTML and hidden characters, line by line; excessive length is cut."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} ..."
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return without_html(text).translate(_SAID)


def clean(text: str) -> str:
    """Return prose of a document without hidden characters, each paragraph on one line."""
    paragraphs = re.split(r"\n\s*\n", visible(text))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


def sentence(text: str) -> str:
    """Return the first paragraph of prose on one line, with a full stop."""
    return _stopped(clean(text).partition("\n\n")[0])


def summarized(text: str) -> tuple[str, str]:
    """Split prose into its first sentence, with a full stop, and the rest; both can be empty."""
    first, rest = split_sentence(visible(text))
    return _stopped(first), rest


def is_finished(text: str) -> bool:
    """Return whether prose ends with a full stop, or another mark that ends a sentence."""
    return not text or text.rstrip(_CLOSING).endswith(_STOPS)


def _stopped(text: str) -> str:
    return text if is_finished(text) else f"{text}."


@lru_cache(KEPT)
def finished(text: str) -> str:
    """Return a description with a full stop at the end of its last paragraph; lists, tables and code have none."""
    text = visible(text).rstrip()
    last = re.split(r"\n\n|  \n", text)[-1]
    is_prose = first_paragraph(last) == last and not last.startswith("    ")
    return _stopped(text) if is_prose and "://" not in last.rpartition(" ")[2] else text


def same_words(one: str, other: str) -> bool:
    """Return whether two texts differ in case, spaces and punctuation only."""
    first, second = (next(filter(str.isalnum, text), "").lower() for text in (one, other))
    return first == second != "" and _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def docstring(text: str, *, indent: int = 0, sections: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()) -> str:
    """Return a docstring literal for Markdown, wrapped at 116 columns; the lines after the first are indented.

    A text that needs several lines starts with its first sentence as a line of its own.
    `sections` are Google-style lists, such as `("Args", [("model", "The model to use.")])`.
    """
    width = 116 - indent
    lines = [*_summarized(visible(text).strip("\n"), width), ""]
    for title, entries in sections:
        if not entries:
            continue
        lines.append(f"{title}:")
        for name, prose in entries:
            text = visible(prose).strip()
            first, *rest = wrapped(f"{name}:{' ' if first_paragraph(text) else chr(10)}{text}", width - 8, 4)
            lines.append(f"{' ' * 4}{first}")
            lines += [f"{' ' * 8}{line}" for line in rest if line]
        lines.append("")
    while lines and not lines[-1]:
        lines.pop()
    body = "\n".join(lines).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if re.search(r'(?<!\\)(\\\\)*"$', body):
        body = body[:-1] + '\\"'
    if "\n" in body:
        body += "\n"
    pad = " " * indent
    first, *rest = body.split("\n")
    indented = "\n".join([first, *(f"{pad}{line}" if line else line for line in rest)])
    end = pad if body.endswith("\n") else ""
    return f'"""{indented}{end}"""'


def _summarized(text: str, width: int) -> Sequence[str]:
    first, rest = split_sentence(text)
    if first and rest and len(first) <= width and ("\n\n" in text or len(wrapped(text, width)) > 1):
        return [first, "", *wrapped(rest, width)]
    return wrapped(text, width)


def markdown(text: str) -> str:
    """Return prose of a document as one line of Markdown without markup, except for code spans."""
    words = line(text)
    if "``" in words:
        return _without_markup(words)
    # Odd parts are code spans.
    parts = enumerate(re.split(r"`([^`]*[^`\s][^`]*)`", words))
    return "".join(code(part) if index % 2 else _without_markup(part) for index, part in parts)


def _without_markup(words: str) -> str:
    escaped_ = re.sub(r"([\\`*_{}\[\]<>()#|!~&])", r"\\\1", words)
    return re.sub(
        r"^([-+=]|\d+(?=[.)]))", lambda found: f"\\{found[1]}" if not found[1].isdigit() else f"{found[1]}\\", escaped_
    )


def line(text: str) -> str:
    """Return prose of a document on one line."""
    return " ".join(clean(text).split())


def code(text: str) -> str:
    """Return text as a Markdown code span, with more backticks than its longest run."""
    shown = line(text)
    ticks = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    padding = " " if shown[:1] == "`" or shown[-1:] == "`" else ""
    return f"{ticks}{padding}{shown}{padding}{ticks}"


def comment(text: str) -> str:
    """Return text for an HTML or Markdown comment that it cannot end."""
    return line(text).replace(">", "&gt;")


def json_text(value: object) -> str:
    """Return a value as readable JSON, with hidden characters in its texts as escapes."""
    compact = json.dumps(value, ensure_ascii=False)
    return (_readable(compact) or json.dumps(value, indent=2, ensure_ascii=False)).translate(_JSON) + "\n"


def _readable(compact: str) -> str | None:
    """Return a JSON text with indentation, which msgspec adds much faster; None for a short one, or if it cannot."""
    if len(compact) < _LONG_JSON:
        return None  # importing it would take longer
    import msgspec

    try:
        return msgspec.json.format(compact)
    except msgspec.DecodeError:  # an example is NaN or infinite
        return None
