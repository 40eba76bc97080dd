"""ASGI application of the mock server."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection
from typing import Any
from urllib.parse import unquote

import attrs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from specwire_codegen.mock import provider, recording
from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.provider import Provider
from specwire_codegen.mock.recording import LoggedRequest
from specwire_codegen.mock.reply import faults as instructions
from specwire_codegen.mock.reply.asgi_send import send_reply
from specwire_codegen.mock.reply.faults import FaultError, Faults
from specwire_codegen.mock.reply.responses import Reply
from specwire_codegen.mock.request import parameters
from specwire_codegen.mock.request.bodies import Blob, Received, receive
from specwire_codegen.mock.request.parameters import Sources
from specwire_codegen.mock.request.routing import Found, NotAllowed, NotFound
from specwire_codegen.mock.request.validator import Rejection
from specwire_codegen.mock.values.identifiers import Clock

logger = logging.getLogger("specwire.mock")


@attrs.frozen(eq=False)
class Arrival:
    """A request as received."""

    method: str
    raw_path: str
    sources: Sources
    received: Received


class Handler:
    """Handler of every request except those about the mock server itself."""

    def __init__(self, played: Provider) -> None:
        """Serve the provider with empty state."""
        self.requests: list[LoggedRequest] = []
        self._provider = played
        self._secrets = played.guard.secrets()
        self.reset()

    def reset(self) -> None:
        """Discard all recorded requests and state."""
        self.requests.clear()
        self._room = recording.ROOM
        self._responder = self._provider.new_responder()
        self._failed: Counter[str] = Counter()
        self._count = 0

    async def __call__(self, scope: Scope, receive_message: Receive, send: Send) -> None:
        """Reply to one request."""
        request = Request(scope, receive_message)
        arrival = await _arrival(request)
        wishes = Faults()
        reply: Reply
        operation_id, refusal = None, None
        try:
            wishes = instructions.parse(
                arrival.sources.headers, parameters.pairs(scope["query_string"].decode("latin-1"))
            )
            reply, operation_id, wishes, refusal = self._reply(arrival, wishes)
        except FaultError as error:
            refusal = Rejection(400, str(error))
            reply = self._provider.rejection_reply(None, refusal)
        except MockError as error:
            logger.error("%s", error)
            refusal = Rejection(500, str(error))
            reply = self._provider.rejection_reply(None, refusal)
        self._log_request(request, arrival, operation_id, reply, refusal)
        self._count += 1
        numbered = attrs.evolve(reply, headers=(*reply.headers, ("x-request-id", f"mock-{self._count:06d}")))
        await send_reply(numbered, wishes, scope, receive_message, send)

    def _reply(self, arrival: Arrival, wishes: Faults) -> tuple[Reply, str | None, Faults, Rejection | None]:
        match self._provider.router.match(arrival.method, arrival.raw_path):
            case NotFound(nearest=nearest):
                refusal = Rejection(404, "the document has no such path")
                return self._provider.rejection_reply(nearest, refusal), None, wishes, refusal
            case NotAllowed(nearest=nearest, allowed=allowed):
                refusal = Rejection(405, f"use one of {', '.join(allowed)}")
                headers = [("allow", ", ".join(allowed))]
                rejection_reply = self._provider.errors.reply(nearest, 405, refusal.message, headers=headers)
                return rejection_reply, None, wishes, refusal
            case Found(operation=operation, values=values):
                due = self._due(wishes, operation.id)
                path = {name: unquote(value) for name, value in values.items()}
                sources = attrs.evolve(arrival.sources, path=values)
                reply, reason = self._provider.reply(self._responder, operation, path, sources, arrival.received, due)
                return reply, operation.id, due, reason

    def _kept(self, body: Blob) -> bytes | None:
        """Return the bytes of a body while there is room, so that a long-running server does not grow without bound."""
        content = recording.kept(body)
        if content is None or len(content) > self._room:
            return None
        self._room -= len(content)
        return content

    def _due(self, wishes: Faults, operation_id: str) -> Faults:
        """Return the failures due for this request; this counts requests for failures that are limited in number."""
        if wishes.fail is None:
            return wishes
        key = wishes.key or operation_id
        self._failed[key] += 1
        return wishes.active() if self._failed[key] <= wishes.fail else wishes.spent()

    def _log_request(
        self, request: Request, arrival: Arrival, operation_id: str | None, reply: Reply, refusal: Rejection | None
    ) -> None:
        body = arrival.received if isinstance(arrival.received, Blob) else arrival.received.wire
        violations = refusal.violations if refusal else ()
        self.requests.append(
            LoggedRequest(
                method=arrival.method,
                path=unquote(arrival.raw_path),
                query=recording.redacted_query(arrival.sources.query_string, self._secrets),
                headers=recording.redacted_headers(request.headers.items(), self._secrets),
                body=self._kept(body),
                size=body.size,
                sha256=body.sha256,
                operation_id=operation_id,
                status=reply.status,
                violations=violations,
            )
        )
        logger.info(
            "%s %s -> %d %s", arrival.method, arrival.raw_path, reply.status, refusal.message if refusal else ""
        )
        for violation in violations:
            logger.warning("%s %s: %s", arrival.method, arrival.raw_path, violation)


async def _arrival(request: Request) -> Arrival:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    query = instructions.without(request.scope["query_string"].decode("latin-1"))
    sources = Sources(
        path={},
        query=parameters.pairs(query),
        query_string=query,
        headers=headers,
        cookies=parameters.cookies(headers.get("cookie", "")),
    )
    chunks: AsyncIterator[bytes] = request.stream()
    received = await receive(chunks, headers.get("content-type", ""))
    return Arrival(request.method, request.scope["raw_path"].decode("ascii"), sources, received)


def build(
    document: dict[str, Any],
    *,
    keys: Collection[str] = ("test-key",),
    seed: int = 0,
    clock: Clock | None = None,
) -> Starlette:
    """Return the ASGI application for a normalized document.

    `keys` are the accepted credentials. With the same seed and requests, the responses are the same; `clock` returns
    the Unix time in seconds and by default advances at each reading. Recorded requests are in
    `app.state.requests`. Raise MockError if the document cannot be served.
    """
    handler = Handler(provider.build(document, keys, seed, clock))

    async def show(request: Request) -> Response:
        return JSONResponse([recording.as_json(logged) for logged in handler.requests])

    async def reset(request: Request) -> Response:
        handler.reset()
        return Response(status_code=204)

    app = Starlette(
        routes=[
            Route("/__mock__/requests", show, methods=["GET"]),
            Route("/__mock__/reset", reset, methods=["POST"]),
        ]
    )
    # A mount would miss some paths: its pattern stops at an encoded line break.
    app.router.default = handler
    app.state.requests = handler.requests
    return app
