"""`specwire call` against the mock server, and against a server that records requests."""

from __future__ import annotations

import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support import paths
from tests.support.command_line import Specwire, project, specwire
from tests.support.server import Received, Server

__all__ = ["project", "specwire"]

MESSAGES = '[{"role": "user", "content": "Hi"}]'
CHAT = ("call", "--root", str(paths.ROOT), "mistral", "chat.complete", "--model", "m", "--messages", MESSAGES)
FILES = ("call", "--root", str(paths.ROOT), "mistral")


def test_methods_are_listed_for_a_client_and_for_a_resource(specwire: Specwire) -> None:
    code, out, _ = specwire(*FILES)
    assert code == 0
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert rows["chat.complete"] == "Complete a chat."
    assert rows["batch.jobs.wait"].startswith("Wait until")
    code, below, _ = specwire(*FILES, "batch")
    assert [line.split()[0] for line in below.splitlines()] == [name for name in rows if name.startswith("batch.")]


def test_every_method_has_help_with_its_arguments(specwire: Specwire) -> None:
    _, out, _ = specwire(*FILES)
    names = [line.split()[0] for line in out.splitlines()]
    assert len(names) > 30
    for name in names:
        code, text, _ = specwire(*FILES, name, "--help")
        assert code == 0, name
        assert f"mistral {name} [OPTIONS]" in text
    assert "--job-id TEXT" in text or "--model TEXT" in text


def test_a_response_is_printed_as_json(specwire: Specwire) -> None:
    code, out, err = specwire(*CHAT, "--max_tokens", "5", "--mock")
    assert (code, err) == (0, "")
    assert json.loads(out)["model"] == "m"
    assert specwire(*CHAT, "--mock", "--select", "choices.0.message.role")[1] == "assistant\n"


def test_arguments_come_from_a_file_and_options_override_it(
    specwire: Specwire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"model": "of the file", "messages": json.loads(MESSAGES)}), "utf-8")
    assert specwire(*CHAT[:5], f"@{request}", "--mock", "--select", "model")[1] == "of the file\n"
    assert specwire(*CHAT[:5], f"@{request}", "--model", "o", "--mock", "--select", "model")[1] == "o\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(request.read_text("utf-8")))
    assert specwire(*CHAT[:5], "-", "--mock", "--select", "model")[1] == "of the file\n"


def test_a_stream_is_printed_event_by_event(specwire: Specwire) -> None:
    arguments = [*CHAT[:4], "chat.stream", *CHAT[5:], "--mock"]
    _, out, _ = specwire(*arguments)
    events = [json.loads(line) for line in out.splitlines()]
    assert len(events) > 1
    _, text, _ = specwire(*arguments, "--select", "choices.0.delta.content")
    assert text == "".join(event["choices"][0]["delta"].get("content") or "" for event in events) + "\n"


def test_all_pages_are_printed_item_by_item(specwire: Specwire) -> None:
    one = json.loads(specwire(*FILES, "files.list", "--page-size", "1", "--mock")[1])
    every = [
        json.loads(line)
        for line in specwire(*FILES, "files.list", "--page-size", "1", "--all", "--mock")[1].splitlines()
    ]
    assert len(one["data"]) == 1
    assert len(every) > 1
    code, _, err = specwire(*CHAT, "--all", "--mock")
    assert (code, "chat.complete has no pages: leave out --all" in err) == (2, True)


def test_files_are_uploaded_and_downloaded(specwire: Specwire, tmp_path: Path) -> None:
    data = tmp_path / "a b.jsonl"
    data.write_text('{"a": 1}\n', "utf-8")
    assert json.loads(specwire(*FILES, "files.upload", "--file", str(data), "--mock")[1])["filename"] == "a b.jsonl"
    identifier = json.loads(specwire(*FILES, "files.list", "--mock")[1])["data"][0]["id"]
    target = tmp_path / "out.bin"
    code, out, err = specwire(*FILES, "files.download", identifier, "--output", str(target), "--mock")
    assert (code, out, err) == (0, "", "")
    assert target.stat().st_size > 0


def test_a_document_is_called_without_generating_a_client(specwire: Specwire, project: Path) -> None:
    document = project / "openapi.yaml"
    code, out, err = specwire("call", str(document))
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["orders.create", "orders.retrieve"]
    assert specwire("call", str(document), "orders.retrieve", "7", "--mock")[0] == 0
    assert specwire("call", str(document), "orders.retrieve", "7", "--curl")[1] == (
        "curl -X GET https://t.example/orders/7 \\\n  -H 'accept: application/json'\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["call"], "name a client: specwire call CLIENT METHOD"),
        (["call", "mistrl"], "unknown client 'mistrl': did you mean 'mistral'?"),
        ([*FILES, "chat.complet"], "there is no method 'chat.complet': did you mean 'chat.complete'?"),
        ([*CHAT[:5], "--model", "m", "--mock"], "chat.complete needs --messages"),
        ([*CHAT, "--modell", "m"], "chat.complete has no argument --modell: did you mean '--model'?"),
        ([*CHAT, "--max-tokens", "many"], "--max-tokens is 'many': write an integer"),
        ([*CHAT, "--model", "o"], "--model is given 2 times: give it once"),
        ([*FILES, "files.delete", "a", "b"], "files.delete takes no more values, but was given 'b'"),
        ([*CHAT, "--header", "novalue", "--mock"], "--header needs a name and a value"),
        ([*CHAT, "--mock", "--select", "nothing.here"], "the response has no nothing.here"),
    ],
)
def test_a_mistake_is_one_line_on_stderr(specwire: Specwire, words: list[str], message: str) -> None:
    code, out, err = specwire(*words)
    assert (code, out) == (1 if "client" in message and "name" not in message else 2, "")
    assert message in err
    assert "Traceback" not in err


