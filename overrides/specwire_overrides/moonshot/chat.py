"""What the stream of a chat adds up to."""

from __future__ import annotations

from specwire import adds
from specwire_clients.moonshot import models
from specwire_overrides._accumulate import ChatReply


@adds("create_chat_completion")
class ChatAccumulator(ChatReply[models.ChatCompletionChunk, models.ChatCompletionResponse]):
    """Add the chunks of a chat, its reasoning too, up to the answer."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletionResponse)
