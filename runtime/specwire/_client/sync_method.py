# Derived from async_method.py by tools/synchronous.py. Do not edit: run `make generate`.
"""Methods of a synchronous client, one class for each kind of response."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from specwire._client.method import BoundOperation, Holder, Sendable, Switch, bound_method
from specwire._operations.request import DownloadRequest, MixedRequest, Request, StreamRequest
from specwire._operations.response import Response

if TYPE_CHECKING:
    from specwire._client.sync_session import Session
    from specwire._client.workflow import Workflow
    from specwire._downloads.sync_download import Download
    from specwire._streaming.accumulator import Accumulator
    from specwire._streaming.sync_streaming import AccumulatingStream, EventStream

P = ParamSpec("P")
Q = ParamSpec("Q")
S = TypeVar("S")
T = TypeVar("T")
E = TypeVar("E")
F = TypeVar("F")
ItemT = TypeVar("ItemT")


class Method(Sendable[P, "Session", Request[T]], Generic[P, T]):
    """Method that returns `T`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        request: Request[T] = self._built(args, kwargs)
        return self._session.value(request)

    @bound_method
    def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Make the call and return the whole response: status code, headers, request id, attempts, `parsed`.

        The body of a success raises nothing: its differences from the document are in `drift`.
        """
        return self._session.perform(self._built(args, kwargs), lenient=True)


class SwitchedMethod(Method[P, T], Generic[P, T, Q, S]):
    """Method that returns `T`, or the stream `S` if an argument selects it."""

    def __init__(self, build: Callable[P, Request[T]], resource: Holder[Session], stream: Switch[Q, S]) -> None:
        super().__init__(build, resource)
        self._stream = stream

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T: ...

    @overload
    def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> S: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._stream.selected(kwargs):
            return self._stream.opened(self._session, args, kwargs)
        return super().__call__(*args, **kwargs)


class PagedMethod(Method[P, T], Generic[P, T, ItemT]):
    """Method that returns one page `T` of items `ItemT`, or iterates over all of them."""

    @bound_method
    def iter(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[ItemT]:
        """Iterate over the items of this page and of all later ones, and request pages as needed."""
        return self._session.items(self._built(args, kwargs))

    @bound_method
    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        """Iterate over this page and all later ones, and request them as needed."""
        return self._session.pages(self._built(args, kwargs))


class StreamMethod(Sendable[P, "Session", StreamRequest[E]], Generic[P, E]):
    """Method that returns a stream of events `E`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> EventStream[E]:
        from specwire._streaming.sync_streaming import EventStream  # few use it

        return EventStream(self._session, self._built(args, kwargs))


class AccumulatingMethod(StreamMethod[P, E], Generic[P, E, F]):
    """Method that returns a stream of events `E`, which can be combined into an `F`."""

    def __init__(
        self,
        build: Callable[P, StreamRequest[E]],
        resource: Holder[Session],
        accumulator: Callable[[], Accumulator[E, F]],
    ) -> None:
        super().__init__(build, resource)
        self._accumulator = accumulator

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AccumulatingStream[E, F]:
        from specwire._streaming.sync_streaming import AccumulatingStream  # few use it

        return AccumulatingStream(self._session, self._built(args, kwargs), self._accumulator())


class DownloadMethod(Sendable[P, "Session", DownloadRequest], Generic[P]):
    """Method that returns a download."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Download:
        from specwire._downloads.sync_download import Download  # few use it

        return Download.called(self._session, self._built(args, kwargs))


class SwitchedDownloadMethod(DownloadMethod[P], Generic[P, Q, S]):
    """Method that returns a download, or the stream `S` if an argument selects it."""

    def __init__(self, build: Callable[P, DownloadRequest], resource: Holder[Session], stream: Switch[Q, S]) -> None:
        super().__init__(build, resource)
        self._stream = stream

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Download: ...

    @overload
    def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> S: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._stream.selected(kwargs):
            return self._stream.opened(self._session, args, kwargs)
        return super().__call__(*args, **kwargs)


class MixedMethod(Sendable[P, "Session", MixedRequest[T]], Generic[P, T]):
    """Method that returns a download or, for another status, a `T`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Download | T:
        from specwire._downloads.sync_download import Download  # few use it

        return Download.mixed(self._session, self._built(args, kwargs))


class WorkflowMethod(BoundOperation[P, "Session"], Generic[P, T]):
    """Method that makes several calls and returns `T`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        workflow: Workflow[T] = self._built(args, kwargs)
        return self._session.run(workflow)
