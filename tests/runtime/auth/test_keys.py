"""API keys: where a key is sent, where it comes from, and that it is never shown."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest
from specwire import AsyncClient, Client, Request
from specwire._operations.security import AppliedAuth, Scheme, make_auth
from specwire.errors import AuthenticationError, ConfigurationError
from specwire.support import ApiKey, Basic, Bearer, Digest, Http, JsonPayload, MutualTLS, OAuth2, Operation, Provider

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Sample, Thing, get, public
from tests.support.server import Server, reply

GOOD = reply({"id": "1"})


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (Bearer(), AppliedAuth({"authorization": "Bearer u:p"}, secrets=("u:p",))),
        (OAuth2("https://auth.invalid"), AppliedAuth({"authorization": "Bearer u:p"}, secrets=("u:p",))),
        (Basic(), AppliedAuth({"authorization": "Basic dTpw"}, secrets=("dTpw", "u:p", "p"))),
        (Http("Token"), AppliedAuth({"authorization": "Token u:p"}, secrets=("u:p",))),
        (ApiKey("X-Api-Key", "header"), AppliedAuth({"x-api-key": "u:p"}, secrets=("u:p",))),
        (ApiKey("key", "query"), AppliedAuth(query={"key": "u:p"}, secrets=("u:p",))),
        (ApiKey("sid", "cookie"), AppliedAuth(cookies={"sid": "u:p"}, secrets=("u:p",))),
        (Digest(), AppliedAuth()),
        (MutualTLS(), AppliedAuth()),
    ],
)
def test_a_key_is_sent_where_its_scheme_says(scheme: Scheme, expected: AppliedAuth) -> None:
    """The document's security scheme decides."""
    assert expected == make_auth(scheme, "u:p")
    assert "AppliedAuth(***)" == repr(expected)


@pytest.mark.parametrize(
    ("scheme", "target", "header", "value"),
    [
        (ApiKey("X-Api-Key", "header"), "/things/1?tags=a", "x-api-key", "k&1"),
        (ApiKey("key", "query"), "/things/1?tags=a&key=k%261", "user-agent", None),
        (ApiKey("sid", "cookie"), "/things/1?tags=a", "cookie", "session=s; sid=k%261"),
    ],
)
def test_a_key_in_a_header_query_or_cookie_is_received_unchanged(
    server: Server, scheme: Scheme, target: str, header: str, value: str | None
) -> None:
    """It is encoded, and other values of the same place stay."""
    server.play(GOOD, GOOD)
    made = Provider(name="p", version="1", base_url=server.url, security=scheme)
    request = get("1", tags=["a"], session="s")

    class Sync(Client):
        _provider = made

    class Async(AsyncClient):
        _provider = made

    with Sync("k&1") as client:
        assert Thing(id="1") == client.send(request)

    async def main() -> None:
        async with Async("k&1") as client:
            assert Thing(id="1") == await client.send(request)

    asyncio.run(main())
    for received in server.received:
        assert target == received.target
        assert value is None or value == received.headers[header]
        assert "authorization" not in received.headers


@pytest.mark.parametrize(
    ("scheme", "stated", "target", "header", "value"),
    [
        (ApiKey("X-Api-Key", "header"), {"headers": {"x-api-key": "mine"}}, "/things", "x-api-key", "mine"),
        (ApiKey("key", "query"), {"query": {"key": "mine"}}, "/things?key=mine", "x-api-key", None),
        (ApiKey("sid", "cookie"), {"cookies": {"sid": "mine"}}, "/things", "cookie", "sid=mine"),
    ],
)
def test_an_argument_in_the_place_of_the_key_overrides_it(
    server: Server, scheme: Scheme, stated: Any, target: str, header: str, value: str | None
) -> None:
    """If an operation has a parameter of that name, its argument is sent once, without the client's key."""
    server.play(GOOD)
    made = Provider(name="p", version="1", base_url=server.url, security=scheme)
    operation = Operation(id="list", method="GET", path="/things", returns=JsonPayload(Thing))
    with type("Keyed", (Client,), {"_provider": made})("k") as client:
        client.send(Request(operation, **stated))
    [received] = server.received
    assert (target, value) == (received.target, received.headers.get(header))


