"""`specwire mcp`: tools of a client, called through the official client of the protocol."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from jsonschema_rs import validator_for
from mcp import Client as Session, StdioServerParameters
from mcp.types import CallToolResult
from specwire_clients.aitre import Aitre
from specwire_clients.mistral import Mistral
from specwire_clients.moonshot import Moonshot
from specwire_codegen.call.method import inspected, method_of
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mcp_server.server import server_of
from specwire_codegen.mcp_server.tool import Tool, _names, tools_of
from specwire_codegen.mock.app import build
from specwire_codegen.mock.server import serve
from specwire_codegen.project import provider, read_normalized

from tests.support import paths
from tests.support.command_line import Specwire, specwire
from tests.support.server import Close, Hold, Server

__all__ = ["specwire"]

CLIENTS = (Mistral, Moonshot, Aitre)
MESSAGES = [{"role": "user", "content": "Hi"}]


@pytest.fixture(scope="module")
def client() -> Iterator[Mistral]:
    """Client of a mock server."""
    with (
        serve(build(read_normalized(provider(paths.ROOT, "mistral")))) as url,
        Mistral(api_key="test-key", base_url=url, max_retries=0) as made,
    ):
        yield made


def call(client: Any, tools: dict[str, Tool], name: str, files: Path | None = None, **arguments: Any) -> CallToolResult:
    """Call a tool as a model does."""

    async def run() -> CallToolResult:
        async with Session(server_of("test", "1", client, tools, files)) as session:
            return await session.call_tool(name, arguments)

    return anyio.run(run)


def _text(result: CallToolResult) -> str:
    return "".join(getattr(part, "text", "") for part in result.content)


@pytest.mark.parametrize("kind", CLIENTS)
def test_only_reading_methods_are_tools_unless_writing_is_allowed(kind: type[Any]) -> None:
    reading = tools_of(inspected(kind), (), write=False, files=None)
    assert {tool.operation.method for tool in reading.values() if tool.operation} <= {"GET", "HEAD"}
    assert all(tool.operation for tool in reading.values())
    every = tools_of(inspected(kind), (), write=True, files=paths.ROOT)
    assert set(reading) < set(every)
    deleting = [tool for tool in every.values() if tool.operation and tool.operation.method == "DELETE"]
    assert all(tool.destructive and not tool.read_only for tool in deleting)


@pytest.mark.parametrize("kind", CLIENTS)
def test_names_and_schemas_are_those_that_models_take(kind: type[Any]) -> None:
    tools = tools_of(inspected(kind), (), write=True, files=paths.ROOT)
    for name, tool in tools.items():
        assert 0 < len(name) <= 64
        assert name.replace("_", "").replace("-", "").isalnum()
        assert tool.description
        validator_for(tool.schema)
        assert list(tool.schema["properties"]) == [argument.name for argument in tool.method.arguments]


def test_the_schema_describes_nested_arguments() -> None:
    tools = tools_of(inspected(Mistral), ("chat.*",), write=True, files=None)
    assert list(tools) == ["chat_complete"]
    check = validator_for(tools["chat_complete"].schema)
    assert check.is_valid({"model": "m", "messages": MESSAGES})
    assert not check.is_valid({"messages": MESSAGES})
    assert not check.is_valid({"model": "m", "messages": [{"role": "nobody"}]})
    assert not check.is_valid({"model": "m", "messages": MESSAGES, "unknown": 1})


def test_a_call_returns_the_response_as_text_and_as_data(client: Mistral) -> None:
    tools = tools_of(client, (), write=True, files=None)
    result = call(client, tools, "chat_complete", model="m", messages=MESSAGES)
    assert not result.is_error
    assert json.loads(_text(result)) == result.structured_content
    assert result.structured_content["model"] == "m"
    listed = call(client, tools, "files_list", page_size=1)
    assert len(json.loads(_text(listed))["data"]) == 1


def test_files_come_from_the_folder_alone(client: Mistral, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.jsonl").write_text("{}\n", "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    tools = tools_of(client, ("files.upload",), write=True, files=folder)
    assert json.loads(_text(call(client, tools, "files_upload", folder, file="a.jsonl")))["filename"] == "a.jsonl"
    for name in ("../secret.txt", str(tmp_path / "secret.txt"), "link.txt", "missing.txt", "."):
        result = call(client, tools, "files_upload", folder, file=name)
        assert result.is_error
        assert f"there is no file {name!r}" in _text(result)
    with pytest.raises(SpecwireCodegenError, match="no tool is left"):
        tools_of(client, ("files.upload",), write=True, files=None)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("chat_complete", {"model": "m"}, "messages must be given"),
        ("chat_complete", {"model": "m", "messages": MESSAGES, "temprature": 0}, "did you mean 'temperature'?"),
        ("chat_complete", {"model": "m", "messages": MESSAGES, "top_p": 7}, "422"),
        ("nothing", {}, "there is no tool 'nothing'"),
    ],
)
def test_a_mistake_is_an_error_that_the_model_reads(
    client: Mistral, name: str, arguments: dict[str, Any], message: str
) -> None:
    result = call(client, tools_of(client, (), write=True, files=None), name, **arguments)
    assert result.is_error
    assert message in _text(result)
    assert "test-key" not in _text(result)


def test_a_download_is_its_text_and_too_much_is_refused() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
    with Server() as server, Mistral(api_key="k", base_url=server.url) as client:
        tools = tools_of(client, ("files.download",), write=False, files=None)
        bodies = [b"a,b\n", b"\xff\0", b"x" * (1024 * 1024 + 1)]
        server.play(*[[head % len(body) + body] for body in bodies])
        texts = [_text(call(client, tools, "files_download", file_id="1")) for _ in bodies]
    assert texts[0] == "a,b\n"
    assert "is not text" in texts[1]
    assert "more than 1,048,576 bytes" in texts[2]


def test_a_stream_without_an_end_and_a_large_response_are_refused() -> None:
    """A model could not read them, and the program would keep them in memory."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n"
    choice = {"index": 0, "delta": {"content": "x" * 4000}, "finish_reason": None}
    chunk = json.dumps({"id": "1", "model": "m", "choices": [choice]})
    file = {"id": "00000000-0000-0000-0000-000000000000", "object": "file", "bytes": 1, "created_at": 1}
    file |= {"filename": "x" * (1024 * 1024), "purpose": "batch", "sample_type": "batch_request", "source": "upload"}
    large = json.dumps({"object": "list", "data": [file], "total": 1})
    with Server() as server, Mistral(api_key="k", base_url=server.url, max_retries=0) as client:
        streams = Tool(method_of(client, "chat.stream"), None, "chat_stream")
        server.play([head % b"text/event-stream", f"data: {chunk}\n\n".encode() * 400, Hold()])
        stream = call(client, {"chat_stream": streams}, "chat_stream", model="m", messages=MESSAGES)
        server.play([head % b"application/json" + large.encode(), Close()])
        tools = tools_of(client, ("files.list",), write=False, files=None)
        response = call(client, tools, "files_list")
    assert stream.is_error and "the stream has more than 1,048,576 characters" in _text(stream)
    assert response.is_error and "the response has more than 1,048,576 characters" in _text(response)


