"""Streams of typed events, synchronous and asynchronous, that always give their connection back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import msgspec

from specwire import drift
from specwire.errors import APIError, DecodeError, StreamError, StreamEventError, StreamTruncatedError, summary
from specwire.jsonlines import JSONLinesParser, JSONSequenceParser
from specwire.operation import EventsPayload
from specwire.pagination import at
from specwire.request import StreamRequest
from specwire.sse import EventTooLarge, SSEParser
from specwire.transport import Answer, TransportFailure

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from specwire.client import AsyncClient, Client
    from specwire.options import OptionChanges, Options
    from specwire.response import Response

E = TypeVar("E")
F_co = TypeVar("F_co", covariant=True)
F = TypeVar("F")
E_contra = TypeVar("E_contra", contravariant=True)

_DRAIN = 64 * 1024
"""Bytes to read past the terminator so that the connection can be used again."""


class Accumulator(Protocol[E_contra, F_co]):
    """Adds events up to one answer."""

    def add(self, event: E_contra, /) -> None:
        """Take the next event."""

    def final(self) -> F_co:
        """Return the answer so far."""
        ...


class EventReader(Generic[E]):
    """Bytes of a stream to typed events, without I/O."""

    def __init__(self, request: StreamRequest[E], answer: Answer, options: Options) -> None:
        payload = request.operation.returns
        assert isinstance(payload, EventsPayload)
        self._payload = payload
        self._terminator = payload.terminator.encode() if payload.terminator is not None else None
        self._request = request
        self._answer = answer
        self._on_drift: drift.OnDrift = options.on_drift
        self._sse = SSEParser() if payload.framing == "sse" else None
        self._lines = JSONSequenceParser() if payload.framing == "json-seq" else JSONLinesParser()
        self._clues = tuple((error.equals or error.path[-1]).encode() for error in payload.errors)
        self.finished = False

    def feed(self, chunk: bytes) -> list[E]:
        """Return the events that this chunk completes; raises `StreamEventError` for an error event."""
        events: list[E] = []
        for data in self._split(chunk):
            if data == self._terminator:
                self.finished = True
                break
            try:
                events.append(self._decode(data))
            except APIError as error:
                if not events:
                    raise
                self._pending = error
                break
        return events

    _pending: APIError | None = None

    def raise_pending(self) -> None:
        """Raise the error that came in the same chunk as events that had to be handed out first."""
        if self._pending is not None:
            raise self._pending

    def end(self) -> list[E]:
        """Take the end of the body; raises `StreamTruncatedError` when the stream was not complete."""
        if self._sse is not None:
            self._sse.close()
            rest: list[bytes] = []
            unfinished = self._sse.pending
        else:
            rest, unfinished = self._lines.close(), False
        events = [self._decode(data) for data in rest]
        if self._terminator is not None and not self.finished:
            raise self.truncated(f"the server closed it without {self._payload.terminator}")
        if unfinished and not self.finished:
            raise self.truncated("the server closed it in the middle of an event")
        return events

    def truncated(self, why: str) -> StreamTruncatedError:
        return StreamTruncatedError(
            f"{self._request.operation.id}: the stream ended before its end: {why}",
            request=self._request,
        )

    def _split(self, chunk: bytes) -> list[bytes]:
        try:
            if self._sse is not None:
                return [event.data for event in self._sse.feed(chunk)]
            return self._lines.feed(chunk)
        except EventTooLarge as error:
            raise StreamError(f"{self._request.operation.id}: {error}", request=self._request) from error

    def _decode(self, data: bytes) -> E:
        for clue in self._clues:
            if clue in data:
                self._check_error(data)
        try:
            event, drifts = drift.decode(data, self._payload.kind)
        except msgspec.DecodeError as error:
            shown = data[:80].decode("utf-8", "replace")
            raise DecodeError(
                f"{self._request.operation.id}: an event of the stream is not JSON ({error}): {shown!r}",
                request=self._request,
            ) from error
        if drifts:
            _report(self._request, drifts, self._on_drift)
        result: E = event
        return result

    def _check_error(self, data: bytes) -> None:
        try:
            body = msgspec.json.decode(data)
        except msgspec.DecodeError:
            return
        for error in self._payload.errors:
            found = at(body, error.path)
            if found is not None and error.equals in (None, found):
                text = summary(found) if error.equals is None else ""
                raise StreamEventError(
                    f"{self._request.operation.id}: the server sent an error in the stream: "
                    f"{text or summary(body) or 'no message'}",
                    request=self._request,
                    body=body,
                )


def _report(request: StreamRequest[Any], drifts: tuple[drift.Drift, ...], on_drift: drift.OnDrift) -> None:
    if on_drift == "raise":
        text = "; ".join(map(str, drifts))
        raise DecodeError(f"{request.operation.id}: an event differs from the document: {text}", request=request)
    drift.report(drifts, on_drift, request.operation.id)


def failed(request: StreamRequest[Any], failure: TransportFailure, response: Response[None] | None) -> StreamError:
    """Return the error of a stream that broke off."""
    what = "was silent for too long" if failure.timeout else "broke off"
    return StreamTruncatedError(f"{request.operation.id}: the stream {what}: {failure}", request=request, response=response)


class EventStream(Generic[E]):
    """Events as they come; opened by `with` or by the first iteration, closed at its end, on `break` and on errors."""

    def __init__(self, client: Client, request: StreamRequest[E], changes: OptionChanges | None = None) -> None:
        self._client = client
        self._request = request
        self._changes = changes
        self._answer: Answer | None = None
        self._events: Iterator[E] | None = None
        self._response: Response[None] | None = None

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id of the answer; opens the stream if it is not open yet."""
        self._open()
        assert self._response is not None
        return self._response

    def _open(self) -> Iterator[E]:
        if self._events is None:
            options = self._client.options_with(self._changes)
            self._answer, self._response = self._client.open(self._request, options)
            self._events = self._read(self._answer, EventReader(self._request, self._answer, options))
        return self._events

    def _read(self, answer: Answer, reader: EventReader[E]) -> Iterator[E]:
        drained = 0
        try:
            for chunk in answer.iter_bytes():
                if reader.finished:
                    drained += len(chunk)
                    if drained > _DRAIN:
                        return
                    continue
                for event in reader.feed(chunk):
                    self._take(event)
                    yield event
                reader.raise_pending()
            for event in reader.end():
                self._take(event)
                yield event
        except TransportFailure as failure:
            if not reader.finished:
                raise failed(self._request, failure, self._response) from failure
        except APIError as error:
            error.response = error.response or self._response
            raise
        finally:
            answer.close()

    def _take(self, event: E) -> None:
        """See an event before it is handed out."""

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[E]:
        return self

    def __next__(self) -> E:
        return next(self._open())

    def close(self) -> None:
        """Give the connection back; closing twice is nothing."""
        if self._answer is not None:
            self._answer.close()

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.operation.id}>"


