"""Translation of exceptions from the HTTP library and its dependencies to transport errors."""

from __future__ import annotations

from collections.abc import Iterator
from errno import EBADF
from types import ModuleType
from typing import Any

from specwire._errors.server_message import summary
from specwire._network.content_coding import CodingError
from specwire._network.transport_errors import CLOSED_HERE, BodyTooLargeError, TransportError
from specwire._serialization.file import FileChangedError
from specwire.errors import SpecwireError

_STACK = frozenset(
    (
        "httpx2",
        "httpx",
        "httpcore2",
        "httpcore",
        "h11",
        "h2",
        "hpack",
        "anyio",
        "asyncio",
        "trio",
        "ssl",
        "socket",
        "socksio",
        "truststore",
        "encodings",
        "idna",
        "zlib",
        "uvloop",
    )
)
"""Packages that implement connections: their exceptions are connection failures."""
_LONGEST = 150
"""Maximum characters of an HTTP library's message."""


def raise_failure(error: Exception, library: ModuleType) -> None:
    """Raise an exception of the HTTP library or its dependencies as `TransportError`; do nothing for any other.

    Exceptions from the caller's own code (an unreadable file, middleware, a custom transport) stay unchanged.
    A note on the exception describes the proxy, if any.
    """
    if isinstance(error, TransportError):
        raise terse(error)
    if isinstance(error, BodyTooLargeError | SpecwireError):
        return
    failure = _failure(error, library)
    if failure is None:
        return
    if not failure.sent and (route := "; ".join(getattr(error, "__notes__", ()))):
        failure = TransportError(
            f"{route}: {failure}", sent=False, timeout=failure.timeout, retryable=failure.retryable
        )
    raise failure from terse(error)


def _failure(error: Exception, library: ModuleType) -> TransportError | None:
    if _is_closed_here(error) and not _is_callers(error):
        return _lost(CLOSED_HERE, retryable=False)
    if isinstance(error, library.TransportError):
        unsent = (library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError)
        timeout = isinstance(error, library.TimeoutException)
        text = str(error) or type(error).__name__ if timeout else _reason(error)
        retryable = not _is_distrust(error)
        if not retryable:
            text = f"{text}; set SSL_CERT_FILE to the certificates to trust, or pass an http_client"
        if isinstance(error, library.ProxyError) and str(error).startswith("407"):
            text, retryable = f"{text}: the proxy requires a user and a password", False
        return _lost(text, sent=not isinstance(error, unsent), timeout=timeout, retryable=retryable)
    if isinstance(error, CodingError):
        return _lost(str(error), retryable=not error.unknown)
    if isinstance(error, library.DecodingError):
        return _lost(f"the body cannot be decompressed: {error}")
    if isinstance(error, FileChangedError):
        return _lost(str(error), retryable=False)
    if isinstance(error, library.InvalidURL):
        return _lost(f"the URL is unusable: {error}", sent=False, retryable=False)
    if isinstance(error, UnicodeError) and not _is_callers(error):
        return _lost(f"the host name is unusable: {_reason(error)}", sent=False, retryable=False)
    if isinstance(error, RuntimeError) and "event loop" in str(error).lower() and _is_of_the_stack(error):
        return _lost(f"{error}: an http_client works on one event loop only: create one per loop")
    if not _is_callers(error) and (isinstance(error, OSError | ExceptionGroup) or _is_of_the_stack(error)):
        return _lost(_reason(error))
    return None


def _lost(text: str, *, sent: bool = True, timeout: bool = False, retryable: bool = True) -> TransportError:
    return TransportError(summary(text, _LONGEST), sent=sent, timeout=timeout, retryable=retryable)


def _is_callers(error: BaseException) -> bool:
    """Return True if the request body raised the exception: its bytes come from the caller's files and functions."""
    return "specwire._serialization.upload" in _modules(error)


def _is_of_the_stack(error: BaseException) -> bool:
    *_, last = "", *_modules(error)
    return last.partition(".")[0] in _STACK


def _modules(error: BaseException) -> Iterator[str]:
    """Yield the modules of an exception's traceback, innermost first."""
    trace = error.__traceback__
    while trace is not None:
        yield str(trace.tb_frame.f_globals.get("__name__", ""))
        trace = trace.tb_next


def terse(error: BaseException) -> BaseException:
    """Reduce an exception to its message: without traceback, chained exceptions and request.

    The request holds the credentials, and so do the local variables in the HTTP library's frames. The library's own
    chained exception remains as `__context__`, which isn't shown.
    """
    each: Any
    for each in list(_causes(error)):
        each.__traceback__ = None
        held = getattr(type(each), "request", None)  # of exceptions of the HTTP library
        if isinstance(held, property) and held.fset is not None:
            each.request = None
    error.__context__, error.__cause__ = error.__cause__ or error.__context__, None
    return error


def _reason(error: BaseException) -> str:
    """Return the message of an exception, or those of its causes if it has none."""
    return next((text for cause in _causes(error) if (text := _text_of(cause))), type(error).__name__)


def _text_of(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return next((text for each in error.exceptions if (text := _reason(each))), "")
    return str(error)


def _is_distrust(error: BaseException) -> bool:
    """Return True if the server's certificate was rejected, which another attempt won't change."""
    from ssl import SSLCertVerificationError  # slow to import, and already imported by the HTTP library at this point

    return any(isinstance(cause, SSLCertVerificationError) for cause in _causes(error))


def _is_closed_here(error: BaseException) -> bool:
    """Return True if this program closed the connection while another thread or task used it."""
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
