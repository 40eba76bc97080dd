"""ASGI application of the mock server."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any

import attrs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from specwire_codegen.mock import TEST_KEY, provider, recording
from specwire_codegen.mock.handler import Handler, arrival
from specwire_codegen.mock.page.render import Page
from specwire_codegen.mock.profile import Profile
from specwire_codegen.mock.reply.asgi_send import send_reply
from specwire_codegen.mock.reply.responses import SANDBOX, is_active
from specwire_codegen.mock.request.bodies import receive
from specwire_codegen.mock.values.identifiers import Clock


class Endpoint:
    """ASGI endpoint of all paths of the document, and of the page at `/` if the document has no operation there."""

    def __init__(
        self, handler: Handler, show_page: Callable[[Request], Awaitable[Response]], proxy: ASGIApp | None
    ) -> None:
        """Respond with this handler, or with `proxy`."""
        self._handler = handler
        self._proxy = proxy
        self._show_page = show_page
        self._is_page_at_root = not handler.has_path("/")

    async def __call__(self, scope: Scope, receive_message: Receive, send: Send) -> None:
        """Reply to one request."""
        request = Request(scope, receive_message)
        if self._is_page_at_root and scope["raw_path"] == b"/" and request.method in {"GET", "HEAD"}:
            return await (await self._show_page(request))(scope, receive_message, send)
        if self._proxy is not None:
            return await self._proxy(scope, receive_message, send)
        chunks: AsyncIterator[bytes] = request.stream()
        received = await receive(chunks, request.headers.get("content-type", ""))
        path, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("latin-1")
        reply, wishes = self._handler.handle(arrival(request.method, path, query, request.headers.items(), received))
        if is_active(reply.headers):
            reply = attrs.evolve(reply, headers=(*reply.headers, SANDBOX))
        await send_reply(reply, wishes, scope, receive_message, send)
        return None


def build(
    document: dict[str, Any],
    *,
    keys: Collection[str] = (TEST_KEY,),
    seed: int = 0,
    clock: Clock | None = None,
    profile: Profile | None = None,
) -> Starlette:
    """Return the ASGI application for a normalized document.

    `keys` are the accepted credentials. With the same seed and requests, the responses are the same; `clock` returns
    the Unix time in seconds and by default advances at each reading. Recorded requests are in
    `app.state.requests`; `app.state.reset()` discards them and all state. Raise MockError if the document cannot be served.
    """
    return application(Handler(provider.build(document, keys, seed, clock), profile))


def application(handler: Handler, proxy: ASGIApp | None = None, note: str = "") -> Starlette:
    """Return the ASGI application of a handler; the page is at `/` if the document has no operation there.

    With `proxy`, that application replaces the handler.
    """
    pages: list[Page] = []

    async def show_page(request: Request) -> Response:
        if not pages:
            pages.append(handler.page(note))
        url = f"{request.url.scheme}://{request.url.netloc}"
        text = pages[0].render(url, request.query_params.get("operation", ""), handler.requests)
        return HTMLResponse(text, headers=pages[0].headers)

    async def show(request: Request) -> Response:
        last = request.query_params.get("after", "")
        return JSONResponse([recording.as_json(logged) for logged in handler.requests if logged.id > last])

    async def reset(request: Request) -> Response:
        handler.reset()
        return Response(status_code=204)

    routes = [
        Route("/__mock__/", show_page, methods=["GET"]),
        Route("/__mock__/requests", show, methods=["GET"]),
        Route("/__mock__/reset", reset, methods=["POST"]),
    ]
    app = Starlette(routes=routes)
    # A mount would miss some paths: its pattern stops at an encoded line break.
    app.router.default = Endpoint(handler, show_page, proxy)
    app.state.requests = handler.requests
    app.state.reset = handler.reset
    return app
