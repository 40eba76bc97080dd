"""An operation on a client: a pure builder bound to a resource, called in the ways that its kind of answer has."""

from __future__ import annotations

import copy
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, Unpack

from specwire._operations.request import DownloadRequest, MixedRequest, Request, StreamRequest
from specwire._operations.response import Response

if TYPE_CHECKING:
    from typing import Self

    from specwire._client.session import AsyncSession, BaseSession, Session
    from specwire._client.workflow import Workflow
    from specwire._downloads.download import AsyncDownload, Download
    from specwire._http.option_overrides import OptionOverrides
    from specwire._streaming.accumulator import Accumulator
    from specwire._streaming.streaming import AccumulatingStream, AsyncAccumulatingStream, AsyncEventStream, EventStream

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E")
F = TypeVar("F")
ConnectionT = TypeVar("ConnectionT", bound="BaseSession")
ConnectionT_co = TypeVar("ConnectionT_co", covariant=True)
ItemT = TypeVar("ItemT")
RequestT = TypeVar("RequestT")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class _As:
    """A further way to call a method: `client.chat.complete.raw`."""

    def __init__(self, function: Callable[..., Any], method: BoundOperation[Any, Any]) -> None:
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

    def bound_method(function: FunctionT) -> FunctionT:
        """Show the parameters of the builder, which differ from method to method, to notebooks and `help()`."""
        return function

else:

    class bound_method:
        """Show the parameters of the builder, which differ from method to method, to notebooks and `help()`."""

        def __init__(self, function: Callable[..., Any]) -> None:
            self._function = function
            self.__doc__ = function.__doc__

        def __get__(self, instance: BoundOperation[Any, Any] | None, owner: type) -> Any:
            return self._function if instance is None else _As(self._function, instance)


class Holder(Protocol[ConnectionT_co]):
    """A resource, as far as methods know it."""

    @property
    def _connection(self) -> ConnectionT_co: ...


class BoundOperation(Generic[P, ConnectionT]):
    """A builder bound to a resource: what all kinds of methods share."""

    def __init__(self, build: Callable[P, Any], resource: Holder[ConnectionT]) -> None:
        self._build = build
        self._resource = resource
        self._connection = resource._connection
        self.__wrapped__ = build
        self.__doc__ = build.__doc__
        self.__name__ = build.__name__.rstrip("_")

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._build)

    def with_options(self, **changes: Unpack[OptionOverrides]) -> Self:
        """Return the same method with other options, for example `with_options(timeout=5)(...)`."""
        changed = copy.copy(self)
        changed._connection = self._connection.changed(changes)
        return changed

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {type(self._resource).__name__}.{self.__name__}({shown(self.__signature__)})>"


def shown(signature: inspect.Signature) -> str:
    """Return the first parameters of a builder, for `repr`."""
    names = list(signature.parameters)
    return ", ".join(names[:3] + ["..."] * (len(names) > 3))


class Sendable(BoundOperation[P, ConnectionT], Generic[P, ConnectionT, RequestT]):
    """A method that makes one call, which can be had as a value too."""

    @bound_method
    def request(self, *args: P.args, **kwargs: P.kwargs) -> RequestT:
        """Return the call as a value, without making it."""
        request: RequestT = self._build(*args, **kwargs)
        return request


class Method(Sendable[P, "Session", Request[T]], Generic[P, T]):
    """A call that answers `T`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        request: Request[T] = self._build(*args, **kwargs)
        return self._connection.value(request)

    @bound_method
    def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Make the call and return the whole answer: status, headers, request id, attempts, `parsed`.

        It raises nothing for the body of a success: what is not as the document says is in `drift`.
        """
        return self._connection.perform(self._build(*args, **kwargs), lenient=True)


class AsyncMethod(Sendable[P, "AsyncSession", Request[T]], Generic[P, T]):
    """A call that answers `T` when awaited."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        request: Request[T] = self._build(*args, **kwargs)
        return await self._connection.value(request)

    @bound_method
    async def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Make the call and return the whole answer: status, headers, request id, attempts, `parsed`.

        It raises nothing for the body of a success: what is not as the document says is in `drift`.
        """
        return await self._connection.perform(self._build(*args, **kwargs), lenient=True)


