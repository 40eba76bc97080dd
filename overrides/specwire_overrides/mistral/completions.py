"""What the streams of completions add up to."""

from __future__ import annotations

from specwire import adds
from specwire_clients.mistral import models
from specwire_overrides._accumulate import ChatReply


@adds("chat_complete")
class ChatAccumulator(ChatReply[models.CompletionChunk, models.ChatCompletionResponse]):
    """Add the chunks of a chat up to its reply."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletionResponse)


@adds("agents_complete")
class AgentsAccumulator(ChatReply[models.CompletionChunk, models.ChatCompletionResponse]):
    """Add the chunks of an agent's reply up to the reply."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletionResponse)


@adds("fim_complete")
class FIMAccumulator(ChatReply[models.CompletionChunk, models.FIMCompletionResponse]):
    """Add the chunks of a filled gap up to the whole of it."""

    def __init__(self) -> None:
        super().__init__(models.FIMCompletionResponse)
