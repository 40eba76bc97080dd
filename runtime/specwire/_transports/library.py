"""Names that the transports expect of an HTTP library, for libraries with other names."""

from __future__ import annotations


class TransportError(Exception):
    """Attempt without a response."""


class TimeoutException(TransportError):
    """Attempt without a response in time."""


class ReadTimeout(TimeoutException):
    """No data in time."""


class ConnectTimeout(TimeoutException):
    """No connection in time."""


class PoolTimeout(TimeoutException):
    """No free connection in time."""


class ConnectError(TransportError):
    """No connection."""


class ProxyError(TransportError):
    """No connection through a proxy."""


class ReadError(TransportError):
    """Connection that broke off."""


class ClosedResourceError(Exception):
    """HTTP client that this program closed during a call."""


class DecodingError(Exception):
    """Body that cannot be decompressed; not raised here, since bodies are decompressed above the transport."""


class InvalidURL(Exception):
    """URL that cannot be requested."""


class ResponseNotRead(Exception):
    """Body that was not read."""


URL = str
