"""Calls of users, never executed: mypy and pyright must infer these types, and reject the calls at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, assert_type

from specwire import (
    AccumulatingStream,
    AsyncAccumulatingStream,
    AsyncCall,
    AsyncCallMiddleware,
    AsyncDownload,
    AsyncMiddleware,
    AsyncSend,
    BaseRequest,
    Call,
    CallMiddleware,
    Download,
    HTTPResponse,
    Middleware,
    PreparedRequest,
    Request,
    Response,
    Send,
    StreamRequest,
)
from specwire.otel import instrumented
from specwire_clients.aitre import Aitre, models as aitre
from specwire_clients.mistral import AsyncMistral, Mistral, models as mistral
from specwire_clients.moonshot import Moonshot, models as moonshot


def plain(client: Mistral) -> None:
    response = client.chat.complete(
        model="mistral-small-latest",
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            mistral.AssistantMessage(content="Hello"),
        ],
        temperature=0.2,
        max_tokens=None,
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        tool_choice="auto",
    )
    assert_type(response, mistral.ChatCompletionResponse)
    assert_type(client.chat.complete.raw(model="m", messages=[]), Response[mistral.ChatCompletionResponse])
    assert_type(client.chat.complete.request(model="m", messages=[]), Request[mistral.ChatCompletionResponse])
    assert_type(client.send(client.chat.complete.request(model="m", messages=[])), mistral.ChatCompletionResponse)
    assert_type(client.chat.complete.with_options(timeout=5)(model="m", messages=[]), mistral.ChatCompletionResponse)
    message = response.choices[0].message
    if message.tool_calls:
        assert_type(message.tool_calls, list[mistral.ToolCall])
    client.chat.complete(model="m", messages=[message])


def later_values(client: Mistral) -> None:
    client.files.list(purpose="training")
    client.chat.complete(model="m", messages=[], tool_choice="later")


def switched(client: Mistral) -> None:
    chunk = mistral.CompletionChunk
    with client.chat.complete(model="m", messages=[], stream=True) as events:
        assert_type(events, AccumulatingStream[mistral.CompletionChunk, mistral.ChatCompletionResponse])
        for event in events:
            assert isinstance(event, chunk)
    assert_type(client.chat.complete(model="m", messages=[]), mistral.ChatCompletionResponse)


async def switched_async(client: AsyncMistral) -> None:
    events = await client.chat.complete(model="m", messages=[], stream=True)
    assert_type(events, AsyncAccumulatingStream[mistral.CompletionChunk, mistral.ChatCompletionResponse])
    assert_type(await client.chat.complete(model="m", messages=[]), mistral.ChatCompletionResponse)


def streamed(client: Mistral) -> None:
    assert_type(client.chat.stream.request(model="m", messages=[]), StreamRequest[mistral.CompletionChunk])
    with client.chat.stream(model="m", messages=[]) as events:
        assert_type(events, AccumulatingStream[mistral.CompletionChunk, mistral.ChatCompletionResponse])
        for chunk in events:
            assert_type(chunk, mistral.CompletionChunk)
        assert_type(events.final(), mistral.ChatCompletionResponse)


def files(client: Mistral) -> None:
    file = client.files.upload(file=Path("a.jsonl"), purpose="batch")
    assert_type(file, mistral.UploadFileOut)
    assert_type(client.files.download(file.id), Download)
    assert_type(client.files.list.iter(page_size=5), Iterator[mistral.FileSchema])
    assert_type(client.files.list.pages(), Iterator[mistral.ListFilesOut])
    assert_type(client.files.list.request(), Request[mistral.ListFilesOut])
    assert_type(client.batch.jobs.wait("id", timeout=5), mistral.BatchJobOut)


def variants(part: mistral.ContentChunk) -> None:
    if isinstance(part, mistral.TextChunk):
        assert_type(part.text, str)
    match part:
        case mistral.ImageURLChunk(image_url=image):
            assert_type(image, mistral.ImageURL | str)
        case _:
            pass


def others(moonshot_client: Moonshot, aitre_client: Aitre) -> None:
    assert_type(moonshot_client.users.balance(), moonshot.BalanceResponse)
    assert_type(aitre_client.audio.transcribe(file=b"", model="m"), aitre.Transcription)
    assert_type(aitre_client.audio.transcribe_text(file=b"", model="m", format="srt"), str)
    assert_type(aitre_client.midjourney.imagine_and_wait(prompt="p"), aitre.MidjourneyTask)


async def asynchronous(client: AsyncMistral) -> None:
    assert_type(await client.chat.complete(model="m", messages=[]), mistral.ChatCompletionResponse)
    assert_type(await client.chat.complete.raw(model="m", messages=[]), Response[mistral.ChatCompletionResponse])
    assert_type(client.files.list.iter(), AsyncIterator[mistral.FileSchema])
    assert_type(client.files.download("id"), AsyncDownload)
    async with client.chat.stream(model="m", messages=[]) as events:
        assert_type(events, AsyncAccumulatingStream[mistral.CompletionChunk, mistral.ChatCompletionResponse])
        async for chunk in events:
            assert_type(chunk, mistral.CompletionChunk)
        assert_type(await events.final(), mistral.ChatCompletionResponse)


def send(outgoing: PreparedRequest, send: Send) -> HTTPResponse:
    assert_type(outgoing.headers, dict[str, str])
    assert_type(send(outgoing).status_code, int)
    return send(outgoing)


async def asend(outgoing: PreparedRequest, send: AsyncSend) -> HTTPResponse:
    return await send(outgoing)


def call(request: BaseRequest, call: Call) -> Response[Any]:
    assert_type(request.operation.id, str)
    return call(request.replace(query={}))


async def acall(request: BaseRequest, call: AsyncCall) -> Response[Any]:
    return await call(request)


def around(attempts: Middleware, atries: AsyncMiddleware, calls: CallMiddleware, acalls: AsyncCallMiddleware) -> None:
    client = Mistral(middleware=[send, attempts], call_middleware=[call, calls])
    assert_type(client.with_options(call_middleware=[call], middleware=[send]), Mistral)
    assert_type(instrumented(client), Mistral)
    assert_type(instrumented(client).files.delete.with_options(call_middleware=[call])("id"), mistral.DeleteFileOut)
    assert_type(instrumented(AsyncMistral(middleware=[asend, atries], call_middleware=[acall, acalls])), AsyncMistral)
