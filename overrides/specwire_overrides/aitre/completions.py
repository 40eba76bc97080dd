"""Accumulators of streamed completions."""

from __future__ import annotations

from specwire import adds
from specwire_clients.aitre import models
from specwire_overrides._accumulate import ChatReply, TextReply


@adds("create_chat_completion")
class ChatAccumulator(ChatReply[models.ChatCompletionChunk, models.ChatCompletion]):
    """Accumulator of a chat stream; includes `usage` if `stream_options` requests it."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletion)


@adds("create_completion")
class CompletionAccumulator(TextReply[models.Completion, models.Completion]):
    """Accumulator of a text completion stream."""

    def __init__(self) -> None:
        super().__init__(models.Completion)
