"""An operation on a client, written once: a pure builder becomes a method of both the sync and the async client.

A generated class holds one line for each operation, for example `complete = endpoint(operations.chat.complete)`. On a
`Resource` the name is a `Method`, on an `AsyncResource` an `AsyncMethod`, with the builder's own signature either way.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, TypeVar, Unpack, overload

from specwire.changes import merged
from specwire.flow import Flow
from specwire.request import DownloadRequest, MixedRequest, PagedRequest, Request, StreamRequest
from specwire.resource import AsyncResource, Resource
from specwire.response import Response

if TYPE_CHECKING:
    from typing import Self

    from specwire.accumulator import Accumulator
    from specwire.changes import OptionChanges
    from specwire.download import AsyncDownload, Download
    from specwire.streaming import (
        AccumulatingStream,
        AsyncAccumulatingStream,
        AsyncEventStream,
        EventStream,
    )

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E")
F = TypeVar("F")
R = TypeVar("R", bound=Resource | AsyncResource)
ItemT = TypeVar("ItemT")
BuildT = TypeVar("BuildT", bound=Callable[..., Any])
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class _As:
    """A further way to call a method: `client.chat.complete.raw`."""

    def __init__(self, function: Callable[..., Any], method: Bound[Any, Any]) -> None:
        self._function = function
        self._method = method
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(self._method, *args, **kwargs)

    @property
    def __signature__(self) -> inspect.Signature:
        returns = inspect.signature(self._function).return_annotation
        return self._method.__signature__.replace(return_annotation=returns)

    def __repr__(self) -> str:
        return f"<{self.__name__} of {self._method!r}>"


if TYPE_CHECKING:

    def as_built(function: FunctionT) -> FunctionT:
        """Show the parameters of the builder, which differ from method to method, to notebooks and `help()`."""
        return function

else:

    class as_built:
        """Show the parameters of the builder, which differ from method to method, to notebooks and `help()`."""

        def __init__(self, function: Callable[..., Any]) -> None:
            self._function = function
            self.__doc__ = function.__doc__

        def __get__(self, instance: Bound[Any, Any] | None, owner: type) -> Any:
            return self._function if instance is None else _As(self._function, instance)


class Bound(Generic[P, R]):
    """A builder bound to a resource: what all kinds of methods share."""

    def __init__(self, build: Callable[P, Any], resource: R, changes: OptionChanges | None = None) -> None:
        self._build = build
        self._resource = resource
        self._changes = changes
        self.__wrapped__ = build
        self.__doc__ = build.__doc__
        self.__name__ = build.__name__.rstrip("_")

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._build)

    def with_options(self, **changes: Unpack[OptionChanges]) -> Self:
        """Return the same method with other options, for example `with_options(timeout=5)(...)`."""
        changed = copy.copy(self)
        changed._changes = merged(self._changes or {}, changes)
        return changed

    def __repr__(self) -> str:
        shown = _shown(self.__signature__)
        return f"<{type(self).__name__} {type(self._resource).__name__}.{self.__name__}({shown})>"


def _shown(signature: inspect.Signature) -> str:
    names = list(signature.parameters)
    return ", ".join(names[:3] + ["..."] * (len(names) > 3))


class Method(Bound[P, Resource], Generic[P, T]):
    """A call that answers `T`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        request: Request[T] = self._build(*args, **kwargs)
        return self._resource._connection.perform(request, self._changes).parsed

    @as_built
    def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Make the call and return the whole answer: status, headers, request id, tries, `parsed`.

        It raises nothing for the body of a success: what is not as the document says is in `drift`.
        """
        request: Request[T] = self._build(*args, **kwargs)
        return self._resource._connection.perform(request, self._changes, lenient=True)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> Request[T]:
        """Return the call as a value, without making it."""
        request: Request[T] = self._build(*args, **kwargs)
        return request


class AsyncMethod(Bound[P, AsyncResource], Generic[P, T]):
    """A call that answers `T` when awaited."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        request: Request[T] = self._build(*args, **kwargs)
        return (await self._resource._connection.perform(request, self._changes)).parsed

    @as_built
    async def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Make the call and return the whole answer: status, headers, request id, tries, `parsed`.

        It raises nothing for the body of a success: what is not as the document says is in `drift`.
        """
        request: Request[T] = self._build(*args, **kwargs)
        return await self._resource._connection.perform(request, self._changes, lenient=True)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> Request[T]:
        """Return the call as a value, without making it."""
        request: Request[T] = self._build(*args, **kwargs)
        return request


class PagedMethod(Method[P, T], Generic[P, T, ItemT]):
    """A call that answers one page `T` of items `ItemT`, and can go through all of them."""

    @as_built
    def iter(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[ItemT]:
        """Go through the items of this page and of all that follow, fetching pages as needed."""
        return self._resource._connection.items(self._paged(*args, **kwargs), self._changes)

    @as_built
    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        """Go through this page and all that follow, fetching them as needed."""
        return self._resource._connection.pages(self._paged(*args, **kwargs), self._changes)

    def _paged(self, *args: P.args, **kwargs: P.kwargs) -> PagedRequest[T, ItemT]:
        request: PagedRequest[T, ItemT] = self._build(*args, **kwargs)
        return request


class AsyncPagedMethod(AsyncMethod[P, T], Generic[P, T, ItemT]):
    """A call that answers one page `T` of items `ItemT`, and can go through all of them."""

    @as_built
    def iter(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ItemT]:
        """Go through the items of this page and of all that follow, fetching pages as needed."""
        return self._resource._connection.items(self._paged(*args, **kwargs), self._changes)

    @as_built
    def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        """Go through this page and all that follow, fetching them as needed."""
        return self._resource._connection.pages(self._paged(*args, **kwargs), self._changes)

    def _paged(self, *args: P.args, **kwargs: P.kwargs) -> PagedRequest[T, ItemT]:
        request: PagedRequest[T, ItemT] = self._build(*args, **kwargs)
        return request


class StreamMethod(Bound[P, Resource], Generic[P, E]):
    """A call that answers a stream of events `E`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> EventStream[E]:
        from specwire.streaming import EventStream  # few use it

        return EventStream(self._resource._connection, self._build(*args, **kwargs), self._changes)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> StreamRequest[E]:
        """Return the call as a value, without making it."""
        request: StreamRequest[E] = self._build(*args, **kwargs)
        return request


