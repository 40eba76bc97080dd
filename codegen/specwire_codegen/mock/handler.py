"""Handler of requests, independent of ASGI: a request as received, the reply to it, and a record of both."""

import logging
from collections import Counter
from collections.abc import Iterable
from threading import RLock
from time import time
from urllib.parse import unquote

import attrs

from specwire_codegen.mock import recording
from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.document.operations import Operation
from specwire_codegen.mock.page.form import Forms
from specwire_codegen.mock.page.render import Page
from specwire_codegen.mock.profile import Profile
from specwire_codegen.mock.provider import Provider
from specwire_codegen.mock.recording import LoggedRequest
from specwire_codegen.mock.reply import faults as instructions
from specwire_codegen.mock.reply.faults import FaultError, Faults
from specwire_codegen.mock.reply.responses import Reply, Whole
from specwire_codegen.mock.request import parameters
from specwire_codegen.mock.request.bodies import Blob, Received
from specwire_codegen.mock.request.parameters import Sources
from specwire_codegen.mock.request.routing import Found, NotAllowed, NotFound
from specwire_codegen.mock.request.validator import Rejection
from specwire_codegen.mock.response_check import ResponseCheck
from specwire_codegen.mock.script import Script

logger = logging.getLogger("specwire.mock")

Pairs = Iterable[tuple[str, str]]


@attrs.frozen
class Arrival:
    """A request as received."""

    method: str
    raw_path: str
    headers: tuple[tuple[str, str], ...]
    sources: Sources
    received: Received
    query: tuple[tuple[str, str], ...] = ()
    """Raw query parameters, with instructions to the mock server."""


def arrival(method: str, raw_path: str, query_string: str, headers: Pairs, received: Received) -> Arrival:
    """Return a request from its parts on the wire."""
    given = tuple(headers)
    joined: dict[str, str] = {}
    for name, value in given:
        joined[name.lower()] = f"{joined[name.lower()]}, {value}" if name.lower() in joined else value
    query = instructions.without(query_string)
    sources = Sources(
        path={},
        query=parameters.pairs(query),
        query_string=query,
        headers=joined,
        cookies=parameters.cookies(joined.get("cookie", "")),
    )
    return Arrival(method, raw_path, given, sources, received, parameters.pairs(query_string))


