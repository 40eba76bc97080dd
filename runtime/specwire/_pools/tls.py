"""TLS contexts: the one of the process, and those with a client certificate."""

from __future__ import annotations

import threading
from os import PathLike, fspath
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from specwire._network.fork import reset_after_fork
from specwire.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

Path: TypeAlias = str | PathLike[str]
Certificate: TypeAlias = Path | tuple[Path, Path] | tuple[Path, Path, str]
"""PEM file of certificate and key; or one file of each; or both and the password of the key."""


def unusable_library(error: Exception, library: ModuleType) -> ConfigurationError:
    """Return the error for an HTTP client that the environment does not allow."""
    from specwire._network.environment import unusable  # only on failure

    return error if isinstance(error, ConfigurationError) else unusable(error, library)


class _Shared:
    """TLS context of the process; creating one is nearly the whole cost of a client."""

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        reset_after_fork(self)

    def forked(self) -> None:
        """Replace the lock, which a thread of the parent process may hold."""
        self._lock = threading.Lock()

    def get(self) -> ssl.SSLContext:
        """Return the context, created once."""
        import httpx2

        with self._lock:
            if self._context is None:
                self._context = _new_context(httpx2)
            return self._context


tls_context = _Shared().get


def _new_context(library: ModuleType) -> ssl.SSLContext:
    try:
        context: ssl.SSLContext = library.create_ssl_context()
    except Exception as error:
        problem = unusable_library(error, library)
    else:
        return context
    raise problem


def certified_context(certificate: Certificate) -> ssl.SSLContext:
    """Return a separate TLS context with a client certificate.

    Raise `ConfigurationError` if the certificate is unusable.
    """
    import httpx2

    file, *rest = (certificate,) if isinstance(certificate, str | PathLike) else certificate
    key = rest[0] if rest else None
    # Without a password, OpenSSL would prompt for one at the terminal.
    password = str(rest[1]) if len(rest) > 1 else ""
    context = _new_context(httpx2)
    try:
        context.load_cert_chain(file, key, password)
    except OSError as error:
        text = f"the certificate {fspath(file)!r} cannot be used: {error.strerror or error}"
        raise ConfigurationError(f"{text}: give PEM files") from error
    return context
