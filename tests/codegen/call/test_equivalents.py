"""`specwire call --curl` and `--python`: whatever the arguments are, a shell and Python read them as the same text."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.characters import is_hidden

from tests.support.command_line import Specwire, specwire

__all__ = ["specwire"]

TEXTS = (
    "it's",
    'say "hi"',
    "$(touch pwned)",
    "`touch pwned`",
    "${IFS}$HOME $1",
    "a\nb; touch pwned\n",
    "a\\",
    "\\'; touch pwned; '",
    "!!",
    "wow! !touch",
    "\x1b[201~\ntouch pwned\n",
    "\u202e tneilc",
    "\u00fc\U0001f600 \u00a0\u200b",
    "&& touch pwned || # ;|<>()",
    "SHOP_API_KEY",
    "%s %(x)s {} {a,b} [1-9]",
    "~/x *.py ?",
    "-rf",
)
DOCUMENT: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://shop.test"}],
    "security": [{"key": []}],
    "paths": {
        "/text/{id}": {
            "post": {
                "operationId": "text",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "q", "in": "query", "schema": {"type": "string"}},
                ],
                "requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}},
                "responses": {"204": {"description": "done"}},
            }
        },
        "/json": {
            "post": {
                "operationId": "json",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"type": "object", "properties": {"v": {"type": "string"}}}}
                    }
                },
                "responses": {"204": {"description": "done"}},
            }
        },
        "/form": {
            "post": {
                "operationId": "form",
                "requestBody": {
                    "content": {
                        "multipart/form-data": {"schema": {"type": "object", "properties": {"v": {"type": "string"}}}}
                    }
                },
                "responses": {"204": {"description": "done"}},
            }
        },
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}}},
}
FAKE = f"#!{sys.executable}\nimport json, os, sys\nprint(json.dumps([os.fsencode(each).decode('latin-1') for each in sys.argv[1:]]))\n"
"""A program that prints its arguments, byte by byte."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the document and a curl that shows what the shell gives it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOP_API_KEY", "s3cret")
    (tmp_path / "shop.json").write_text(json.dumps(DOCUMENT), "utf-8")
    (tmp_path / "client.toml").write_text(
        '[operations]\ntext = "text"\njson = "json"\nform = "form"\n[client]\nkey = "SHOP_API_KEY"\n', "utf-8"
    )
    (tmp_path / "bin").mkdir()
    curl = tmp_path / "bin" / "curl"
    curl.write_text(FAKE, "utf-8")
    curl.chmod(0o755)
    return tmp_path


def arguments(shown: str, shell: str = "bash") -> list[str]:
    """Return the arguments that a shell makes of a command, in a folder where it can do no harm."""
    environment = {**os.environ, "PATH": f"{Path.cwd()}/bin:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run([shell, "-c", shown], env=environment, capture_output=True, check=True, timeout=30)
    assert not Path("pwned").exists()
    return [each.encode("latin-1").decode("utf-8", "surrogateescape") for each in json.loads(done.stdout)]


def requests(specwire: Specwire, text: str) -> list[tuple[list[str], str]]:
    """Return calls with a text, and the argument of curl that must hold it."""
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    escaped = text.replace("@", "@@", 1) if text.startswith("@") else text
    return [
        (["text", "1", f"--body={escaped}"], text),
        (["json", f"--v={escaped}"], json.dumps({"v": text}, ensure_ascii=False)),
        (["form", f"--v={escaped}"], f"v={quoted}"),
    ]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_shell_gives_curl_the_same_text(folder: Path, specwire: Specwire, text: str) -> None:
    """No part of it is run, expanded, or able to end a paste."""
    for words, expected in requests(specwire, text):
        code, shown, err = specwire("call", "shop.json", *words, "--curl")
        assert code == 0, err
        assert not any(map(is_hidden, shown.replace("\n", ""))), shown
        got = arguments(shown)
        if words[0] == "json":
            assert json.loads(got[got.index("--data-raw") + 1]) == json.loads(expected)
        else:
            assert any(each == expected or each.startswith(f"{expected};") for each in got), (expected, got)
        assert "key=s3cret" in got[2] and "s3cret" not in shown


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_the_url_is_one_word_with_the_key_of_the_environment(folder: Path, specwire: Specwire, text: str) -> None:
    words = ("text", f"--id={text}", f"--q={text} $", "--body", "x")
    code, shown, err = specwire("call", "shop.json", *words, "--curl")
    assert code == 0, err
    url = next(each for each in arguments(shown) if each.startswith("https://"))
    assert url.startswith("https://shop.test/text/") and "key=s3cret" in url and "$SHOP_API_KEY" in shown


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_python_has_the_same_text_as_a_literal(folder: Path, specwire: Specwire, text: str) -> None:
    code, script, err = specwire("call", "shop.json", "json", f"--v={text}", "--python")
    assert code == 0, err
    assert not any(map(is_hidden, script.replace("\n", "")))
    calls = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Call)]
    assert [ast.literal_eval(each.value) for call in calls for each in call.keywords] == [text]
    assert len(calls) == 3  # the client, the method, print


