"""The examples of `docs/testing.md` are a test module that passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.pages import blocks


def test_the_examples_of_the_page_pass(tmp_path: Path) -> None:
    """In a project without anything else."""
    examples = [block.text for block in blocks("docs/testing.md") if block.language == "python"]
    (tmp_path / "test_examples.py").write_text("\n\n".join(examples), "utf-8")
    fixtures = "from specwire_codegen.testing.plugin import mock_client, mock_server\n"
    (tmp_path / "conftest.py").write_text(fixtures, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0 and "9 passed" in done.stdout, done.stdout + done.stderr