class AccumulatingStream(EventStream[E], Generic[E, F]):
    """Events as they come, and the answer that they add up to."""

    def __init__(
        self,
        client: Client,
        request: StreamRequest[E],
        changes: OptionChanges | None,
        accumulator: Accumulator[E, F],
    ) -> None:
        super().__init__(client, request, changes)
        self._accumulator = accumulator

    def _take(self, event: E) -> None:
        self._accumulator.add(event)

    def final(self) -> F:
        """Read what is left of the stream and return the whole answer."""
        for _ in self:
            pass
        return self._accumulator.final()


class AsyncEventStream(Generic[E]):
    """Events as they come; opened by `async with` or by the first iteration, closed at its end and on errors."""

    def __init__(self, client: AsyncClient, request: StreamRequest[E], changes: OptionChanges | None = None) -> None:
        self._client = client
        self._request = request
        self._changes = changes
        self._answer: Answer | None = None
        self._events: AsyncIterator[E] | None = None
        self._response: Response[None] | None = None

    @property
    def response(self) -> Response[None]:
        """Status, headers and request id of the answer; only once the stream is open."""
        if self._response is None:
            raise RuntimeError("the stream is not open yet: use `async with`, or read an event first")
        return self._response

    async def _open(self) -> AsyncIterator[E]:
        if self._events is None:
            options = self._client.options_with(self._changes)
            self._answer, self._response = await self._client.open(self._request, options)
            self._events = self._read(self._answer, EventReader(self._request, self._answer, options))
        return self._events

    async def _read(self, answer: Answer, reader: EventReader[E]) -> AsyncIterator[E]:
        drained = 0
        try:
            async for chunk in answer.aiter_bytes():
                if reader.finished:
                    drained += len(chunk)
                    if drained > _DRAIN:
                        return
                    continue
                for event in reader.feed(chunk):
                    self._take(event)
                    yield event
                reader.raise_pending()
            for event in reader.end():
                self._take(event)
                yield event
        except TransportFailure as failure:
            if not reader.finished:
                raise failed(self._request, failure, self._response) from failure
        except APIError as error:
            error.response = error.response or self._response
            raise
        finally:
            await answer.aclose()

    def _take(self, event: E) -> None:
        """See an event before it is handed out."""

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> AsyncIterator[E]:
        return self

    async def __anext__(self) -> E:
        return await anext(await self._open())

    async def aclose(self) -> None:
        """Give the connection back; closing twice is nothing."""
        if self._answer is not None:
            await self._answer.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.operation.id}>"


class AsyncAccumulatingStream(AsyncEventStream[E], Generic[E, F]):
    """Events as they come, and the answer that they add up to."""

    def __init__(
        self,
        client: AsyncClient,
        request: StreamRequest[E],
        changes: OptionChanges | None,
        accumulator: Accumulator[E, F],
    ) -> None:
        super().__init__(client, request, changes)
        self._accumulator = accumulator

    def _take(self, event: E) -> None:
        self._accumulator.add(event)

    async def final(self) -> F:
        """Read what is left of the stream and return the whole answer."""
        async for _ in self:
            pass
        return self._accumulator.final()
