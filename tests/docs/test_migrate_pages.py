"""Each page about another generator is a session: its files are written, its commands and its Python code run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve

from tests.docs.pages import Block, blocks, is_session, pages
from tests.support.paths import ROOT

PAGES = [page for page in pages() if is_session(page)]


@pytest.mark.parametrize("page", PAGES)
def test_the_session_of_a_page_works(page: str, tmp_path: Path) -> None:
    """Blocks with a file name are files: those to begin with, or those that a command has written."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    done = 0
    for block in blocks(page):
        if block.language == "sh":
            done += sum(run(words, tmp_path) for words in map(shlex.split, block.text.splitlines()))
        elif block.language == "python":
            run_python(block, tmp_path)
            done += 1
        elif block.language in ("yaml", "toml") and (file := file_of(block)):
            take(block, tmp_path / file)
    assert done


def file_of(block: Block) -> str | None:
    """Return the file name in the first line of a block."""
    first = block.text.partition("\n")[0]
    return first.removeprefix("# ") if first.startswith("# ") and " " not in first[2:] and "." in first else None


def take(block: Block, path: Path) -> None:
    """Write the file of a block, or compare it with the file that a command has written."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
        return
    load = tomllib.loads if block.language == "toml" else yaml.safe_load
    assert load(block.text) == load(path.read_text("utf-8")), path.read_text("utf-8")


def run(words: list[str], folder: Path) -> int:
    """Run a command of specwire; return 1. Packages are not installed."""
    if words[0] == "pip":
        assert words[1] == "install"
        return 0
    assert words[0] == "specwire"
    command = [sys.executable, "-m", "specwire_codegen", *words[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert 0 == done.returncode, f"{shlex.join(words)}: {done.stderr}"
    assert "config-not-carried" not in done.stderr, done.stderr
    return 1


def run_python(block: Block, folder: Path) -> None:
    """Run Python code with the generated client, against a mock server."""
    (name,) = set(re.findall(r"specwire_clients\.(\w+)", block.text))
    root = folder if (folder / "specs" / name).is_dir() else ROOT
    specs = root / "specs" / name
    client = tomllib.loads((specs / "client.toml").read_text("utf-8"))["client"]
    packages = (root / "generated", ROOT / "overrides", ROOT / "runtime")
    with serve(build(json.loads((specs / "normalized.json").read_text("utf-8")))) as url:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(each) for each in packages)}
        prefix = specs.name.upper()
        environment |= {client.get("base_url", f"{prefix}_BASE_URL"): url}
        environment |= {client.get("key", f"{prefix}_API_KEY"): "test-key"}
        command = [sys.executable, "-c", block.text]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
    assert 0 == done.returncode, done.stderr
