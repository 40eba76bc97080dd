"""Bytecode of templates: kept where Python keeps that of modules, used if nothing has changed, never needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from specwire_codegen.render import module

Start = Callable[[], jinja2.Environment]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Function that returns the environment of a new process, with bytecode in a folder of the test."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    def environment() -> jinja2.Environment:
        module._environment.cache_clear()
        return module._environment()

    yield environment
    module._environment.cache_clear()


def compiled(environment: jinja2.Environment, monkeypatch: pytest.MonkeyPatch, text: str | None = None) -> bool:
    """Get a template; return whether its source was compiled."""
    calls = list[str]()
    real = environment.compile

    def compile_(source: str, *rest: Any) -> Any:
        calls.append(source)
        return real(source, *rest)

    monkeypatch.setattr(environment, "compile", compile_)
    if text is not None:
        environment.loader = jinja2.DictLoader({"api.md.jinja": text})
    environment.get_template("api.md.jinja")
    return bool(calls)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_template_is_compiled_once(start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert compiled(start(), monkeypatch)
    assert not compiled(start(), monkeypatch)
    assert len(files(tmp_path)) == 1


def test_a_changed_template_is_compiled_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled(start(), monkeypatch, "one")
    assert compiled(start(), monkeypatch, "two")
    assert not compiled(start(), monkeypatch, "two")


def test_another_version_and_other_options_have_other_bytecode(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled(start(), monkeypatch)
    monkeypatch.setattr(jinja2, "__version__", "99")
    assert compiled(start(), monkeypatch)
    environment = start()
    environment.trim_blocks = False
    assert compiled(environment, monkeypatch)


@pytest.mark.parametrize("content", [b"", b"j2", b"\x80\x02"])
def test_damaged_bytecode_is_replaced(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    assert compiled(start(), monkeypatch)
    (kept,) = files(tmp_path)
    kept.write_bytes(kept.read_bytes()[:13] + content)
    assert compiled(start(), monkeypatch)
    assert not compiled(start(), monkeypatch)


def test_bytecode_is_not_written_if_python_writes_none(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled(start(), monkeypatch)
    assert not files(tmp_path)


def test_a_folder_that_cannot_be_written_is_no_error(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bytecode").write_text("a file", "utf-8")
    assert compiled(start(), monkeypatch)
    assert compiled(start(), monkeypatch)
