"""Transcription and translation of audio: one method per response format, since it determines the type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from specwire import UNSET, FileInput, Request, Unset, adds, replaces
from specwire.support import JsonPayload, TextPayload
from specwire_clients.aitre import models
from specwire_clients.aitre.operations import audio

if TYPE_CHECKING:
    from specwire_clients.aitre import inputs


@replaces("create_transcription")
def transcribe(
    *,
    file: FileInput,
    model: str,
    language: str | Unset = UNSET,
    prompt: str | Unset = UNSET,
    temperature: float | Unset = UNSET,
) -> Request[models.Transcription]:
    """Transcribe audio in its own language.

    Use `transcribe_verbose` for timestamps, and `transcribe_text` for plain text or subtitles.

    `POST /v1/audio/transcriptions`, operation `create_transcription`.

    Args:
        file: Audio file in FLAC, MP3, MP4, MPEG, MPGA, M4A, OGG, WAV or WebM format. It needs a file name.
        model: Id of the model, such as `whisper-1`.
        language: Spoken language as an ISO 639-1 code; it improves the result.
        prompt: Text in the same language that sets the style, or that precedes the recording.
        temperature: Sampling temperature. At least 0 and at most 1. The server's default is 0.

    """
    request = audio.transcribe(file=file, model=model, language=language, prompt=prompt, temperature=temperature)
    return request.returning(JsonPayload(models.Transcription))


@adds("create_transcription", "audio.transcribe_verbose")
def transcribe_verbose(
    *,
    file: FileInput,
    model: str,
    language: str | Unset = UNSET,
    prompt: str | Unset = UNSET,
    temperature: float | Unset = UNSET,
    timestamp_granularities: Sequence[inputs.TimestampGranularityParam] | Unset = UNSET,
) -> Request[models.TranscriptionVerbose]:
    """Transcribe audio in its own language, with timestamps.

    `POST /v1/audio/transcriptions`, operation `create_transcription`.

    Args:
        file: Audio file in FLAC, MP3, MP4, MPEG, MPGA, M4A, OGG, WAV or WebM format. It needs a file name.
        model: Id of the model, such as `whisper-1`.
        language: Spoken language as an ISO 639-1 code; it improves the result.
        prompt: Text in the same language that sets the style, or that precedes the recording.
        temperature: Sampling temperature. At least 0 and at most 1. The server's default is 0.
        timestamp_granularities: Units with timestamps: words, segments or both.

    """
    request = audio.transcribe(
        file=file,
        model=model,
        language=language,
        prompt=prompt,
        response_format="verbose_json",
        temperature=temperature,
        timestamp_granularities=timestamp_granularities,
    )
    return request.returning(JsonPayload(models.TranscriptionVerbose))


@adds("create_transcription", "audio.transcribe_text")
def transcribe_text(
    *,
    file: FileInput,
    model: str,
    format: Literal["text", "srt", "vtt"] = "text",
    language: str | Unset = UNSET,
    prompt: str | Unset = UNSET,
    temperature: float | Unset = UNSET,
) -> Request[str]:
    """Transcribe audio in its own language, as plain text or as subtitles.

    `POST /v1/audio/transcriptions`, operation `create_transcription`.

    Args:
        file: Audio file in FLAC, MP3, MP4, MPEG, MPGA, M4A, OGG, WAV or WebM format. It needs a file name.
        model: Id of the model, such as `whisper-1`.
        format: Plain text, or subtitles as SubRip (`srt`) or WebVTT (`vtt`).
        language: Spoken language as an ISO 639-1 code; it improves the result.
        prompt: Text in the same language that sets the style, or that precedes the recording.
        temperature: Sampling temperature. At least 0 and at most 1. The server's default is 0.

    """
    request = audio.transcribe(
        file=file, model=model, language=language, prompt=prompt, response_format=format, temperature=temperature
    )
    return request.returning(TextPayload())


@replaces("create_translation")
def translate(
    *, file: FileInput, model: str, prompt: str | Unset = UNSET, temperature: float | Unset = UNSET
) -> Request[models.Translation]:
    """Translate audio into English text.

    Use `translate_verbose` for timestamps, and `translate_text` for plain text or subtitles.

    `POST /v1/audio/translations`, operation `create_translation`.

    Args:
        file: Audio file in FLAC, MP3, MP4, MPEG, MPGA, M4A, OGG, WAV or WebM format. It needs a file name.
        model: Id of the model, such as `whisper-1`.
        prompt: English text that sets the style, or that precedes the recording.
        temperature: Sampling temperature. At least 0 and at most 1. The server's default is 0.

    """
    request = audio.translate(file=file, model=model, prompt=prompt, temperature=temperature)
    return request.returning(JsonPayload(models.Translation))


@adds("create_translation", "audio.translate_verbose")
def translate_verbose(
    *, file: FileInput, model: str, prompt: str | Unset = UNSET, temperature: float | Unset = UNSET
) -> Request[models.TranslationVerbose]:
    """Translate audio into English text, with timestamps.

    `POST /v1/audio/translations`, operation `create_translation`.

    Args:
        file: Audio file in FLAC, MP3, MP4, MPEG, MPGA, M4A, OGG, WAV or WebM format. It needs a file name.
        model: Id of the model, such as `whisper-1`.
        prompt: English text that sets the style, or that precedes the recording.
        temperature: Sampling temperature. At least 0 and at most 1. The server's default is 0.

    """
    request = audio.translate(
        file=file, model=model, prompt=prompt, response_format="verbose_json", temperature=temperature
    )
    return request.returning(JsonPayload(models.TranslationVerbose))


@adds("create_translation", "audio.translate_text")
def translate_text(
    *,
    file: FileInput,
    model: str,
    format: Literal["text", "srt", "vtt"] = "text",
    prompt: str | Unset = UNSET,
    temperature: float | Unset = UNSET,
) -> Request[str]:
    """Translate audio into English, as plain text or as subtitles.

    `POST /v1/audio/translations`, operation `create_translation`.

    Args:
        file: Audio file in FLAC, MP3, MP4, MPEG, MPGA, M4A, OGG, WAV or WebM format. It needs a file name.
        model: Id of the model, such as `whisper-1`.
        format: Plain text, or subtitles as SubRip (`srt`) or WebVTT (`vtt`).
        prompt: English text that sets the style, or that precedes the recording.
        temperature: Sampling temperature. At least 0 and at most 1. The server's default is 0.

    """
    request = audio.translate(file=file, model=model, prompt=prompt, response_format=format, temperature=temperature)
    return request.returning(TextPayload())
