"""Clients of documents in the shapes of four vendors: streams read to their end, lists iterated whole, jobs waited for."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import httpx2
import pytest
from specwire_codegen.ir import EventStream

from tests.support.generated_client import generated_client
from tests.vendors import documents, scripts
from tests.vendors.scripts import ITEMS, Script, Server

VENDORS: Mapping[str, tuple[dict[str, Any], Script]] = {
    "openai": (documents.OPENAI, scripts.openai),
    "anthropic": (documents.ANTHROPIC, scripts.anthropic),
    "cohere": (documents.COHERE, scripts.cohere),
    "mistral": (documents.MISTRAL, scripts.mistral),
}


@attrs.frozen
class Vendor:
    """The client of a vendor's document, and its server."""

    package: Any
    methods: Mapping[tuple[str, str], tuple[str, ...]]
    """Methods by operationId and kind."""
    script: Script

    def open(self, *, asynchronous: bool = False) -> tuple[Any, Server]:
        """Return a client and its server."""
        server = Server(self.script)
        transport = httpx2.MockTransport(server)
        kind = httpx2.AsyncClient if asynchronous else httpx2.Client
        prefix = "Async" if asynchronous else ""
        name = next(each for each in self.package.__all__ if each.startswith("Async")).removeprefix("Async")
        return getattr(self.package, prefix + name)(http_client=kind(transport=transport)), server

    def method(self, client: Any, operation: str, kind: str = "") -> Any:
        """Return a method of a client, whatever its name is."""
        found = client
        for name in self.methods[operation, kind]:
            found = getattr(found, name)
        return found

    def read(self, operation: str, **arguments: Any) -> list[str]:
        """Read a stream by its own method and by the argument, in both clients; return the names of the event types."""
        client, _ = self.open()
        with self.method(client, operation, "stream")(**arguments) as stream:
            found = [type(event).__name__ for event in stream]

        async def again() -> list[str]:
            client, _ = self.open(asynchronous=True)
            return [type(event).__name__ async for event in self.method(client, operation, "stream")(**arguments)]

        assert found == asyncio.run(again())
        return found


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Vendor]]:
    """Clients by vendor, each generated at its first use."""
    folder = tmp_path_factory.mktemp("vendors")
    made: dict[str, Vendor] = {}
    sys.path.insert(0, str(folder))

    def vendor(name: str) -> Vendor:
        if name not in made:
            data, script = VENDORS[name]
            package = f"vendor_{name}"
            subject = generated_client(json.dumps(data), package, folder)
            methods: dict[tuple[str, str], tuple[str, ...]] = {}
            for one in subject.api.operations:
                methods[one.id, "stream" if isinstance(one.payload, EventStream) else ""] = one.method
                if one.polling is not None and one.polling.method is not None:
                    methods[one.id, "wait"] = one.polling.method
            made[name] = Vendor(importlib.import_module(package), methods, script)
        return made[name]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield vendor
    sys.path.remove(str(folder))


SAY = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
STREAMS: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("openai", "createChatCompletion", SAY, ["ChatCompletionChunk"] * 3),
    ("openai", "createCompletion", {"model": "m", "prompt": "Hi"}, ["CreateCompletionEvent"] * 2),
    ("openai", "createResponse", {"model": "m", "input": "Hi"}, ["ResponseCreated", "TextDelta", "ResponseDone"]),
    ("openai", "getResponse", {"response_id": "r"}, ["ResponseCreated", "TextDelta", "ResponseDone"]),
    (
        "anthropic",
        "messages_post",
        {**SAY, "max_tokens": 9},
        ["MessageStart", "Ping", *["BlockStart", "BlockDelta", "BlockStop"] * 3, "MessageDelta", "MessageStop"],
    ),
    ("anthropic", "message_batches_results", {"message_batch_id": "b"}, ["BatchResult"] * 3),
    ("cohere", "chatv2", SAY, ["ContentDelta", "MessageEnd"]),
    ("cohere", "chat", {"message": "Hi"}, ["ContentDelta", "MessageEnd"]),
    ("mistral", "chat_completion_v1_chat_completions_post", SAY, ["CompletionChunk"] * 3),
    (
        "mistral",
        "agents_completion_v1_agents_completions_post",
        {"agent_id": "a", "messages": SAY["messages"]},
        ["CompletionChunk"] * 3,
    ),
    ("mistral", "agents_api_conversations_start_stream", {"inputs": "Hi"}, ["OutputDelta", "Done"]),
]


