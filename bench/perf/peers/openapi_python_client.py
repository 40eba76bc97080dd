"""Client of openapi-python-client for the same document; it has no streams, and keeps downloads in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mistral_opc import AuthenticatedClient
from mistral_opc.api.chat import chat_complete
from mistral_opc.models import (
    ChatCompletionRequest,
    ChatCompletionResponse,
    CompletionChunk,
    EmbeddingResponse,
    ModelList,
    UserMessage,
)
from mistral_opc.types import File

MODEL = "mistral-small-latest"


def decoders() -> dict[str, Callable[[bytes], object]]:
    """Return what decodes each kind of response."""
    kinds: dict[str, Any] = {
        "chat": ChatCompletionResponse,
        "chunk": CompletionChunk,
        "models": ModelList,
        "embeddings": EmbeddingResponse,
    }
    return {name: lambda data, kind=kind: kind.from_dict(json.loads(data)) for name, kind in kinds.items()}


def _request() -> ChatCompletionRequest:
    return ChatCompletionRequest(model=MODEL, messages=[UserMessage(content="Why do streams end early?", role="user")])


class Sync:
    def __init__(self, origin: str) -> None:
        self.client = AuthenticatedClient(base_url=origin, token="key")

    def chat(self) -> str:
        return chat_complete.sync(client=self.client, body=_request()).id

    def models(self) -> int:
        from mistral_opc.api.models import list_models

        return len(list_models.sync(client=self.client).data)

    def embeddings(self) -> int:
        from mistral_opc.api.embeddings import create_embeddings
        from mistral_opc.models import EmbeddingRequest

        body = EmbeddingRequest(model=MODEL, input_=["text"])
        return len(create_embeddings.sync(client=self.client, body=body).data)

    def upload(self, path: str) -> int:
        from mistral_opc.api.files import upload_file
        from mistral_opc.models import FilePurpose, FileUpload

        with open(path, "rb") as file:
            body = FileUpload(file=File(payload=file, file_name="train.jsonl"), purpose=FilePurpose.FINE_TUNE)
            return upload_file.sync(client=self.client, body=body).bytes_


class Async:
    def __init__(self, origin: str) -> None:
        self.client = AuthenticatedClient(base_url=origin, token="key")

    async def chat(self) -> str:
        return (await chat_complete.asyncio(client=self.client, body=_request())).id
