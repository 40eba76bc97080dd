"""mistralai, the vendor's own client."""

from __future__ import annotations

from mistralai.client import Mistral

MODEL = "mistral-small-latest"


class Sync:
    def __init__(self, origin: str) -> None:
        self.client = Mistral(api_key="key", server_url=origin)

    def chat(self) -> str:
        messages = [{"role": "user", "content": "Why do streams end early?"}]
        return self.client.chat.complete(model=MODEL, messages=messages).id

    def models(self) -> int:
        return len(self.client.models.list().data)

    def embeddings(self) -> int:
        return len(self.client.embeddings.create(model=MODEL, inputs=["text"]).data)

    def stream(self) -> int:
        characters = 0
        messages = [{"role": "user", "content": "Why do streams end early?"}]
        with self.client.chat.stream(model=MODEL, messages=messages) as events:
            for event in events:
                characters += len(event.data.choices[0].delta.content)
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
        messages = [{"role": "user", "content": "Why do streams end early?"}]
        return (await self.client.chat.complete_async(model=MODEL, messages=messages)).id

    async def stream(self) -> int:
        characters = 0
        messages = [{"role": "user", "content": "Why do streams end early?"}]
        async with await self.client.chat.stream_async(model=MODEL, messages=messages) as events:
            async for event in events:
                characters += len(event.data.choices[0].delta.content)
        return characters
