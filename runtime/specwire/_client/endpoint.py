"""Descriptors that turn the builder of a request into a method of the sync and of the async client.

A generated class holds one line for each operation, for example `complete = endpoint(operations.chat.complete)`. On a
`Resource` the name is a `Method`, on an `AsyncResource` an `AsyncMethod`, with the builder's own signature either way.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from specwire._client.async_method import (
    AsyncAccumulatingMethod,
    AsyncDownloadMethod,
    AsyncMethod,
    AsyncMixedMethod,
    AsyncPagedMethod,
    AsyncStreamMethod,
    AsyncSwitchedDownloadMethod,
    AsyncSwitchedMethod,
    AsyncWorkflowMethod,
)
from specwire._client.method import Switch, shown
from specwire._client.resource import AsyncResource, Resource
from specwire._client.sync_method import (
    AccumulatingMethod,
    DownloadMethod,
    Method,
    MixedMethod,
    PagedMethod,
    StreamMethod,
    SwitchedDownloadMethod,
    SwitchedMethod,
    WorkflowMethod,
)

if TYPE_CHECKING:
    from typing import Self

    from specwire._client.workflow import Workflow
    from specwire._operations.request import DownloadRequest, MixedRequest, PagedRequest, Request, StreamRequest
    from specwire._streaming.accumulator import Accumulator
    from specwire._streaming.async_streaming import AsyncAccumulatingStream, AsyncEventStream
    from specwire._streaming.sync_streaming import AccumulatingStream, EventStream

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")
E = TypeVar("E")
F = TypeVar("F")
ItemT = TypeVar("ItemT")
SyncT = TypeVar("SyncT")
AsyncT = TypeVar("AsyncT")


class Descriptor(Generic[SyncT, AsyncT]):
    """Class attribute that becomes a bound method on first use, and is then kept on the instance."""

    def __init__(
        self,
        kind: str,
        build: Callable[..., Any],
        sync: Callable[[Resource], SyncT],
        async_: Callable[[AsyncResource], AsyncT],
    ) -> None:
        self.build = self.__wrapped__ = build
        self.__doc__ = build.__doc__
        self.kind = kind
        self.sync = sync
        self.async_ = async_

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<{self.kind} {self._name}({shown(inspect.signature(self.build))})>"

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: Resource, owner: type) -> SyncT: ...

    @overload
    def __get__(self, instance: AsyncResource, owner: type) -> AsyncT: ...

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        method = self.sync(instance) if isinstance(instance, Resource) else self.async_(instance)
        instance.__dict__[self._name] = method
        return method


def endpoint(build: Callable[P, Request[T]]) -> Descriptor[Method[P, T], AsyncMethod[P, T]]:
    """Return a method with one request and one response."""
    return Descriptor("endpoint", build, lambda at: Method(build, at), lambda at: AsyncMethod(build, at))


@overload
def switched(
    build: Callable[P, Request[T]],
    stream: Descriptor[AccumulatingMethod[P, E, F], AsyncAccumulatingMethod[P, E, F]],
    selected: Callable[[], Callable[Q, StreamRequest[E]]],
    name: str,
    value: bool | str,
) -> Descriptor[
    SwitchedMethod[P, T, Q, AccumulatingStream[E, F]], AsyncSwitchedMethod[P, T, Q, AsyncAccumulatingStream[E, F]]
]: ...


@overload
def switched(
    build: Callable[P, Request[T]],
    stream: Descriptor[StreamMethod[P, E], AsyncStreamMethod[P, E]],
    selected: Callable[[], Callable[Q, StreamRequest[E]]],
    name: str,
    value: bool | str,
) -> Descriptor[SwitchedMethod[P, T, Q, EventStream[E]], AsyncSwitchedMethod[P, T, Q, AsyncEventStream[E]]]: ...


def switched(
    build: Callable[..., Request[Any]],
    stream: Descriptor[Any, Any],
    selected: Callable[[], Callable[..., StreamRequest[Any]]],
    name: str,
    value: bool | str,
) -> Descriptor[Any, Any]:
    """Return a method with one request and one response, or with the stream of the same operation if the argument `name` is `value`.

    `selected` is a callback protocol with the parameters of such a call. Only type checkers read it.
    """
    return Descriptor(
        "switched",
        build,
        lambda at: SwitchedMethod(build, at, Switch(stream.sync(at), name, value)),
        lambda at: AsyncSwitchedMethod(build, at, Switch(stream.async_(at), name, value)),
    )


def paginated(
    build: Callable[P, PagedRequest[T, ItemT]],
) -> Descriptor[PagedMethod[P, T, ItemT], AsyncPagedMethod[P, T, ItemT]]:
    """Return a method for one page, or for all of them."""
    return Descriptor("paginated", build, lambda at: PagedMethod(build, at), lambda at: AsyncPagedMethod(build, at))


def streamed(build: Callable[P, StreamRequest[E]]) -> Descriptor[StreamMethod[P, E], AsyncStreamMethod[P, E]]:
    """Return a method for a stream of events."""
    return Descriptor("streamed", build, lambda at: StreamMethod(build, at), lambda at: AsyncStreamMethod(build, at))


def accumulated(
    build: Callable[P, StreamRequest[E]], accumulator: Callable[[], Accumulator[E, F]]
) -> Descriptor[AccumulatingMethod[P, E, F], AsyncAccumulatingMethod[P, E, F]]:
    """Return a method for a stream of events that can be combined into one response."""
    return Descriptor(
        "accumulated",
        build,
        lambda at: AccumulatingMethod(build, at, accumulator),
        lambda at: AsyncAccumulatingMethod(build, at, accumulator),
    )


def downloaded(build: Callable[P, DownloadRequest]) -> Descriptor[DownloadMethod[P], AsyncDownloadMethod[P]]:
    """Return a method for a download."""
    return Descriptor(
        "downloaded", build, lambda at: DownloadMethod(build, at), lambda at: AsyncDownloadMethod(build, at)
    )


def downloaded_or_streamed(
    build: Callable[P, DownloadRequest],
    stream: Descriptor[StreamMethod[P, E], AsyncStreamMethod[P, E]],
    selected: Callable[[], Callable[Q, StreamRequest[E]]],
    name: str,
    value: bool | str,
) -> Descriptor[SwitchedDownloadMethod[P, Q, EventStream[E]], AsyncSwitchedDownloadMethod[P, Q, AsyncEventStream[E]]]:
    """Return a method for a download, or for the stream of the same operation if the argument `name` is `value`; see `switched`."""
    return Descriptor(
        "downloaded_or_streamed",
        build,
        lambda at: SwitchedDownloadMethod(build, at, Switch(stream.sync(at), name, value)),
        lambda at: AsyncSwitchedDownloadMethod(build, at, Switch(stream.async_(at), name, value)),
    )


def mixed(build: Callable[P, MixedRequest[T]]) -> Descriptor[MixedMethod[P, T], AsyncMixedMethod[P, T]]:
    """Return a method for a download, or for another type, depending on the status."""
    return Descriptor("mixed", build, lambda at: MixedMethod(build, at), lambda at: AsyncMixedMethod(build, at))


def workflow(build: Callable[P, Workflow[T]]) -> Descriptor[WorkflowMethod[P, T], AsyncWorkflowMethod[P, T]]:
    """Return a method that makes several calls."""
    return Descriptor(
        "workflow", build, lambda at: WorkflowMethod(build, at), lambda at: AsyncWorkflowMethod(build, at)
    )
