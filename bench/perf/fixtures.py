"""Responses of the benchmark server: small, fixed, and like those of real services."""

import json
import random

EVENTS = 20_000
"""Number of events in a stream."""
FEW_EVENTS = 2_000
"""Number of events in a stream for slow clients."""
DOWNLOAD = 64 * 1024 * 1024
"""Size of the downloaded file in bytes."""
FILE_ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"

_BLOCK = 16 * 1024
_WORDS = ("when ", "the ", "stream ", "ends ", "early, ", "nobody ", "should ", "have ", "to ", "guess. ")


def chat() -> bytes:
    """Return a chat response of about 1.2 kB."""
    message = {"role": "assistant", "content": "".join(_WORDS) * 15, "tool_calls": None, "prefix": False}
    return _json(
        {
            "id": "cmpl-e5cc70bb28c444948073e77776eb30ef",
            "object": "chat.completion",
            "created": 1702256327,
            "model": "mistral-small-latest",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 16, "completion_tokens": 34, "total_tokens": 50},
        }
    )


def chunk(index: int) -> bytes:
    """Return one piece of a streamed chat response, about 250 B."""
    last = index == EVENTS - 1
    delta = {"role": "assistant", "content": ""} if index == 0 else {"content": _WORDS[index % len(_WORDS)]}
    return _json(
        {
            "id": "cmpl-e5cc70bb28c444948073e77776eb30ef",
            "object": "chat.completion.chunk",
            "created": 1702256327,
            "model": "mistral-small-latest",
            "choices": [{"index": 0, "delta": delta, "finish_reason": "stop" if last else None}],
        }
    )


def models() -> bytes:
    """Return a list of 100 models."""
    capabilities = {
        "completion_chat": True,
        "completion_fim": False,
        "function_calling": True,
        "fine_tuning": False,
        "vision": False,
    }
    cards = [
        {
            "id": f"model-{index:03}-latest",
            "object": "model",
            "created": 1702256327 + index,
            "owned_by": "mistralai",
            "capabilities": capabilities,
            "name": f"model-{index:03}",
            "description": "A model that answers questions, writes text and calls tools.",
            "max_context_length": 131072,
            "aliases": [f"model-{index:03}", f"model-{index:03}-24-11"],
            "deprecation": None,
            "default_model_temperature": 0.3,
            "type": "base",
        }
        for index in range(100)
    ]
    return _json({"object": "list", "data": cards})


def embeddings() -> bytes:
    """Return 256 vectors of 1,024 numbers, about 5 MB."""
    numbers = random.Random(4)
    data = [
        {"object": "embedding", "embedding": [numbers.uniform(-1, 1) for _ in range(1024)], "index": index}
        for index in range(256)
    ]
    usage = {"prompt_tokens": 2048, "completion_tokens": 0, "total_tokens": 2048}
    return _json({"id": "embd-1", "object": "list", "data": data, "model": "mistral-embed", "usage": usage})


def file() -> bytes:
    """Return the record of an uploaded file."""
    return _json(
        {
            "id": FILE_ID,
            "object": "file",
            "bytes": 1,
            "created_at": 1702256327,
            "filename": "train.jsonl",
            "purpose": "fine-tune",
            "sample_type": "instruct",
            "source": "upload",
            "status": "processed",
        }
    )


def stream(events: int = EVENTS) -> list[bytes]:
    """Return a stream as server-sent events, each with its blank line, the terminator last."""
    return [b"data: %b\n\n" % chunk(index) for index in range(events)] + [b"data: [DONE]\n\n"]


def by_event(events: list[bytes]) -> bytes:
    """Return a chunked body with one HTTP chunk for each event."""
    return b"".join(map(_chunked, events)) + b"0\r\n\r\n"


def by_block(events: list[bytes]) -> bytes:
    """Return a chunked body with HTTP chunks of 16 KiB, whatever the events are."""
    whole = b"".join(events)
    blocks = (whole[start : start + _BLOCK] for start in range(0, len(whole), _BLOCK))
    return b"".join(map(_chunked, blocks)) + b"0\r\n\r\n"


def _chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
