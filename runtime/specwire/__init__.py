"""Runtime of generated clients: the public names that their users import."""

from typing import TYPE_CHECKING

from specwire._lazy import by_module, lazy as _lazy

if TYPE_CHECKING:
    from specwire._auth.grants import (
        DevicePrompt as DevicePrompt,
        OAuth2ClientCredentials as OAuth2ClientCredentials,
        OAuth2DeviceCode as OAuth2DeviceCode,
        OAuth2Password as OAuth2Password,
        OAuth2RefreshToken as OAuth2RefreshToken,
    )
    from specwire._client.async_client import (
        AsyncClient as AsyncClient,
    )
    from specwire._client.overrides import (
        adds as adds,
        replaces as replaces,
    )
    from specwire._client.sync_client import (
        Client as Client,
    )
    from specwire._client.workflow import (
        Pause as Pause,
        Workflow as Workflow,
        send as send,
        wait as wait,
    )
    from specwire._codec.conversion import (
        from_dict as from_dict,
        from_json as from_json,
        to_dict as to_dict,
        to_json as to_json,
    )
    from specwire._codec.drift import (
        Drift as Drift,
        DriftWarning as DriftWarning,
    )
    from specwire._codec.drift_tally import (
        DriftEntry as DriftEntry,
        DriftReport as DriftReport,
    )
    from specwire._codec.model import (
        WireModel as WireModel,
    )
    from specwire._codec.webhooks import (
        Webhooks as Webhooks,
    )
    from specwire._downloads.async_download import (
        AsyncDownload as AsyncDownload,
    )
    from specwire._downloads.sync_download import (
        Download as Download,
    )
    from specwire._http.middleware import (
        AsyncCall as AsyncCall,
        AsyncCallMiddleware as AsyncCallMiddleware,
        AsyncMiddleware as AsyncMiddleware,
        AsyncSend as AsyncSend,
        Call as Call,
        CallMiddleware as CallMiddleware,
        Middleware as Middleware,
        Send as Send,
    )
    from specwire._http.options import (
        Options as Options,
    )
    from specwire._http.request import (
        PreparedRequest as PreparedRequest,
    )
    from specwire._http.response import (
        HTTPResponse as HTTPResponse,
    )
    from specwire._http.retry import (
        RetryPolicy as RetryPolicy,
    )
    from specwire._models.additional_properties import (
        unknown_fields as unknown_fields,
    )
    from specwire._models.headers import (
        Headers as Headers,
    )
    from specwire._models.model import (
        Unknown as Unknown,
    )
    from specwire._models.unset import (
        UNSET as UNSET,
        Unset as Unset,
    )
    from specwire._network.transport_errors import (
        TransportError as TransportError,
    )
    from specwire._operations.request import (
        BaseRequest as BaseRequest,
        DownloadRequest as DownloadRequest,
        PagedRequest as PagedRequest,
        Request as Request,
        StreamRequest as StreamRequest,
    )
    from specwire._operations.response import (
        Response as Response,
    )
    from specwire._operations.security import (
        ANONYMOUS as ANONYMOUS,
    )
    from specwire._serialization.file import (
        FileInput as FileInput,
    )
    from specwire._streaming.accumulator import (
        Accumulator as Accumulator,
    )
    from specwire._streaming.async_streaming import (
        AsyncAccumulatingStream as AsyncAccumulatingStream,
        AsyncEventStream as AsyncEventStream,
    )
    from specwire._streaming.sync_streaming import (
        AccumulatingStream as AccumulatingStream,
        EventStream as EventStream,
    )
    from specwire.errors import (
        APIConnectionError as APIConnectionError,
        APIError as APIError,
        APIStatusError as APIStatusError,
        APITimeoutError as APITimeoutError,
        AuthenticationError as AuthenticationError,
        BadRequestError as BadRequestError,
        ConfigurationError as ConfigurationError,
        ConflictError as ConflictError,
        DecodeError as DecodeError,
        EnvelopeError as EnvelopeError,
        InvalidRequestError as InvalidRequestError,
        JobFailedError as JobFailedError,
        NotFoundError as NotFoundError,
        OutputError as OutputError,
        OutputRefusedError as OutputRefusedError,
        OutputTruncatedError as OutputTruncatedError,
        PaginationError as PaginationError,
        PermissionDeniedError as PermissionDeniedError,
        RateLimitError as RateLimitError,
        ResponseTooLargeError as ResponseTooLargeError,
        ServerError as ServerError,
        SpecwireError as SpecwireError,
        StreamError as StreamError,
        StreamEventError as StreamEventError,
        StreamTruncatedError as StreamTruncatedError,
        UnknownStatusError as UnknownStatusError,
        UnprocessableEntityError as UnprocessableEntityError,
        WaitTimeoutError as WaitTimeoutError,
        WebhookError as WebhookError,
    )

_MODULES = by_module(
    {
        "_auth.grants": "DevicePrompt OAuth2ClientCredentials OAuth2DeviceCode OAuth2Password OAuth2RefreshToken",
        "_client.async_client": "AsyncClient",
        "_client.sync_client": "Client",
        "_client.overrides": "adds replaces",
        "_client.workflow": "Pause Workflow send wait",
        "_codec.conversion": "from_dict from_json to_dict to_json",
        "_codec.drift": "Drift DriftWarning",
        "_codec.drift_tally": "DriftEntry DriftReport",
        "_codec.webhooks": "Webhooks",
        "_downloads.async_download": "AsyncDownload",
        "_downloads.sync_download": "Download",
        "_http.middleware": (
            "AsyncCall AsyncCallMiddleware AsyncMiddleware AsyncSend Call CallMiddleware Middleware Send"
        ),
        "_http.options": "Options",
        "_http.request": "PreparedRequest",
        "_http.response": "HTTPResponse",
        "_http.retry": "RetryPolicy",
        "_models.additional_properties": "unknown_fields",
        "_models.headers": "Headers",
        "_codec.model": "WireModel",
        "_models.model": "Unknown",
        "_models.unset": "UNSET Unset",
        "_network.transport_errors": "TransportError",
        "_operations.request": "BaseRequest DownloadRequest PagedRequest Request StreamRequest",
        "_operations.response": "Response",
        "_operations.security": "ANONYMOUS",
        "_serialization.file": "FileInput",
        "_streaming.accumulator": "Accumulator",
        "_streaming.async_streaming": "AsyncAccumulatingStream AsyncEventStream",
        "_streaming.sync_streaming": "AccumulatingStream EventStream",
        "errors": (
            "APIConnectionError APIError APIStatusError APITimeoutError AuthenticationError "
            "BadRequestError ConfigurationError ConflictError DecodeError InvalidRequestError "
            "JobFailedError NotFoundError OutputError OutputRefusedError OutputTruncatedError "
            "PaginationError PermissionDeniedError "
            "RateLimitError EnvelopeError ResponseTooLargeError ServerError SpecwireError "
            "StreamError StreamEventError StreamTruncatedError UnknownStatusError "
            "UnprocessableEntityError WaitTimeoutError WebhookError"
        ),
    }
)
__version__ = "0.1.0"
"""Version of the runtime and of the generator."""
__getattr__ = _lazy(__name__, _MODULES)

if not TYPE_CHECKING:  # checkers take the names from the imports above
    __all__ = sorted(_MODULES)


def __dir__() -> list[str]:
    return sorted(_MODULES)
