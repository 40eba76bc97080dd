"""Calls of `openai` to Moonshot or AITRE; the arguments are the URL of the mock server and the name of the provider."""

import sys

from harness import run
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

URL, PROVIDER = sys.argv[1:3]
client = OpenAI(api_key="test-key", base_url=f"{URL}/v1")
later = AsyncOpenAI(api_key="test-key", base_url=f"{URL}/v1")
CHAT = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
LINES = ("batch.jsonl", b'{"custom_id": "1"}\n')
SOUND = ("sound.mp3", b"ID3")


class City(BaseModel):
    """A structured output."""

    name: str
    population: int


def uploaded():
    return client.files.create(file=LINES, purpose="batch").id


def started():
    return client.batches.create(input_file_id=uploaded(), endpoint="/v1/chat/completions", completion_window="24h").id


def after_upload():
    name = uploaded()
    assert client.files.retrieve(name).id == name
    assert client.files.content(name).read() == LINES[1]
    assert name in [each.id for each in client.files.list()]
    return client.files.delete(name).deleted


def after_start():
    name = started()
    assert client.batches.retrieve(name).id == name
    assert name in [each.id for each in client.batches.list()]
    return client.batches.cancel(name).status in {"cancelling", "cancelled"}


async def all_of(pages):
    return [each async for each in pages]


async def streamed():
    return [chunk async for chunk in await later.chat.completions.create(**CHAT, stream=True)]


def parsed():
    message = client.chat.completions.parse(**CHAT, response_format=City).choices[0].message
    return isinstance(message.parsed, City)


def helper():
    with client.chat.completions.stream(**CHAT) as stream:
        kinds = {event.type for event in stream}
        return "chunk" in kinds and stream.get_final_completion().choices[0].message.content


def raw():
    response = client.chat.completions.with_raw_response.create(**CHAT)
    return response.headers["content-type"].startswith("application/json") and response.parse().choices


COMMON = {
    "chat.completions.create": lambda: client.chat.completions.create(**CHAT).choices,
    "chat.completions.create async": lambda: later.chat.completions.create(**CHAT),
    "chat.completions.create n": lambda: len(client.chat.completions.create(**CHAT, n=3).choices) == 3,
    "chat.completions.create sampling": lambda: client.chat.completions.create(
        **CHAT, temperature=0.5, top_p=0.9, max_tokens=5, stop=["."], presence_penalty=0.1, frequency_penalty=0.1
    ),
    "chat.completions.create tools": lambda: client.chat.completions.create(**CHAT, tools=[TOOL], tool_choice="auto"),
    "chat.completions.create json": lambda: client.chat.completions.create(
        **CHAT, response_format={"type": "json_object"}
    ),
    "chat.completions.create conversation": lambda: client.chat.completions.create(
        model="m",
        messages=[
            {"role": "system", "content": "s"},
            {"role": "user", "content": "u"},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
            {"role": "tool", "content": "r", "tool_call_id": "c1"},
        ],
    ),
    "chat.completions.create image": lambda: client.chat.completions.create(
        model="m",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                ],
            }
        ],
    ),
    "chat.completions.create stream": lambda: list(client.chat.completions.create(**CHAT, stream=True)),
    "chat.completions.create stream usage": lambda: list(
        client.chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True})
    ),
    "chat.completions.create stream async": streamed,
    "chat.completions.create raw": raw,
    "chat.completions.parse": parsed,
    "chat.completions.stream": helper,
    "models.list": lambda: list(client.models.list()),
    "models.list async": lambda: all_of(later.models.list()),
}
MOONSHOT = {
    "chat.completions.create partial": lambda: client.chat.completions.create(
        model="m",
        messages=[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "{", "partial": True}],
    ),
    "files.create": uploaded,
    "files.create async": lambda: later.files.create(file=LINES, purpose="batch"),
    "files.create extract": lambda: client.files.create(file=("a.pdf", b"%PDF"), purpose="file-extract"),
    "files.list": lambda: list(client.files.list()),
    "files.list query": lambda: client.files.list(limit=2, order="desc", purpose="batch").data,
    "files.list async": lambda: all_of(later.files.list()),
    "files.retrieve": lambda: client.files.retrieve(uploaded()),
    "files.content, delete": after_upload,
    "batches.create": started,
    "batches.list": lambda: list(client.batches.list(limit=3)),
    "batches.list async": lambda: all_of(later.batches.list()),
    "batches.retrieve, cancel": after_start,
    "get /users/me/balance": lambda: client.get("/users/me/balance", cast_to=dict[str, object]),
    "post /tokenizers/estimate-token-count": lambda: client.post(
        "/tokenizers/estimate-token-count", body=CHAT, cast_to=dict[str, object]
    ),
}


