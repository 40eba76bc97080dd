"""The Mistral client that specwire generates."""

from __future__ import annotations

from collections.abc import Callable

from specwire_clients.mistral import AsyncMistral, Mistral

MODEL = "mistral-small-latest"
QUESTION = "Why do streams end early?"


def decoders() -> dict[str, Callable[[bytes], object]]:
    """Return what decodes each kind of response: the runtime's decoders."""
    from specwire._codec.codec import decoder
    from specwire_clients.mistral import models

    kinds = {
        "chat": models.ChatCompletionResponse,
        "chunk": models.CompletionChunk,
        "models": models.ModelList,
        "embeddings": models.EmbeddingResponse,
    }
    return {name: decoder(kind).decode for name, kind in kinds.items()}


def length(content: object) -> int:
    return len(content) if isinstance(content, str) else 0


class Sync:
    def __init__(self, origin: str) -> None:
        self.client = Mistral("key", base_url=origin)

    def chat(self) -> str:
        return self.client.chat.complete(model=MODEL, messages=[{"role": "user", "content": QUESTION}]).id

    def models(self) -> int:
        return len(self.client.models.list().data or ())

    def embeddings(self) -> int:
        return len(self.client.embeddings.create(model=MODEL, input=["text"]).data)

    def stream(self) -> int:
        characters = 0
        with self.client.chat.stream(model=MODEL, messages=[{"role": "user", "content": QUESTION}]) as events:
            for event in events:
                characters += length(event.choices[0].delta.content)
        return characters

    def upload(self, path: str) -> int:
        from pathlib import Path

        from specwire_clients.mistral.operations import files

        # The method of the client refuses more than the service takes, which is less than a gibibyte.
        return self.client.send(files.upload(file=Path(path), purpose="fine-tune")).bytes

    def download(self, file_id: str) -> int:
        with self.client.files.download(file_id) as download:
            return sum(map(len, download.iter_bytes()))


class Async:
    def __init__(self, origin: str) -> None:
        self.client = AsyncMistral("key", base_url=origin)

    async def chat(self) -> str:
        return (await self.client.chat.complete(model=MODEL, messages=[{"role": "user", "content": QUESTION}])).id

    async def stream(self) -> int:
        characters = 0
        async with self.client.chat.stream(model=MODEL, messages=[{"role": "user", "content": QUESTION}]) as events:
            async for event in events:
                characters += length(event.choices[0].delta.content)
        return characters
