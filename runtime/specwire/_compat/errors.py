"""Exceptions by the names and with the attributes that Stainless gives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import specwire.errors as specwire_errors
from specwire._models import lenient_json
from specwire._network.transport_errors import TransportError
from specwire.errors import SpecwireError

if TYPE_CHECKING:
    import httpx2

    from specwire._operations.request import BaseRequest
    from specwire._operations.response import Response


SDKError = SpecwireError
"""Base class of all exceptions of a client."""


class APIError(SpecwireError):
    """Failure of a request."""

    body: Any = None
    """Body of the response: parsed JSON, else text; None without one."""
    code: str | None = None
    type: str | None = None
    _call: BaseRequest | None = None
    _base_url: str = ""
    _response: Response[Any] | None = None

    @cached_property
    def request(self) -> httpx2.Request:
        """The request, without credentials and body."""
        from specwire._compat.http import request_of  # few look at it

        if self._call is None:
            raise AttributeError("this error has no request")
        return request_of(self._call, self._base_url)

    @property
    def request_id(self) -> str | None:
        """The request id that the server sent, or None."""
        return self._response.request_id if self._response is not None else None

    def __reduce__(self) -> Any:
        for name in ("request", "response"):
            self.__dict__.pop(name, None)
        return super().__reduce__()


class _WithResponse(APIError):
    """Failure after a response."""

    status_code: int = 0

    @cached_property
    def response(self) -> httpx2.Response:
        """The response, whose body was read."""
        from specwire._compat.http import response_of  # few look at it

        if self._response is None:
            raise AttributeError("this error has no response")
        return response_of(self._response, self.request)


class APIResponseValidationError(_WithResponse):
    """Response that doesn't match the document."""


class APIStatusError(_WithResponse):
    """Response with an error status."""


class APIConnectionError(APIError):
    """No response: the connection was refused, reset or broken off."""


class APITimeoutError(APIConnectionError):
    """No response in time."""


class BadRequestError(APIStatusError):
    """400: malformed request."""


class AuthenticationError(APIStatusError):
    """401: missing, wrong or revoked key."""


class PermissionDeniedError(APIStatusError):
    """403: the key lacks the permission."""


class NotFoundError(APIStatusError):
    """404: not found."""


class ConflictError(APIStatusError):
    """409: conflict with the current state of the resource."""


class UnprocessableEntityError(APIStatusError):
    """422: well-formed request with unacceptable values."""


class RateLimitError(APIStatusError):
    """429: too many requests, or an exhausted quota."""


class InternalServerError(APIStatusError):
    """5xx: failure of the server."""


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def _status_class(status: int) -> type[APIStatusError]:
    return _BY_STATUS.get(status, InternalServerError if status >= 500 else APIStatusError)


@contextmanager
def translated(base_url: str, request: BaseRequest | None = None) -> Iterator[None]:
    """Raise the errors of the runtime by the names of this module; others pass."""
    try:
        yield
    except specwire_errors.APIError as error:
        raise translation(error, base_url) from error
    except TransportError as failure:
        kind = APITimeoutError if failure.timeout else APIConnectionError
        raise kind(str(failure), _call=request, _base_url=base_url) from failure.origin


def translation(error: specwire_errors.APIError, base_url: str) -> APIError:
    """Return an error of the runtime by the name that Stainless gives it."""
    facts: dict[str, Any] = {"_call": error.request, "_base_url": base_url, "_response": error.response}
    match error:
        case specwire_errors.APIStatusError(status_code=status):
            body, text = _body(error.response)
            message = f"Error code: {status} - {body}" if text == "" else text or f"Error code: {status}"
            return _status_class(status)(message, status_code=status, body=body, **_named(body), **facts)
        case specwire_errors.APITimeoutError():
            return APITimeoutError(error.message, **facts)
        case specwire_errors.APIConnectionError() | specwire_errors.StreamTruncatedError():
            return APIConnectionError(error.message, **facts)
        case specwire_errors.DecodeError():
            status = error.response.status_code if error.response is not None else 0
            body, _ = _body(error.response)
            return APIResponseValidationError(error.message, status_code=status, body=body, **facts)
        case _:
            body = getattr(error, "body", None)
            return APIError(error.message, body=body, **_named(body), **facts)


def _body(response: Response[Any] | None) -> tuple[Any, str | None]:
    """Return the body of a response as JSON, or as text, and the text if it is not JSON."""
    if response is None or not response.content:
        return None, None
    raw = lenient_json.loads_or_text(response.content)
    return (raw, raw) if isinstance(raw, str) else (raw, "")


def _named(body: Any) -> dict[str, str]:
    """Return the code and the type of an error that its body states at the top."""
    if not isinstance(body, dict):
        return {}
    return {name: body[name] for name in ("code", "type") if isinstance(body.get(name), str)}
