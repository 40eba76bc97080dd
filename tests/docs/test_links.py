"""Links of the documentation lead to files and headings that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import pages
from tests.support.paths import ROOT

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def prose(path: Path) -> str:
    """Return a page without its code blocks."""
    return FENCED.sub("", path.read_text("utf-8"))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*pages(), "CHANGELOG.md"])
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    """Relative links name files of the repository, and anchors name headings."""
    source = ROOT / page
    for link in LINK.findall(prose(source)):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = (source.parent / name).resolve() if name else source
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_links_every_page() -> None:
    """Nothing in `docs/` is hidden from `docs/README.md`."""
    index = ROOT / "docs/README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(prose(index))}
    assert set((ROOT / "docs").rglob("*.md")) - {index} <= linked
