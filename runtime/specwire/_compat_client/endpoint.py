"""Operations as class attributes: each becomes the method that the kind of its resource calls for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast, overload

from specwire._client.deprecation import warned
from specwire._compat.async_page import AsyncPage
from specwire._compat.async_response import AsyncBinaryAPIResponse, AsyncStream
from specwire._compat.call import Call
from specwire._compat.sync_page import Page
from specwire._compat.sync_response import BinaryAPIResponse, Stream
from specwire._compat_client.async_method import (
    AsyncFileMethod,
    AsyncLegacyRawMethod,
    AsyncMethod,
    AsyncOpenFileMethod,
    AsyncOpenMethod,
    AsyncRawMethod,
)
from specwire._compat_client.paged import AsyncPagedMethod
from specwire._compat_client.resource import (
    AsyncLegacyRawResource,
    AsyncOpenResource,
    AsyncRawResource,
    AsyncResource,
    LegacyRawResource,
    OpenResource,
    RawResource,
    Resource,
)
from specwire._compat_client.sync_method import (
    FileMethod,
    LegacyRawMethod,
    Method,
    OpenFileMethod,
    OpenMethod,
    RawMethod,
)
from specwire._operations.request import DownloadRequest, PagedRequest, Request, StreamRequest

if TYPE_CHECKING:
    from typing import Self

    from specwire._compat.async_response import AsyncAPIResponse, AsyncResponseContextManager
    from specwire._compat.legacy_response import LegacyAPIResponse
    from specwire._compat.sync_response import APIResponse, ResponseContextManager

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")
E = TypeVar("E")
SyncT = TypeVar("SyncT")
AsyncT = TypeVar("AsyncT")
ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Page[Any])
AsyncPageT = TypeVar("AsyncPageT", bound=AsyncPage[Any])


class Endpoint:
    """An operation as a class attribute; made a method at the first use, and kept on the instance."""

    def __init__(self, build: Callable[..., Call[Any]], page: Any = None, async_page: Any = None) -> None:
        self.build = build
        self.__doc__ = build.__doc__
        self._pages = page, async_page

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        page, async_page = self._pages
        made = self._made(instance, async_page if isinstance(instance, _ASYNC) else page)
        instance.__dict__[self._name] = made
        return made

    def _made(self, instance: Any, page: Any) -> Any:
        return _kind(instance, _METHODS)(self.build, instance, page)


class _PagedEndpoint(Endpoint):
    def _made(self, instance: Any, page: Any) -> Any:
        return _kind(instance, {**_METHODS, AsyncResource: AsyncPagedMethod})(self.build, instance, page)


class _FileEndpoint(Endpoint):
    def _made(self, instance: Any, page: Any) -> Any:
        return _kind(instance, _FILES)(self.build, instance, page)


_ASYNC = (AsyncResource, AsyncRawResource, AsyncLegacyRawResource, AsyncOpenResource)
_METHODS: dict[type, Any] = {
    Resource: Method,
    AsyncResource: AsyncMethod,
    RawResource: RawMethod,
    AsyncRawResource: AsyncRawMethod,
    LegacyRawResource: LegacyRawMethod,
    AsyncLegacyRawResource: AsyncLegacyRawMethod,
    OpenResource: OpenMethod,
    AsyncOpenResource: AsyncOpenMethod,
}
_FILES: dict[type, Any] = {
    Resource: FileMethod,
    AsyncResource: AsyncFileMethod,
    RawResource: FileMethod,
    AsyncRawResource: AsyncFileMethod,
    LegacyRawResource: FileMethod,
    AsyncLegacyRawResource: AsyncFileMethod,
    OpenResource: OpenFileMethod,
    AsyncOpenResource: AsyncOpenFileMethod,
}


def _kind(instance: Any, kinds: dict[type, Any]) -> Any:
    return next(method for resource, method in kinds.items() if isinstance(instance, resource))


if TYPE_CHECKING:

    class _Typed(Generic[P, SyncT, AsyncT]):
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: Resource, owner: type) -> Method[P, SyncT]: ...
        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncMethod[P, AsyncT]: ...
        @overload
        def __get__(self, instance: RawResource, owner: type) -> RawMethod[P, SyncT]: ...
        @overload
        def __get__(self, instance: AsyncRawResource, owner: type) -> AsyncRawMethod[P, AsyncT]: ...
        @overload
        def __get__(self, instance: LegacyRawResource, owner: type) -> LegacyRawMethod[P, SyncT]: ...
        @overload
        def __get__(self, instance: AsyncLegacyRawResource, owner: type) -> AsyncLegacyRawMethod[P, AsyncT]: ...
        @overload
        def __get__(self, instance: OpenResource, owner: type) -> OpenMethod[P, SyncT]: ...
        @overload
        def __get__(self, instance: AsyncOpenResource, owner: type) -> AsyncOpenMethod[P, AsyncT]: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

    class _TypedPaged(Generic[P, ItemT, PageT, AsyncPageT]):
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: Resource, owner: type) -> Method[P, PageT]: ...
        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> AsyncPagedMethod[P, ItemT, AsyncPageT]: ...
        @overload
        def __get__(self, instance: RawResource, owner: type) -> RawMethod[P, PageT]: ...
        @overload
        def __get__(self, instance: AsyncRawResource, owner: type) -> AsyncRawMethod[P, AsyncPageT]: ...
        @overload
        def __get__(self, instance: LegacyRawResource, owner: type) -> LegacyRawMethod[P, PageT]: ...
        @overload
        def __get__(self, instance: AsyncLegacyRawResource, owner: type) -> AsyncLegacyRawMethod[P, AsyncPageT]: ...
        @overload
        def __get__(self, instance: OpenResource, owner: type) -> OpenMethod[P, PageT]: ...
        @overload
        def __get__(self, instance: AsyncOpenResource, owner: type) -> AsyncOpenMethod[P, AsyncPageT]: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

    class _TypedFile(Generic[P]):
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(
            self, instance: Resource | RawResource | LegacyRawResource, owner: type
        ) -> FileMethod[P, BinaryAPIResponse]: ...
        @overload
        def __get__(
            self, instance: AsyncResource | AsyncRawResource | AsyncLegacyRawResource, owner: type
        ) -> AsyncFileMethod[P, AsyncBinaryAPIResponse]: ...
        @overload
        def __get__(self, instance: OpenResource, owner: type) -> OpenFileMethod[P, BinaryAPIResponse]: ...
        @overload
        def __get__(
            self, instance: AsyncOpenResource, owner: type
        ) -> AsyncOpenFileMethod[P, AsyncBinaryAPIResponse]: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

    class _TypedSwitched(Generic[P, Q, T, E]):
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: Resource, owner: type) -> _Switched[P, Q, T, E]: ...
        @overload
        def __get__(self, instance: AsyncResource, owner: type) -> _AsyncSwitched[P, Q, T, E]: ...
        @overload
        def __get__(self, instance: RawResource, owner: type) -> _RawSwitched[P, Q, T, E]: ...
        @overload
        def __get__(self, instance: AsyncRawResource, owner: type) -> _AsyncRawSwitched[P, Q, T, E]: ...
        @overload
        def __get__(self, instance: LegacyRawResource, owner: type) -> _LegacySwitched[P, Q, T, E]: ...
        @overload
        def __get__(self, instance: AsyncLegacyRawResource, owner: type) -> _AsyncLegacySwitched[P, Q, T, E]: ...
        @overload
        def __get__(self, instance: OpenResource, owner: type) -> _OpenSwitched[P, Q, T, E]: ...
        @overload
        def __get__(self, instance: AsyncOpenResource, owner: type) -> _AsyncOpenSwitched[P, Q, T, E]: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...

    class _Switched(Generic[P, Q, T, E]):
        @overload
        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T: ...
        @overload
        def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> Stream[E]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    class _AsyncSwitched(Generic[P, Q, T, E]):
        @overload
        async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T: ...
        @overload
        async def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> AsyncStream[E]: ...
        async def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    class _RawSwitched(Generic[P, Q, T, E]):
        @overload
        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> APIResponse[T]: ...
        @overload
        def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> APIResponse[Stream[E]]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    class _AsyncRawSwitched(Generic[P, Q, T, E]):
        @overload
        async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncAPIResponse[T]: ...
        @overload
        async def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> AsyncAPIResponse[AsyncStream[E]]: ...
        async def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    class _LegacySwitched(Generic[P, Q, T, E]):
        @overload
        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> LegacyAPIResponse[T]: ...
        @overload
        def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> LegacyAPIResponse[Stream[E]]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    class _AsyncLegacySwitched(Generic[P, Q, T, E]):
        @overload
        async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> LegacyAPIResponse[T]: ...
        @overload
        async def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> LegacyAPIResponse[AsyncStream[E]]: ...
        async def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    class _OpenSwitched(Generic[P, Q, T, E]):
        @overload
        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResponseContextManager[APIResponse[T]]: ...
        @overload
        def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> ResponseContextManager[APIResponse[Stream[E]]]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    class _AsyncOpenSwitched(Generic[P, Q, T, E]):
        @overload
        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResponseContextManager[AsyncAPIResponse[T]]: ...
        @overload
        def __call__(
            self, *args: Q.args, **kwargs: Q.kwargs
        ) -> AsyncResponseContextManager[AsyncAPIResponse[AsyncStream[E]]]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


def endpoint(build: Callable[P, Call[Request[T]]]) -> _Typed[P, T, T]:
    """One request, one value."""
    return cast("_Typed[P, T, T]", Endpoint(build))


def paginated(
    build: Callable[P, Call[PagedRequest[T, ItemT]]], page: type[PageT], async_page: type[AsyncPageT]
) -> _TypedPaged[P, ItemT, PageT, AsyncPageT]:
    """One page of a list, which can request the next ones."""
    return cast("_TypedPaged[P, ItemT, PageT, AsyncPageT]", _PagedEndpoint(build, page, async_page))


def streamed(build: Callable[P, Call[StreamRequest[E]]]) -> _Typed[P, Stream[E], AsyncStream[E]]:
    """A stream of events."""
    return cast("_Typed[P, Stream[E], AsyncStream[E]]", Endpoint(build))


def downloaded(build: Callable[P, Call[DownloadRequest]]) -> _TypedFile[P]:
    """A file."""
    return cast("_TypedFile[P]", _FileEndpoint(build, BinaryAPIResponse, AsyncBinaryAPIResponse))


def switched(
    build: Callable[P, Call[Request[T]]], stream: Callable[Q, Call[StreamRequest[E]]], switch: str
) -> _TypedSwitched[P, Q, T, E]:
    """A value or, if the argument `switch` is true, a stream of events."""

    @functools.wraps(build)
    def chosen(*args: Any, **kwargs: Any) -> Call[Any]:
        builder: Callable[..., Call[Any]] = stream if kwargs.get(switch) else build
        return builder(*args, **kwargs)

    return cast("_TypedSwitched[P, Q, T, E]", Endpoint(chosen))


def deprecated(endpoint: T) -> T:
    """Mark an operation as deprecated by the API: its calls warn."""
    made: Any = endpoint
    made.build = warned(made.build, f"{made.build.__name__.rstrip('_')} is deprecated by the API")
    return endpoint
