"""Accumulators of streamed completions."""

from __future__ import annotations

from specwire import adds
from specwire_clients.mistral import models
from specwire_overrides._accumulate import ChatReply


@adds("chat_complete")
class ChatAccumulator(ChatReply[models.CompletionChunk, models.ChatCompletionResponse]):
    """Accumulator of a chat stream."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletionResponse)


@adds("agents_complete")
class AgentsAccumulator(ChatReply[models.CompletionChunk, models.ChatCompletionResponse]):
    """Accumulator of an agent's stream."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletionResponse)


@adds("fim_complete")
class FIMAccumulator(ChatReply[models.CompletionChunk, models.FIMCompletionResponse]):
    """Accumulator of a fill-in-the-middle stream."""

    def __init__(self) -> None:
        super().__init__(models.FIMCompletionResponse)
