"""Responder for valid requests."""

import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from specwire_codegen.mock.document.operations import MediaType, Operation, Response, data_schema, status_code
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.reply.requested_shape import SUBTITLES, example_of_format, granted, spoken, wanted_format
from specwire_codegen.mock.reply.responses import Chunked, Header, Reply, Whole, json_reply
from specwire_codegen.mock.reply.streams import (
    Event,
    Streams,
    corrupted,
    encode,
    encode_terminator,
    following,
    numbered,
    rechunked,
    stretched,
    with_model,
)
from specwire_codegen.mock.request.content_negotiation import concrete, declared, preferred
from specwire_codegen.mock.request.validator import Exchange, Rejection, is_missing
from specwire_codegen.mock.state.crud import Resources
from specwire_codegen.mock.state.job_handlers import JobHandlers
from specwire_codegen.mock.state.list_handlers import ListHandlers
from specwire_codegen.mock.state.operation_roles import (
    Act,
    Below,
    Content,
    Create,
    Delete,
    Listing,
    Poll,
    Read,
    Role,
    Submit,
    Update,
)
from specwire_codegen.mock.state.resource_lookup import ResourceLookup
from specwire_codegen.mock.values.examples import Examples
from specwire_codegen.openapi.media_types import Framing
from specwire_codegen.openapi.methods import TOKEN

TEXTS: Final = {"text", "srt", "vtt", "txt"}
BROKEN: Final = '{"broken": '


@attrs.frozen(eq=False)
class Responder:
    """Responder for valid requests."""

    roles: Mapping[Operation, Role]
    examples: Examples
    streams: Streams
    lookup: ResourceLookup
    crud: Resources
    list_handlers: ListHandlers
    job_handlers: JobHandlers
    error_event: Callable[[Operation, str | None], Any]

    @cached_property
    def _items(self) -> frozenset[str]:
        """Paths of the items that can be deleted."""
        return frozenset(role.item for role in self.roles.values() if isinstance(role, Delete))

    def reply_to(self, exchange: Exchange, faults: Faults) -> Reply | Rejection:
        """Return the regular reply, or the reason for a rejection."""
        role = self.roles[exchange.operation]
        gone = self._gone(exchange, role)
        if gone is not None:
            return gone
        if exchange.operation.method == "POST":
            self.lookup.restore(exchange, self._items)
        response = self._response(exchange.operation, faults)
        status = faults.status or status_code(response)
        headers = tuple(self._headers(response))
        media = _chosen(response, exchange)
        if media is not None and media.framing is not None:
            return self._stream(exchange, media, media.framing, status, headers, faults)
        if media is not None and not media.is_json:
            return self._bytes(exchange, role, media, status, headers)
        value = self._value(exchange, role, media)
        if isinstance(value, Rejection):
            return value
        return (
            Whole(status, headers, b"") if media is None else json_reply(status, value, concrete(media.name), headers)
        )

    def _response(self, operation: Operation, faults: Faults) -> Response:
        return next(iter(operation.under(str(faults.status))), operation.success)

    def _gone(self, exchange: Exchange, role: Role) -> Rejection | None:
        match role:
            case (
                Read(item=item)
                | Update(item=item)
                | Delete(item=item)
                | Content(item=item)
                | Act(item=item)
                | Below(item=item)
            ) if self.lookup.is_gone(exchange, item):
                return Rejection(404, "the resource was deleted")
            case _:
                return None

    def _headers(self, response: Response) -> Iterator[Header]:
        for header in response.headers:
            if header.required or header.example is not None:
                value = header.example if header.example is not None else self.examples.drawer.draw(header.schema)
                text = value if isinstance(value, str) else str(value).lower()
                if TOKEN.fullmatch(header.name) and text.isprintable():
                    yield header.name.lower(), text

    def _value(self, exchange: Exchange, role: Role, media: MediaType | None) -> Any:
        match role:
            case Delete():
                return self.crud.delete(exchange, role, media)
            case Update():
                return self.crud.update(exchange, role, media)
            case Act():
                return self.job_handlers.act(exchange, role, media)
        return None if media is None else self._shown(exchange, role, media)

    def _shown(self, exchange: Exchange, role: Role, media: MediaType) -> Any:
        polling = exchange.operation.polling
        match role:
            case Create():
                return self.crud.create(exchange, role, media)
            case Listing():
                return self.list_handlers.listing(exchange, role, media)
            case Read() if polling is not None:
                return self.job_handlers.read(exchange, role, polling, media)
            case Read():
                return self.crud.read(exchange, role, media)
            case Poll() if polling is not None:
                return self.job_handlers.poll(exchange, role, polling, media)
            case Below():
                return self.job_handlers.below(exchange, role, media)
            case Submit():
                return self.job_handlers.submit(exchange, role, media)
            case _:
                return self._called(exchange, media)

    def _called(self, exchange: Exchange, media: MediaType) -> Any:
        fields = exchange.content.fields
        value = self.examples.value(media, exchange.example or example_of_format(media, fields))
        value = granted(value, fields, lambda changed: self.examples.fits(media, changed))
        model = fields.get("model")
        if isinstance(value, dict) and "model" in value and isinstance(model, str):
            echoed = {**value, "model": model}
            return echoed if self.examples.fits(media, echoed) else value
        return value

    def _bytes(
        self, exchange: Exchange, role: Role, media: MediaType, status: int, headers: tuple[Header, ...]
    ) -> Reply | Rejection:
        name = concrete(media.name)
        resource = self.lookup.resource(exchange, role.item) if isinstance(role, Content) else None
        if resource is not None and resource.upload is not None:
            content = resource.upload.content
            if content is None:
                return Rejection(404, f"the file of {resource.upload.size} bytes was too large to keep")
            return Whole(status, (("content-type", name), *headers), content)
        fields = exchange.content.fields
        example = exchange.example or example_of_format(media, fields)
        text = SUBTITLES.get(wanted_format(fields) or "") if example is None else None
        text = text or self.examples.text(media, example)
        return Whole(status, (("content-type", _with_charset(name)), *headers), text.encode())

    def _stream(
        self,
        exchange: Exchange,
        media: MediaType,
        framing: Framing,
        status: int,
        headers: tuple[Header, ...],
        faults: Faults,
    ) -> Chunked:
        schema = data_schema(self.streams.document, media)
        accepts = self.examples.validators.accepts
        events = with_model(
            _with_requested_text(self.streams.events(media, exchange.example), exchange),
            exchange.content.fields.get("model"),
            lambda data: accepts(schema, data),
        )
        facts = media.stream
        wrong = self._wrong(exchange.operation, media, faults)

        def chunks() -> Iterable[bytes]:
            return rechunked(wire(), faults.chunk)

        def wire() -> Iterator[bytes]:
            row = stretched(events, faults.events)
            if facts is not None and facts.resumable:
                row = following(numbered(row), exchange.last_event_id)
            for event in row if wrong is None else corrupted(row, wrong):
                yield encode(event, framing)
                if event is wrong and faults.malformed == "sse-error":
                    return
            if facts is not None and facts.terminator is not None:
                yield encode_terminator(facts.terminator, framing)

        return Chunked(status, (("content-type", _with_charset(media.name)), *headers), chunks)

    def _wrong(self, operation: Operation, media: MediaType, faults: Faults) -> Event | None:
        match faults.malformed:
            case "event":
                return Event(BROKEN, is_json=False)
            case "sse-error":
                return Event(self.error_event(operation, media.stream.error if media.stream else None))
            case _:
                return None


