"""Every Python example of the documentation runs against mock servers."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import blocks, is_session, pages
from tests.support import certificates
from tests.support.paths import ROOT

EXAMPLES = {
    page: found
    for page in pages()
    if not is_session(page) and (found := [one for one in blocks(page) if one.language == "python"])
}


def test_the_documentation_has_examples() -> None:
    """Also the pages that users read first."""
    assert {"README.md", "docs/authentication.md", "docs/observability.md"} <= EXAMPLES.keys()


@pytest.mark.parametrize("page", EXAMPLES)
def test_the_python_examples_of_a_page_run(page: str, reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page share one namespace and run in order, as a reader pastes them into one session."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    certificates.write(reader)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in EXAMPLES[page]:
        tree = ast.parse(block.text)
        ast.increment_lineno(tree, block.line - 1)
        exec(compile(tree, str(ROOT / page), "exec"), names)
