"""What generated clients stand on at run time, and what their users import besides them."""

from typing import TYPE_CHECKING

from specwire.lazy import lazy as _lazy

if TYPE_CHECKING:
    from specwire.accumulator import Accumulator
    from specwire.answer import Answer
    from specwire.client import AsyncClient, Client
    from specwire.conversion import from_dict, to_dict
    from specwire.download import AsyncDownload, Download
    from specwire.drift import Drift, DriftWarning
    from specwire.errors import (
        APIConnectionError,
        APIError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ConfigurationError,
        ConflictError,
        DecodeError,
        InvalidRequestError,
        JobFailedError,
        NotFoundError,
        PaginationError,
        PermissionDeniedError,
        RateLimitError,
        RefusedError,
        ServerError,
        SpecwireError,
        StreamError,
        StreamEventError,
        StreamTruncatedError,
        UnknownStatusError,
        UnprocessableEntityError,
        WaitTimeoutError,
    )
    from specwire.extra import unknown_fields
    from specwire.failure import TransportFailure
    from specwire.file import FileInput
    from specwire.flow import Flow, Pause, ask, wait
    from specwire.headers import Headers
    from specwire.middleware import (
        AsyncCall,
        AsyncCallMiddleware,
        AsyncMiddleware,
        AsyncSend,
        Call,
        CallMiddleware,
        Middleware,
        Send,
    )
    from specwire.model import Unknown, WireModel
    from specwire.oauth2 import OAuth2ClientCredentials, OAuth2RefreshToken
    from specwire.options import Options
    from specwire.outgoing import Outgoing
    from specwire.overrides import adds, replaces
    from specwire.request import BaseRequest, DownloadRequest, PagedRequest, Request, StreamRequest
    from specwire.response import Response
    from specwire.retry import RetryPolicy
    from specwire.streaming import (
        AccumulatingStream,
        AsyncAccumulatingStream,
        AsyncEventStream,
        EventStream,
    )
    from specwire.unset import UNSET, Unset

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "AccumulatingStream",
    "Accumulator",
    "Answer",
    "AsyncAccumulatingStream",
    "AsyncCall",
    "AsyncCallMiddleware",
    "AsyncClient",
    "AsyncDownload",
    "AsyncEventStream",
    "AsyncMiddleware",
    "AsyncSend",
    "AuthenticationError",
    "BadRequestError",
    "BaseRequest",
    "Call",
    "CallMiddleware",
    "Client",
    "ConfigurationError",
    "ConflictError",
    "DecodeError",
    "Download",
    "DownloadRequest",
    "Drift",
    "DriftWarning",
    "EventStream",
    "FileInput",
    "Flow",
    "Headers",
    "InvalidRequestError",
    "JobFailedError",
    "Middleware",
    "NotFoundError",
    "OAuth2ClientCredentials",
    "OAuth2RefreshToken",
    "Options",
    "Outgoing",
    "PagedRequest",
    "PaginationError",
    "Pause",
    "PermissionDeniedError",
    "RateLimitError",
    "RefusedError",
    "Request",
    "Response",
    "RetryPolicy",
    "Send",
    "ServerError",
    "SpecwireError",
    "StreamError",
    "StreamEventError",
    "StreamRequest",
    "StreamTruncatedError",
    "TransportFailure",
    "UNSET",
    "Unknown",
    "UnknownStatusError",
    "UnprocessableEntityError",
    "Unset",
    "WaitTimeoutError",
    "WireModel",
    "adds",
    "ask",
    "from_dict",
    "replaces",
    "to_dict",
    "unknown_fields",
    "wait",
]

_MODULES = {
    "APIConnectionError": "errors",
    "APIError": "errors",
    "APIStatusError": "errors",
    "APITimeoutError": "errors",
    "AccumulatingStream": "streaming",
    "Accumulator": "accumulator",
    "Answer": "answer",
    "AsyncAccumulatingStream": "streaming",
    "AsyncCall": "middleware",
    "AsyncCallMiddleware": "middleware",
    "AsyncClient": "client",
    "AsyncDownload": "download",
    "AsyncEventStream": "streaming",
    "AsyncMiddleware": "middleware",
    "AsyncSend": "middleware",
    "AuthenticationError": "errors",
    "BadRequestError": "errors",
    "BaseRequest": "request",
    "Call": "middleware",
    "CallMiddleware": "middleware",
    "Client": "client",
    "ConfigurationError": "errors",
    "ConflictError": "errors",
    "DecodeError": "errors",
    "Download": "download",
    "DownloadRequest": "request",
    "Drift": "drift",
    "DriftWarning": "drift",
    "EventStream": "streaming",
    "FileInput": "file",
    "Flow": "flow",
    "Headers": "headers",
    "InvalidRequestError": "errors",
    "JobFailedError": "errors",
    "Middleware": "middleware",
    "NotFoundError": "errors",
    "PaginationError": "errors",
    "OAuth2ClientCredentials": "oauth2",
    "OAuth2RefreshToken": "oauth2",
    "Options": "options",
    "Outgoing": "outgoing",
    "PagedRequest": "request",
    "Pause": "flow",
    "PermissionDeniedError": "errors",
    "RateLimitError": "errors",
    "RefusedError": "errors",
    "Request": "request",
    "Response": "response",
    "RetryPolicy": "retry",
    "Send": "middleware",
    "ServerError": "errors",
    "SpecwireError": "errors",
    "StreamError": "errors",
    "StreamEventError": "errors",
    "StreamRequest": "request",
    "StreamTruncatedError": "errors",
    "TransportFailure": "failure",
    "UNSET": "unset",
    "Unknown": "model",
    "UnknownStatusError": "errors",
    "UnprocessableEntityError": "errors",
    "Unset": "unset",
    "WaitTimeoutError": "errors",
    "WireModel": "model",
    "adds": "overrides",
    "ask": "flow",
    "from_dict": "conversion",
    "replaces": "overrides",
    "to_dict": "conversion",
    "unknown_fields": "extra",
    "wait": "flow",
}
__getattr__ = _lazy(__name__, _MODULES)


def __dir__() -> list[str]:
    return __all__
