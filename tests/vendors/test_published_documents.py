"""The documents that four vendors publish, read from the folder in SPECWIRE_VENDORS, against scripted servers.

The clients are generated whole and without a configuration. They raise for anything that the document does not declare.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import httpx2
import pytest
from specwire import Drift
from specwire_codegen.generate import build
from specwire_codegen.ir import EventStream
from specwire_codegen.output.package import write
from specwire_codegen.project import single

from tests.vendors import published
from tests.vendors.scripts import Script, Server

FOLDER = os.environ.get("SPECWIRE_VENDORS", "")
SAY = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
VENDORS: Mapping[str, Script] = {
    "openai": published.openai,
    "anthropic": published.anthropic,
    "cohere": published.cohere,
    "mistral": published.mistral,
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="SPECWIRE_VENDORS names no folder with documents of vendors"),
]


@attrs.frozen
class Vendor:
    """The client of a published document, and its server."""

    package: Any
    methods: Mapping[tuple[str, str], tuple[str, ...]]
    """Methods by operationId and kind: plain, `stream` or `wait`."""
    secured: bool
    script: Script

    def open(self, *, asynchronous: bool) -> tuple[Any, Server]:
        """Return a client that refuses drift other than keep-alives, and its server."""
        server = Server(self.script)
        name = next(each for each in self.package.__all__ if each.startswith("Async")).removeprefix("Async")
        kind = httpx2.AsyncClient if asynchronous else httpx2.Client
        options = {"http_client": kind(transport=httpx2.MockTransport(server)), "on_drift": _refuse}
        keys = {"api_key": "k"} if self.secured else {}
        return getattr(self.package, f"Async{name}" if asynchronous else name)(**options, **keys), server

    def method(self, client: Any, operation: str, kind: str = "") -> Any:
        """Return a method of a client, whatever its name is."""
        for name in self.methods[operation, kind]:
            client = getattr(client, name)
        return client


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Vendor]]:
    """Returns the client of a document, which is generated once."""
    folder = tmp_path_factory.mktemp("published")
    sys.path.insert(0, str(folder))
    made: dict[str, Vendor] = {}

    def vendor(name: str) -> Vendor:
        if name not in made:
            target = single(f"{FOLDER}/{name}/openapi.yaml", f"published_{name}", folder)
            built = build(target)
            write(target.output, built.files)
            methods: dict[tuple[str, str], tuple[str, ...]] = {}
            for one in built.api.operations:
                methods.setdefault((one.id, "stream" if isinstance(one.payload, EventStream) else ""), one.method)
                if one.polling is not None and one.polling.method is not None:
                    methods[one.id, "wait"] = one.polling.method
            secured = built.api.security is not None
            made[name] = Vendor(importlib.import_module(f"published_{name}"), methods, secured, VENDORS[name])
        return made[name]

    yield vendor
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] in {f"published_{each}" for each in VENDORS}]:
        del sys.modules[name]


def _refuse(drifts: tuple[Drift, ...]) -> None:
    assert all("'ping'" in str(each) for each in drifts), drifts


MESSAGE = "MessageStartEvent " + "ContentBlockStartEvent ContentBlockDeltaEvent ContentBlockStopEvent " * 3
STREAMS: list[tuple[str, str, dict[str, Any], str]] = [
    ("openai", "createChatCompletion", SAY, "CreateChatCompletionStreamResponse " * 5),
    (
        "openai",
        "createResponse",
        {"model": "m", "input": "Hi"},
        "ResponseCreatedEvent ResponseOutputItemAddedEvent ResponseFunctionCallArgumentsDeltaEvent "
        "ResponseTextDeltaEvent ResponseCompletedEvent",
    ),
    ("anthropic", "messages_post", {**SAY, "max_tokens": 9}, f"{MESSAGE} MessageDeltaEvent MessageStopEvent"),
    (
        "cohere",
        "chatv2",
        SAY,
        "ChatMessageStartEvent ChatToolPlanDeltaEvent ChatToolCallStartEvent ChatToolCallDeltaEvent "
        "ChatToolCallEndEvent ChatContentStartEvent ChatContentDeltaEvent ChatContentEndEvent ChatMessageEndEvent",
    ),
    ("cohere", "chat", {"message": "Hi"}, "ChatStreamStartEvent ChatTextGenerationEvent ChatStreamEndEvent"),
    ("mistral", "chat_completion_v1_chat_completions_post", SAY, "CompletionChunk " * 5),
    (
        "mistral",
        "agents_completion_v1_agents_completions_post",
        {"agent_id": "a", "messages": SAY["messages"]},
        "CompletionChunk " * 5,
    ),
    (
        "mistral",
        "agents_api_v1_conversations_start_stream",
        {"inputs": "Hi", "model": "m"},
        "ResponseStartedEvent MessageOutputEvent ResponseDoneEvent",
    ),
]


@pytest.mark.parametrize(("name", "operation", "arguments", "types"), STREAMS, ids=[f"{a}-{b}" for a, b, *_ in STREAMS])
def test_every_stream_is_read_to_its_end_with_typed_events(
    vendors: Callable[[str], Vendor], name: str, operation: str, arguments: dict[str, Any], types: str
) -> None:
    """By both clients; the switch is sent, and events and their parts have the classes of the document."""
    vendor = vendors(name)
    client, server = vendor.open(asynchronous=False)
    with vendor.method(client, operation, "stream")(**arguments) as stream:
        found = [_event(each) for each in stream]
    assert [type(each).__name__ for each in found] == types.split()
    assert server.bodies[0]["stream"] is True

    async def main() -> list[Any]:
        client, _ = vendor.open(asynchronous=True)
        async with client, vendor.method(client, operation, "stream")(**arguments) as stream:
            return [_event(each) async for each in stream]

    assert asyncio.run(main()) == found


def _event(event: Any) -> Any:
    """Return the data of an event that has its name beside it."""
    return event.data if hasattr(event, "event") and hasattr(event, "data") else event


LISTS = [
    ("openai", "listFiles", "OpenAIFile"),
    ("openai", "listBatches", "Batch"),
    ("anthropic", "message_batches_list", "MessageBatch"),
    ("anthropic", "models_list", "ModelInfo"),
    ("cohere", "list-datasets", "Dataset"),
    ("cohere", "ListBatches", "Batch"),
    ("mistral", "files_api_routes_list_files", "FileSchema"),
    ("mistral", "jobs_api_routes_batch_get_batch_jobs", "BatchJob"),
]


@pytest.mark.parametrize(("name", "operation", "kind"), LISTS, ids=[f"{a}-{b}" for a, b, _ in LISTS])
def test_every_list_is_iterated_whole(vendors: Callable[[str], Vendor], name: str, operation: str, kind: str) -> None:
    """By both clients, in pages of two, with items of the document's class."""
    vendor = vendors(name)
    client, _ = vendor.open(asynchronous=False)
    found = list(vendor.method(client, operation).iter())
    assert [type(each).__name__ for each in found] == [kind] * published.SIZES
    assert len({each.id for each in found}) == published.SIZES

    async def main() -> list[Any]:
        client, _ = vendor.open(asynchronous=True)
        async with client:
            return [each async for each in vendor.method(client, operation).iter()]

    assert asyncio.run(main()) == found


