"""Text of documents and servers on a terminal: no command lets it move the cursor, set colours or hide other text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.characters import steers, tamed
from specwire_codegen.cli import console

from tests.support.server import Received, Server
from tests.support.terminal import on_terminal, steering

STEERING = "\x1b]0;title\x07\x1b[31mred\x9b32m\x1bP+q\x1b\\\u202eright\u2066x\u2028\x08\r\x7f\x85"
"""Titles, colours (of seven and of eight bits), device strings, directions, separators, movements."""
EMOJI = "\u2764\ufe0f \U0001f468\u200d\U0001f469 \u0644\u0627"


def document(text: str) -> dict[str, Any]:
    """Return a document with a text in every place that a command shows."""
    model = {
        "type": "object",
        "title": f"M{text}",
        "description": text,
        "required": ["kind", f"p{text}"],
        "properties": {
            "kind": {"type": "string", "const": f"k{text}"},
            f"p{text}": {"type": "string", "example": text},
            "odd": {"type": f"strng{text}"},
        },
    }
    parameters = [
        {
            "name": "mode",
            "in": "query",
            "description": text,
            "schema": {"type": "string", "enum": [f"a{text}", "b"]},
        },
        {"name": f"q{text}", "in": "query", "schema": {"type": "string", "default": text}},
        {"name": "flags", "in": "query", "schema": {"type": "array", "items": {"enum": [text]}}},
    ]
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/M"}}}
    error = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string", "const": text}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Evil {text}", "version": f"1 {text}", "description": text},
        "tags": [{"name": f"t{text}", "description": text}],
        "paths": {
            f"/b/{text}": {
                "get": {"operationId": f"odd{text}", "tags": [f"t{text}"], "responses": {"200": {"description": text}}}
            },
            "/a": {
                "get": {
                    "operationId": "read",
                    "tags": ["t"],
                    "summary": text,
                    "description": text,
                    "parameters": parameters,
                    "responses": {
                        "200": {"description": text, "content": body},
                        "400": {"description": text, "content": {"application/json": {"schema": error}}},
                    },
                }
            },
            "/text": {
                "get": {
                    "operationId": "text",
                    "responses": {"200": {"description": text, "content": {"text/plain": {}}}},
                }
            },
            "/file": {
                "get": {
                    "operationId": "file",
                    "responses": {"200": {"description": text, "content": {"application/octet-stream": {}}}},
                }
            },
            "/events": {
                "get": {
                    "operationId": "events",
                    "responses": {"200": {"description": text, "content": {"text/event-stream": {"itemSchema": {}}}}},
                }
            },
        },
        "components": {"schemas": {"M": model}},
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the document, and a server that answers with the same text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "evil.json").write_text(json.dumps(document(STEERING)), "utf-8")
    (tmp_path / "plain.json").write_text(json.dumps(document("x")), "utf-8")
    console._out.cache_clear()
    console._err.cache_clear()
    yield tmp_path
    console._out.cache_clear()
    console._err.cache_clear()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "generate evil.json --package evil --explain --verbose"),
        (0, "check evil.json --verbose"),
        (0, "new evil --spec evil.json"),
        (0, "diff plain.json evil.json"),
        (0, "diff plain.json evil.json --format markdown"),
        (0, "diff plain.json evil.json --format changelog"),
        (0, "package evil.json --name evil-client"),
        (0, "models evil.json --as typeddict"),
        (0, "dump-ir evil.json"),
        (0, "call evil.json"),
        (0, "call evil.json t.read --help"),
        (2, "call evil.json nope"),
        (2, "call evil.json t.read --nope"),
        (0, "mcp evil.json --list --write"),
    ],
)
def test_no_command_shows_text_of_a_document_that_steers_the_terminal(folder: Path, code: int, words: str) -> None:
    found, shown = on_terminal(*words.split())
    assert found == code and shown and steering(shown) == set()


def test_check_shows_differences_of_edited_files_as_text(folder: Path) -> None:
    code, shown = on_terminal("generate", "plain.json", "--package", "plain")
    assert code == 0, shown
    (folder / "plain" / "api.md").write_text(f"{STEERING}\n", "utf-8")
    code, shown = on_terminal("check", "plain.json", "--package", "plain", "--diff")
    assert code == 1 and "right" in shown and steering(shown) == set()


def test_drift_is_shown_and_proposed_as_text(folder: Path) -> None:
    """Values that a server sent, in the report and in the overlay that declares them."""
    entry = {
        "operation": "read",
        "status": 200,
        "path": f"$.p{STEERING}",
        "kind": "value",
        "expected": STEERING,
        "got": {STEERING: 2},
        "count": 2,
        "first": "2026-01-01T00:00:00Z",
        "last": "2026-01-01T00:00:00Z",
    }
    (folder / "drift.jsonl").write_text(f"{json.dumps(entry)}\n", "utf-8")
    for words in (("show", "drift.jsonl"), ("apply", "drift.jsonl", "evil.json", "--yes")):
        _, shown = on_terminal("drift", *words)
        assert shown and steering(shown) == set()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as made:
        made.respond = _response
        yield made


def _response(request: Received) -> list[bytes]:
    path = request.target.partition("?")[0]
    kinds = {"/text": "text/plain; charset=utf-8", "/file": "application/octet-stream", "/events": "text/event-stream"}
    sent = f"{STEERING} {EMOJI}"
    value = {"kind": sent, "extra": [sent], sent: 1}
    status, body = ("400 No", json.dumps({"message": sent})) if "mode=b" in request.target else ("200 OK", "")
    if not body:
        body = f"data: {json.dumps(value, ensure_ascii=False)}\n\n" if path == "/events" else sent
        body = json.dumps(value, ensure_ascii=False) if path == "/a" else body
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kinds.get(path, 'application/json')}\r\nContent-Length: {len(data)}\r\n\r\n"
    return [head.encode(), data]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("t.read",), 0),
        (("t.read", "--select", "extra.0"), 0),
        (("t.read", "--mode", "b"), 1),
        (("text",), 0),
        (("file",), 0),
        (("events.list",), 0),
        (("events.list", "--select", "extra.0"), 0),
    ],
    ids=str,
)
def test_no_call_shows_text_of_a_server_that_steers_the_terminal(
    folder: Path, server: Server, words: tuple[str, ...], code: int
) -> None:
    """Emoji and joiners, which do not, stay."""
    found, shown = on_terminal("call", "evil.json", *words, "--base-url", f"http://127.0.0.1:{server.port}")
    assert found == code and steering(shown) == set()
    assert code == 1 or EMOJI in shown


def test_text_without_steering_characters_is_unchanged() -> None:
    assert tamed(f"a\tb\n{EMOJI}") == f"a\tb\n{EMOJI}"
    assert not any(steers(each) for each in EMOJI)
    assert set(tamed(STEERING)) & set("\x1b\x07\x9b\x08\r\x7f\x85\u202e\u2066\u2028") == set()
