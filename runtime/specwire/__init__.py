"""What generated clients stand on at run time, and what their users import besides them."""

from typing import TYPE_CHECKING

from specwire.lazy import lazy as _lazy

if TYPE_CHECKING:
    from specwire.client import AsyncClient, Client
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
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        RefusedError,
        ServerError,
        SpecwireError,
        StreamError,
        StreamEventError,
        StreamTruncatedError,
        UnprocessableEntityError,
        WaitTimeoutError,
    )
    from specwire.file import FileInput
    from specwire.flow import Flow, Pause, ask, wait
    from specwire.headers import Headers
    from specwire.model import Unknown, WireModel, from_dict, to_dict
    from specwire.oauth2 import OAuth2ClientCredentials, OAuth2RefreshToken
    from specwire.options import Options
    from specwire.overrides import adds, replaces
    from specwire.request import DownloadRequest, PagedRequest, Request, StreamRequest
    from specwire.response import Response
    from specwire.retry import RetryPolicy
    from specwire.streaming import (
        AccumulatingStream,
        Accumulator,
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
    "AsyncAccumulatingStream",
    "AsyncClient",
    "AsyncDownload",
    "AsyncEventStream",
    "AuthenticationError",
    "BadRequestError",
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
    "NotFoundError",
    "OAuth2ClientCredentials",
    "OAuth2RefreshToken",
    "Options",
    "PagedRequest",
    "Pause",
    "PermissionDeniedError",
    "RateLimitError",
    "RefusedError",
    "Request",
    "Response",
    "RetryPolicy",
    "ServerError",
    "SpecwireError",
    "StreamError",
    "StreamEventError",
    "StreamRequest",
    "StreamTruncatedError",
    "UNSET",
    "Unknown",
    "UnprocessableEntityError",
    "Unset",
    "WaitTimeoutError",
    "WireModel",
    "adds",
    "ask",
    "from_dict",
    "replaces",
    "to_dict",
    "wait",
]

_MODULES = {
    "APIConnectionError": "errors",
    "APIError": "errors",
    "APIStatusError": "errors",
    "APITimeoutError": "errors",
    "AccumulatingStream": "streaming",
    "Accumulator": "streaming",
    "AsyncAccumulatingStream": "streaming",
    "AsyncClient": "client",
    "AsyncDownload": "download",
    "AsyncEventStream": "streaming",
    "AuthenticationError": "errors",
    "BadRequestError": "errors",
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
    "NotFoundError": "errors",
    "OAuth2ClientCredentials": "oauth2",
    "OAuth2RefreshToken": "oauth2",
    "Options": "options",
    "PagedRequest": "request",
    "Pause": "flow",
    "PermissionDeniedError": "errors",
    "RateLimitError": "errors",
    "RefusedError": "errors",
    "Request": "request",
    "Response": "response",
    "RetryPolicy": "retry",
    "ServerError": "errors",
    "SpecwireError": "errors",
    "StreamError": "errors",
    "StreamEventError": "errors",
    "StreamRequest": "request",
    "StreamTruncatedError": "errors",
    "UNSET": "unset",
    "Unknown": "model",
    "UnprocessableEntityError": "errors",
    "Unset": "unset",
    "WaitTimeoutError": "errors",
    "WireModel": "model",
    "adds": "overrides",
    "ask": "flow",
    "from_dict": "model",
    "replaces": "overrides",
    "to_dict": "model",
    "wait": "flow",
}
__getattr__ = _lazy(__name__, _MODULES)


def __dir__() -> list[str]:
    return __all__
