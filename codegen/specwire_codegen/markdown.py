"""Markdown of descriptions, wrapped at a width: prose is reflowed; lists, tables and code keep their lines.

Common HTML of descriptions becomes Markdown.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from functools import lru_cache

_FENCE = re.compile(r" {0,12}(`{3,}|~{3,})")
_ITEM = re.compile(r"( *)([-*+•]|\d{1,4}[.)]|[a-zA-Z]\))( +)(?=\S)")
_HEADING = re.compile(r" {0,3}#{1,6} ")
_RULE = re.compile(r" {0,3}([-=*_] *){3,}")
_ROW = re.compile(r" *\|")
_CELLS = re.compile(r"(?=.*\|)(?=.*-)[ |:-]+")
_END = re.compile(r"([.!?][\"'”)\]`*_]*)\s+(?=[\"'“(\[*_<]*(?:`|[^\W_a-z]))|([。！？])\s*")
_CODE = re.compile(r"(`{3,}[^`]*`{3,}|~~~[^~]*~~~|`[^`\n]*`)")
_HTML_CODE = re.compile(r"<code>([^<`]*)</code>", re.IGNORECASE)
_TAG = re.compile(r"<(br|p|ul|ol|li|a|b|strong|i|em)(\s[^<>]*)?/?>|</(p|ul|ol|li|a|b|strong|i|em)>", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " ", "&amp;": "&"}
KEPT = 1024
"""Number of results that functions of prose remember: the same descriptions occur again and again in a document."""
_ABBREVIATED = re.compile(r"(?:^|[\s(\"'])(?:e\.g|i\.e|etc|vs|cf|approx|no|incl|resp|[A-Z])\.$", re.IGNORECASE)


@lru_cache(KEPT)
def wrapped(text: str, width: int, more: int = 0) -> Sequence[str]:
    """Return the lines of a description, with one blank line between its blocks.

    The first line may be longer than the others by `more` characters.
    """
    lines: list[str] = []
    for line in _lines(_dedented(text), width, more):
        if line or (lines and lines[-1]):
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _dedented(text: str) -> str:
    """Return a text without its common indentation; the first line may be unindented, as in Python docstrings."""
    first, _, rest = text.partition("\n")
    if rest[:1] == " " and first.strip() and not first.startswith(" ") and not first.rstrip().endswith(":"):
        return f"{first}\n{textwrap.dedent(rest)}" if not _ITEM.match(rest) else text
    return textwrap.dedent(text)


def _lines(text: str, width: int, more: int) -> Iterator[str]:
    pending: list[str] = []
    """Unwrapped prose; its first line includes the marker of a list item."""
    hanging = ""
    fence = ""
    source = text.split("\n")
    for number, line in enumerate(source):
        if fence:
            yield line.rstrip()
            fence = "" if line.strip().startswith(fence) and not line.strip().strip(fence[0]) else fence
            continue
        opening = _FENCE.match(line)
        item = _ITEM.match(line)
        follows = line.strip() and _is_prose(line, hanging, width)
        if not opening and not item and follows and not _is_block_line(source, number):
            pending.append(line)
            if not line.endswith("  "):
                continue
            line = ""
            yield from _wrapped(pending, hanging, width, more)
            pending, more = [], 0
            continue
        yield from _wrapped(pending, hanging, width, more)
        pending, hanging, more = [], "", 0
        if item and not _RULE.fullmatch(line):
            pending, hanging = [line], " " * item.end()
        elif opening:
            fence = opening[1]
            yield line.rstrip()
        else:
            yield line.rstrip()
    yield from _wrapped(pending, hanging, width, more)


def _is_prose(line: str, hanging: str, width: int) -> bool:
    """Return whether the indentation of a line has no meaning: it is that of its list item, or the line is too long."""
    indent = len(line) - len(line.lstrip(" "))
    return indent <= len(hanging) if hanging else indent == 0 or (indent < 4 and len(line) > width)


def _is_block_line(source: list[str], number: int) -> bool:
    """Return whether a line is a heading, a rule or a row of a table."""
    line = source[number]
    if _HEADING.match(line) or _RULE.fullmatch(line) or _ROW.match(line) or _CELLS.fullmatch(line):
        return True
    near = source[max(number - 1, 0) : number + 2]
    return "|" in line and any(map(_CELLS.fullmatch, near))


def _wrapped(lines: list[str], hanging: str, width: int, more: int) -> list[str]:
    """Return prose as lines; `hanging` is the indentation below the marker of a list item."""
    if not lines:
        return []
    first = lines[0] if hanging else lines[0].lstrip()
    indent = " " * (len(first) - len(first.lstrip()))
    prose = " ".join(" ".join(lines).split())
    longest = max(width, 40) + more
    if len(indent) + len(prose) <= longest:
        return [indent + prose]
    head, *rest = textwrap.wrap(
        prose,
        longest,
        initial_indent=indent,
        subsequent_indent=" " * more + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [head, *(line[more:] for line in rest)]


@lru_cache(KEPT)
def split_sentence(text: str) -> tuple[str, str]:
    """Split a description into its first sentence, on one line, and the rest."""
    text = text.strip("\n")
    first = first_paragraph(text)
    rest = text[len(first) :]
    for found in _END.finditer(first):
        end = found.end(1) if found[1] else found.end(2)
        if not _ABBREVIATED.search(first[:end]):
            return " ".join(first[:end].split()), f"{first[found.end() :]}{rest}".strip("\n")
    return " ".join(first.split()), rest.strip("\n")


@lru_cache(KEPT)
def first_paragraph(text: str) -> str:
    """Return the first paragraph of a description; empty if it starts with a list, a table or code."""
    source = text.split("\n")
    size = 0
    for number, line in enumerate(source):
        if not line.strip() or _FENCE.match(line) or _ITEM.match(line) or _is_block_line(source, number):
            break
        size += len(line) + 1
        if line.endswith("  "):
            break
    return text[: min(size, len(text))]


def without_html(text: str) -> str:
    """Return a description with common HTML as Markdown: paragraphs, lists, links, code, emphasis.

    Unknown tags stay, as does everything in code. A text whose tags are not balanced is returned as it is.
    """
    if not _HTML_CODE.search(text) and not _TAG.search(text):
        return text
    parts = _CODE.split(_HTML_CODE.sub(lambda found: f"`{_unescaped(found[1]).strip()}`", text))
    html = _Html()
    converted = [part if index % 2 else html.converted(part) for index, part in enumerate(parts)]
    return "".join(converted) if html.is_balanced else text


class _Html:
    """Conversion of the tags of one description."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []
        """Names of open elements, each with the Markdown that closes it."""
        self._numbers: list[int] = []
        """Last number of each open list; -1 for a list without numbers."""
        self._failed = False

    @property
    def is_balanced(self) -> bool:
        """Return whether every element was closed, in order."""
        return not self._open and not self._failed

    def converted(self, text: str) -> str:
        """Return text with its tags as Markdown."""
        found = [""]
        end = 0
        for tag in _TAG.finditer(text):
            found.append(self._plain(text[end : tag.start()], found[-1]))
            name = (tag[1] or tag[3]).lower()
            found.append(self._opened(name, tag[2] or "") if tag[1] else self._closed(name))
            end = tag.end()
        return "".join([*found, self._plain(text[end:], found[-1])])

    def _plain(self, text: str, before: str) -> str:
        """Return text between tags; in lists, its line breaks are spaces."""
        if self._numbers:
            text = " ".join(f"|{text}|".split())[1:-1]
        return _unescaped(text.lstrip() if before[-1:].isspace() else text)

    def _opened(self, name: str, attributes: str) -> str:
        match name:
            case "br":
                return "  \n"
            case "p":
                return "" if self._numbers else "\n\n"
            case "li":
                return self._item()
            case "ul" | "ol":
                before = "" if self._numbers else "\n\n"
                self._numbers.append(0 if name == "ol" else -1)
                self._open.append((name, before))
                return before
            case "a":
                href = _HREF.search(attributes)
                self._open.append((name, f"]({_unescaped(href[1])})" if href else ""))
                return "[" if href else ""
            case _:
                self._open.append((name, _EMPHASIS[name]))
                return _EMPHASIS[name]

    def _item(self) -> str:
        if not self._numbers:
            self._failed = True
            return ""
        indent = "   " * (len(self._numbers) - 1)
        if self._numbers[-1] < 0:
            return f"\n{indent}- "
        self._numbers[-1] += 1
        return f"\n{indent}{self._numbers[-1]}. "

    def _closed(self, name: str) -> str:
        if name in ("p", "li"):
            return "\n\n" if name == "p" and not self._numbers else ""
        if not self._open or self._open[-1][0] != name:
            self._failed = True
            return ""
        if name in ("ul", "ol"):
            self._numbers.pop()
        return self._open.pop()[1]


def _unescaped(text: str) -> str:
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return text
