"""The one door through which text of a document enters source: as a literal, a docstring or an identifier."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

LONGEST = 100_000
"""Characters of prose."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


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


def _quoted(text: str) -> str:
    body = ascii(text)[1:-1] if not text.isprintable() else repr(text)[1:-1]
    if repr(text)[0] == "'":
        body = body.replace("\\'", "'").replace('"', '\\"')
    return f'"{body}"'


def clean(text: str) -> str:
    """Return prose of a document without control characters, its paragraphs on one line each.

    What is longer than anybody reads is cut.
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} ..."
    paragraphs = re.split(r"\n\s*\n", _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


def sentence(text: str) -> str:
    """Return the first line of prose, with a full stop."""
    first = clean(text).partition("\n\n")[0]
    return first if not first or first[-1] in ".!?:" else f"{first}."


def docstring(text: str, *, indent: int = 0, sections: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()) -> str:
    """Return a docstring literal for prose, wrapped at 116 columns; the lines after the first are indented.

    `sections` are Google-style lists, such as `("Args", [("model", "The model to ask.")])`.
    """
    width = 116 - indent
    lines: list[str] = []
    for paragraph in clean(text).split("\n\n"):
        lines += [*textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False), ""]
    for title, entries in sections:
        if not entries:
            continue
        lines.append(f"{title}:")
        for name, prose in entries:
            body = f"{name}: {' '.join(clean(prose).split())}"
            wrap = textwrap.TextWrapper(
                width, initial_indent=" " * 4, subsequent_indent=" " * 8, break_long_words=False, break_on_hyphens=False
            )
            lines += wrap.wrap(body)
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


def markdown(text: str) -> str:
    """Return prose of a document as one line of Markdown that means nothing but its words."""
    return re.sub(r"([\\`*_{}\[\]<>()#|!~])", r"\\\1", " ".join(clean(text).split()))