JOBS = [
    ("openai", "retrieveBatch", "status", "completed"),
    ("anthropic", "message_batches_retrieve", "processing_status", "ended"),
    ("cohere", "get-embed-job", "status", "complete"),
    ("mistral", "jobs_api_routes_batch_get_batch_job", "status", "SUCCESS"),
]


@pytest.mark.parametrize(("name", "operation", "field", "end"), JOBS, ids=[name for name, *_ in JOBS])
def test_jobs_are_waited_for(vendors: Callable[[str], Vendor], name: str, operation: str, field: str, end: str) -> None:
    """By both clients, until their last status."""
    vendor = vendors(name)
    client, server = vendor.open(asynchronous=False)
    job = vendor.method(client, operation, "wait")("b", interval=0.001)
    assert getattr(job, field) == end and len(server.bodies) > 2

    async def main() -> Any:
        client, _ = vendor.open(asynchronous=True)
        async with client:
            return await vendor.method(client, operation, "wait")("b", interval=0.001)

    assert asyncio.run(main()) == job


EMBEDDINGS: list[tuple[str, str, dict[str, Any], Callable[[Any], Any]]] = [
    ("openai", "createEmbedding", {"model": "m", "input": "Hi"}, lambda found: found.data[0].embedding),
    (
        "cohere",
        "embedv2",
        {"model": "m", "input_type": "search_query", "texts": ["Hi"], "embedding_types": ["float"]},
        lambda found: found.embeddings.float[0],
    ),
    ("mistral", "embeddings_v1_embeddings_post", {"model": "m", "input": "Hi"}, lambda found: found.data[0].embedding),
]


@pytest.mark.parametrize(("name", "operation", "arguments", "vector"), EMBEDDINGS, ids=[each[0] for each in EMBEDDINGS])
def test_embeddings_are_typed(
    vendors: Callable[[str], Vendor], name: str, operation: str, arguments: dict[str, Any], vector: Callable[[Any], Any]
) -> None:
    """As numbers."""
    vendor = vendors(name)
    client, _ = vendor.open(asynchronous=False)
    found = vendor.method(client, operation)(**arguments)
    assert vector(found) == [0.5, -1]

    async def main() -> Any:
        client, _ = vendor.open(asynchronous=True)
        async with client:
            return await vendor.method(client, operation)(**arguments)

    assert asyncio.run(main()) == found


