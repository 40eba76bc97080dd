"""Every kind of call with the three clients, synchronous and asynchronous.

`specwire demo` runs this against mock servers, whose addresses it puts into the environment. The providers that are
named as arguments may be real ones: `specwire demo --live mistral`. That costs money.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from specwire import SpecwireError
from specwire_clients.aitre import Aitre, AsyncAitre
from specwire_clients.mistral import AsyncMistral, Mistral
from specwire_clients.moonshot import AsyncMoonshot, Moonshot

PARIS = "Which river flows through Paris?"
PROVIDERS = ("mistral", "moonshot", "aitre")
LIVE = sys.argv[1:]
WATER = "At what temperature does water boil?"


@contextmanager
def call(kind: str, code: str) -> Iterator[list[str]]:
    """Print one call: its kind, its code, its duration, and what the block prints of the response."""
    result: list[str] = []
    started = time.perf_counter()
    yield result
    took = (time.perf_counter() - started) * 1000
    print(f"  {kind:<9} {code:<52} {took:7.1f} ms   {' '.join(result)}")


def heading(client: object) -> None:
    """Print the names of a client and its server."""
    print(f"\n{client!r}")


def interval(name: str) -> float:
    """Return the seconds between two polls of a job, which are longer for a real server."""
    return 2.0 if name in LIVE else 0.02


def short(value: object, width: int = 72) -> str:
    """Return a value on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def mistral(folder: Path) -> None:
    """Make plain, streamed, uploaded, downloaded, paged and polled calls."""
    training = folder / "train.jsonl"
    training.write_text(
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n' * 50
    )
    with Mistral() as client:
        heading(client)
        with call("plain", "chat.complete(...)") as result:
            reply = client.chat.complete(model="mistral-small-latest", messages=[{"role": "user", "content": PARIS}])
            result.append(short(reply.choices[0].message.content))
        with call("raw", "models.list.raw()") as result:
            raw = client.models.list.raw()
            result.append(f"HTTP {raw.status_code}, {len(raw.parsed.data or [])} models, attempts: {raw.attempts}")
        with call("streamed", "chat.stream(...)") as result:
            with client.chat.stream(
                model="mistral-small-latest", messages=[{"role": "user", "content": PARIS}]
            ) as events:
                count = sum(1 for _ in events)
                final = events.final()
            result.append(f"{count} events: {short(final.choices[0].message.content, 50)}")
        with call("uploaded", "files.upload(file=Path(...), purpose=...)") as result:
            file = client.files.upload(file=training, purpose="fine-tune")
            result.append(f"{file.filename}, {file.bytes} bytes, id {file.id}")
        with call("download", "files.download(id).save(path)") as result:
            saved = client.files.download(file.id).save(folder / "copy.jsonl")
            same = saved.read_bytes() == training.read_bytes()
            result.append(f"{saved.stat().st_size} bytes, {'the same as sent' if same else 'not what was sent'}")
        with call("paged", "files.list.iter(page_size=3)") as result:
            names = [one.filename for one in client.files.list.iter(page_size=3)]
            result.append(f"{len(names)} files over {-(-len(names) // 3)} pages: {short(', '.join(names), 44)}")
        with call("polled", "batch.jobs.create(...), batch.jobs.wait(id)") as result:
            job = client.batch.jobs.create(
                input_files=[file.id], endpoint="/v1/chat/completions", model="mistral-small-latest"
            )
            seen: list[str] = []
            done = client.batch.jobs.wait(
                job.id, interval=interval("mistral"), on_progress=lambda now: seen.append(now.status)
            )
            result.append(f"{' > '.join(seen)}: {done.succeeded_requests} of {done.total_requests} done")


def moonshot(folder: Path) -> None:
    """Make the same kinds of calls with an API that pages by cursor."""
    batch = folder / "batch.jsonl"
    batch.write_text('{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {}}\n')
    with Moonshot() as client:
        heading(client)
        with call("plain", "chat.complete(...)") as result:
            reply = client.chat.complete(model="kimi-k2.6", messages=[{"role": "user", "content": WATER}])
            result.append(short(reply.choices[0].message.content))
        with call("plain", "users.balance()") as result:
            result.append(f"available: {client.users.balance().data.available_balance}")
        with call("streamed", "chat.stream(...)") as result:
            with client.chat.stream(model="kimi-k2.6", messages=[{"role": "user", "content": WATER}]) as events:
                final = events.final()
            result.append(short(final.choices[0].message.content))
        with call("uploaded", "files.upload(file=Path(...), purpose='batch')") as result:
            file = client.files.upload(file=batch, purpose="batch")
            result.append(f"{file.filename}, {file.bytes} bytes, id {file.id}")
        with call("paged", "batches.list.iter(limit=3)") as result:
            ids = [one.id for one in client.batches.list.iter(limit=3)]
            result.append(f"{len(ids)} batches: {short(', '.join(ids), 50)}")
        with call("polled", "batches.create(...), batches.wait(id)") as result:
            made = client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
            )
            done = client.batches.wait(made.id, interval=interval("moonshot"))
            result.append(f"{made.id}: {done.status}")