def test_an_operation_without_security_is_sent_without_the_key(caller: Caller, client: Any, server: Server) -> None:
    """The key function is not called."""
    server.play(GOOD, GOOD)
    caller.run(client.send(public()))

    def forbidden() -> str:
        raise AssertionError("nobody should ask")

    caller.run(caller.client(forbidden).things.public())
    assert [False, False] == ["authorization" in received.headers for received in server.received]


def test_a_provider_without_security_needs_no_key(server: Server) -> None:
    """If the document has no security scheme, a client is made without a key."""
    server.play(GOOD)

    class Open(Client):
        _provider = Provider(name="p", version="1", base_url=server.url)

    with Open() as client:
        client.send(get("1"))
    assert "authorization" not in server.received[0].headers


def test_a_key_may_come_from_a_coroutine_function(server: Server) -> None:
    """The asynchronous client awaits its key function; the synchronous one rejects a coroutine."""
    server.play(GOOD)

    async def key() -> str:
        await asyncio.sleep(0)
        return "fresh"

    async def main() -> None:
        async with AsyncSample(key, base_url=server.url) as client:
            await client.things.get("1")

    asyncio.run(main())
    assert "Bearer fresh" == server.received[0].headers["authorization"]
    pending: Any = asyncio.Future(loop=asyncio.new_event_loop())
    with (
        Sample(lambda: pending, base_url=server.url) as client,
        pytest.raises(ConfigurationError, match="an awaitable"),
    ):
        client.things.get("1")
    pending.get_loop().close()


@pytest.mark.parametrize("key", [None, b"k", 5])
def test_a_key_function_that_returns_no_string_is_rejected(caller: Caller, server: Server, key: Any) -> None:
    """The message has the type of the value, which may be a secret."""
    message = f"^the key function must return a string, not {type(key).__name__}$"
    with pytest.raises(ConfigurationError, match=message):
        caller.run(caller.client(lambda: key).things.get("1"))
    assert not server.received


@pytest.mark.parametrize("key", ["", "a\nb", "a\r\nX: 1", "clé", "a\0", " a"])
def test_a_key_that_is_not_a_valid_header_value_is_rejected(caller: Caller, server: Server, key: str) -> None:
    """A key with line breaks or non-ASCII letters, often misread from a file, is rejected and not shown."""
    with pytest.raises(
        ConfigurationError, match="the key is empty or has characters forbidden in HTTP headers"
    ) as caught:
        caller.run(caller.client(lambda: key).things.get("1"))
    assert not key.strip() or key not in str(caught.value)
    assert [] == server.received


def test_a_missing_key_is_reported_when_the_client_is_made() -> None:
    """The message lists the ways to give one."""

    class Acme(Client):
        _provider = Provider(name="p", version="1", base_url="https://acme.invalid", security=Bearer())

    message = r"^Acme needs an API key: pass Acme\(api_key=\.\.\.\); api_key=ANONYMOUS sends none$"
    with pytest.raises(ConfigurationError, match=message):
        Acme()
    with pytest.raises(ConfigurationError, match="has one security scheme: pass Acme"):
        Acme(credentials={"bearer": "k"})


def test_no_repr_message_or_traceback_holds_the_key(caller: Caller, client: Any, server: Server) -> None:
    """Failed calls do not show it either."""
    server.play(
        reply({"message": f"unknown key {KEY}"}, status=401, headers={"x-echo": "yes", "set-cookie": "a=hidden"})
    )
    with pytest.raises(AuthenticationError) as caught:
        caller.run(client.things.get("1"))
    error = caught.value
    shown = "".join(traceback.format_exception(error))
    for thing in (client, client.things, client.things.get, client._session.options):
        shown += repr(thing)
    shown += repr((error.request, error.response, error.body))
    assert error.response is not None
    shown += repr(error.response.headers) + repr(error.response.content) + repr(vars(error))
    assert KEY not in shown
    assert "hidden" not in shown
