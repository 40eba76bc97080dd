"""Streams of events: the fields that select them, and the events of operations that document only the whole response."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.normalize.guess import INFERRED, Guess
from specwire_codegen.normalize.inference.event_schemas import EventSchemas
from specwire_codegen.normalize.inference.reading import followed, members_of, resolved, source_of, target_of, types_of
from specwire_codegen.normalize.inference.switches import Switch, switches
from specwire_codegen.normalize.operations.operations import with_operations
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.media_types import EVENT_STREAM, base_type, framing_of, is_json
from specwire_codegen.openapi.objects import Node

EXTENSION = "x-specwire-stream"
MEDIA_TYPE = "media_type"
"""Member of the extension of an operation: the media type of events that it does not declare."""
_LINES = "application/x-ndjson"
_SAYS_LINES = r"\bnd-?json\b|newline[- ]delimited|json ?lines|jsonl\b|json stream|stream of json"
_SAYS_DONE = r"\[DONE\]"
_FERN = "x-fern-streaming"
_CONDITION = re.compile(r"\$request\.([\w$-]+)")
_STREAMS = frozenset("stream streams streaming".split())
_BEGINS = re.compile(r"\s*stream(s|ing)?\b", re.IGNORECASE)
_SENT = re.compile(
    r"\b(events?|updates?|logs?|messages?|outputs?|tokens?|chunks?|deltas?|progress|changes|results?|responses?)\b",
    re.IGNORECASE,
)
"""What is streamed, if it is not a stream that is described."""
_SAYS_SSE = re.compile(r"\bserver[- ]sent[- ]events?\b|\btext/event-stream\b", re.IGNORECASE)
_UNTYPED = frozenset({"title", "description", ORIGIN})
"""Members of a schema that permit any value."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with the streams that it leaves out, and the switches of all."""
    return with_operations(data, _Streams(data, report, EventSchemas(data)).operation)


@attrs.frozen
class _Found:
    """Facts about the stream of an operation."""

    facts: Mapping[str, Any]
    reason: str
    media_type: str = EVENT_STREAM
    """Media type of events where the operation declares none."""
    certain: bool = True

    @property
    def stated(self) -> dict[str, Any]:
        """The facts as an extension of the operation."""
        return {**self.facts, **({MEDIA_TYPE: self.media_type} if self.media_type != EVENT_STREAM else {})}


