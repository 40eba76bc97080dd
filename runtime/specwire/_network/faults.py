"""What the HTTP library raises, and what lies below it, as failures of a try."""

from __future__ import annotations

from collections.abc import Iterator
from errno import EBADF
from types import ModuleType

from specwire._errors.server_message import summary
from specwire._network.content_coding import CodingError
from specwire._network.transport_errors import CLOSED_HERE, BodyTooLargeError, TransportError
from specwire._serialization.file import FileChangedError
from specwire.errors import SpecwireError

_STACK = frozenset(
    ("httpx2", "httpx", "httpcore2", "httpcore", "h11", "h2", "hpack", "anyio", "asyncio", "trio", "ssl", "socket")
    + ("socksio", "truststore", "encodings", "idna", "zlib", "uvloop")
)
"""Packages that a connection is made of: what they raise is a fault of the connection."""
_LONGEST = 150
"""Characters of what the HTTP library says."""


def raise_failure(error: Exception, library: ModuleType, route: str = "") -> None:
    """Raise an exception of the HTTP library, or of what lies below it, as `TransportError`; let others be.

    What the caller's own code raises (a file that cannot be read, middleware, a transport of the caller's) stays as it
    is. `route` says by way of what the server was to be reached.
    """
    if isinstance(error, TransportError | BodyTooLargeError | SpecwireError):
        return
    failure = _failure(error, library)
    if failure is None:
        return
    if route and not failure.sent:
        failure = TransportError(f"{route}: {failure}", sent=False, timeout=failure.timeout, hopeless=failure.hopeless)
    raise failure from terse(error)


def _failure(error: Exception, library: ModuleType) -> TransportError | None:
    if _is_closed_here(error) and not _is_callers(error):
        return _lost(CLOSED_HERE, hopeless=True)
    if isinstance(error, library.TransportError):
        unsent = (library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError)
        timeout = isinstance(error, library.TimeoutException)
        text = str(error) or type(error).__name__ if timeout else _reason(error)
        hopeless = _is_distrust(error)
        if hopeless:
            text = f"{text}; set SSL_CERT_FILE to the certificates to trust, or give an http_client"
        if isinstance(error, library.ProxyError) and str(error).startswith("407"):
            text, hopeless = f"{text}: the proxy wants a user and a password", True
        return _lost(text, sent=not isinstance(error, unsent), timeout=timeout, hopeless=hopeless)
    if isinstance(error, CodingError):
        return _lost(str(error), hopeless=error.unknown)
    if isinstance(error, library.DecodingError):
        return _lost(f"the body cannot be decompressed: {error}")
    if isinstance(error, FileChangedError):
        return _lost(str(error), hopeless=True)
    if isinstance(error, library.InvalidURL):
        return _lost(f"the URL is unusable: {error}", sent=False, hopeless=True)
    if isinstance(error, UnicodeError) and not _is_callers(error):
        return _lost(f"the name of the host is unusable: {_reason(error)}", sent=False, hopeless=True)
    if isinstance(error, RuntimeError) and "event loop" in str(error).lower() and _is_of_the_stack(error):
        return _lost(f"{error}: an http_client serves one event loop, make one for each")
    if not _is_callers(error) and (isinstance(error, OSError | ExceptionGroup) or _is_of_the_stack(error)):
        return _lost(_reason(error))
    return None


def _lost(text: str, *, sent: bool = True, timeout: bool = False, hopeless: bool = False) -> TransportError:
    return TransportError(summary(text, _LONGEST), sent=sent, timeout=timeout, hopeless=hopeless)


def _is_callers(error: BaseException) -> bool:
    """Tell whether the body of the request raised it: its bytes come from files and functions of the caller's."""
    return "specwire._serialization.upload" in _modules(error)


def _is_of_the_stack(error: BaseException) -> bool:
    *_, last = "", *_modules(error)
    return last.partition(".")[0] in _STACK


def _modules(error: BaseException) -> Iterator[str]:
    """Yield the modules that an exception came through, where it was raised last."""
    trace = error.__traceback__
    while trace is not None:
        yield str(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next


def terse(error: BaseException) -> BaseException:
    """Leave of an exception what users can use: what it says, and neither how it came about nor the request.

    The request holds the credentials, and so do the variables of the HTTP library's frames. What the library chained to
    the exception stays as its `__context__`, which is not shown.
    """
    for each in list(_causes(error)):
        each.__traceback__ = None
        if getattr(each, "_request", None) is not None:
            vars(each)["_request"] = None
    error.__context__, error.__cause__ = error.__cause__ or error.__context__, None
    return error


def _reason(error: BaseException) -> str:
    """Return what an exception says, or what those say that led to it where it says nothing."""
    return next((text for cause in _causes(error) if (text := _said(cause))), type(error).__name__)


def _said(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return next((text for each in error.exceptions if (text := _reason(each))), "")
    return str(error)


def _is_distrust(error: BaseException) -> bool:
    """Tell whether the server's certificate was refused, as it will be the next time."""
    from ssl import SSLCertVerificationError  # takes long to import, and the HTTP library has it then

    return any(isinstance(cause, SSLCertVerificationError) for cause in _causes(error))


def _is_closed_here(error: BaseException) -> bool:
    """Tell whether this program closed the connection while another thread or task used it."""
    return any(
        (isinstance(cause, OSError) and cause.errno == EBADF) or type(cause).__name__ == "ClosedResourceError"
        for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