def vectors(inputs, **more):
    found = client.embeddings.create(model="m", input=inputs, **more).data
    return len(found) == (1 if isinstance(inputs, str) else len(inputs)) and found


AITRE = {
    "completions.create": lambda: client.completions.create(model="m", prompt="Hi").choices,
    "completions.create stream": lambda: list(client.completions.create(model="m", prompt="Hi", stream=True)),
    "embeddings.create one": lambda: vectors("a"),
    "embeddings.create three": lambda: vectors(["a", "b", "c"]),
    "embeddings.create dimensions": lambda: len(vectors("a", dimensions=7)[0].embedding) == 7,
    "embeddings.create float": lambda: vectors("a", encoding_format="float"),
    "embeddings.create tokens": lambda: vectors([[1, 2], [3]]),
    "embeddings.create async": lambda: later.embeddings.create(model="m", input="a"),
    "images.generate": lambda: client.images.generate(model="m", prompt="a cat").data,
    "images.generate n": lambda: len(client.images.generate(model="m", prompt="a cat", n=3).data) == 3,
    "images.generate base64": lambda: (
        client.images.generate(model="m", prompt="a cat", response_format="b64_json", size="512x512").data[0].b64_json
    ),
    "images.generate url": lambda: client.images.generate(model="m", prompt="a cat", response_format="url").data[0].url,
    "audio.speech.create": lambda: client.audio.speech.create(model="m", input="Hi", voice="alloy").read(),
    "audio.speech.create wav": lambda: client.audio.speech.create(
        model="m", input="Hi", voice="alloy", response_format="wav", speed=1.5
    ).read(),
    "audio.transcriptions.create": lambda: client.audio.transcriptions.create(model="m", file=SOUND).text,
    "audio.transcriptions.create text": lambda: client.audio.transcriptions.create(
        model="m", file=SOUND, response_format="text"
    ),
    "audio.transcriptions.create srt": lambda: (
        "-->" in client.audio.transcriptions.create(model="m", file=SOUND, response_format="srt")
    ),
    "audio.transcriptions.create vtt": lambda: client.audio.transcriptions.create(
        model="m", file=SOUND, response_format="vtt"
    ).startswith("WEBVTT"),
    "audio.transcriptions.create verbose": lambda: (
        client.audio.transcriptions.create(
            model="m", file=SOUND, response_format="verbose_json", timestamp_granularities=["segment"]
        ).duration
    ),
    "audio.transcriptions.create language": lambda: client.audio.transcriptions.create(
        model="m", file=SOUND, language="en", prompt="p", temperature=0.0
    ),
    "audio.transcriptions.create async": lambda: later.audio.transcriptions.create(model="m", file=SOUND),
    "audio.translations.create": lambda: client.audio.translations.create(model="m", file=SOUND).text,
    "audio.translations.create verbose": lambda: (
        client.audio.translations.create(model="m", file=SOUND, response_format="verbose_json").duration
    ),
}

run(COMMON | {"moonshot": MOONSHOT, "aitre": AITRE}[PROVIDER])
