# Derived from async_method.py by tools/synchronous.py. Do not edit: run `make generate`.
"""The operations of a synchronous client as its methods: plain, with the response, and with an open response."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from specwire._compat.errors import translated
from specwire._compat.legacy_response import LegacyAPIResponse
from specwire._compat.response import session_of
from specwire._compat.sync_response import APIResponse, ResponseContextManager, Stream
from specwire._compat_client.bound import Bound
from specwire._operations.request import Request, StreamRequest

if TYPE_CHECKING:
    from specwire._client.sync_session import Session
    from specwire._compat.call import Call

P = ParamSpec("P")
R = TypeVar("R")
ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Any)
ResponseT = TypeVar("ResponseT", bound="APIResponse[Any]")


def sent_call(
    session: Session, call: Call[Any], kind: Callable[..., ResponseT], page: Any = None, *, unread: bool = True
) -> ResponseT:
    """Return the response of a call, with an unread body."""
    own = session_of(session, call)
    with translated(own.base_url):
        opened, head = own.open(call.request, own.options)
    response = kind(own, call.request, opened, head, page)
    if not unread and not isinstance(call.request, StreamRequest):
        response.read()
    return response


class Method(Bound[P], Generic[P, R]):
    """A method that returns an `R`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        call = self._build(*args, **kwargs)
        if type(call.request) is Request:
            session = session_of(self._session, call)
            with translated(session.base_url):
                value: R = session.value(call.request)
            return value
        response: APIResponse[R] = sent_call(self._session, call, APIResponse, self._page)
        return response.parse()


class RawMethod(Bound[P], Generic[P, R]):
    """A method that returns a response, read to its end, whose `parse` returns an `R`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> APIResponse[R]:
        call = self._build(*args, **kwargs)
        return sent_call(self._session, call, APIResponse, self._page, unread=False)


class LegacyRawMethod(Bound[P], Generic[P, R]):
    """A method that returns a response, read to its end, whose methods are plain functions."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> LegacyAPIResponse[R]:
        call = self._build(*args, **kwargs)
        kind = APIResponse[Any]
        response = sent_call(self._session, call, kind, self._page, unread=False)
        return LegacyAPIResponse(response, Stream)


class OpenMethod(Bound[P], Generic[P, R]):
    """A method that returns a response as a context manager, whose body is read inside."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResponseContextManager[APIResponse[R]]:
        call = self._build(*args, **kwargs)
        return ResponseContextManager(lambda: sent_call(self._session, call, APIResponse, self._page))


class FileMethod(Bound[P], Generic[P, ResponseT]):
    """A method that returns a file."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResponseT:
        call = self._build(*args, **kwargs)
        response: ResponseT = sent_call(self._session, call, self._page, unread=False)
        return response


class OpenFileMethod(Bound[P], Generic[P, ResponseT]):
    """A method that returns a file as a context manager, which is read inside."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResponseContextManager[ResponseT]:
        call = self._build(*args, **kwargs)
        return ResponseContextManager(lambda: sent_call(self._session, call, self._page))