@attrs.frozen
class _Streams:
    data: Node
    report: Report
    events: EventSchemas

    def operation(self, path: str, method: str, operation: Node) -> Node:
        """Return an operation with its stream."""
        stated = operation.get(EXTENSION)
        if stated is False:
            return operation
        if stated is not None:
            rest = {key: each for key, each in operation.items() if key != EXTENSION}
            facts = {} if stated is True else {key: each for key, each in stated.items() if key != MEDIA_TYPE}
            return self._declared(rest, _Found(facts, "", EVENT_STREAM if stated is True else _media_type_in(stated)))
        found = self._found(path, method, operation)
        if found is None:
            return operation
        name = str(operation.get("operationId", ""))
        applied = found.certain and self.report.inference.allows("streams", name)
        target = target_of(operation, path, method)
        self.report.guesses.append(
            Guess(target, EXTENSION, found.stated, found.reason, found.certain, name, "streams", applied)
        )
        if not applied:
            return operation
        declared = self._declared(operation, found)
        return {**declared, INFERRED: {**operation.get(INFERRED, {}), "streams": found.reason}}

    def _found(self, path: str, method: str, operation: Node) -> _Found | None:
        contents = [each.get("content", {}) for _, each in self._successes(operation)]
        media = {key: each for content in contents for key, each in content.items() if isinstance(each, dict)}
        streams = [key for key in media if _is_stream(key)]
        if any("switch" in media[key].get(EXTENSION, {}) for key in streams):
            return None
        schemas = self.data.get("components", {}).get("schemas", {})
        fields = resolved(self._body(operation), schemas)
        found = next(switches({**operation, "parameters": self._parameters(operation)}, fields, schemas), None)
        if streams:
            return self._selected(operation, found, streams, [key for key in media if key not in streams])
        json = next((each for key, each in media.items() if is_json(key)), None)
        if json is None or "schema" not in json:
            return None
        if (stated := self._stated(operation)) is not None:
            return stated
        echoed = resolved(json["schema"], schemas).get("properties", {})
        if found is not None and found.name not in echoed and found.selects(method):
            return self._undeclared(method, operation, found, json["schema"])
        return self._streaming(path, method, operation, json["schema"])

    def _stated(self, operation: Node) -> _Found | None:
        """Return the stream that an operation declares for another generator."""
        stated = source_of(operation, self.report.document.data).get(_FERN)
        if not isinstance(stated, Mapping) and stated is not True:
            return None
        facts: dict[str, Any] = {}
        options = stated if isinstance(stated, Mapping) else {}
        if condition := _CONDITION.fullmatch(str(options.get("stream-condition", ""))):
            facts["switch"] = {"field": condition[1], "value": True}
        if isinstance(options.get("terminator"), str) and options["terminator"]:
            facts["terminator"] = options["terminator"]
        media_type = EVENT_STREAM if options.get("format") == "sse" else _LINES
        return _Found(facts, f"the extension {_FERN!r}", media_type)

    def _selected(self, operation: Node, switch: Switch | None, streams: list[str], others: list[str]) -> _Found | None:
        if switch is None:
            return None
        end = self._terminator(operation, switch)
        selects = f"which selects {streams[0]}" + (f" in place of {others[0]}" if others else "")
        return _Found({"switch": switch.declared(), **end}, f"{_named(switch)}, {selects}")

    def _undeclared(self, method: str, operation: Node, switch: Switch, whole: Any) -> _Found:
        """Return the stream that a switch selects; that of a GET can have any format if none is described."""
        _, why = self._split(whole)
        facts = {"switch": switch.declared(), **self._terminator(operation, switch)}
        media_type = self._media_type(operation, switch)
        reason = f"{_named(switch)}, which selects an undeclared stream; {why}"
        certain = media_type == _LINES or _SAYS_SSE.search(self._text(operation, switch)) is not None
        return _Found(facts, reason, media_type, certain=method == "post" or certain)

    def _streaming(self, path: str, method: str, operation: Node, schema: Any) -> _Found | None:
        """Return the stream of a GET that declares JSON: certain if two signs agree, else a guess."""
        last = [word.lower() for word in words(path.partition("?")[0].rstrip("/").rpartition("/")[2])]
        texts = [str(operation.get(key, "")) for key in ("summary", "description")]
        begins = any(_BEGINS.match(each) for each in texts)
        mentions_streams = begins or re.search(r"\bstream(s|ing)?\b", texts[0], re.IGNORECASE)
        named = _STREAMS & {*last} or (mentions_streams and "events" in last)
        if method != "get" or not (named or begins):
            return None
        event = resolved(schema, self.data.get("components", {}).get("schemas", {}))
        described = (event, schema, *(one for _, one in self._successes(operation)))
        texts += [str(each.get("description", "")) for each in described if isinstance(each, Mapping)]
        if any(_SAYS_SSE.search(each) for each in texts) and "array" not in types_of(event):
            return _Found({}, "the path or the text, which say that server-sent events are streamed")
        begins_sending = any(_BEGINS.match(each) and _SENT.search(each) for each in texts)
        if begins_sending and _STREAMS & {*last} and not event.keys() - _UNTYPED:
            return _Found({}, "the path and the text, which say that it streams; the response has no schema")
        if not named:
            return None
        return _Found({}, "the path or the summary, which say that events are streamed", certain=False)

    def _declared(self, operation: Node, found: _Found) -> Node:
        """Return an operation whose successful responses are streams, or may be if there is a switch."""
        responses = dict(operation["responses"])
        for status, response in self._successes(operation):
            content = response.get("content", {})
            if any(_is_stream(key) for key in content):
                stated = {key: self._with(each, found.facts) for key, each in content.items() if _is_stream(key)}
                responses[status] = {**response, "content": {**content, **stated}}
            elif (json := next((key for key in content if is_json(key)), None)) is not None:
                responses[status] = {**response, "content": self._streamed(content, json, found)}
        return {**operation, "responses": responses}

    def _streamed(self, content: Node, json: str, found: _Found) -> Node:
        media = followed(content[json], self.data)
        whole = media.get("schema", {})
        schema, _ = self._split(whole)
        rest = {key: each for key, each in media.items() if key not in ("schema", "example", "examples")}
        events = {**rest, "schema": schema, EXTENSION: dict(found.facts)}
        if "switch" not in found.facts:
            return {**{key: each for key, each in content.items() if key != json}, found.media_type: events}
        return {**content, json: {**media, "schema": self._whole(whole)}, found.media_type: events}

    def _split(self, whole: Any) -> tuple[Any, str]:
        """Return the schema of the events of a response, and where it is from."""
        _, events = self._variants(whole)
        if events is not None:
            return events, "events are a variant of the response"
        return self.events.of(whole)

    def _whole(self, schema: Any) -> Any:
        """Return the schema of a response without the variant for events."""
        whole, _ = self._variants(schema)
        return whole if whole is not None else schema

    def _variants(self, schema: Any) -> tuple[Any, Any]:
        """Return the two variants of a union of a whole response and its events, or two times None."""
        schemas = self.data.get("components", {}).get("schemas", {})
        union = schemas.get(_component(schema), schema) if _component(schema) else schema
        members = members_of(union)
        names = [{word.lower() for word in words(_component(each))} for each in members]
        streamed = [bool(each & {"streamed", "stream", "chunk"}) and "non" not in each for each in names]
        if len(members) == 2 and sum(streamed) == 1:
            return members[streamed.index(False)], members[streamed.index(True)]
        return None, None

    def _with(self, media: Any, facts: Mapping[str, Any]) -> Any:
        resolved_media = followed(media, self.data)
        return {**resolved_media, EXTENSION: {**facts, **resolved_media.get(EXTENSION, {})}}

    def _terminator(self, operation: Node, switch: Switch) -> dict[str, str]:
        texts = [switch.schema.get("description"), operation.get("description"), operation.get("summary")]
        texts += [each.get("description") for _, each in self._successes(operation)]
        return {"terminator": "[DONE]"} if any(re.search(_SAYS_DONE, str(each)) for each in texts) else {}

    def _media_type(self, operation: Node, switch: Switch | None) -> str:
        return _LINES if re.search(_SAYS_LINES, self._text(operation, switch), re.IGNORECASE) else EVENT_STREAM

    def _text(self, operation: Node, switch: Switch | None) -> str:
        return f"{operation.get('description', '')} {switch.schema.get('description', '') if switch else ''}"

    def _successes(self, operation: Node) -> Iterator[tuple[str, Node]]:
        responses = operation.get("responses", {})
        for status in [each for each in responses if each.startswith("2")] or ["default"]:
            response = followed(responses.get(status), self.data)
            if response.get("content"):
                yield status, {**response, ORIGIN: origin_of(response)}

    def _body(self, operation: Node) -> Any:
        content = followed(operation.get("requestBody"), self.data).get("content", {})
        kinds = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
        media: Any = next((content[key] for kind in kinds for key in content if base_type(key) == kind), {})
        return followed(media, self.data).get("schema", {})

    def _parameters(self, operation: Node) -> list[Mapping[str, Any]]:
        return [followed(each, self.data) for each in operation.get("parameters", ())]


def _media_type_in(stated: Mapping[str, Any]) -> str:
    return str(stated.get(MEDIA_TYPE, EVENT_STREAM))


def _is_stream(media_type: str) -> bool:
    return framing_of(media_type) is not None


def _named(switch: Switch) -> str:
    place = "query parameter" if switch.in_query else "field"
    return f"the {place} {switch.name!r}"


def _component(schema: Any) -> str:
    reference = schema.get("$ref") if isinstance(schema, Mapping) else None
    return str(reference).rpartition("/")[2] if reference else ""
