"""Examples of the documentation that are test modules, and pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import blocks


@pytest.mark.parametrize(("page", "count"), [("docs/testing.md", 9), ("docs/structured-outputs.md", 1)])
def test_the_examples_of_a_page_pass(tmp_path: Path, page: str, count: int) -> None:
    """In a project without anything else."""
    examples = [block.text for block in blocks(page) if block.language == "python"]
    (tmp_path / "test_examples.py").write_text("\n\n".join(examples), "utf-8")
    fixtures = "from specwire_codegen.testing.plugin import mock_client, mock_server\n"
    (tmp_path / "conftest.py").write_text(fixtures, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0 and f"{count} passed" in done.stdout, done.stdout + done.stderr
