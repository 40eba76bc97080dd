"""The documents that four vendors publish, read from the folder in SPECWIRE_VENDORS, against the same scripts."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import attrs
import httpx2
import pytest
from specwire_codegen.generate import build
from specwire_codegen.ir import Api, EventStream
from specwire_codegen.output.package import write
from specwire_codegen.project import single

from tests.vendors import scripts
from tests.vendors.scripts import Script, Server

FOLDER = os.environ.get("SPECWIRE_VENDORS", "")
SAY = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="SPECWIRE_VENDORS names no folder with documents of vendors"),
]

STREAMS: list[tuple[str, str, Script, dict[str, Any]]] = [
    ("openai", "createChatCompletion", scripts.openai, SAY),
    ("openai", "createResponse", scripts.openai, {"model": "m", "input": "Hi"}),
    ("anthropic", "messages_post", scripts.anthropic, {**SAY, "max_tokens": 9}),
    ("cohere", "chatv2", scripts.cohere, SAY),
    ("cohere", "chat", scripts.cohere, {"message": "Hi"}),
    ("mistral", "chat_completion_v1_chat_completions_post", scripts.mistral, SAY),
    ("mistral", "agents_completion_v1_agents_completions_post", scripts.mistral, {"agent_id": "a", **SAY}),
]


def client_of(name: str, operation: str, folder: Path, server: Server) -> tuple[Any, Api]:
    """Return a client with one operation of a published document, and its description."""
    package = f"published_{name}_{operation.lower()}"
    target = attrs.evolve(single(f"{FOLDER}/{name}/openapi.yaml", package, folder), only_operations=(operation,))
    built = build(target)
    write(target.output, built.files)
    module = importlib.import_module(package)
    kind = next(each for each in module.__all__ if each.startswith("Async")).removeprefix("Async")
    schemes = [scheme for scheme, _ in built.api.security.schemes] if built.api.security is not None else []
    transport = httpx2.Client(transport=httpx2.MockTransport(server))
    options = {"http_client": transport, "on_drift": "ignore", **({"api_key": "k"} if schemes else {})}
    return getattr(module, kind)(**options), built.api


@pytest.mark.parametrize(
    ("name", "operation", "script", "arguments"),
    STREAMS,
    ids=[f"{name}-{operation}" for name, operation, *_ in STREAMS],
)
def test_streams_of_published_documents_are_read_to_their_end(
    name: str,
    operation: str,
    script: Script,
    arguments: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a configuration: the switch is sent, every event is returned, and the stream ends without an error.

    The scripts leave out required fields that the documents have, so the types of the events are not compared.
    """
    monkeypatch.syspath_prepend(tmp_path.as_posix())
    server = Server(script)
    client, api = client_of(name, operation, tmp_path, server)
    stream = next(one for one in api.operations if isinstance(one.payload, EventStream))
    method = client
    for part in stream.method:
        method = getattr(method, part)
    given = {key: each for key, each in arguments.items() if key != "model" or "agent_id" not in arguments}
    found = list(method(**given))
    assert len(found) > 1
    assert server.bodies[0]["stream"] is True
    for module in [each for each in sys.modules if each.startswith("published_")]:
        monkeypatch.delitem(sys.modules, module)
