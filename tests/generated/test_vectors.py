"""Vectors of embeddings, as numbers and in base64."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from specwire_clients.mistral import Mistral


@pytest.mark.parametrize("vector", [[0.5, 1.0], "AAAAPwAAgD8="])
def test_a_vector_is_what_was_asked_for(vector: Any) -> None:
    """Neither form is drift."""
    usage = {"prompt_tokens": 1, "total_tokens": 1, "completion_tokens": 0}
    data = [{"object": "embedding", "index": 0, "embedding": vector}]
    found = {"id": "1", "object": "list", "model": "m", "usage": usage, "data": data}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=found))
    with Mistral(api_key="k", http_client=httpx2.Client(transport=transport), on_drift="raise") as client:
        assert vector == client.embeddings.create(model="m", input="x").data[0].embedding
