"""The operations of an asynchronous client as its methods: plain, with the response, and with an open response."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from specwire._compat.async_response import AsyncAPIResponse, AsyncResponseContextManager, AsyncStream
from specwire._compat.errors import translated
from specwire._compat.legacy_response import LegacyAPIResponse
from specwire._compat.response import session_of
from specwire._compat_client.bound import Bound
from specwire._operations.request import Request, StreamRequest

if TYPE_CHECKING:
    from specwire._client.async_session import AsyncSession
    from specwire._compat.call import Call

P = ParamSpec("P")
R = TypeVar("R")
ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Any)
ResponseT = TypeVar("ResponseT", bound="AsyncAPIResponse[Any]")


async def sent_call(
    session: AsyncSession, call: Call[Any], kind: Callable[..., ResponseT], page: Any = None, *, unread: bool = True
) -> ResponseT:
    """Return the response of a call, with an unread body."""
    own = session_of(session, call)
    with translated(own.base_url):
        opened, head = await own.open(call.request, own.options)
    response = kind(own, call.request, opened, head, page)
    if not unread and not isinstance(call.request, StreamRequest):
        await response.read()
    return response


class AsyncMethod(Bound[P], Generic[P, R]):
    """A method that returns an `R`."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        call = self._build(*args, **kwargs)
        if type(call.request) is Request:
            session = session_of(self._session, call)
            with translated(session.base_url):
                value: R = await session.value(call.request)
            return value
        response: AsyncAPIResponse[R] = await sent_call(self._session, call, AsyncAPIResponse, self._page)
        return await response.parse()


class AsyncRawMethod(Bound[P], Generic[P, R]):
    """A method that returns a response, read to its end, whose `parse` returns an `R`."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncAPIResponse[R]:
        call = self._build(*args, **kwargs)
        return await sent_call(self._session, call, AsyncAPIResponse, self._page, unread=False)


class AsyncLegacyRawMethod(Bound[P], Generic[P, R]):
    """A method that returns a response, read to its end, whose methods are plain functions."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> LegacyAPIResponse[R]:
        call = self._build(*args, **kwargs)
        kind = AsyncAPIResponse[Any]
        response = await sent_call(self._session, call, kind, self._page, unread=False)
        return LegacyAPIResponse(response, AsyncStream)


class AsyncOpenMethod(Bound[P], Generic[P, R]):
    """A method that returns a response as a context manager, whose body is read inside."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResponseContextManager[AsyncAPIResponse[R]]:
        call = self._build(*args, **kwargs)
        return AsyncResponseContextManager(lambda: sent_call(self._session, call, AsyncAPIResponse, self._page))


class AsyncFileMethod(Bound[P], Generic[P, ResponseT]):
    """A method that returns a file."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResponseT:
        call = self._build(*args, **kwargs)
        response: ResponseT = await sent_call(self._session, call, self._page, unread=False)
        return response


class AsyncOpenFileMethod(Bound[P], Generic[P, ResponseT]):
    """A method that returns a file as a context manager, which is read inside."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResponseContextManager[ResponseT]:
        call = self._build(*args, **kwargs)
        return AsyncResponseContextManager(lambda: sent_call(self._session, call, self._page))
