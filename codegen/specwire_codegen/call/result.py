"""Result of a call as text or bytes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import attrs
from specwire import Download, EventStream, WireModel, to_dict
from specwire._codec.codec import to_builtins

from specwire_codegen.characters import Table, steers, tamed
from specwire_codegen.diagnostics import SpecwireCodegenError, UsageError

_ESCAPES = Table(lambda character: json.dumps(character)[1:-1] if steers(character) else character)


@attrs.frozen
class Printer:
    """Output of the values of a call."""

    output: Path | None = None
    """File to write to, stdout by default."""
    select: tuple[str, ...] = ()
    """Keys and indexes that lead to the printed value."""

    def value(self, result: Any) -> None:
        """Print the result of a method: a stream event by event, JSON with indentation, a download as its bytes."""
        match result:
            case None:
                return
            case Download():
                self._download(result)
            case EventStream():
                with result as stream:
                    self.lines(stream)
            case str():
                self._write([result if result.endswith("\n") else f"{result}\n"])
            case bytes():
                self._bytes(result)
            case _:
                self._json(result)

    def lines(self, values: Iterable[Any]) -> None:
        """Print values as they come: JSON, one to a line, or the selected texts one after the other."""
        self._write(self._lines(values))

    def _lines(self, values: Iterable[Any]) -> Iterable[str]:
        ended = True
        for value in values:
            found = _at(plain(value), self.select)
            if self.select and found is None:
                continue
            text = found if self.select and isinstance(found, str) else f"{_compact(found)}\n"
            ended = text.endswith("\n")
            yield text
        if not ended:
            yield "\n"

    def _json(self, result: Any) -> None:
        found = _at(plain(result), self.select)
        if self.select and found is None:
            raise UsageError(f"the response has no {'.'.join(self.select)}: print it without --select first")
        if isinstance(found, str) and self.select:
            self._write([f"{found}\n"])
        elif self.output is None and sys.stdout.isatty():
            from rich.console import Console
            from rich.highlighter import JSONHighlighter

            Console().print(JSONHighlighter()(_legible(found)), soft_wrap=True)
        else:
            self._write([f"{json.dumps(found, indent=2, ensure_ascii=False)}\n"])

    def _download(self, download: Download) -> None:
        if self.output is not None:
            download.save(self.output)
        else:
            self._bytes(download.read())

    def _bytes(self, data: bytes) -> None:
        if self.output is not None:
            self.output.write_bytes(data)
            return
        if sys.stdout.isatty():
            try:
                text = data.decode()
            except UnicodeDecodeError:
                text = "\0"
            if "\0" in text:
                raise SpecwireCodegenError("the response is not text: write it with --output FILE")
            _print(sys.stdout, text)
            return
        sys.stdout.buffer.write(data)
        sys.stdout.flush()

    def _write(self, texts: Iterable[str]) -> None:
        if self.output is not None:
            with self.output.open("w", encoding="utf-8") as file:
                file.writelines(texts)
            return
        for text in texts:
            _print(sys.stdout, text)


def _print(stream: TextIO, text: str) -> None:
    """Write a text at once, without control characters if a person reads it."""
    stream.write(tamed(text) if stream.isatty() else text)
    stream.flush()


def plain(value: Any) -> Any:
    """Return a value of a client as JSON-ready builtins."""
    match value:
        case WireModel():
            return to_dict(value)
        case str() | bool() | int() | float() | None:
            return value
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [plain(each) for each in value]
        case _:
            return to_builtins(value)


def _legible(value: Any) -> str:
    """Return JSON for a terminal, with escapes for characters that steer it."""
    return json.dumps(value, indent=2, ensure_ascii=False).translate(_ESCAPES)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _at(value: Any, path: Sequence[str]) -> Any:
    """Return the value at keys and indexes; None if one is missing."""
    for key in path:
        match value:
            case Mapping():
                value = value.get(key)
            case Sequence() if not isinstance(value, str) and key.lstrip("-").isdecimal():
                value = value[int(key)] if -len(value) <= int(key) < len(value) else None
            case _:
                return None
    return value