def test_python_is_a_script_that_makes_the_call(
    specwire: Specwire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "quote'.jsonl"
    data.write_text("{}\n", "utf-8")
    _, script, _ = specwire(*FILES, "files.upload", "--file", str(data), "--base-url", "http://127.0.0.1:9", "--python")
    assert "client.files.upload(" in script
    monkeypatch.setenv("MISTRAL_API_KEY", "secret-key")
    sent: dict[str, Any] = {}
    patched = script.replace("    result = client.files.upload(", "    sent.update(").replace("    print(result)\n", "")
    exec(compile(patched, "script", "exec"), {"sent": sent})
    assert sent == {"file": data}


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (
            "chat.complete",
            ["--model", "m", "--messages", '[{"role": "user", "content": "a \'quoted\' $HOME `x` \\\\ ü"}]'],
        ),
        ("chat.stream", ["--model", "m", "--messages", MESSAGES]),
        ("files.list", ["--page-size", "2", "--search", "a b&c"]),
        ("files.delete", ["a/b c"]),
        ("files.upload", ["--purpose", "batch;x", "--file", "FILE"]),
        ("batch.jobs.list", ["--status", "QUEUED", "--status", "SUCCESS"]),
    ],
)
def test_curl_sends_the_same_request(
    specwire: Specwire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, words: list[str]
) -> None:
    file = tmp_path / 'a "b";c.jsonl'
    file.write_text('{"a": "ü"}\n', "utf-8")
    monkeypatch.setenv("MISTRAL_API_KEY", "secret-key")
    arguments = [str(file) if word == "FILE" else word for word in words]
    with Server() as server:
        server.respond = lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"]
        command = [*FILES, method, *arguments, "--base-url", f"http://127.0.0.1:{server.port}"]
        code, shown, _ = specwire(*command, "--curl")
        assert code == 0
        assert "secret-key" not in shown
        assert server.received == []
        subprocess.run(["bash", "-c", shown.replace("curl", "curl -s", 1)], check=True, timeout=20)
        specwire(*command)
        by_curl, by_client = map(_comparable, server.received[:2])
    assert by_curl == by_client


def _comparable(request: Received) -> tuple[str, str, dict[str, str], bytes]:
    """Return a request without its boundary and the traces of the library that sent it."""
    content_type = request.headers.get("content-type", "")
    boundary = content_type.partition("boundary=")[2]
    headers = {name: request.headers.get(name, "") for name in ("authorization", "accept")}
    headers["content-type"] = content_type.replace(boundary, "") if boundary else content_type
    body = request.body.replace(boundary.encode(), b"") if boundary else request.body
    return request.method, request.target, headers, re.sub(rb"-{2,}", b"--", body)


def test_a_client_of_pyproject_is_called_and_served(specwire: Specwire, project: Path) -> None:
    document = project / "openapi.yaml"
    settings = f'[tool.specwire.clients.acme_orders]\ndocument = "{document.relative_to(Path.cwd()).as_posix()}"\n'
    Path("pyproject.toml").write_text(settings, "utf-8")
    code, _, err = specwire("call", "acme_orders", "orders.retrieve", "7", "--mock")
    assert (code, "run specwire generate acme_orders" in err) == (1, True)
    assert specwire("generate", "acme_orders")[0] == 0
    assert specwire("call", "acme_orders", "orders.retrieve", "7", "--mock")[0] == 0
    assert (
        "from acme_orders import AcmeOrders" in specwire("call", "acme_orders", "orders.retrieve", "7", "--python")[1]
    )


def test_a_resource_with_arguments_is_no_method(specwire: Specwire) -> None:
    """Its methods are listed only if nothing else was asked for."""
    code, out, err = specwire(*FILES, "files", "--page-size", "1")
    assert (code, out) == (2, "") and "files is not a method: specwire call mistral files lists its methods" in err


def test_a_document_of_several_files_and_hosts_is_called(specwire: Specwire, tmp_path: Path) -> None:
    """With the options that every command has, before the client; after it, the error says so."""
    schema = {"type": "object", "properties": {"id": {"type": "string"}}}
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "order.json").write_text(json.dumps(schema), "utf-8")
    content = {"application/json": {"schema": {"$ref": "https://far.test/order.json"}}}
    operation = {"operationId": "readOrder", "responses": {"200": {"description": "d", "content": content}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/orders/x": {"get": operation}}}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document), "utf-8")
    copies = ("--ref", f"https://far.test={tmp_path / 'far'}")
    code, out, err = specwire("call", *copies, str(path), "orders.x", "--mock")
    assert (code, err) == (0, "") and "id" in json.loads(out)
    code, _, err = specwire(*FILES, "files.list", *copies)
    assert code == 2 and "--ref goes before the client" in err
    code, _, err = specwire("call", "--allow-remote=a b", str(path))
    assert code == 2 and "'a b' is not a host" in err


def test_a_document_on_standard_input_is_called(
    specwire: Specwire, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (project / "openapi.yaml").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert "orders.retrieve" in specwire("call", "-")[1]


def test_a_package_in_the_current_folder_is_called(specwire: Specwire, project: Path) -> None:
    """As right after `specwire generate --package`."""
    document = str(project / "openapi.yaml")
    assert specwire("generate", document, "--package", "called_here")[0] == 0
    code, out, err = specwire("call", "called_here")
    assert (code, err) == (0, "") and "orders.retrieve" in out
