"""Streams of events or JSON lines, built from examples, extended, corrupted and split into chunks."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import MediaType, data_schema
from specwire_codegen.mock.reply.responses import dump
from specwire_codegen.mock.values.examples import Examples
from specwire_codegen.openapi.media_types import Framing

DRAWN: Final = 5
"""Number of events in a stream without an example."""
BROKEN: Final = '{"broken": '
FIELDS: Final = ("event", "id", "retry")


@attrs.frozen(eq=False)
class Event:
    """A server-sent event with its fields, or a JSON line."""

    data: Any
    fields: tuple[tuple[str, str], ...] = ()
    is_json: bool = True

    @property
    def text(self) -> bytes:
        """The data as sent."""
        return dump(self.data) if self.is_json else str(self.data).encode()


@attrs.frozen(eq=False)
class Streams:
    """Source of the events of a stream."""

    document: Document
    examples: Examples

    def events(self, media: MediaType, name: str | None = None) -> tuple[Event, ...]:
        """Return the events of the first example without the terminator; without an example, sampled ones."""
        terminator = media.stream.terminator if media.stream else None
        for example in sorted(media.examples, key=lambda one: one.name != name):
            events = _parsed(example.value, lines=media.framing != "sse")
            if events:
                return tuple(event for event in events if event.is_json or event.data != terminator)
        return (self._drawn(media),) * DRAWN

    def _drawn(self, media: MediaType) -> Event:
        schema = data_schema(self.document, media)
        data = self.examples.drawer.draw(schema)
        fields: list[tuple[str, str]] = []
        if media.framing == "sse" and media.item_schema is not None:
            required = {name for one in self.document.variants(media.item_schema) for name in one.get("required", ())}
            declared = self.document.properties(media.item_schema)
            names = (name for name in FIELDS if name in declared and (name in required or name == "event"))
            fields = [(name, str(self.examples.drawer.draw(declared[name]))) for name in names]
        return Event(data, tuple(fields), is_json=not isinstance(data, str))


def _parsed(value: Any, *, lines: bool) -> list[Event]:
    if isinstance(value, list):
        return [_event(item) if not lines else Event(item) for item in value]
    if not isinstance(value, str):
        return [Event(value)]
    if lines:
        return [_from_text(line, ()) for line in value.splitlines() if line.strip()]
    blocks = value.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    return [event for block in blocks if (event := _block(block))]


def _event(item: Any) -> Event:
    """Return an event from an example object with the fields of an event."""
    if not isinstance(item, dict) or "data" not in item:
        return Event(item)
    fields = tuple((name, str(item[name])) for name in FIELDS if name in item)
    data = item["data"]
    return _from_text(data, fields) if isinstance(data, str) else Event(data, fields)


def _block(block: str) -> Event | None:
    rows = [row.partition(":") for row in block.split("\n") if row and not row.startswith(":")]
    found = [(name, value.removeprefix(" ")) for name, _, value in rows]
    data = [value for name, value in found if name == "data"]
    if not data:
        return None
    return _from_text("\n".join(data), tuple(pair for pair in found if pair[0] in FIELDS))


def _from_text(text: str, fields: tuple[tuple[str, str], ...]) -> Event:
    try:
        return Event(json.loads(text), fields)
    except ValueError:
        return Event(text, fields, is_json=False)


def with_model(events: Iterable[Event], model: Any, fits: Callable[[Any], bool]) -> tuple[Event, ...]:
    """Return the events with the request's model, in those that name a model."""
    if not isinstance(model, str):
        return tuple(events)
    return tuple(_with_model(event, model, fits) for event in events)


def _with_model(event: Event, model: str, fits: Callable[[Any], bool]) -> Event:
    if not event.is_json or not isinstance(event.data, dict) or "model" not in event.data:
        return event
    changed = {**event.data, "model": model}
    return attrs.evolve(event, data=changed) if fits(changed) else event


def stretched(events: Sequence[Event], count: int | None) -> Iterator[Event]:
    """Yield exactly this many events: the first, the middle ones in a cycle, the last."""
    if count is None or not events:
        yield from events
        return
    if count <= 2:
        yield from (events[0], events[-1])[:count]
        return
    middle = events[1:-1] or events[:1]
    yield events[0]
    for index in range(count - 2):
        yield middle[index % len(middle)]
    yield events[-1]


def numbered(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events, each with an id, for a resumable stream; missing ids are numbers."""
    for index, event in enumerate(events):
        known = any(name == "id" for name, _ in event.fields)
        yield event if known else attrs.evolve(event, fields=(*event.fields, ("id", str(index))))


def following(events: Iterable[Event], last: str | None) -> Iterator[Event]:
    """Yield the events after the one with this id, or all if no event has it."""
    if last is None:
        yield from events
        return
    row = list(events)
    ids = [dict(event.fields).get("id") for event in row]
    yield from row[ids.index(last) + 1 :] if last in ids else row


def corrupted(events: Iterable[Event], wrong: Event) -> Iterator[Event]:
    """Yield the events with an invalid one after the first."""
    for index, event in enumerate(events):
        yield event
        if index == 0:
            yield wrong


def encode(event: Event, framing: Framing) -> bytes:
    """Return the bytes of one event or JSON document."""
    if framing != "sse":
        return (b"\x1e" if framing == "json-seq" else b"") + event.text + b"\n"
    head = "".join(f"{name}: {value}\n" for name, value in event.fields).encode()
    return head + b"".join(b"data: " + line + b"\n" for line in event.text.split(b"\n")) + b"\n"


def encode_terminator(terminator: str | None, framing: Framing) -> bytes:
    """Return the terminator of a stream."""
    return b"" if terminator is None else encode(Event(terminator, is_json=False), framing)


def rechunked(chunks: Iterable[bytes], size: int | None) -> Iterator[bytes]:
    """Yield the same bytes in chunks of this size; without a size, unchanged."""
    if size is None:
        yield from chunks
        return
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        while len(rest) >= size:
            yield bytes(rest[:size])
            del rest[:size]
    if rest:
        yield bytes(rest)
