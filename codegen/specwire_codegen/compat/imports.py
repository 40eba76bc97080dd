"""Names that the modules of a client with `[compat]` import, and where from."""

from __future__ import annotations

from collections.abc import Mapping

from specwire_codegen.render.module import IMPORTED

COMPAT_RUNTIME = "specwire.compat"
ERRORS = (
    "APIConnectionError APIError APIResponseValidationError APIStatusError APITimeoutError AuthenticationError "
    "BadRequestError ConflictError InternalServerError NotFoundError PermissionDeniedError RateLimitError "
    "UnprocessableEntityError"
).split()
EXPORTS = sorted(
    [
        *ERRORS,
        *"APIResponse AsyncAPIResponse AsyncStream BaseModel DEFAULT_MAX_RETRIES DefaultAioHttpClient".split(),
        *"DefaultAsyncHttpxClient DefaultHttpxClient NOT_GIVEN NotGiven Omit RequestOptions Stream Timeout".split(),
        *"not_given omit".split(),
    ]
)
"""Names of the runtime that the package of a client passes on."""
_CLIENT = (
    "AsyncClient AsyncLegacyRawResource AsyncOpenResource AsyncRawResource AsyncResource Client KeyArgument "
    "LegacyRawResource OpenResource RawResource Resource Settings deprecated downloaded endpoint paginated streamed switched CallTimeout Headers DEFAULT_MAX_RETRIES "
    "AsyncHTTPClient SyncHTTPClient URLInput"
).split()
_CALLS = "Body Call CallTimeout Headers Query path_value wired".split()
_MODELS = "OpenModel UNSET Unset WireModel".split()
_PAGES = "ItemT".split()

COMPAT: Mapping[str, tuple[str, str]] = {
    **IMPORTED,
    **{name: (COMPAT_RUNTIME, name) for name in (*_CLIENT, *_CALLS, *_PAGES)},
    "_AsyncPage": (COMPAT_RUNTIME, "AsyncPage"),
    "_Page": (COMPAT_RUNTIME, "Page"),
}
"""Names for modules of operations, clients, resources, types and pages: local name -> module and name there."""
COMPAT_MODELS: Mapping[str, tuple[str, str]] = {
    **IMPORTED,
    **{name: (COMPAT_RUNTIME, name) for name in _MODELS},
}
"""Names for the module of models, whose absent fields read as None."""
