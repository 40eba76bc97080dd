"""Calls of routes that the document does not declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from specwire._compat.call import NOT_GIVEN, Call, RequestOptions
from specwire._operations.operation import JsonPayload, Operation
from specwire._operations.request import JsonBody, Request

if TYPE_CHECKING:
    from specwire._operations.request import Body


def undocumented(method: str, path: str, body: object, options: RequestOptions) -> Call[Request[Any]]:
    """Return the call of a route, relative to the base URL."""
    operation = Operation(id=f"{method} {path}", method=method, path="/", returns=JsonPayload(Any))
    sent: Body | None = None if body is None else JsonBody(body)
    request: Request[Any] = Request(operation, body=sent, query=options.get("params", {}), url=path.removeprefix("/"))
    extra: Mapping[str, object] | None = options.get("extra_json")
    return Call(request, options.get("headers"), None, extra, options.get("timeout", NOT_GIVEN))
