"""Differences of a live server's response from the document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.openapi.media_types import base_type, is_json

_FINE = (401, 403, 404, 409, 429)
"""Rejections that say nothing about the document: of a key, of an id, of too many requests."""
_BODILESS = (204, 205, 304)
_EVENTS = "text/event-stream"
_BREAK = re.compile(r"\r\n|\r|\n")


class Responses:
    """The responses that a document describes."""

    def __init__(self, subject: Subject) -> None:
        """Prepare the schemas of a document."""
        self._subject = subject
        self._document = Document(dict(subject.document))
        self._validators = Validators(self._document, "response")

    def violations(self, operation_id: str, exchange: Exchange) -> Iterator[str]:
        """Yield the differences of a response from the document."""
        status = exchange.status or 0
        key, response = documented(self._subject.raw(operation_id)["responses"], status)
        if key is None:
            if status not in _FINE:
                yield f"the document has no status {status}"
            return
        yield from self._missing_headers(response, exchange)
        content = response.get("content", {})
        content_type = exchange.response_header("content-type")
        if not content or status in _BODILESS or exchange.method == "HEAD":
            return
        if not exchange.response_body and base_type(content_type) != _EVENTS:
            if "text/plain" not in map(base_type, content):
                yield f"the response has no body, though the document has one for {key}"
            return
        if not any(_covers(name, content_type) for name in content):
            yield f"content type {content_type!r}: one of {', '.join(content)} expected"
            return
        if base_type(content_type) == _EVENTS:
            for name, media in content.items():
                if base_type(name) == _EVENTS:
                    yield from self._event_violations(media, exchange.response_body)
        elif is_json(content_type):
            schemas = [media["schema"] for name, media in content.items() if is_json(name) and "schema" in media]
            yield from self._json_violations(schemas, exchange.response_body)

    def _missing_headers(self, response: Mapping[str, Any], exchange: Exchange) -> Iterator[str]:
        present = {name for name, _ in exchange.response_headers}
        for name, header in response.get("headers", {}).items():
            if self._document.resolve(header).get("required") and name.lower() not in present:
                yield f"the required header {name} is missing"

    def _json_violations(self, schemas: list[Any], body: bytes) -> Iterator[str]:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            yield "the response is not JSON"
            return
        for schema in schemas:
            for violation in self._validators.violations(schema, value, "body"):
                yield f"the response does not match the document: {violation}"

    def _event_violations(self, media: Mapping[str, Any], body: bytes) -> Iterator[str]:
        """Yield the differences of a stream: events that do not match, and an end without the final event."""
        events = _events(body)
        terminator = media.get("x-specwire-stream", {}).get("terminator")
        if terminator is not None:
            if not events or events[-1] != terminator:
                yield f"the stream ends without {terminator}"
            events = [event for event in events if event != terminator]
        schema = self._event_schema(media)
        for number, event in enumerate(events, 1):
            try:
                value = json.loads(event)
            except (ValueError, RecursionError):
                if schema is not None:
                    yield f"event {number} is not JSON"
                continue
            for violation in self._validators.violations({} if schema is None else schema, value, "body"):
                yield f"event {number} does not match the document: {violation}"

    def _event_schema(self, media: Mapping[str, Any]) -> Any:
        """Return the schema of the data of an event, or None if it need not be JSON."""
        item = self._document.resolve(media.get("itemSchema", {}))
        return self._document.resolve(item.get("properties", {}).get("data", {})).get("contentSchema")


def _events(body: bytes) -> list[str]:
    """Return the data of the events of a stream."""
    found: list[str] = []
    data: list[str] = []
    for line in _BREAK.split(body.decode("utf-8", "replace").removeprefix("\ufeff")):
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            found.append("\n".join(data))
            data = []
    return found


def documented(responses: Mapping[str, Any], status: int) -> tuple[str | None, Mapping[str, Any]]:
    """Return the key and the response of a status; None if the document has neither it, its range, nor a default."""
    keys = {key.upper(): key for key in responses}
    for one in (str(status), f"{status // 100}XX", "DEFAULT"):
        if one in keys:
            return keys[one], responses[keys[one]]
    return None, {}


def _covers(pattern: str, content_type: str) -> bool:
    """Return True if a media type of the document, which may be a range, has a content type."""
    wanted, got = base_type(pattern), base_type(content_type)
    return wanted in (got, "*/*") or (wanted.endswith("/*") and got.startswith(wanted[:-1]))
