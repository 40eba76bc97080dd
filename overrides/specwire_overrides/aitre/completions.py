"""What the streams of completions add up to."""

from __future__ import annotations

from specwire import adds
from specwire_clients.aitre import models
from specwire_overrides._accumulate import ChatReply, TextReply


@adds("create_chat_completion")
class ChatAccumulator(ChatReply[models.ChatCompletionChunk, models.ChatCompletion]):
    """Add the chunks of a chat up to its reply; `usage` is in it if `stream_options` asked for it."""

    def __init__(self) -> None:
        super().__init__(models.ChatCompletion)


@adds("create_completion")
class CompletionAccumulator(TextReply[models.Completion, models.Completion]):
    """Add the chunks of a text up to its whole continuation."""

    def __init__(self) -> None:
        super().__init__(models.Completion)