@pytest.mark.parametrize(
    ("method", "shown"), [("x`touch pwned`", "'X`TOUCH PWNED`'"), ("a&b", "'A&B'"), ("it's", '"\'"')]
)
def test_the_method_of_a_document_is_a_word(folder: Path, specwire: Specwire, method: str, shown: str) -> None:
    operation = {"operationId": "odd", "responses": {"204": {"description": "done"}}}
    document = {**DOCUMENT, "paths": {"/odd": {"additionalOperations": {method: operation}}}}
    (folder / "shop.json").write_text(json.dumps(document), "utf-8")
    (folder / "client.toml").write_text('[operations]\nodd = "odd"\n', "utf-8")
    code, found, _ = specwire("call", "shop.json", "odd", "--curl")
    assert code != 0 or arguments(found)[:2] == ["-X", method]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a=@/etc/passwd;b", None), ("v", "text/plain;headers=@/etc/passwd"), ("v", "text/plain; filename=x"), ("", None)],
)
def test_a_part_of_a_document_never_names_a_file_to_send(
    folder: Path, specwire: Specwire, name: str, kind: str | None
) -> None:
    """curl reads more than a name before `=` and more than a type after `;type=`."""
    schema = {"type": "object", "required": [name], "properties": {name: {"type": "string"}}}
    media = {"schema": schema, **({"encoding": {name: {"contentType": kind}}} if kind else {})}
    document = json.loads(json.dumps(DOCUMENT))
    document["paths"]["/form"]["post"]["requestBody"]["content"] = {"multipart/form-data": media}
    (folder / "shop.json").write_text(json.dumps(document), "utf-8")
    _, rows, _ = specwire("call", "shop.json", "form", "--help")
    option = next((word for word in rows.split() if word.startswith("--") and word not in _COMMON), "--v")
    code, shown, err = specwire("call", "shop.json", "form", option, "x", "--curl")
    assert code != 0 or re.search("""-F 'v="x"(;type=text/plain)?'$""", shown, re.MULTILINE), shown
    assert code == 0 or (shown == "" and "curl has no syntax" in err), err


_COMMON = frozenset(("--json", "--quiet", "--verbose", "--debug"))


def test_content_with_nul_is_piped_in(folder: Path, specwire: Specwire) -> None:
    """No argument can hold it."""
    (folder / "data").write_bytes(b"a\0b")
    code, shown, _ = specwire("call", "shop.json", "text", "1", "--body", "@data", "--curl")
    assert code == 0 and "--data-binary @-" in shown and "\0" not in shown


def test_only_the_command_line_reads_files(folder: Path, specwire: Specwire) -> None:
    """A value in a file of arguments, or a default of the document, that begins with @ is text."""
    (folder / "secret").write_text("s3cret", "utf-8")
    (folder / "request.json").write_text('{"v": "@secret"}', "utf-8")
    _, shown, _ = specwire("call", "shop.json", "json", "@request.json", "--curl")
    assert json.loads(arguments(shown)[-1]) == {"v": "@secret"}
