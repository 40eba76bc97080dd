"""Mock of an API for tests: in this process, and on a socket when its URL is asked for."""

from __future__ import annotations

import json as json_text
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx2
from specwire import AsyncClient, Client
from specwire.support import Security

from specwire_codegen.mock import TEST_KEY
from specwire_codegen.mock.app import application
from specwire_codegen.mock.document.operations import Operation, status_code
from specwire_codegen.mock.handler import Handler
from specwire_codegen.mock.profile import Profile, parse_latency
from specwire_codegen.mock.recording import LoggedRequest
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.reply.responses import Chunked, Reply, Whole
from specwire_codegen.mock.reply.streams import Event, encode
from specwire_codegen.mock.server import serve
from specwire_codegen.openapi import media_types
from specwire_codegen.testing.bodies import sse_bytes
from specwire_codegen.testing.documents import Document, played
from specwire_codegen.testing.transport import MockTransport

C = TypeVar("C", bound=Client | AsyncClient)

ADDRESS = "https://mock.invalid"
"""Base URL of clients without a socket; nothing resolves it."""
_UNSET: Any = object()


class MockServer:
    """A mock of an API, closed by `close()` or `with`.

    It checks requests against the document and responds as `specwire mock` does, unless a test sets something else. An
    operation is named by its operationId or by method and path, such as `GET /orders`.
    """

    def __init__(
        self,
        document: Document,
        *,
        root: Path | None = None,
        seed: int = 0,
        keys: Iterable[str] = (TEST_KEY,),
        latency: str | None = None,
        profile: Literal["flaky", "slow", "down"] | None = None,
    ) -> None:
        """Serve a document.

        Args:
            document: A provider's name, the path of a document, a normalized document, or the class of a client.
            root: Folder of the project, by default the working directory.
            seed: Start of the sequence of ids, and of the failures of a profile.
            keys: Accepted credentials.
            latency: Delay of every response: `100ms`, `1.5s`, or `50ms-200ms`.
            profile: Failures of the server: `flaky`, `slow` or `down`.

        """
        self._keys = tuple(keys)
        behaviour = Profile(profile, parse_latency(latency or "0"))
        self._handler = Handler(played(document, (root or Path()).resolve(), self._keys, seed), behaviour)
        self._stack = ExitStack()
        self._url: str | None = None
        self.transport = MockTransport(self._handler)
        """Transport of `httpx2` clients, synchronous and asynchronous, without a socket."""

    @property
    def url(self) -> str:
        """Base URL of the server, which listens on a socket from now on."""
        if self._url is None:
            self._url = self._stack.enter_context(serve(application(self._handler)))
        return self._url

    @property
    def key(self) -> str:
        """A key that the server accepts."""
        return self._keys[0]

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests so far, without credentials."""
        return [*self._handler.requests]

    def client(self, client: type[C], *, socket: bool = False, **options: Any) -> C:
        """Return a client of the server, without a socket by default; options are those of the client's class."""
        provider = client._provider
        if provider.security is not None and not options.keys() & {"api_key", "credentials", "scheme_keys"}:
            security = provider.security
            if isinstance(security, Security):
                options["credentials"] = dict.fromkeys(security.schemes, self.key)
            else:
                options["api_key"] = self.key
        if socket:
            return client(**{"base_url": self.url, **options})
        is_async = issubclass(client, AsyncClient)
        http = httpx2.AsyncClient(transport=self.transport) if is_async else httpx2.Client(transport=self.transport)
        return client(**{"base_url": ADDRESS, "http_client": http, **options})

    def fail(
        self,
        operation: str | None = None,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        cut: Literal["headers", "body", "stream"] | None = None,
        malformed: Literal["event", "json", "sse-error"] | None = None,
        times: int | None = None,
    ) -> None:
        """Let requests fail, of an operation or all: with a status, 503 by default, or a closed connection.

        Args:
            operation: The operation; by default, all.
            status: The status of the response, whose body is that of the document.
            retry_after: Seconds of a `Retry-After` header.
            cut: Close the connection before the response, or in the middle of its body or stream.
            malformed: Send a malformed event, half of the JSON, or an error event.
            times: Number of requests that fail; by default, all from now on.

        """
        if status is None and cut is None and malformed is None:
            status = 503
        wait = None if retry_after is None else f"{retry_after:g}"
        faults = Faults(status=status, retry_after=wait, cut=cut, malformed=malformed)
        self._handler.script.add(operation, faults=faults, times=times)

    def delay(
        self, seconds: float, operation: str | None = None, *, pause: float = 0.0, times: int | None = None
    ) -> None:
        """Delay responses by some seconds, and each event of a stream by a pause; of an operation or of all."""
        self._handler.script.add(operation, faults=Faults(delay=seconds, pause=pause), times=times)

    def respond(
        self,
        operation: str,
        *,
        json: Any = _UNSET,
        text: str | None = None,
        content: bytes | None = None,
        stream: Iterable[Any] | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
        times: int | None = None,
    ) -> None:
        """Set the response to valid requests of an operation; invalid ones are still rejected.

        Responses for a number of requests are used in their order, and before the latest other one.

        Args:
            operation: The operation.
            json: A value to send as JSON.
            text: A text to send.
            content: Bytes to send.
            stream: Events or JSON lines to send one by one; see `sse_bytes`.
            status: The status, by default that of the document's success.
            headers: More headers.
            media_type: The Content-Type, by default that of the document for such a body.
            times: Number of requests to respond to so; by default, all from now on.

        """
        if sum((json is not _UNSET, text is not None, content is not None, stream is not None)) > 1:
            raise TypeError("respond() takes one of json, text, content and stream")
        found = self._handler.script.operation(operation)
        code = status_code(found.success) if status is None else status
        more = tuple((name.lower(), value) for name, value in (headers or {}).items())
        reply: Reply = Whole(code, more, b"")
        if stream is not None:
            reply = _streamed(found, [*stream], code, media_type, more)
        elif json is not _UNSET:
            body = json_text.dumps(json, ensure_ascii=False).encode()
            reply = _whole(found, code, media_type, more, body, "application/json")
        elif text is not None:
            reply = _whole(found, code, media_type, more, text.encode(), "text/plain; charset=utf-8")
        elif content is not None:
            reply = _whole(found, code, media_type, more, content, "application/octet-stream")
        self._handler.script.add(operation, reply=reply, times=times)

    def reset(self) -> None:
        """Discard recorded requests, created resources, and everything that a test set."""
        self._handler.reset()

    def close(self) -> None:
        """Close the socket, if there is one."""
        self._stack.close()
        self._url = None

    def __enter__(self) -> Self:
        """Return the server."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the socket, if there is one."""
        self.close()


def _whole(
    operation: Operation, code: int, media_type: str | None, more: tuple[tuple[str, str], ...], body: bytes, usual: str
) -> Whole:
    is_json = usual == "application/json"
    kind = usual.partition("/")[0]
    fitting = (one.name for one in operation.success.media if one.is_json == is_json and "*" not in one.name)
    found = next((name for name in fitting if is_json or kind != "text" or name.startswith("text/")), usual)
    return Whole(code, (("content-type", media_type or found), *more), body)


def _streamed(
    operation: Operation, events: list[Any], code: int, media_type: str | None, more: tuple[tuple[str, str], ...]
) -> Chunked:
    media = next((one for one in operation.success.media if one.framing is not None), None)
    name = media_type or (media.name if media is not None else "text/event-stream")
    framing = media_types.framing_of(name) or "sse"
    if framing == "sse":
        terminator = media.stream.terminator if media is not None and media.stream is not None else None
        parts = [sse_bytes([event]) for event in (*events, *([] if terminator is None else [terminator]))]
    else:
        parts = [encode(Event(event), framing) for event in events]
    return Chunked(code, (("content-type", name), *more), lambda: parts)
