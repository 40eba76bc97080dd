"""openai, the vendor's own client."""

from __future__ import annotations

from openai import AsyncOpenAI, OpenAI

MODEL = "mistral-small-latest"
QUESTION = "Why do streams end early?"


def length(content: object) -> int:
    return len(content) if isinstance(content, str) else 0


class Sync:
    def __init__(self, origin: str) -> None:
        self.client = OpenAI(api_key="key", base_url=f"{origin}/v1")

    def chat(self) -> str:
        return self.client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": QUESTION}]).id

    def models(self) -> int:
        return len(self.client.models.list().data)

    def embeddings(self) -> int:
        return len(self.client.embeddings.create(model=MODEL, input=["text"], encoding_format="float").data)

    def stream(self) -> int:
        characters = 0
        with self.client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": QUESTION}], stream=True
        ) as events:
            for event in events:
                characters += length(event.choices[0].delta.content)
        return characters

    def upload(self, path: str) -> int:
        with open(path, "rb") as file:
            return self.client.files.create(file=file, purpose="fine-tune").bytes

    def download(self, file_id: str) -> int:
        with self.client.files.with_streaming_response.content(file_id) as response:
            return sum(map(len, response.iter_bytes()))


class Async:
    def __init__(self, origin: str) -> None:
        self.client = AsyncOpenAI(api_key="key", base_url=f"{origin}/v1")

    async def chat(self) -> str:
        return (
            await self.client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": QUESTION}])
        ).id

    async def stream(self) -> int:
        characters = 0
        async with await self.client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": QUESTION}], stream=True
        ) as events:
            async for event in events:
                characters += length(event.choices[0].delta.content)
        return characters