def _with_requested_text(events: Sequence[Event], exchange: Exchange) -> list[Event]:
    """Return the events of a stream with the text that the request asks for."""
    texts = spoken([event.data for event in events], exchange.content.fields)
    return [attrs.evolve(event, data=data) for event, data in zip(events, texts, strict=True)]


def missing(path: Mapping[str, str]) -> Rejection | None:
    """Return a 404 if a path parameter names a resource that does not exist."""
    if any(map(is_missing, path.values())):
        return Rejection(404, "the resource does not exist")
    return None


def _chosen(response: Response, exchange: Exchange) -> MediaType | None:
    """Return the media type of the response, by the stream switch, a format field, or the Accept header."""
    fields = exchange.content.fields
    switched = [one for one in response.media if one.stream is not None and one.stream.field is not None]
    for one in switched:
        if one.stream is not None and fields.get(one.stream.field or "", ABSENT) == one.stream.value:
            return one
    plain = [one for one in response.media if one not in switched] or list(response.media)
    wanted = wanted_format(fields)
    if wanted is not None and len(plain) > 1:
        guessed = "text/plain" if wanted in TEXTS else mimetypes.guess_type(f"x.{wanted}")[0]
        found = declared(plain, guessed) if guessed else None
        if found is not None:
            return found
    return preferred(plain, exchange.accept)


def _with_charset(name: str) -> str:
    return f"{name}; charset=utf-8" if name.startswith("text/") and name != "text/event-stream" else name