class AsyncStreamMethod(Bound[P, AsyncResource], Generic[P, E]):
    """A call that answers a stream of events `E`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncEventStream[E]:
        from specwire.streaming import AsyncEventStream  # few use it

        return AsyncEventStream(self._resource._connection, self._build(*args, **kwargs), self._changes)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> StreamRequest[E]:
        """Return the call as a value, without making it."""
        request: StreamRequest[E] = self._build(*args, **kwargs)
        return request


class AccumulatingMethod(StreamMethod[P, E], Generic[P, E, F]):
    """A call that answers a stream of events `E` which add up to an `F`."""

    def __init__(
        self, build: Callable[P, StreamRequest[E]], resource: Resource, accumulator: Callable[[], Accumulator[E, F]]
    ) -> None:
        super().__init__(build, resource)
        self._accumulator = accumulator

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AccumulatingStream[E, F]:
        from specwire.streaming import AccumulatingStream  # few use it

        request: StreamRequest[E] = self._build(*args, **kwargs)
        return AccumulatingStream(self._resource._connection, request, self._changes, self._accumulator())


class AsyncAccumulatingMethod(AsyncStreamMethod[P, E], Generic[P, E, F]):
    """A call that answers a stream of events `E` which add up to an `F`."""

    def __init__(
        self,
        build: Callable[P, StreamRequest[E]],
        resource: AsyncResource,
        accumulator: Callable[[], Accumulator[E, F]],
    ) -> None:
        super().__init__(build, resource)
        self._accumulator = accumulator

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncAccumulatingStream[E, F]:
        from specwire.streaming import AsyncAccumulatingStream  # few use it

        request: StreamRequest[E] = self._build(*args, **kwargs)
        return AsyncAccumulatingStream(self._resource._connection, request, self._changes, self._accumulator())


class DownloadMethod(Bound[P, Resource], Generic[P]):
    """A call that answers bytes, fetched when they are asked for; what changes something is sent at once."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Download:
        from specwire.download import Download  # few use it

        return Download.called(self._resource._connection, self._build(*args, **kwargs), self._changes)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> DownloadRequest:
        """Return the call as a value, without making it."""
        request: DownloadRequest = self._build(*args, **kwargs)
        return request


class AsyncDownloadMethod(Bound[P, AsyncResource], Generic[P]):
    """A call that answers bytes, fetched when they are asked for or when it is awaited."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncDownload:
        from specwire.download import AsyncDownload  # few use it

        return AsyncDownload(self._resource._connection, self._build(*args, **kwargs), self._changes)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> DownloadRequest:
        """Return the call as a value, without making it."""
        request: DownloadRequest = self._build(*args, **kwargs)
        return request


class MixedMethod(Bound[P, Resource], Generic[P, T]):
    """A call that answers bytes or, under another status, a `T`; sent when it is called, to know which."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Download | T:
        from specwire.download import Download  # few use it

        request: MixedRequest[T] = self._build(*args, **kwargs)
        return Download.mixed(self._resource._connection, request, self._changes)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> MixedRequest[T]:
        """Return the call as a value, without making it."""
        request: MixedRequest[T] = self._build(*args, **kwargs)
        return request


