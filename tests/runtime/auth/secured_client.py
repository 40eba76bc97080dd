"""Client of an API with every kind of security scheme."""

from __future__ import annotations

from typing import Any

from specwire import AsyncClient, Client, Request
from specwire._operations.operation import Requirement
from specwire._operations.security import Scheme
from specwire.support import (
    ApiKey,
    Basic,
    Bearer,
    Digest,
    Http,
    JsonPayload,
    MutualTLS,
    OAuth2,
    Operation,
    Provider,
    Security,
    Undeclared,
)

from tests.support.caller import Caller
from tests.support.sample import Thing

TOKEN_PATH = "/oauth/token"
DEVICE_PATH = "/oauth/device"
SCHEMES: dict[str, Scheme] = {
    "token": Bearer(),
    "login": Basic(),
    "digest": Digest(),
    "custom": Http("Token"),
    "header": ApiKey("X-Key", "header"),
    "query": ApiKey("key", "query"),
    "cookie": ApiKey("sid", "cookie"),
    "oauth": OAuth2(TOKEN_PATH, "/oauth/refresh", DEVICE_PATH),
    "mtls": MutualTLS(),
    "unknown": Undeclared(),
}


def secured_request(*alternatives: Requirement) -> Request[Thing]:
    """Return a request of an operation with these security alternatives, or with those of the API."""
    operation = Operation(
        id="get_thing",
        method="GET",
        path="/things",
        returns=JsonPayload(Thing),
        security=alternatives or None,
    )
    return Request(operation)


def provider(*alternatives: Requirement, required: bool = False) -> Provider:
    """Return the provider of an API whose operations accept one of these alternatives."""
    variables = {name: f"GUARDED_{name.upper()}" for name in SCHEMES if name not in ("mtls", "unknown")}
    security = Security(SCHEMES, alternatives, variables, required=required)
    return Provider(name="guarded", version="1", base_url=None, security=security)


def secured_client(caller: Caller, *alternatives: Requirement, required: bool = False, **options: Any) -> Any:
    """Make a client of an API whose operations accept one of these alternatives."""
    base: type[Any] = AsyncClient if caller.asynchronous else Client
    caller.kind = type("Guarded", (base,), {"_provider": provider(*alternatives, required=required)})
    return caller.client(None, **options)
