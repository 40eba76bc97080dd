"""Differences of a live server's response from the document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.message import Message
from typing import Any

from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.redaction import names_secret
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.json_body import NotJsonError, read_json
from specwire_codegen.mock.document.validation import Validators, Violation
from specwire_codegen.openapi.media_types import base_type, framing_of, is_json

_FINE = (401, 403, 404, 409, 429)
"""Rejections that say nothing about the document: of a key, of an id, of too many requests."""
_BODILESS = (204, 205, 304)
_EVENTS = "text/event-stream"
_ABOUT_MEMBERS = ("required", "additionalProperties", "unevaluatedProperties", "dependentRequired", "propertyNames")
"""Keywords whose messages name the member that is meant."""
_SHOWN = 60
"""Maximum number of characters of a value in a message."""
_LISTS = ("Link", "Set-Cookie", "Vary", "WWW-Authenticate", "Warning")
"""Headers that a response may have several times."""
_BREAK = re.compile(r"\r\n|\r|\n")


class Responses:
    """The responses that a document describes."""

    def __init__(self, subject: Subject) -> None:
        """Prepare the schemas of a document."""
        self._subject = subject
        self._document = Document(dict(subject.document))
        self._validators = Validators(self._document, "response", exact=True)

    def violations(self, operation_id: str, exchange: Exchange) -> Iterator[str]:
        """Yield the differences of a response from the document."""
        status = exchange.status or 0
        key, response = documented(self._subject.raw(operation_id)["responses"], status)
        if key is None:
            if status not in _FINE:
                yield f"the document has no status {status}"
            return
        yield from self._header_violations(response, exchange)
        content = response.get("content", {})
        content_type = exchange.response_header("content-type")
        if not content or status in _BODILESS or exchange.method == "HEAD":
            return
        if not exchange.response_body and base_type(content_type) != _EVENTS:
            if "text/plain" not in map(base_type, content):
                yield f"the response has no body, though the document has one for {key}"
            return
        media = [one for name, one in content.items() if _covers(name, content_type)]
        if not media:
            what = f"content type {content_type!r}" if content_type else "the response has no content type"
            yield f"{what}: one of {', '.join(content)} expected"
            return
        yield from self._body_violations(media, content_type, exchange.response_body)

    def _body_violations(self, media: Sequence[Mapping[str, Any]], content_type: str, body: bytes) -> Iterator[str]:
        framing = framing_of(content_type)
        if framing == "sse":
            for one in media:
                yield from self._event_violations(one, body)
        elif framing is not None:
            for one in media:
                yield from self._line_violations(one, body)
        elif is_json(content_type):
            yield from self._json_violations([one["schema"] for one in media if "schema" in one], body)
        elif base_type(content_type).startswith("text/"):
            charset = _charset(content_type)
            try:
                body.decode(charset)
            except (LookupError, UnicodeDecodeError):
                yield f"the text is not {charset}" + ("" if "charset" in content_type.lower() else ", the default")

    def _header_violations(self, response: Mapping[str, Any], exchange: Exchange) -> Iterator[str]:
        for name, stated in response.get("headers", {}).items():
            header = self._document.resolve(stated)
            values = [value for one, value in exchange.response_headers if one == name.lower()]
            if not values and header.get("required"):
                yield f"the required header {name} is missing"
            schema = header.get("schema", {})
            if len({*values}) > 1 and not {"array", "object"} & {*self._document.types(schema)} and name not in _LISTS:
                yield f"the header {name} has {len(values)} different values, where the document has one"

    def _json_violations(self, schemas: list[Any], body: bytes) -> Iterator[str]:
        try:
            value = read_json(body)
        except NotJsonError as problem:
            yield f"the response {problem}"
            return
        for schema in schemas:
            for difference in _differences(value, self._validators.violations(schema, value, "body")):
                yield f"the response does not match the document: {difference}"

    def _line_violations(self, media: Mapping[str, Any], body: bytes) -> Iterator[str]:
        """Yield the differences of JSON Lines, or of a JSON sequence."""
        for number, line in enumerate((one.strip(b"\x1e \r") for one in body.split(b"\n")), 1):
            if line:
                yield from self._part_violations(f"line {number}", line, media.get("itemSchema", {}))

    def _part_violations(self, name: str, part: bytes | str, schema: Any) -> Iterator[str]:
        try:
            value = read_json(part)
        except NotJsonError as problem:
            yield f"{name} {problem}"
            return
        for difference in _differences(value, self._validators.violations(schema, value, "body")):
            yield f"{name} does not match the document: {difference}"

    def _event_violations(self, media: Mapping[str, Any], body: bytes) -> Iterator[str]:
        """Yield the differences of a stream: its events, its end, and ids that cannot resume it."""
        events, ids, cut = _events(body)
        stated = media.get("x-specwire-stream", {})
        if cut:
            yield "the stream ends within an event"
        terminator = stated.get("terminator")
        if terminator is not None:
            if not events or events[-1] != terminator:
                yield f"the stream ends without {terminator}"
            events = [event for event in events if event != terminator]
        repeated = next((one for number, one in enumerate(ids) if one in ids[:number]), None)
        if stated.get("resumable") and repeated is not None:
            yield f"the id {json.dumps(repeated)} belongs to several events, so the stream cannot be resumed after it"
        schema = self._event_schema(media)
        for number, event in enumerate(events, 1):
            if schema is not None:
                yield from self._part_violations(f"event {number}", event, schema)

    def _event_schema(self, media: Mapping[str, Any]) -> Any:
        """Return the schema of the data of an event, or None if it need not be JSON."""
        item = self._document.resolve(media.get("itemSchema", {}))
        return self._document.resolve(item.get("properties", {}).get("data", {})).get("contentSchema")


def _events(body: bytes) -> tuple[list[str], list[str], bool]:
    """Return the data of the events of a stream, their ids, and True if the last one is cut."""
    found: list[str] = []
    ids: list[str] = []
    data: list[str] = []
    for line in _BREAK.split(body.decode("utf-8", "replace").removeprefix("\ufeff")):
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif line.startswith("id:"):
            ids.append(line.removeprefix("id:").removeprefix(" "))
        elif not line and data:
            found.append("\n".join(data))
            data = []
    return found, ids, bool(data)


def _charset(content_type: str) -> str:
    """Return the charset of a content type; UTF-8 if it has none."""
    message = Message()
    message["content-type"] = content_type
    return str(message.get_content_charset() or "utf-8")


def _differences(value: Any, violations: Iterable[Violation]) -> Iterator[str]:
    """Yield the first violation of each kind, with the number of others that are the same in other items."""
    kinds: dict[Any, list[Violation]] = {}
    for violation in violations:
        path = tuple(step if isinstance(step, str) else 0 for step in violation.path)
        kinds.setdefault((path, violation.keyword), []).append(violation)
    for first, *others in kinds.values():
        more = f" (and {len(others)} more items)" if others else ""
        yield f"{first}{_received(value, first)}{more}"


def _received(value: Any, violation: Violation) -> str:
    """Return a short value that violates the document, unless its name is that of a secret."""
    if violation.keyword in _ABOUT_MEMBERS or any(names_secret(str(step)) for step in violation.path):
        return ""
    for step in violation.path:
        value = value[step]
    shown = json.dumps(value, ensure_ascii=False)
    return f"; received {shown}" if len(shown) <= _SHOWN else ""


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
