"""Transcriptions: one typed request for each response format."""

import pickle
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from specwire import Request
from specwire._operations.operation import Payload
from specwire._operations.request import MultipartBody
from specwire.support import JsonPayload, TextPayload
from specwire_clients.aitre import Aitre, models
from specwire_clients.aitre.operations import audio as generated
from specwire_overrides.aitre import audio

FILE = ("talk.mp3", b"sound")


def fields(request: Request[Any]) -> dict[str, list[str]]:
    """Return the fields of a form by name, without its file."""
    assert isinstance(request.body, MultipartBody)
    found: dict[str, list[str]] = {}
    for part in request.body.parts[:-1]:
        assert isinstance(part.content, bytes)
        found.setdefault(part.name, []).append(part.content.decode())
    return found


@pytest.mark.parametrize(
    ("build", "returns", "format_"),
    [
        (audio.transcribe, JsonPayload(models.Transcription), None),
        (audio.transcribe_verbose, JsonPayload(models.TranscriptionVerbose), "verbose_json"),
        (audio.transcribe_text, TextPayload(), "text"),
        (audio.translate, JsonPayload(models.Translation), None),
        (audio.translate_verbose, JsonPayload(models.TranslationVerbose), "verbose_json"),
        (audio.translate_text, TextPayload(), "text"),
    ],
)
def test_each_method_requests_its_response_format(
    build: Callable[..., Request[Any]], returns: Payload, format_: str | None
) -> None:
    """The default format is not sent."""
    request = build(file=FILE, model="whisper-1", prompt="p", temperature=0.5)
    expected = {"model": ["whisper-1"], "prompt": ["p"], "temperature": ["0.5"]}
    expected |= {"response_format": [format_]} if format_ else {}
    assert (returns, expected) == (request.operation.returns, fields(request))


@pytest.mark.parametrize("format_", ["text", "srt", "vtt"])
def test_text_has_the_requested_format(format_: Any) -> None:
    """Subtitles are text too."""
    asked = [build(file=FILE, model="m", format=format_) for build in (audio.transcribe_text, audio.translate_text)]
    assert [[format_], [format_]] == [fields(request)["response_format"] for request in asked]


def test_granularities_are_repeated_parts() -> None:
    """Each is a part with the bracketed name."""
    request = audio.transcribe_verbose(file=FILE, model="m", language="de", timestamp_granularities=["word", "segment"])
    assert {
        "model": ["m"],
        "language": ["de"],
        "response_format": ["verbose_json"],
        "timestamp_granularities[]": ["word", "segment"],
    } == fields(request)


def test_a_typed_request_stays_a_value() -> None:
    """Requests compare and pickle, and the generated operation does not change."""
    request = audio.transcribe_text(file=FILE, model="m")
    assert request == pickle.loads(pickle.dumps(request)) == audio.transcribe_text(file=FILE, model="m")
    assert JsonPayload(models.TranscriptionResult) == generated.transcribe(file=FILE, model="m").operation.returns


def test_each_response_format_has_its_type() -> None:
    """Text is a string, JSON the model of its format."""
    verbose = '{"language":"en","duration":1.5,"text":"Hi","words":[],"segments":[]}'

    def serve(request: httpx2.Request) -> httpx2.Response:
        sent = request.read()
        if b"srt" in sent:
            return httpx2.Response(200, headers={"content-type": "text/plain; charset=utf-8"}, text="1\nHi\n")
        return httpx2.Response(200, headers={"content-type": "application/json"}, text=verbose)

    with httpx2.Client(transport=httpx2.MockTransport(serve)) as http:
        client = Aitre("k", base_url="https://aitre.test", http_client=http)
        found = (
            client.audio.transcribe_text(file=FILE, model="m", format="srt"),
            client.audio.transcribe(file=FILE, model="m"),
            client.audio.translate_verbose(file=FILE, model="m").duration,
        )
    assert ("1\nHi\n", models.Transcription(text="Hi"), 1.5) == found