REQUESTS: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "openai",
        "createBatch",
        {"input_file_id": "f", "endpoint": "/v1/chat/completions", "completion_window": "24h"},
        "Batch",
    ),
    (
        "anthropic",
        "message_batches_post",
        {"requests": [{"custom_id": "1", "params": {**SAY, "max_tokens": 9}}]},
        "MessageBatch",
    ),
    ("cohere", "CreateBatch", {"name": "b", "input_dataset_id": "d", "model": "m"}, "CreateBatchResponse"),
    (
        "mistral",
        "jobs_api_routes_batch_create_batch_job",
        {"input_files": [published.ID], "endpoint": "/v1/chat/completions", "model": "m"},
        "BatchJob",
    ),
]


@pytest.mark.parametrize(("name", "operation", "arguments", "kind"), REQUESTS, ids=[each[0] for each in REQUESTS])
def test_batches_are_created(
    vendors: Callable[[str], Vendor], name: str, operation: str, arguments: dict[str, Any], kind: str
) -> None:
    """By both clients; what is sent is what was passed."""
    vendor = vendors(name)
    client, server = vendor.open(asynchronous=False)
    made = vendor.method(client, operation)(**arguments)
    assert type(made).__name__ == kind and arguments.items() <= server.bodies[0].items()

    async def main() -> Any:
        client, _ = vendor.open(asynchronous=True)
        async with client:
            return await vendor.method(client, operation)(**arguments)

    assert asyncio.run(main()) == made


UPLOADS: list[tuple[str, str, dict[str, Any], str]] = [
    ("openai", "createFile", {"file": b"{}\n", "purpose": "batch"}, "OpenAIFile"),
    ("anthropic", "beta_upload_file_v1_files_post", {"file": b"{}\n"}, "BetaFileMetadataSchema"),
    (
        "cohere",
        "create-dataset",
        {"data": b"{}\n", "name": "d", "type": "embed-input"},
        "CreateDatasetResponse",
    ),
    ("mistral", "files_api_routes_upload_file", {"file": b"{}\n", "purpose": "batch"}, "CreateFileResponse"),
]


@pytest.mark.parametrize(("name", "operation", "arguments", "kind"), UPLOADS, ids=[each[0] for each in UPLOADS])
def test_files_are_uploaded(
    vendors: Callable[[str], Vendor], name: str, operation: str, arguments: dict[str, Any], kind: str
) -> None:
    """By both clients, as a part of a form, with the answer in the class of the document."""
    vendor = vendors(name)
    client, server = vendor.open(asynchronous=False)
    made = vendor.method(client, operation)(**arguments)
    sent = server.contents[0]
    assert type(made).__name__ == kind and b"{}\n" in sent and sent.startswith(b"--")

    async def main() -> Any:
        client, _ = vendor.open(asynchronous=True)
        async with client:
            return await vendor.method(client, operation)(**arguments)

    assert asyncio.run(main()) == made


DOWNLOADS = [
    ("openai", "downloadFile"),
    ("anthropic", "beta_download_file_v1_files__file_id__content_get"),
    ("mistral", "files_api_routes_download_file"),
]


@pytest.mark.parametrize(("name", "operation"), DOWNLOADS, ids=[name for name, _ in DOWNLOADS])
def test_results_in_a_file_are_downloaded(vendors: Callable[[str], Vendor], name: str, operation: str) -> None:
    """By both clients, as the bytes that the server sends, whatever the document calls them."""
    vendor = vendors(name)
    client, _ = vendor.open(asynchronous=False)
    with vendor.method(client, operation)(file_id=published.ID) as download:
        found = download.read()
    assert found == published.RESULTS

    async def main() -> bytes:
        client, _ = vendor.open(asynchronous=True)
        async with client, vendor.method(client, operation)(file_id=published.ID) as download:
            read: bytes = await download.read()
            return read

    assert asyncio.run(main()) == found


def test_results_of_a_batch_are_lines(vendors: Callable[[str], Vendor]) -> None:
    """Each with its message."""
    vendor = vendors("anthropic")
    client, _ = vendor.open(asynchronous=False)
    found = list(vendor.method(client, "message_batches_results", "stream")("b"))
    assert [each.result.message.content[0].text for each in found] == ["Hi"] * 3

    async def main() -> list[Any]:
        client, _ = vendor.open(asynchronous=True)
        async with client, vendor.method(client, "message_batches_results", "stream")("b") as results:
            return [each async for each in results]

    assert asyncio.run(main()) == found
