"""Async response body that releases its connection even if the caller never closes it.

The HTTP library reads through nested generators. An event loop closes all remaining generators at once, when it ends
or when they are collected, although only the outermost may be closed. So they start here without the loop's hooks,
and the loop gets one generator that closes them in order.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from types import AsyncGeneratorType, coroutine
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from specwire._network.event_loop import task_spawner

if TYPE_CHECKING:
    from typing import Self

    import httpx2

    from specwire._network.content_coding import Decoder
    from specwire._transports.async_messages import AsyncRawResponse

T = TypeVar("T")
Finalizer: TypeAlias = Callable[[AsyncGenerator[Any, Any]], None]

_open_bodies: set[AsyncBody] = set()
"""Bodies that were begun but neither read to the end nor closed; referenced here so that none is garbage-collected."""


class AsyncBody:
    """Body of a response; closing it is possible at any time and idempotent."""

    def __init__(
        self,
        raw: httpx2.Response,
        decoder: Callable[[], Decoder | None],
        reading: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._raw = raw
        chunks = self._read(decoder, reading)
        assert isinstance(chunks, AsyncGeneratorType)
        self._chunks = chunks
        self._dropped: list[AsyncGenerator[Any, Any]] = []
        """Generators without other references that are still open."""
        self._guard: AsyncGenerator[None, None] | None = None
        """Generator that the event loop closes when it ends, as long as the body is open."""

    async def _read(
        self, make_decoder: Callable[[], Decoder | None], reading: Callable[[], AbstractContextManager[None]]
    ) -> AsyncGenerator[bytes, None]:
        if self._raw.is_stream_consumed:
            yield self._raw.content  # already loaded by the caller's own transport
            return
        chunks = self._raw.aiter_raw()
        _open_bodies.add(self)
        try:
            with reading():
                decoder = make_decoder()
                async for chunk in chunks:
                    if decoder is None:
                        yield chunk
                    else:
                        for piece in decoder.decode(chunk):
                            yield piece
                if decoder is not None:
                    decoder.finish()
        finally:
            try:
                await self._raw.aclose()
                await chunks.aclose()
                while self._dropped:
                    await self._dropped.pop().aclose()
            finally:
                _open_bodies.discard(self)
                self._guard = None

    async def first(self) -> bytes:
        """Return the first chunk; raise `StopAsyncIteration` for an empty body."""
        self._guard = await _guarded(self)
        return await _with_hooks(self._chunks.__anext__, None, self._dropped.append)

    @property
    def next(self) -> Callable[[], Awaitable[bytes]]:
        """Return the method that returns the next chunk, once the body is begun."""
        return self._chunks.__anext__

    @property
    def closed(self) -> bool:
        """Return True if the body was read to the end, or closed."""
        return self._raw.is_closed

    async def aclose(self) -> None:
        """Close the response and its generators, except those in which another task waits.

        For it, the response has ended.
        """
        try:
            await self._raw.aclose()
        finally:
            if not self._chunks.ag_running:
                await self._chunks.aclose()


class AsyncBodyIterator:
    """Iterator over the chunks of a body; the body closes when the iterator has no more references."""

    def __init__(self, body: AsyncBody, close: Callable[[], Awaitable[object]]) -> None:
        self._next: Callable[[], Awaitable[bytes]] = body.first
        self._later = body.next
        self._body = body
        self._close = close
        self._start = task_spawner()

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[bytes]:
        following, self._next = self._next, self._later
        return following()

    def __del__(self) -> None:
        if not self._body.closed:
            self._start(self._close)


class PlainBody:
    """Iterator over the chunks of a body without generators that needs no decoding; like `AsyncBodyIterator`."""

    def __init__(
        self, raw: AsyncRawResponse, broke: Callable[[Exception], object], close: Callable[[], Awaitable[object]]
    ) -> None:
        self._raw = raw
        self._take = raw.take
        self._broke = broke
        """Raises the translation of an error."""
        self._close = close
        self._start = task_spawner()
        self._guard: AsyncGenerator[None, None] | None = None
        """Generator that the event loop closes when it ends, as long as the body is open."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._raw.is_closed:
            raise StopAsyncIteration
        if self._guard is None:
            self._guard = await _guarded(self._raw)
        try:
            data = await self._take(0)
        except Exception as error:
            self._guard = None
            self._broke(error)
            raise
        if not data:
            self._guard = None
            raise StopAsyncIteration
        return data

    def __del__(self) -> None:
        if not self._raw.is_closed:
            self._start(self._close)


async def _guarded(thing: AsyncBody | AsyncRawResponse) -> AsyncGenerator[None, None]:
    """Return a begun generator that closes a body or a response with itself; the event loop closes it when it ends."""
    guard = _closing(thing)
    await _with_hooks(guard.__anext__, sys.get_asyncgen_hooks().firstiter, _ignore_generator)
    return guard


async def _closing(thing: AsyncBody | AsyncRawResponse) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await thing.aclose()


@coroutine
def _with_hooks(
    first: Callable[[], Awaitable[T]], firstiter: Finalizer | None, finalizer: Finalizer
) -> Generator[Any, Any, T]:
    """Await `begin` with other async generator hooks than those of the event loop."""
    # Hooks belong to the thread. They may only be changed while `begin` runs, and not while it waits: other tasks would
    # start their generators with them. So each step is driven by hand, with the hooks restored before each suspension.
    with _hooked(firstiter, finalizer):
        steps = first().__await__()
    step: Callable[[], Any] = partial(next, steps)
    while True:
        try:
            with _hooked(firstiter, finalizer):
                awaited = step()
        except StopIteration as end:
            value: T = end.value
            return value
        try:
            sent = yield awaited
        except BaseException as error:
            step = partial(steps.throw, error)
        else:
            step = partial(steps.send, sent)


@contextmanager
def _hooked(firstiter: Finalizer | None, finalizer: Finalizer) -> Iterator[None]:
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter, finalizer)
    try:
        yield
    finally:
        sys.set_asyncgen_hooks(*hooks)


def _ignore_generator(_generator: AsyncGenerator[Any, Any]) -> None:
    """Do nothing with a generator."""
