"""Prepared operations: what is computed once per operation does not change requests, and stays small."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest
import specwire
from specwire import Options, PreparedRequest, Request
from specwire._auth.credentials import make_credentials
from specwire._exchange.exchange import Exchange
from specwire._exchange.prepared import Prepared
from specwire._http.request import encoded
from specwire._operations.security import AppliedAuth, Scheme, make_auth
from specwire.errors import ConfigurationError, InvalidRequestError
from specwire.support import ApiKey, Basic, Bearer, JsonBody, JsonPayload, Operation, Provider

from tests.support.canned import Canned

PROVIDER = Provider(name="sample", version="1", base_url=None, idempotency_header="Idempotency-Key")
GET = Operation(id="get", method="GET", path="/things/{id}", returns=JsonPayload(Any))
PUT = Operation(id="put", method="PUT", path="/things", returns=JsonPayload(Any))
POST = Operation(id="post", method="POST", path="/things", returns=JsonPayload(Any))
TYPED = msgspec.structs.replace(PUT, returns=JsonPayload(dict[str, int]))
BODY = JsonBody({"a": 1})
FRAMES = 30
"""Maximum number of the runtime's functions that a plain call enters; each costs about 0.1 us."""


def untouched(request: PreparedRequest, send: Any) -> Any:
    return send(request)


def prepared_requests(
    request: Request[Any], url: str, scheme: Scheme | None, options: Options, *, prepared: int = 1
) -> list[PreparedRequest]:
    """Return what several calls of an operation send."""
    provider = msgspec.structs.replace(PROVIDER, security=scheme)
    key = "user:password" if isinstance(scheme, Basic) else "secret-key"
    credentials = make_credentials("Sample", provider, url, key if scheme is not None else None, None, False)
    shared = Prepared(provider, url, request.operation, options, credentials)
    auth: AppliedAuth | None = shared.auth
    assert (make_auth(scheme, key) if scheme is not None else None) == auth
    return [Exchange(shared, request, options).next_request(auth, asynchronous=False) for _ in range(prepared)]


@pytest.mark.parametrize("url", ["https://api.test/v1", "https://user:pass@api.test"], ids=["plain", "login"])
@pytest.mark.parametrize(
    "scheme",
    [
        None,
        Bearer(),
        Basic(),
        ApiKey("x-key", "header"),
        ApiKey("accept", "header"),
        ApiKey("key", "query"),
        ApiKey("key", "cookie"),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-More": "1"}, {"Content-Type": "a/b", "Accept": "c/d"}, {"Authorization": "own", "X-Key": "\xe9"}],
    ids=["none", "more", "other", "own"],
)
@pytest.mark.parametrize(
    "request_",
    [
        Request(GET, {"id": "1"}),
        Request(GET, {"id": "1"}, headers={"X-Own": "1", "X-More": "2"}, cookies={"c": "1"}, query={"key": "own"}),
        Request(PUT, body=BODY),
        Request(PUT, body=JsonBody({}, "application/merge-patch+json")),
    ],
    ids=["get", "get with its own", "put", "put another type"],
)
def test_prepared_requests_equal_those_built_for_each_call(
    request_: Request[Any], headers: Mapping[str, str], scheme: Scheme | None, url: str
) -> None:
    """Middleware makes clients build each request."""
    options = Options(headers=headers)
    (thorough,) = prepared_requests(request_, url, scheme, msgspec.structs.replace(options, middleware=[untouched]))
    assert thorough.encoded is None
    for quick in prepared_requests(request_, url, scheme, options, prepared=2):
        assert list(thorough.headers.items()) == list(quick.headers.items())
        assert quick.encoded in (None, encoded(thorough.headers))
        assert (thorough.method, thorough.url, thorough.content) == (quick.method, quick.url, quick.content)


def test_each_call_has_its_own_idempotency_key() -> None:
    """Keys are not prepared, unless the caller chose one."""
    first, second = prepared_requests(Request(POST, body=BODY), "https://api.test", None, Options(), prepared=2)
    assert first.headers["idempotency-key"] != second.headers["idempotency-key"]
    chosen = prepared_requests(
        Request(POST, body=BODY), "https://api.test", None, Options(idempotency_key="k"), prepared=2
    )
    assert ["k", "k"] == [each.headers["idempotency-key"] for each in chosen]


def test_headers_of_few_content_types_are_kept() -> None:
    """Callers may use any number of content types."""
    shared = Prepared(PROVIDER, "https://api.test", PUT, Options(), None)
    for number in range(100):
        head = shared.head(f"application/x-{number}")
        assert head is not None
        assert f"application/x-{number}" == head.sent["content-type"]
    assert len(shared._heads) < 10


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_bounded_number_of_operations_is_prepared(asynchronous: bool) -> None:
    """Programs may create operations; at most 1,000 are kept."""
    canned = Canned(asynchronous)
    client, sent = canned.client(b"{}")
    for number in range(1100):
        request = Request[Any](msgspec.structs.replace(PUT, path=f"/{number}"), body=BODY)
        canned.run(lambda request=request: client.send(request))
    assert [f"/{number}" for number in range(1100)] == [each.url.path for each in sent]
    assert len(client._session._prepared) <= 1000


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_other_options_do_not_change_prepared_requests(asynchronous: bool) -> None:
    """A client or method with other options sends its own headers; the first one is unchanged."""
    canned = Canned(asynchronous)
    client, sent = canned.client(b'{"id": "1"}')
    get = client.things.get
    for way in (get, get.with_options(headers={"x": "2"}), client.with_options(headers={"x": "3"}).things.get, get):
        canned.run(lambda way=way: way("1"))
    assert [None, "2", "3", None] == [each.headers.get("x") for each in sent]


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_invalid_options_fail_every_call(asynchronous: bool) -> None:
    """They are an invalid request, the second time too; meaningless options fail at once."""
    canned = Canned(asynchronous)
    client, sent = canned.client(b"{}", headers={"Content-Length": "1"})
    for _ in range(2):
        with pytest.raises(InvalidRequestError, match="Content-Length"):
            canned.run(lambda: client.things.get("1"))
    with pytest.raises(ConfigurationError, match="deadline"):
        client.things.get.with_options(deadline=-1)
    with pytest.raises(ConfigurationError, match="headers"):
        client.things.get.with_options(headers="x")
    assert not sent


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_call_enters_few_functions(asynchronous: bool) -> None:
    """The runtime's cost of a call is bounded by a count of functions, which does not depend on the machine."""
    canned = Canned(asynchronous)
    client, _ = canned.client(b"{}")
    folder = str(Path(specwire.__file__).parent)
    entered: list[str] = []

    def count(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(folder):
            entered.append(frame.f_code.co_qualname)

    def call() -> Any:
        return client.send(Request(TYPED, body=BODY))

    async def profiled() -> None:
        await call()
        sys.setprofile(count)
        try:
            await call()
        finally:
            sys.setprofile(None)

    if asynchronous:
        canned.run(profiled)
    else:
        call()
        sys.setprofile(count)
        try:
            call()
        finally:
            sys.setprofile(None)
    assert len(entered) <= FRAMES, entered
