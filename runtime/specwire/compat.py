"""Clients in the style of Stainless: the names that generated packages with `[compat]` import and pass on."""

from typing import TYPE_CHECKING

from specwire._lazy import by_module, lazy

if TYPE_CHECKING:
    from specwire._compat.async_page import (
        AsyncPage as AsyncPage,
        ItemT as ItemT,
    )
    from specwire._compat.async_response import (
        AsyncAPIResponse as AsyncAPIResponse,
        AsyncBinaryAPIResponse as AsyncBinaryAPIResponse,
        AsyncResponseContextManager as AsyncResponseContextManager,
        AsyncStream as AsyncStream,
    )
    from specwire._compat.call import (
        NOT_GIVEN as NOT_GIVEN,
        Body as Body,
        Call as Call,
        CallTimeout as CallTimeout,
        Headers as Headers,
        NotGiven as NotGiven,
        Omit as Omit,
        Query as Query,
        RequestOptions as RequestOptions,
        URLInput as URLInput,
        not_given as not_given,
        omit as omit,
        path_value as path_value,
    )
    from specwire._compat.errors import (
        APIConnectionError as APIConnectionError,
        APIError as APIError,
        APIResponseValidationError as APIResponseValidationError,
        APIStatusError as APIStatusError,
        APITimeoutError as APITimeoutError,
        AuthenticationError as AuthenticationError,
        BadRequestError as BadRequestError,
        ConflictError as ConflictError,
        InternalServerError as InternalServerError,
        NotFoundError as NotFoundError,
        PermissionDeniedError as PermissionDeniedError,
        RateLimitError as RateLimitError,
        SDKError as SDKError,
        UnprocessableEntityError as UnprocessableEntityError,
    )
    from specwire._compat.exports import (
        exports as exports,
    )
    from specwire._compat.http import (
        DEFAULT_CONNECTION_LIMITS as DEFAULT_CONNECTION_LIMITS,
        DEFAULT_TIMEOUT as DEFAULT_TIMEOUT,
        AsyncTransport as AsyncTransport,
        DefaultAioHttpClient as DefaultAioHttpClient,
        DefaultAsyncHttpxClient as DefaultAsyncHttpxClient,
        DefaultHttpxClient as DefaultHttpxClient,
        NoneType as NoneType,
        Timeout as Timeout,
        Transport as Transport,
        file_from_path as file_from_path,
    )
    from specwire._compat.legacy_response import (
        LegacyAPIResponse as LegacyAPIResponse,
    )
    from specwire._compat.model import (
        UNSET as UNSET,
        BaseModel as BaseModel,
        OpenModel as OpenModel,
        Unset as Unset,
        WireModel as WireModel,
    )
    from specwire._compat.page import (
        PageInfo as PageInfo,
    )
    from specwire._compat.sync_page import (
        Page as Page,
    )
    from specwire._compat.sync_response import (
        APIResponse as APIResponse,
        BinaryAPIResponse as BinaryAPIResponse,
        ResponseContextManager as ResponseContextManager,
        Stream as Stream,
    )
    from specwire._compat.wire import (
        wired as wired,
    )
    from specwire._compat_client.async_client import (
        AsyncClient as AsyncClient,
    )
    from specwire._compat_client.client import (
        DEFAULT_MAX_RETRIES as DEFAULT_MAX_RETRIES,
        KeyArgument as KeyArgument,
        Settings as Settings,
    )
    from specwire._compat_client.endpoint import (
        deprecated as deprecated,
        downloaded as downloaded,
        endpoint as endpoint,
        paginated as paginated,
        streamed as streamed,
        switched as switched,
    )
    from specwire._compat_client.paged import (
        AsyncPaginator as AsyncPaginator,
    )
    from specwire._compat_client.resource import (
        AsyncLegacyRawResource as AsyncLegacyRawResource,
        AsyncOpenResource as AsyncOpenResource,
        AsyncRawResource as AsyncRawResource,
        AsyncResource as AsyncResource,
        LegacyRawResource as LegacyRawResource,
        OpenResource as OpenResource,
        RawResource as RawResource,
        Resource as Resource,
    )
    from specwire._compat_client.sync_client import (
        Client as Client,
    )
    from specwire._http.transport import (
        AsyncHTTPClient as AsyncHTTPClient,
        SyncHTTPClient as SyncHTTPClient,
    )

_MODULES = by_module(
    {
        "_compat.async_page": "AsyncPage ItemT",
        "_compat.async_response": "AsyncAPIResponse AsyncBinaryAPIResponse AsyncResponseContextManager AsyncStream",
        "_compat.call": (
            "Body Call CallTimeout Headers NOT_GIVEN NotGiven Omit Query RequestOptions URLInput "
            "not_given omit path_value"
        ),
        "_compat.errors": (
            "APIConnectionError APIError APIResponseValidationError APIStatusError APITimeoutError "
            "AuthenticationError BadRequestError ConflictError InternalServerError NotFoundError "
            "PermissionDeniedError RateLimitError SDKError UnprocessableEntityError"
        ),
        "_compat.exports": "exports",
        "_compat.http": (
            "AsyncTransport DEFAULT_CONNECTION_LIMITS DEFAULT_TIMEOUT DefaultAioHttpClient DefaultAsyncHttpxClient "
            "DefaultHttpxClient NoneType Timeout Transport file_from_path"
        ),
        "_compat.legacy_response": "LegacyAPIResponse",
        "_compat.model": "BaseModel OpenModel UNSET Unset WireModel",
        "_compat.page": "PageInfo",
        "_compat.sync_page": "Page",
        "_compat.sync_response": "APIResponse BinaryAPIResponse ResponseContextManager Stream",
        "_compat.wire": "wired",
        "_compat_client.async_client": "AsyncClient",
        "_compat_client.client": "DEFAULT_MAX_RETRIES KeyArgument Settings",
        "_compat_client.endpoint": "deprecated downloaded endpoint paginated streamed switched",
        "_compat_client.paged": "AsyncPaginator",
        "_compat_client.resource": (
            "AsyncLegacyRawResource AsyncOpenResource AsyncRawResource AsyncResource LegacyRawResource OpenResource "
            "RawResource Resource"
        ),
        "_compat_client.sync_client": "Client",
        "_http.transport": "AsyncHTTPClient SyncHTTPClient",
    }
)
__getattr__ = lazy(__name__.rpartition(".")[0], _MODULES, home=__name__)

if not TYPE_CHECKING:  # checkers take the names from the imports above
    __all__ = sorted(_MODULES)


def __dir__() -> list[str]:
    return sorted(_MODULES)
