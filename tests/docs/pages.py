"""Pages of the documentation and their fenced code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.support.paths import ROOT

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """Fenced code block of a page; `line` is that of its first line of code, counted from 1."""

    page: str
    line: int
    language: str
    text: str


def pages() -> list[str]:
    """Return the paths of all pages, relative to the repository."""
    top = [path for path in ROOT.glob("*.md") if path.name != "CHANGELOG.md"]
    below = [path for folder in ("docs", "specs", "bench", "fuzz") for path in (ROOT / folder).rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in (*top, *below))


def blocks(page: str) -> Iterator[Block]:
    """Yield the code blocks of a page in order."""
    text = (ROOT / page).read_text("utf-8")
    for found in _FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, found.start()) + 2, found[1], found[2])


def is_session(page: str) -> bool:
    """Return whether the blocks of a page are one session: files, and commands that use them (`test_migrate_pages`)."""
    return page.startswith("docs/migrate/")