def test_methods_whose_paths_look_alike_are_different_tools() -> None:
    """`a.b_c` and `a_b.c`, which have the same name in the characters of tools."""
    found = _names(["a.b_c", "a_b.c", "a.d", "x" * 80])
    assert len({*found.values()}) == 4 and found["a.d"] == "a_d" and all(len(each) <= 64 for each in found.values())


def test_unknown_patterns_are_refused() -> None:
    with pytest.raises(SpecwireCodegenError, match=r"no method matches 'file\.list': did you mean 'files\.list'\?"):
        tools_of(inspected(Mistral), ("file.list",), write=False, files=None)


def test_the_command_serves_on_stdin_and_stdout() -> None:
    with serve(build(read_normalized(provider(paths.ROOT, "mistral")))) as url:
        command = ["-m", "specwire_codegen", "mcp", "mistral", "--root", str(paths.ROOT), "--base-url", url]
        server = StdioServerParameters(command=sys.executable, args=command, env={"MISTRAL_API_KEY": "test-key"})

        async def run() -> tuple[list[str], CallToolResult]:
            with anyio.fail_after(60):
                async with Session(server) as session:
                    listed = await session.list_tools()
                    return [tool.name for tool in listed.tools], await session.call_tool("models_list", {})

        names, result = anyio.run(run)
    assert "files_list" in names
    assert "chat_complete" not in names
    assert json.loads(_text(result))["data"]


def test_the_tools_are_listed(specwire: Specwire) -> None:
    code, out, _ = specwire("mcp", "mistral", "--root", str(paths.ROOT), "--list", "--only", "models.*")
    assert (code, out) == (0, "models_list      List models.\nmodels_retrieve  Get a model.\n")


def test_a_folder_of_files_must_exist(specwire: Specwire, tmp_path: Path) -> None:
    """Also for a list, so that the mistake shows before a program starts the server."""
    code, out, err = specwire("mcp", "mistral", "--files", str(tmp_path / "absent"), "--list")
    assert (2, "") == (code, out) and "--files is" in err and "not a folder" in err
