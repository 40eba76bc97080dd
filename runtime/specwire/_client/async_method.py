"""Methods of an asynchronous client, one class for each kind of response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from specwire._client.method import BoundOperation, Holder, Sendable, Switch, bound_method
from specwire._operations.request import DownloadRequest, MixedRequest, Request, StreamRequest
from specwire._operations.response import Response

if TYPE_CHECKING:
    from specwire._client.async_session import AsyncSession
    from specwire._client.workflow import Workflow
    from specwire._downloads.async_download import AsyncDownload
    from specwire._streaming.accumulator import Accumulator
    from specwire._streaming.async_streaming import AsyncAccumulatingStream, AsyncEventStream

P = ParamSpec("P")
Q = ParamSpec("Q")
S = TypeVar("S")
T = TypeVar("T")
E = TypeVar("E")
F = TypeVar("F")
ItemT = TypeVar("ItemT")


class AsyncMethod(Sendable[P, "AsyncSession", Request[T]], Generic[P, T]):
    """Method that returns `T`."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        request: Request[T] = self._built(args, kwargs)
        return await self._session.value(request)

    @bound_method
    async def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Make the call and return the whole response: status code, headers, request id, attempts, `parsed`.

        The body of a success raises nothing: its differences from the document are in `drift`.
        """
        return await self._session.perform(self._built(args, kwargs), lenient=True)


class AsyncSwitchedMethod(AsyncMethod[P, T], Generic[P, T, Q, S]):
    """Method that returns `T`, or the stream `S` if an argument selects it."""

    def __init__(self, build: Callable[P, Request[T]], resource: Holder[AsyncSession], stream: Switch[Q, S]) -> None:
        super().__init__(build, resource)
        self._stream = stream

    @overload
    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T: ...

    @overload
    def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> S: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._stream.selected(kwargs):
            return self._stream.opened(self._session, args, kwargs)
        return super().__call__(*args, **kwargs)


class AsyncPagedMethod(AsyncMethod[P, T], Generic[P, T, ItemT]):
    """Method that returns one page `T` of items `ItemT`, or iterates over all of them."""

    @bound_method
    def iter(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ItemT]:
        """Iterate over the items of this page and of all later ones, and request pages as needed."""
        return self._session.items(self._built(args, kwargs))

    @bound_method
    def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        """Iterate over this page and all later ones, and request them as needed."""
        return self._session.pages(self._built(args, kwargs))


class AsyncStreamMethod(Sendable[P, "AsyncSession", StreamRequest[E]], Generic[P, E]):
    """Method that returns a stream of events `E`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncEventStream[E]:
        from specwire._streaming.async_streaming import AsyncEventStream  # few use it

        return AsyncEventStream(self._session, self._built(args, kwargs))


class AsyncAccumulatingMethod(AsyncStreamMethod[P, E], Generic[P, E, F]):
    """Method that returns a stream of events `E`, which can be combined into an `F`."""

    def __init__(
        self,
        build: Callable[P, StreamRequest[E]],
        resource: Holder[AsyncSession],
        accumulator: Callable[[], Accumulator[E, F]],
    ) -> None:
        super().__init__(build, resource)
        self._accumulator = accumulator

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncAccumulatingStream[E, F]:
        from specwire._streaming.async_streaming import AsyncAccumulatingStream  # few use it

        return AsyncAccumulatingStream(self._session, self._built(args, kwargs), self._accumulator())


class AsyncDownloadMethod(Sendable[P, "AsyncSession", DownloadRequest], Generic[P]):
    """Method that returns a download."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncDownload:
        from specwire._downloads.async_download import AsyncDownload  # few use it

        return AsyncDownload.called(self._session, self._built(args, kwargs))


class AsyncSwitchedDownloadMethod(AsyncDownloadMethod[P], Generic[P, Q, S]):
    """Method that returns a download, or the stream `S` if an argument selects it."""

    def __init__(
        self, build: Callable[P, DownloadRequest], resource: Holder[AsyncSession], stream: Switch[Q, S]
    ) -> None:
        super().__init__(build, resource)
        self._stream = stream

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncDownload: ...

    @overload
    def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> S: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._stream.selected(kwargs):
            return self._stream.opened(self._session, args, kwargs)
        return super().__call__(*args, **kwargs)


class AsyncMixedMethod(Sendable[P, "AsyncSession", MixedRequest[T]], Generic[P, T]):
    """Method that returns a download or, for another status, a `T`."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncDownload | T:
        from specwire._downloads.async_download import AsyncDownload  # few use it

        return await AsyncDownload.mixed(self._session, self._built(args, kwargs))


class AsyncWorkflowMethod(BoundOperation[P, "AsyncSession"], Generic[P, T]):
    """Method that makes several calls and returns `T`."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        workflow: Workflow[T] = self._built(args, kwargs)
        return await self._session.run(workflow)
