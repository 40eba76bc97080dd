"""The HTTP library and msgspec by hand, with models as a careful person would write them: the yardstick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

MODEL = "mistral-small-latest"
MESSAGES = [{"role": "user", "content": "Why do streams end early?"}]
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}
LIMITS = {"max_connections": 1000, "max_keepalive_connections": 100}


class Usage(msgspec.Struct):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Message(msgspec.Struct):
    role: str | None = None
    content: str | list[dict[str, Any]] | None = None
    tool_calls: list[dict[str, Any]] | None = None
    prefix: bool = False


class Choice(msgspec.Struct):
    index: int
    message: Message
    finish_reason: str


class Chat(msgspec.Struct):
    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class ChunkChoice(msgspec.Struct):
    index: int
    delta: Message
    finish_reason: str | None


class Chunk(msgspec.Struct):
    id: str
    object: str
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None


class Capabilities(msgspec.Struct):
    completion_chat: bool = True
    completion_fim: bool = False
    function_calling: bool = True
    fine_tuning: bool = False
    vision: bool = False


class Card(msgspec.Struct, tag_field="type", tag="base"):
    id: str
    object: str
    created: int
    owned_by: str
    capabilities: Capabilities
    name: str | None = None
    description: str | None = None
    max_context_length: int = 32768
    aliases: list[str] = []
    deprecation: datetime | None = None
    default_model_temperature: float | None = None


class TunedCard(Card, tag_field="type", tag="fine-tuned", kw_only=True):
    job: str
    root: str
    archived: bool = False


class Cards(msgspec.Struct):
    object: str
    data: list[Card | TunedCard]


class Vector(msgspec.Struct):
    object: str
    embedding: list[float]
    index: int


class Vectors(msgspec.Struct):
    id: str
    object: str
    model: str
    usage: Usage
    data: list[Vector]


class File(msgspec.Struct):
    id: str
    bytes: int
    filename: str


encode = msgspec.json.Encoder().encode
decode_chat = msgspec.json.Decoder(Chat).decode
decode_chunk = msgspec.json.Decoder(Chunk).decode
decode_models = msgspec.json.Decoder(Cards).decode
decode_embeddings = msgspec.json.Decoder(Vectors).decode
decode_file = msgspec.json.Decoder(File).decode


def decoders() -> dict[str, Callable[[bytes], object]]:
    """Return what decodes each kind of response."""
    return {"chat": decode_chat, "chunk": decode_chunk, "models": decode_models, "embeddings": decode_embeddings}


STREAMED = encode({"model": MODEL, "messages": MESSAGES, "stream": True})
STREAM = {"content-type": "application/json", "accept": "text/event-stream"}


class _Characters:
    """Number of characters that the events of a stream add up to."""

    def __init__(self) -> None:
        self._found, self._done, self._rest = 0, False, b""

    def feed(self, data: bytes) -> None:
        *events, self._rest = (self._rest + data).split(b"\n\n")
        for event in events:
            if event == b"data: [DONE]":
                self._done = True
                break
            text = decode_chunk(event[6:]).choices[0].delta.content
            if isinstance(text, str):
                self._found += len(text)

    def total(self) -> int:
        if not self._done:
            raise EOFError("the stream ended early")
        return self._found


class BareSync:
    """A synchronous client of either library."""

    def __init__(self, library: Any, origin: str) -> None:
        self.http = library.Client(
            base_url=origin, headers=HEADERS, limits=library.Limits(**LIMITS), timeout=library.Timeout(60)
        )

    def chat(self) -> str:
        response = self.http.post(
            "/v1/chat/completions",
            content=encode({"model": MODEL, "messages": MESSAGES}),
            headers={"content-type": "application/json"},
        )
        response.raise_for_status()
        return decode_chat(response.content).id

    def models(self) -> int:
        response = self.http.get("/v1/models")
        response.raise_for_status()
        return len(decode_models(response.content).data)

    def embeddings(self) -> int:
        response = self.http.post(
            "/v1/embeddings",
            content=encode({"model": MODEL, "input": ["text"]}),
            headers={"content-type": "application/json"},
        )
        response.raise_for_status()
        return len(decode_embeddings(response.content).data)

    def stream(self) -> int:
        """Read a whole stream and return how many characters its events add up to."""
        found = _Characters()
        with self.http.stream("POST", "/v1/chat/completions", content=STREAMED, headers=STREAM) as response:
            response.raise_for_status()
            for data in response.iter_bytes():
                found.feed(data)
        return found.total()

    def upload(self, path: str) -> int:
        with open(path, "rb") as file:
            response = self.http.post("/v1/files", data={"purpose": "fine-tune"}, files={"file": file})
        response.raise_for_status()
        return decode_file(response.content).bytes

    def download(self, file_id: str) -> int:
        with self.http.stream("GET", f"/v1/files/{file_id}/content") as response:
            response.raise_for_status()
            return sum(map(len, response.iter_bytes()))


class BareAsync:
    """An asynchronous client of either library."""

    def __init__(self, library: Any, origin: str) -> None:
        self.http = library.AsyncClient(
            base_url=origin, headers=HEADERS, limits=library.Limits(**LIMITS), timeout=library.Timeout(60)
        )

    async def chat(self) -> str:
        response = await self.http.post(
            "/v1/chat/completions",
            content=encode({"model": MODEL, "messages": MESSAGES}),
            headers={"content-type": "application/json"},
        )
        response.raise_for_status()
        return decode_chat(response.content).id

    async def stream(self) -> int:
        """Read a whole stream and return how many characters its events add up to."""
        found = _Characters()
        async with self.http.stream("POST", "/v1/chat/completions", content=STREAMED, headers=STREAM) as response:
            response.raise_for_status()
            async for data in response.aiter_bytes():
                found.feed(data)
        return found.total()
