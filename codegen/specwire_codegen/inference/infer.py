"""Guesses at undocumented features: pagination, streams, polling; written to be confirmed by a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specwire_codegen.inference.guess import Guess, Schemas, resolved
from specwire_codegen.inference.hints import stated_pages
from specwire_codegen.inference.jobs import guess_polling
from specwire_codegen.inference.pagination import guess_pages

__all__ = ["Guess", "guesses"]


def guesses(data: Mapping[str, Any], source: Mapping[str, Any] | None = None) -> Iterator[Guess]:
    """Yield guesses for a normalized document, in the order of its operations.

    `source` is the original document, with the extensions of other generators.
    """
    schemas: Schemas = data.get("components", {}).get("schemas", {})
    source = source or {}
    for path, item in data.get("paths", {}).items():
        for method, operation in item.items():
            if not isinstance(operation, Mapping) or "responses" not in operation:
                continue
            target = f"$.paths['{_quoted(path)}'].{method}"
            if method == "get":
                stated = tuple(_stated(target, path, source))
                yield from stated or guess_pages(target, path, operation, schemas)
                yield from guess_polling(target, path, operation, schemas)
            yield from _stream(target, operation, schemas)


def _stated(target: str, path: str, source: Mapping[str, Any]) -> Iterator[Guess]:
    """Yield the pagination of a GET that the source document declares for another generator."""
    item = source.get("paths", {}).get(path)
    operation = item.get("get") if isinstance(item, Mapping) else None
    if isinstance(operation, Mapping) and isinstance(operation.get("responses"), Mapping):
        components = source.get("components", {})
        yield from stated_pages(target, operation, components.get("schemas", {}))


def _quoted(path: str) -> str:
    return path.replace("\\", "\\\\").replace("'", "\\'")


def _stream(target: str, operation: Mapping[str, Any], schemas: Schemas) -> Iterator[Guess]:
    for status, response in operation["responses"].items():
        content: Mapping[str, Any] = response.get("content", {})
        media = content.get("text/event-stream")
        if media is None or "x-specwire-stream" in media:
            continue
        value: dict[str, Any] = {"error": "/error"}
        body = resolved(
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}), schemas
        )
        if "stream" in body.get("properties", {}) and len(content) > 1:
            value["switch"] = {"field": "stream", "value": True}
        place = f"{target}.responses['{status}'].content['text/event-stream']"
        reason = "the response is a stream of events; add `terminator` if a last event such as [DONE] ends the stream"
        yield Guess(place, "x-specwire-stream", value, reason)