@pytest.mark.parametrize(("name", "operation", "arguments", "expected"), STREAMS, ids=lambda each: str(each)[:40])
def test_every_stream_is_read_to_its_end(
    vendors: Callable[[str], Vendor], name: str, operation: str, arguments: dict[str, Any], expected: list[str]
) -> None:
    """Each event has its class, no drift is reported, and the end is not an error."""
    assert expected == vendors(name).read(operation, **arguments)


@pytest.mark.parametrize(
    ("name", "operation", "arguments"),
    [
        ("openai", "createChatCompletion", SAY),
        ("openai", "createResponse", {"model": "m", "input": "Hi"}),
        ("anthropic", "messages_post", {**SAY, "max_tokens": 9}),
        ("cohere", "chatv2", SAY),
        ("mistral", "chat_completion_v1_chat_completions_post", SAY),
    ],
)
def test_the_same_method_returns_the_whole_or_the_stream(
    vendors: Callable[[str], Vendor], name: str, operation: str, arguments: dict[str, Any]
) -> None:
    """By `stream=True`, as the SDKs of the vendors do."""
    vendor = vendors(name)
    client, server = vendor.open()
    method = vendor.method(client, operation)
    assert method(**arguments).id
    assert server.bodies[0].get("stream") in (None, False)
    with method(**arguments, stream=True) as stream:
        assert len(list(stream)) > 1
    assert server.bodies[1]["stream"] is True


@pytest.mark.parametrize(
    ("name", "operation", "arguments"),
    [
        ("openai", "listFiles", {"limit": 2}),
        ("openai", "listInputItems", {"response_id": "r"}),
        ("openai", "getCosts", {}),
        ("anthropic", "message_batches_list", {}),
        ("anthropic", "list_skills", {"limit": 2}),
        ("cohere", "list-datasets", {"limit": 2}),
        ("cohere", "list-batches", {}),
        ("mistral", "files_api_routes_list_files", {"page_size": 2}),
        ("mistral", "agents_api_agents_list", {"page_size": 2}),
        ("mistral", "get_judges", {"page_size": 2}),
    ],
)
def test_every_list_is_iterated_whole(
    vendors: Callable[[str], Vendor], name: str, operation: str, arguments: dict[str, Any]
) -> None:
    """Each item once, in order, in both clients."""
    vendor = vendors(name)

    def shown(item: Any) -> str:
        return str(next(value for key in ("id", "text", "amount") if (value := getattr(item, key, None)) is not None))

    client, _ = vendor.open()
    found = [shown(item) for item in vendor.method(client, operation).iter(**arguments)]
    assert [str(number) for number in range(len(ITEMS))] == [each.removeprefix("item-") for each in found]

    async def again() -> list[str]:
        client, _ = vendor.open(asynchronous=True)
        return [shown(item) async for item in vendor.method(client, operation).iter(**arguments)]

    assert found == asyncio.run(again())


@pytest.mark.parametrize(
    ("name", "operation", "field", "end"),
    [
        ("openai", "retrieveBatch", "status", "completed"),
        ("anthropic", "message_batches_retrieve", "processing_status", "ended"),
        ("cohere", "get-embed-job", "status", "complete"),
        ("mistral", "jobs_api_routes_batch_get_batch_job", "status", "SUCCESS"),
    ],
)
def test_jobs_are_waited_for(vendors: Callable[[str], Vendor], name: str, operation: str, field: str, end: str) -> None:
    """A method next to the one that reads the job polls it until its status is final."""
    vendor = vendors(name)
    client, _ = vendor.open()
    seen: list[str] = []
    done = vendor.method(client, operation, "wait")(
        "b", interval=0, on_progress=lambda job: seen.append(getattr(job, field))
    )
    assert end == getattr(done, field) == seen[-1]
    assert len(seen) > 2


def test_embeddings_files_and_downloads(vendors: Callable[[str], Vendor]) -> None:
    """Other methods work as in any other client."""
    vendor = vendors("openai")
    client, _ = vendor.open()
    assert [0.5, -1] == vendor.method(client, "createEmbedding")(model="m", input="Hi").data[0].embedding
    assert "f" == vendor.method(client, "createFile")(file=("a.jsonl", b"{}"), purpose="batch").id
    assert b"\x00data" == vendor.method(client, "downloadFile")("f").read()
