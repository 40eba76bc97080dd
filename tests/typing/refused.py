"""Calls that must not type-check: each line marked `# refused` is an error to mypy and to pyright, and no other is."""

from __future__ import annotations

from specwire import AsyncSend, HTTPResponse, PreparedRequest
from specwire_clients.mistral import Mistral


async def asend(outgoing: PreparedRequest, send: AsyncSend) -> HTTPResponse:
    return await send(outgoing)


def wrong(client: Mistral) -> None:
    client.chat.complete(model="m")  # refused
    client.chat.complete(model=1, messages=[])  # refused
    client.chat.complete(model="m", messages=[], temprature=0.1)  # refused
    client.chat.complete(model="m", messages=[{"role": "nobody", "content": "Hi"}])  # refused
    client.files.upload(file="train.jsonl", purpose="fine-tune")  # refused
    client.files.list(purpose=1)  # refused
    client.files.retrieve()  # refused
    client.chat.complete.with_options(timeot=5)  # refused
    assert client.chat.complete(model="m", messages=[]).choices[0].mesage  # refused
    Mistral(middleware=[asend])  # refused
    Mistral(call_middleware=[asend])  # refused
