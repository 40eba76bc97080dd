"""mistralai, the vendor's own client."""

from __future__ import annotations

from mistralai.client import Mistral

MODEL = "mistral-small-latest"
QUESTION = "Why do streams end early?"


def length(content: object) -> int:
    return len(content) if isinstance(content, str) else 0


class Sync:
    def __init__(self, origin: str) -> None:
        self.client = Mistral(api_key="key", server_url=origin)

    def chat(self) -> str:
        return self.client.chat.complete(model=MODEL, messages=[{"role": "user", "content": QUESTION}]).id

    def models(self) -> int:
        return len(self.client.models.list().data)

    def embeddings(self) -> int:
        return len(self.client.embeddings.create(model=MODEL, inputs=["text"]).data)

    def stream(self) -> int:
        characters = 0
        with self.client.chat.stream(model=MODEL, messages=[{"role": "user", "content": QUESTION}]) as events:
            for event in events:
                characters += length(event.data.choices[0].delta.content)
        return characters

    def upload(self, path: str) -> int:
        with open(path, "rb") as file:
            return self.client.files.upload(
                file={"file_name": "train.jsonl", "content": file}, purpose="fine-tune"
            ).size_bytes

    def download(self, file_id: str) -> int:
        return sum(map(len, self.client.files.download(file_id=file_id).iter_bytes()))


class Async:
    def __init__(self, origin: str) -> None:
        self.client = Mistral(api_key="key", server_url=origin)

    async def chat(self) -> str:
        return (await self.client.chat.complete_async(model=MODEL, messages=[{"role": "user", "content": QUESTION}])).id

    async def stream(self) -> int:
        characters = 0
        async with await self.client.chat.stream_async(
            model=MODEL, messages=[{"role": "user", "content": QUESTION}]
        ) as events:
            async for event in events:
                characters += length(event.data.choices[0].delta.content)
        return characters
