"""Download state without I/O: bytes received, the next request, and failures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from specwire._downloads.ranges import Version, is_rest, length_of, rest_of, version_of
from specwire._exchange.resumption import Resumption
from specwire._network.transport_errors import TransportError
from specwire._responses.file import FileCheck
from specwire.errors import APIConnectionError, APIError, APIStatusError, APITimeoutError, ResponseTooLargeError

if TYPE_CHECKING:
    from specwire._http.options import Options
    from specwire._operations.request import FileRequest
    from specwire._operations.response import Response

StartOver: TypeAlias = Callable[[Version | None], object]
"""Called to drop the bytes received so far, with the version of the new ones."""


class DownloadState:
    """State of a download: counts bytes, reports progress, and resumes after a break if the server supports it.

    The server must support ranges and identify the version of its bytes; see `specwire._downloads.ranges`. Attempts
    are limited by the retry policy and the deadline, and only for `GET`.
    """

    def __init__(self, request: FileRequest, options: Options) -> None:
        self._request = request
        self._options = options
        self._progress = options.on_progress
        self._resumption = Resumption(request.operation, options)
        self._response: Response[None] | None = None
        self._url = ""
        self._version: Version | None = None
        self._total: int | None = None
        self._read = 0
        self._furthest = 0
        """Maximum number of bytes at the end of any attempt: only bytes beyond it are progress."""
        self._skip = 0
        """Bytes of the current response that were handed out before."""
        self._misfit = False
        """True if the server didn't return the requested range, so that the whole file is requested."""
        self.options = options
        """Options of the next attempt."""
        self.check = FileCheck(request, options)
        """Check that the bytes are the file, not an error in its place."""

    @property
    def request(self) -> FileRequest:
        """Return the request of the next attempt."""
        if self._version is None or self._misfit or not self._read:
            return self._request
        return self._request.replace(headers={**self._request.headers, **rest_of(self._version, self._read)})

    @property
    def version(self) -> Version | None:
        """Return the version of the bytes; None if their rest can't be requested."""
        if self._version is None and self._response is not None and self._request.operation.method == "GET":
            self._version = version_of(self._response.status_code, self._response.headers)
        return self._version

    def continue_from(self, version: Version, size: int) -> None:
        """Begin with bytes from an earlier download."""
        self._version, self._total, self._read = version, version.total, size
        self._furthest = size
        self.options = self._resumption.options

    def begin(self, response: Response[None], url: str) -> None:
        """Process the head of a response with the whole file."""
        self._response, self._url = response, url
        self.check.begin(response)
        self._version, self._total, self._read = None, length_of(response.headers), 0

    def resumed(self, response: Response[None], url: str, start_over: StartOver | None) -> None:
        """Process the head of the response to a further attempt; raise `TransportError` if it is unusable.

        If the server sends all bytes again, the earlier ones are dropped, or skipped if they are certainly the same.
        """
        partial, version = self.request is not self._request, self._version
        self._url = url
        self._response = self._response or response
        if response.status_code == 206 and partial and version is not None:
            rest = is_rest(version, self._read, response.headers)
            self._misfit = rest is None
            if rest is None:
                raise TransportError("the server sent another range than requested", sent=True, timeout=False)
            self._version, self._total = rest, rest.total
        elif response.status_code != 200:
            raise TransportError(f"the server returned {response.status_code}", sent=True, timeout=False)
        elif start_over is not None or not self._read:
            self.begin(response, url)
            self._misfit = False
            if start_over is not None:
                start_over(self.version)
        elif version is not None and version.exact and version == version_of(response.status_code, response.headers):
            self._skip = self._read
            self._misfit = False
        else:
            raise TransportError("the file changed on the server", sent=True, timeout=False, retryable=False)

    def take(self, chunk: bytes) -> bytes:
        """Process the next bytes of the body and return the new ones."""
        if self._skip:
            chunk, self._skip = chunk[self._skip :], max(self._skip - len(chunk), 0)
            if not chunk:
                return chunk
        self._read += len(chunk)
        if self._progress is not None:
            self._progress(self._read, self._total)
        return self.check.take(chunk)

    def end(self) -> bytes:
        """Process the end of the body and return the bytes held back.

        Raise `TransportError` unless the body is complete.
        """
        if self._skip or (self._total is not None and self._read < self._total):
            raise TransportError("the connection was closed early", sent=True, timeout=False)
        if self._total is not None and self._read > self._total:
            raise TransportError("the server sent more bytes than announced", sent=True, timeout=False, retryable=False)
        return self.check.end()

    def broke(self, failure: TransportError) -> float:
        """Return the seconds to wait before requesting the rest; raise `APIConnectionError` to give up."""
        self._skip = 0
        wait = None if not failure.retryable or self.version is None else self._wait(None)
        if wait is None:
            raise self._error(failure) from failure.origin
        return wait

    def resume_failed(self, error: APIError) -> float:
        """Return the seconds to wait after a failed attempt to resume; raise `APIError` after the last."""
        if isinstance(error, APIStatusError) and error.status_code == 416 and not self._misfit:
            self._misfit = True
            return 0.0
        wait = self._wait(error)
        if wait is not None:
            return wait
        if self._response is None:
            raise error
        raise self._error(error) from error

    def _wait(self, error: APIError | None) -> float | None:
        wait = self._resumption.wait(error, self._url, progressed=self._read > self._furthest)
        self._furthest = max(self._furthest, self._read)
        self.options = self._resumption.options
        return wait

    def _error(self, cause: TransportError | APIError) -> APIConnectionError:
        late = cause.timeout if isinstance(cause, TransportError) else isinstance(cause, APITimeoutError)
        kind = APITimeoutError if late else APIConnectionError
        total = f" of {self._total}" if self._total is not None else ""
        message = f"{self._request.operation.id}: the download broke off after {self._read}{total} bytes: {cause}"
        return kind(message, request=self._request, response=self._response)


class Held:
    """Bytes of a download in memory, up to a limit."""

    def __init__(self, request: FileRequest, options: Options) -> None:
        self._request = request
        self._limit = options.max_response_size
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes, response: Response[None]) -> None:
        """Append the next bytes; raise `ResponseTooLargeError` above the limit."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._limit is not None and self._size > self._limit:
            raise ResponseTooLargeError(
                f"{self._request.operation.id}: HTTP {response.status_code}: the download is larger than "
                f"{self._limit:,} bytes: save it to a file, or raise `max_response_size`",
                request=self._request,
                response=response,
                status_code=response.status_code,
            )

    def clear(self, _version: Version | None = None) -> None:
        """Drop the bytes."""
        self._chunks.clear()
        self._size = 0

    @property
    def whole(self) -> bytes:
        """Return all bytes."""
        return b"".join(self._chunks)
