"""Completion as shells drive it: keys are typed at a terminal, and the command prints the arguments that it receives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from specwire_codegen.cli.completion.words import words_of_bash

from tests.support.command_line import exit_code

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal")

COMMAND = """\
#!/bin/sh
case "$1" in --complete|__complete) exec {python} -m specwire "$@";; esac
printf '[%s]' "$@"; echo '[END]'
"""
START = {
    "bash": "bind 'set bell-style none'; . {script}",
    "zsh": "fpath=({folder} $fpath); autoload -Uz compinit; compinit -u; zstyle ':completion:*' insert-tab false",
}
TYPED = [
    ("specwire gene\t", "[generate]"),
    ("specwire call mistr\t", "[call][mistral]"),
    ("specwire bulk mistr\t chat.comp\t", "[bulk][mistral][chat.complete]"),
    ("specwire call mistral chat.comp\t", "[call][mistral][chat.complete]"),
    ("specwire call mistral batch.jobs.cr\t --in\t f", "[call][mistral][batch.jobs.create][--input-files][f]"),
    ("specwire call mistral files.list --source rep\t", "[call][mistral][files.list][--source][repository]"),
    ("specwire call mistral files.list --source=rep\t", "[call][mistral][files.list][--source=repository]"),
    ("specwire call mistral chat.stream @ch\t", "[call][mistral][chat.stream][@chat $1.json]"),
    ("specwire call mistral chat.stream --messages=@ch\t", "[call][mistral][chat.stream][--messages=@chat $1.json]"),
    (
        "specwire call mistral files.upload --file ~/fo\tin\t",
        "[call][mistral][files.upload][--file][{folder}/folder/inner]",
    ),
]


class Terminal:
    """Interactive shell at a pseudo-terminal."""

    def __init__(self, shell: str, folder: Path) -> None:
        import pty

        options = {"bash": ["--norc", "-i"], "zsh": ["-f", "-i"]}[shell]
        environment = {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
            "TERM": "dumb",
        }
        self._screen, slave = pty.openpty()
        self._process = subprocess.Popen(
            [shell, *options],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def enter(self, text: str, end: str) -> str:
        """Type a line; return what is printed up to an end."""
        os.write(self._screen, f"{text}\n".encode())
        printed, until = "", time.monotonic() + 60
        while end not in printed:
            assert time.monotonic() < until, printed
            printed += os.read(self._screen, 65536).decode(errors="replace")
        return printed

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/specwire").write_text(COMMAND.format(python=sys.executable), "utf-8")
    (tmp_path / "bin/specwire").chmod(0o755)
    (tmp_path / "folder").mkdir()
    for name in ("chat $1.json", "folder/inner"):
        (tmp_path / name).touch()
    return tmp_path


def script(shell: str, folder: Path) -> Path:
    """Return the script that is installed for a shell."""
    path = folder / "_cyclopts_specwire"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))  # the files of the shell name the script from now on
        assert exit_code("--install-completion", "--shell", shell, "--output", str(path)) == 0
    return path


@pytest.fixture(params=["bash", "zsh"])
def terminal(request: pytest.FixtureRequest, folder: Path) -> Iterator[Terminal]:
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    found = Terminal(shell, folder)
    try:
        start = START[shell].format(script=script(shell, folder), folder=folder)
        found.enter(f"{start}; echo REA''DY", "READY")
        yield found
    finally:
        found.close()


@pytest.mark.slow
def test_the_tab_key_completes_calls(terminal: Terminal, folder: Path) -> None:
    for typed, expected in TYPED:
        printed = terminal.enter(typed, "[END]")
        assert expected.format(folder=folder) + "[END]" in printed, typed


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_fish_shows_calls_with_what_they_mean(folder: Path) -> None:
    for typed, expected in [
        ("specwire call mistral chat.", "chat.complete\tComplete a chat."),
        ("specwire call mistral chat.complete --max-t", "--max-tokens\tMaximum number of tokens to generate."),
        ("specwire call mistral files.list --source=rep", "--source=repository"),
        ("specwire call mistral chat.stream @ch", "@chat $1.json"),
        ("specwire gene", "generate\tGenerate the clients"),
    ]:
        code = f"source {script('fish', folder)}; complete -C '{typed}'"
        environment = {**os.environ, "HOME": str(folder), "PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
        done = subprocess.run(
            ["fish", "--no-config", "-c", code],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.startswith(expected), (typed, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("line", "words", "kept"),
    [
        ("specwire call mis", ["specwire", "call", "mis"], ""),
        ("specwire call ", ["specwire", "call", ""], ""),
        ("specwire call a m --b=c", ["specwire", "call", "a", "m", "--b=c"], "--b="),
        ("specwire call a m --b=@c", ["specwire", "call", "a", "m", "--b=@c"], "--b="),
        ("specwire call a m @c", ["specwire", "call", "a", "m", "@c"], ""),
        ("specwire call a:b", ["specwire", "call", "a:b"], "a:"),
        (r"specwire call a m my\ f", ["specwire", "call", "a", "m", "my f"], ""),
        ("specwire call 'a b' ", ["specwire", "call", "a b", ""], ""),
        ("specwire call 'a b", [], ""),
        ("specwire call é", ["specwire", "call", "é"], ""),
    ],
)
def test_words_of_bash_end_at_the_cursor(line: str, words: list[str], kept: str) -> None:
    point = str(len(line.encode()))
    found = words_of_bash({"COMP_LINE": f"{line} more", "COMP_POINT": point, "COMP_WORDBREAKS": " \t\n\"'@><=;|&(:"})
    assert found == (words, kept)


def test_values_of_a_document_never_run_in_the_shell(folder: Path) -> None:
    """They are quoted, and those with control characters are left out."""
    values = ["$(touch ran)", "a;touch ran", "b\x1b[2J", "=ls", "~root", "c d"]
    (folder / "hostile.json").write_text(_document(values), "utf-8")
    code = f". {script('bash', folder)}; COMP_WORDS=(specwire call); COMP_CWORD=2; _specwire_or_call; " + (
        'for each in "${COMPREPLY[@]}"; do eval printf \'[%s]\' "$each"; done'
    )
    line = "specwire call hostile.json words.list --word "
    done = subprocess.run(
        ["bash", "-c", code],
        cwd=folder,
        env={
            "HOME": str(folder),
            "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "[$(touch ran)][a;touch ran][=ls][~root][c d]", done.stderr
    assert not (folder / "ran").exists()


def _document(values: list[str]) -> str:
    import json

    parameter = {"name": "word", "in": "query", "schema": {"type": "string", "enum": values}}
    operation = {
        "operationId": "listWords",
        "parameters": [parameter],
        "responses": {"200": {"description": "d"}},
    }
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Hostile words", "version": "1"},
            "servers": [{"url": "https://a.example"}],
            "paths": {"/words": {"get": operation}},
        }
    )