class AsyncMixedMethod(Bound[P, AsyncResource], Generic[P, T]):
    """A call that answers bytes or, under another status, a `T`, when awaited."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncDownload | T:
        from specwire.download import AsyncDownload  # few use it

        request: MixedRequest[T] = self._build(*args, **kwargs)
        return await AsyncDownload.mixed(self._resource._connection, request, self._changes)

    @as_built
    def request(self, *args: P.args, **kwargs: P.kwargs) -> MixedRequest[T]:
        """Return the call as a value, without making it."""
        request: MixedRequest[T] = self._build(*args, **kwargs)
        return request


class FlowMethod(Bound[P, Resource], Generic[P, T]):
    """Several calls that end in a `T`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        flow: Flow[T] = self._build(*args, **kwargs)
        return self._resource._connection.run(flow, self._changes)


class AsyncFlowMethod(Bound[P, AsyncResource], Generic[P, T]):
    """Several calls that end in a `T`."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        flow: Flow[T] = self._build(*args, **kwargs)
        return await self._resource._connection.run(flow, self._changes)


class Descriptor(Generic[BuildT]):
    """A builder as a class attribute; made a method at the first use, and kept on the instance."""

    _sync: ClassVar[Callable[..., Any]]
    _async: ClassVar[Callable[..., Any]]

    def __init__(self, build: BuildT) -> None:
        self.build = build
        self.__wrapped__ = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}({_shown(inspect.signature(self.build))})>"

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        method = self._bind(self._sync if isinstance(instance, Resource) else self._async, instance)
        instance.__dict__[self._name] = method
        return method

    def _bind(self, kind: Callable[..., Any], instance: Any) -> Any:
        return kind(self.build, instance)


class endpoint(Descriptor[Callable[P, Request[T]]], Generic[P, T]):
    """One request, one answer."""

    _sync, _async = Method, AsyncMethod

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: Resource, owner: type) -> Method[P, T]: ...

        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncMethod[P, T]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


class paginated(Descriptor[Callable[P, PagedRequest[T, ItemT]]], Generic[P, T, ItemT]):
    """One page, or all of them."""

    _sync, _async = PagedMethod, AsyncPagedMethod

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: Resource, owner: type) -> PagedMethod[P, T, ItemT]: ...

        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncPagedMethod[P, T, ItemT]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


class streamed(Descriptor[Callable[P, StreamRequest[E]]], Generic[P, E]):
    """A stream of events."""

    _sync, _async = StreamMethod, AsyncStreamMethod

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: Resource, owner: type) -> StreamMethod[P, E]: ...

        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncStreamMethod[P, E]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


class downloaded(Descriptor[Callable[P, DownloadRequest]], Generic[P]):
    """Bytes, read as they come."""

    _sync, _async = DownloadMethod, AsyncDownloadMethod

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: Resource, owner: type) -> DownloadMethod[P]: ...

        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncDownloadMethod[P]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


class mixed(Descriptor[Callable[P, MixedRequest[T]]], Generic[P, T]):
    """Bytes, or something else, as the status says."""

    _sync, _async = MixedMethod, AsyncMixedMethod

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: Resource, owner: type) -> MixedMethod[P, T]: ...

        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncMixedMethod[P, T]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


class flowing(Descriptor[Callable[P, Flow[T]]], Generic[P, T]):
    """Several calls, one answer."""

    _sync, _async = FlowMethod, AsyncFlowMethod

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: Resource, owner: type) -> FlowMethod[P, T]: ...

        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncFlowMethod[P, T]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...


class accumulated(Descriptor[Callable[P, StreamRequest[E]]], Generic[P, E, F]):
    """A stream of events that add up to an answer."""

    _sync, _async = AccumulatingMethod, AsyncAccumulatingMethod

    def __init__(self, build: Callable[P, StreamRequest[E]], accumulator: Callable[[], Accumulator[E, F]]) -> None:
        super().__init__(build)
        self.accumulator = accumulator

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...

        @overload
        def __get__(self, instance: Resource, owner: type) -> AccumulatingMethod[P, E, F]: ...

        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncAccumulatingMethod[P, E, F]: ...

        def __get__(self, instance: Any, owner: type) -> Any: ...

    def _bind(self, kind: Callable[..., Any], instance: Any) -> Any:
        return kind(self.build, instance, self.accumulator)
