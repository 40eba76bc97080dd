"""Accumulator of streamed chat completions."""

from __future__ import annotations

from specwire import adds
from specwire_clients.moonshot import models
from specwire_overrides._accumulate import ChatReply


@adds("create_chat_completion")
class ChatAccumulator(ChatReply[models.ChatCompletionChunk, models.ChatCompletionResponse]):
    """Accumulator of a chat stream, including its reasoning."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletionResponse)