class PagedMethod(Method[P, T], Generic[P, T, ItemT]):
    """A call that answers one page `T` of items `ItemT`, and can go through all of them."""

    @bound_method
    def iter(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[ItemT]:
        """Go through the items of this page and of all that follow, fetching pages as needed."""
        return self._connection.items(self._build(*args, **kwargs))

    @bound_method
    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        """Go through this page and all that follow, fetching them as needed."""
        return self._connection.pages(self._build(*args, **kwargs))


class AsyncPagedMethod(AsyncMethod[P, T], Generic[P, T, ItemT]):
    """A call that answers one page `T` of items `ItemT`, and can go through all of them."""

    @bound_method
    def iter(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ItemT]:
        """Go through the items of this page and of all that follow, fetching pages as needed."""
        return self._connection.items(self._build(*args, **kwargs))

    @bound_method
    def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        """Go through this page and all that follow, fetching them as needed."""
        return self._connection.pages(self._build(*args, **kwargs))


class StreamMethod(Sendable[P, "Session", StreamRequest[E]], Generic[P, E]):
    """A call that answers a stream of events `E`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> EventStream[E]:
        from specwire._streaming.streaming import EventStream  # few use it

        return EventStream(self._connection, self._build(*args, **kwargs))


class AsyncStreamMethod(Sendable[P, "AsyncSession", StreamRequest[E]], Generic[P, E]):
    """A call that answers a stream of events `E`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncEventStream[E]:
        from specwire._streaming.streaming import AsyncEventStream  # few use it

        return AsyncEventStream(self._connection, self._build(*args, **kwargs))


class AccumulatingMethod(StreamMethod[P, E], Generic[P, E, F]):
    """A call that answers a stream of events `E` which add up to an `F`."""

    def __init__(
        self,
        build: Callable[P, StreamRequest[E]],
        resource: Holder[Session],
        accumulator: Callable[[], Accumulator[E, F]],
    ) -> None:
        super().__init__(build, resource)
        self._accumulator = accumulator

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AccumulatingStream[E, F]:
        from specwire._streaming.streaming import AccumulatingStream  # few use it

        return AccumulatingStream(self._connection, self._build(*args, **kwargs), self._accumulator())


class AsyncAccumulatingMethod(AsyncStreamMethod[P, E], Generic[P, E, F]):
    """A call that answers a stream of events `E` which add up to an `F`."""

    def __init__(
        self,
        build: Callable[P, StreamRequest[E]],
        resource: Holder[AsyncSession],
        accumulator: Callable[[], Accumulator[E, F]],
    ) -> None:
        super().__init__(build, resource)
        self._accumulator = accumulator

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncAccumulatingStream[E, F]:
        from specwire._streaming.streaming import AsyncAccumulatingStream  # few use it

        return AsyncAccumulatingStream(self._connection, self._build(*args, **kwargs), self._accumulator())


class DownloadMethod(Sendable[P, "Session", DownloadRequest], Generic[P]):
    """A call that answers bytes, fetched when they are asked for; what changes something is sent at once."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Download:
        from specwire._downloads.download import Download  # few use it

        return Download.called(self._connection, self._build(*args, **kwargs))


class AsyncDownloadMethod(Sendable[P, "AsyncSession", DownloadRequest], Generic[P]):
    """A call that answers bytes, fetched when they are asked for or when it is awaited."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncDownload:
        from specwire._downloads.download import AsyncDownload  # few use it

        return AsyncDownload(self._connection, self._build(*args, **kwargs))


class MixedMethod(Sendable[P, "Session", MixedRequest[T]], Generic[P, T]):
    """A call that answers bytes or, under another status, a `T`; sent when it is called, to know which."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Download | T:
        from specwire._downloads.download import Download  # few use it

        return Download.mixed(self._connection, self._build(*args, **kwargs))


class AsyncMixedMethod(Sendable[P, "AsyncSession", MixedRequest[T]], Generic[P, T]):
    """A call that answers bytes or, under another status, a `T`, when awaited."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncDownload | T:
        from specwire._downloads.download import AsyncDownload  # few use it

        return await AsyncDownload.mixed(self._connection, self._build(*args, **kwargs))


class WorkflowMethod(BoundOperation[P, "Session"], Generic[P, T]):
    """Several calls that end in a `T`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        flow: Workflow[T] = self._build(*args, **kwargs)
        return self._connection.run(flow)


class AsyncWorkflowMethod(BoundOperation[P, "AsyncSession"], Generic[P, T]):
    """Several calls that end in a `T`."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        flow: Workflow[T] = self._build(*args, **kwargs)
        return await self._connection.run(flow)