class Handler:
    """Handler of every request except those about the mock server itself; one for all threads."""

    def __init__(self, played: Provider, profile: Profile | None = None) -> None:
        """Serve the provider with empty state."""
        self.requests: list[LoggedRequest] = []
        self.script = Script(played.operations)
        self._provider = played
        self._profile = profile or Profile()
        self._secrets = played.guard.secrets()
        self._lock = RLock()
        self.reset()

    def has_path(self, path: str) -> bool:
        """Return True if the document has an operation at a path."""
        return not isinstance(self._provider.router.match("GET", path), NotFound)

    def page(self, note: str = "") -> Page:
        """Return the page about the document."""
        played = self._provider
        return Page(
            played.document,
            played.operations,
            Forms(played.document, played.request_examples),
            played.guard.schemes,
            played.guard.keys,
            note or self._profile.described,
        )

    def response_check(self) -> ResponseCheck:
        """Return the check of a live server's responses."""
        return ResponseCheck(self._provider.document, self._provider.examples.validators)

    def operation_of(self, request: Arrival) -> Operation | None:
        """Return the operation of a request."""
        match self._provider.router.match(request.method, request.raw_path, request.query):
            case Found(operation=operation):
                return operation
            case _:
                return None

    def request_departures(self, request: Arrival) -> tuple[str, ...]:
        """Return where a request that is passed on departs from the document; its credentials are not checked."""
        match self._provider.router.match(request.method, request.raw_path, request.query):
            case Found(operation=operation, values=values):
                sources = attrs.evolve(request.sources, path=values)
                path = {name: unquote(value) for name, value in values.items()}
                understood = self._provider.validator.validate(operation, path, sources, request.received)
            case _:
                return ()
        # 413 is a limit of this server, and servers ignore a body that the document does not have.
        if not isinstance(understood, Rejection) or understood.status == 413:
            return ()
        if not understood.violations:
            return (f"request: {understood.message}",)
        return tuple(f"request: {one}" for one in understood.violations if operation.body or one.where != "body")

    def bad_gateway(self, message: str) -> Reply:
        """Return the reply for a live server that cannot be reached."""
        return self._provider.errors.reply(None, 502, message)

    def record_proxied(
        self,
        request: Arrival,
        operation: Operation | None,
        status: int,
        departures: tuple[str, ...],
        reason: str,
    ) -> LoggedRequest:
        """Record a request that a live server answered."""
        with self._lock:
            self._count += 1
            name = f"mock-{self._count:06d}"
            response = Whole(status, (), b"")
            refusal = Rejection(status, reason) if reason else None
            self._log_request(name, request, operation.id if operation else None, response, refusal, Faults())
            self.requests[-1] = attrs.evolve(self.requests[-1], departures=departures)
            return self.requests[-1]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the document."""
        return self._provider.operations

    def reset(self) -> None:
        """Discard all recorded requests, scripted replies and state."""
        with self._lock:
            self.requests.clear()
            self.script.clear()
            self._room = recording.ROOM
            self._responder = self._provider.new_responder()
            self._failed: Counter[str] = Counter()
            self._count = 0

    def handle(self, request: Arrival) -> tuple[Reply, Faults]:
        """Return the reply to a request, and how to send it."""
        with self._lock:
            return self._handled(request)

    def _handled(self, request: Arrival) -> tuple[Reply, Faults]:
        wishes = Faults()
        operation_id, refusal = None, None
        reply: Reply
        try:
            wishes = self._profile.due(
                instructions.parse(request.sources.headers, request.query), self._provider.seed, self._count
            )
            reply, operation_id, wishes, refusal = self._reply(request, wishes)
        except FaultError as error:
            refusal = Rejection(400, str(error))
            reply = self._provider.rejection_reply(None, refusal)
        except MockError as error:
            logger.error("%s", error)
            refusal = Rejection(500, str(error))
            reply = self._provider.rejection_reply(None, refusal)
        self._count += 1
        name = f"mock-{self._count:06d}"
        self._log_request(name, request, operation_id, reply, refusal, wishes)
        return attrs.evolve(reply, headers=(*reply.headers, ("x-request-id", name))), wishes

    def _reply(self, request: Arrival, wishes: Faults) -> tuple[Reply, str | None, Faults, Rejection | None]:
        match self._provider.router.match(request.method, request.raw_path, request.query):
            case NotFound(nearest=nearest):
                refusal = Rejection(404, "the document has no such path")
                return self._provider.rejection_reply(nearest, refusal), None, wishes, refusal
            case NotAllowed(nearest=nearest, allowed=allowed):
                refusal = Rejection(405, f"use one of {', '.join(allowed)}")
                headers = [("allow", ", ".join(allowed))]
                rejection_reply = self._provider.errors.reply(nearest, 405, refusal.message, headers=headers)
                return rejection_reply, None, wishes, refusal
            case Found(operation=operation, values=values):
                wishes, scripted = self.script.take(operation, wishes)
                due = self._due(wishes, operation.id)
                path = {name: unquote(value) for name, value in values.items()}
                sources = attrs.evolve(request.sources, path=values)
                reply, reason = self._provider.reply(
                    self._responder, operation, path, sources, request.received, due, scripted
                )
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
        self,
        name: str,
        request: Arrival,
        operation_id: str | None,
        reply: Reply,
        refusal: Rejection | None,
        wishes: Faults,
    ) -> None:
        body = request.received if isinstance(request.received, Blob) else request.received.wire
        violations = refusal.violations if refusal else ()
        self.requests.append(
            LoggedRequest(
                method=request.method,
                path=unquote(request.raw_path),
                query=recording.redacted_query(request.sources.query_string, self._secrets),
                headers=recording.redacted_headers(request.headers, self._secrets),
                body=self._kept(body),
                size=body.size,
                sha256=body.sha256,
                operation_id=operation_id,
                status=reply.status,
                violations=violations,
                reason=refusal.message if refusal else wishes.described(),
                time=time(),
                id=name,
            )
        )
        for old in self.requests[: -recording.MOST]:
            self._room += len(old.body or b"")
        del self.requests[: -recording.MOST]
        logger.info(
            "%s %s -> %d %s", request.method, request.raw_path, reply.status, refusal.message if refusal else ""
        )
        for violation in violations:
            logger.warning("%s %s: %s", request.method, request.raw_path, violation)
