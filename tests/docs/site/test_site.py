"""Documentation site: every page is in it, every link within it leads somewhere."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script that builds the site."""
    spec = importlib.util.spec_from_file_location("site_tool", ROOT / "tools" / "site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without a warning."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, str(ROOT / "tools" / "site.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def test_every_page_of_the_documentation_is_in_the_site(site: Path) -> None:
    pages = {page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md")} - {Path("README.md")}
    assert len(pages) > 30
    for page in pages:
        assert (site / page.with_suffix("") / "index.html").is_file(), page
    assert {path.parent.name for path in site.glob("clients/*/index.html")} == {"aitre", "mistral", "moonshot"}


def test_the_reference_has_the_documented_names_of_the_runtime(site: Path) -> None:
    text = (site / "runtime" / "index.html").read_text("utf-8")
    for name in (
        "Client",
        "RetryPolicy",
        "Request.custom",
        "outputs.parsed",
        "EventStream",
        "APIStatusError",
        "from_dict",
    ):
        assert f'id="specwire.{name}"' in text, name
    assert "Create a client." in text


def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    """Not even a script that draws diagrams, which are tables here."""
    architecture = (site / "architecture" / "index.html").read_text("utf-8")
    assert "flowchart" not in architecture and "<td><code>_auth</code></td>" in architecture
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        for attribute in ('class="mermaid"', 'src="http', "@import", 'rel="preconnect"', 'rel="stylesheet" href="http'):
            assert attribute not in text, (page, attribute)


@pytest.mark.parametrize(
    ("link", "rewritten"),
    [
        ("[Models](models.md#dates)", "[Models](models.md#dates)"),
        ("[index](../README.md)", "[index](index.md)"),
        ("[code](../runtime/specwire/errors.py)", "code (`runtime/specwire/errors.py`)"),
        ("[`bench/x.py`](../bench/x.py)", "`bench/x.py`"),
        ("[there](https://example.com/a.md)", "[there](https://example.com/a.md)"),
        ("[here](#below)", "[here](#below)"),
        ("```md\n[Models](../models.md)\n```", "```md\n[Models](../models.md)\n```"),
    ],
)
def test_links_stay_within_the_site(tool: ModuleType, link: str, rewritten: str) -> None:
    known = {"README.md": "index.md", "docs/page.md": "page.md", "docs/models.md": "models.md"}
    assert tool.rewritten("docs/page.md", link, known) == rewritten
