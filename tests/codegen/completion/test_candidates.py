"""Candidates for the words of `specwire call`: clients, methods, options, values and files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import specwire_clients
from specwire_codegen.call.candidates import candidates
from specwire_codegen.call.method import inspected, method_of, methods_of
from specwire_codegen.call.options import OPTIONS
from specwire_codegen.clients.named import client_named
from specwire_codegen.files.access import Access

from tests.support import paths

CHAT = ("mistral", "chat.complete")
UPLOAD = ("mistral", "files.upload")


def texts(*words: str) -> list[str]:
    return [each.text for each in candidates(words)]


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("chat.json", "my file.jsonl", ".hidden", "notes/deep.txt", "spec.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}", "utf-8")
    return tmp_path


@pytest.mark.parametrize("provider", ["aitre", "mistral", "moonshot"])
def test_every_method_and_each_of_its_options_is_a_candidate(provider: str) -> None:
    with client_named(Path(), provider, Access()) as found, inspected(found.kind) as client:
        known = list(methods_of(client))
        assert texts(provider, "") == known
        for path in known:
            arguments = method_of(client, path).arguments
            assert {each.option for each in arguments} <= set(texts(provider, path, "--"))
            for each in arguments:
                assert list(each.known) == [
                    text for text in texts(provider, path, each.option, "") if text in each.known
                ]


def test_clients_are_those_of_the_project_and_the_included_ones_and_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    own = str(paths.ROOT / "generated" / "specwire_clients")  # other tests add the clients of their projects
    monkeypatch.setattr(specwire_clients.__spec__, "submodule_search_locations", [own])
    assert texts("") == ["aitre", "mistral", "moonshot", "chat.json", "notes/", "spec.yaml"]
    assert texts("mi") == ["mistral"]
    assert texts("--root", str(paths.ROOT), "moon") == ["moonshot"]


def test_methods_begin_with_what_is_written_and_come_with_their_summary() -> None:
    assert [(each.text, each.doc) for each in candidates(("mistral", "chat.c"))] == [
        ("chat.complete", "Complete a chat.")
    ]
    assert texts("mistral", "nothing") == []
    assert texts("mistral", "nothing", "--") == []


def test_required_options_come_first_and_given_ones_are_left_out() -> None:
    assert texts(*CHAT, "--")[:2] == ["--model", "--messages"]
    assert "--model" not in texts(*CHAT, "--model", "m", "--")
    assert "--model" not in texts(*CHAT, "--model=m", "--")
    assert "--header" in texts(*CHAT, "--header", "a: b", "--")
    assert texts(*CHAT, "--max_t") == ["--max-tokens"]
    assert texts(*CHAT, "--model", "m", "")[0] == "--messages"


def test_values_that_the_document_lists_are_candidates_in_both_spellings() -> None:
    assert texts("mistral", "files.list", "--source", "") == ["upload", "repository", "mistral"]
    assert texts("mistral", "files.list", "--source=re") == ["--source=repository"]
    assert texts("mistral", "batch.jobs.list", "--order-by", "-") == ["-created"]
    assert texts(*CHAT, "--safe-prompt", "") == ["true", "false"]
    assert "--stop" in texts(*CHAT, "--safe-prompt", "--st")
    assert texts(*CHAT, "--temperature", "") == []


def test_content_of_files_follows_an_at_sign() -> None:
    assert texts(*CHAT, "--messages", "@ch") == ["@chat.json"]
    assert texts(*CHAT, "--messages=@no") == ["--messages=@notes/"]
    assert texts(*CHAT, "@notes/") == ["@notes/deep.txt"]
    assert texts(*CHAT, "--messages", "@@ch") == []
    assert texts(*CHAT, "--messages", "@.") == ["@.hidden"]
    assert texts(*CHAT, "--messages", "@absent/") == []


def test_files_are_candidates_where_a_path_is_the_value() -> None:
    assert texts(*UPLOAD, "--file", "my") == ["my file.jsonl"]
    assert texts(*UPLOAD, "--file", "~/my") == ["~/my file.jsonl"]
    assert texts(*CHAT, "--output", "chat") == ["chat.json"]
    assert texts("--root", "n") == ["notes/"]
    assert texts("--ref", "https://a.example=n") == ["https://a.example=notes/"]


def test_values_of_the_path_are_completed_without_their_option(in_folder: Path) -> None:
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"enum": values}} for name, values in _PATH]
    operation = {"operationId": "getMove", "parameters": parameters, "responses": {"200": {"description": "d"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Completed moves", "version": "1"},
        "servers": [{"url": "https://a.example"}],
        "paths": {"/moves/{from}/{to}": {"get": operation}},
    }
    (in_folder / "moves.json").write_text(json.dumps(document), "utf-8")
    (path,) = texts("moves.json", "")
    assert texts("moves.json", path, "") == ["b1", "b2"]
    assert texts("moves.json", path, "@chat.json", "") == ["b1", "b2"]
    assert texts("moves.json", path, "b1", "")[:2] == ["--to", "--from"]
    assert texts("moves.json", path, "b1", "--from", "") == ["a1", "a2"]


_PATH = (("from", ["a1", "a2"]), ("to", ["b1", "b2"]))


@pytest.mark.parametrize("client", ["https://a.example/openapi.json", "-", "absent.yaml", "large.yaml"])
def test_completion_sends_no_request_and_generates_no_large_client(client: str, in_folder: Path) -> None:
    (in_folder / "large.yaml").write_text("#" * 600_000, "utf-8")
    assert texts(client, "") == []


def test_options_of_calls_take_the_values_that_their_help_states() -> None:
    """Switches have no value; every other option has a placeholder."""
    for options in OPTIONS.values():
        for name, settings in options.items():
            assert ("metavar" in settings) == (settings.get("action") != "store_true"), name