def aitre(folder: Path) -> None:
    """Synthesize and transcribe audio, create pictures, and use Midjourney."""
    recording = folder / "hello.mp3"
    with Aitre() as client:
        heading(client)
        with call("plain", "images.generate(...)") as result:
            picture = client.images.generate(model="gpt-image-1", prompt="A lighthouse in the fog").data[0]
            result.append(short(picture.url or picture.b64_json))
        with call("download", "audio.speech(...).save(path)") as result:
            client.audio.speech(model="tts-1", input="Hello", voice="alloy").save(recording)
            result.append(f"{recording.stat().st_size} bytes of sound")
        with call("uploaded", "audio.transcribe(file=Path(...))") as result:
            result.append(short(client.audio.transcribe(file=recording, model="whisper-1").text))
        with call("uploaded", "audio.transcribe_text(..., format='srt')") as result:
            result.append(short(client.audio.transcribe_text(file=recording, model="whisper-1", format="srt")))
        with call("polled", "midjourney.imagine_and_wait(prompt=...)") as result:
            progress: list[str] = []
            task = client.midjourney.imagine_and_wait(
                prompt="a cat in the rain",
                interval=interval("aitre"),
                on_progress=lambda now: progress.append(now.progress or ""),
            )
            result.append(f"{task.status} after {' '.join(progress)}: {short(task.image_url, 40)}")


async def asynchronous(folder: Path) -> None:
    """Await the same methods, many at once on one client."""
    async with AsyncMistral() as client:
        heading(client)
        with call("at once", "20 x await chat.complete(...)") as result:
            replies = await asyncio.gather(
                *(
                    client.chat.complete(model="mistral-small-latest", messages=[{"role": "user", "content": PARIS}])
                    for _ in range(20)
                )
            )
            result.append(f"{len(replies)} replies")
        with call("paged", "async for file in files.list.iter(...)") as result:
            result.append(f"{len([file async for file in client.files.list.iter(page_size=3)])} files")
        with call("uploaded", "await files.upload(...)") as result:
            file = await client.files.upload(file=folder / "train.jsonl", purpose="fine-tune")
            result.append(f"{file.filename}, {file.bytes} bytes")
        with call("download", "await files.download(id).read()") as result:
            result.append(f"{len(await client.files.download(file.id).read())} bytes")
    async with AsyncMoonshot() as moonshot_client:
        heading(moonshot_client)
        with call("streamed", "async with chat.stream(...) as events") as result:
            async with moonshot_client.chat.stream(
                model="kimi-k2.6", messages=[{"role": "user", "content": WATER}]
            ) as events:
                pieces = [event.choices[0].delta.content or "" async for event in events if event.choices]
            result.append(f"{len(pieces)} pieces: {short(''.join(pieces), 50)}")
    async with AsyncAitre() as aitre_client:
        heading(aitre_client)
        with call("polled", "await midjourney.imagine_and_wait(...)") as result:
            task = await aitre_client.midjourney.imagine_and_wait(
                prompt="a cat in the rain", interval=interval("aitre")
            )
            result.append(f"{task.status}: {short(task.image_url, 50)}")


def reject_unnamed_servers() -> None:
    """Exit if the environment leads to a real API that was not named as an argument."""
    for name in PROVIDERS:
        server = os.environ.get(f"{name.upper()}_BASE_URL", "")
        if name not in LIVE and urlsplit(server).hostname != "127.0.0.1":
            sys.exit(f"{name} is not at a mock server: run `specwire demo`, or `specwire demo --live {name}`")


def main() -> None:
    """Run all of them."""
    reject_unnamed_servers()
    where = f", live: {', '.join(LIVE)}" if LIVE else ", against mock servers made from the documents"
    print(f"Every kind of call{where}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            mistral(folder)
            moonshot(folder)
            aitre(folder)
            asyncio.run(asynchronous(folder))
        except SpecwireError as error:
            sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
