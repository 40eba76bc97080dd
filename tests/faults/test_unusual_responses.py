"""Unusual responses and requests: every exception is ours, is one short line, and keeps the status."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire import OAuth2ClientCredentials, RetryPolicy
from specwire.errors import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    ConfigurationError,
    InvalidRequestError,
    SpecwireError,
)

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Sample, Thing
from tests.support.server import Action, Close, Pause, Server, head, reply

LONG = "x" * 64
RESPONSES: dict[str, tuple[Action, ...]] = {
    "port 99999": (head(302, {"location": "https://h.test:99999/", "content-length": "0"}),),
    "port that is not a number": (head(302, {"location": "https://h.test:x/", "content-length": "0"}),),
    "port 0": (head(302, {"location": "http://h.test:0/", "content-length": "0"}),),
    "long label": (head(302, {"location": f"http://{LONG}.test/", "content-length": "0"}),),
    "long name": (head(302, {"location": "http://" + "abc." * 100 + "test/", "content-length": "0"}),),
    "empty label": (head(302, {"location": "http://a..test/", "content-length": "0"}),),
    "no host": (head(302, {"location": "http:///x", "content-length": "0"}),),
    "half an address": (head(302, {"location": "http://[::1/x", "content-length": "0"}),),
    "odd host": (head(302, {"location": "http://a b\\c/", "content-length": "0"}),),
    "another scheme": (head(302, {"location": "file:///etc/passwd", "content-length": "0"}),),
    "scheme without a host": (head(302, {"location": "javascript:alert(1)", "content-length": "0"}),),
    "huge location": (head(302, {"location": "/" + "x" * 70_000, "content-length": "0"}),),
    "bytes in location": (head(302, {"location": "/\xff\xfe", "content-length": "0"}),),
    "garbage status line": (b"\x00\xff " * 1000 + b"\r\n\r\n", Close()),
    "a huge status line": (b"HTTP/1.1 200 " + b"x" * 200_000, Close()),
    "a flood of headers": (head(200, {f"x-{n}": "y" * 100 for n in range(5000)}), Close()),
    "a name that is none": (b"HTTP/1.1 200 X\r\nbad header: x\r\n\r\n", Close()),
    "a negative status": (b"HTTP/1.1 -200 X\r\n\r\n", Close()),
    "status 999": (head(999, {"content-length": "0"}),),
    "nothing": (Close(),),
    "a TLS alert": (b"\x15\x03\x01\x00\x02\x02\x28", Close()),
}


def calls(caller: Caller, client: Any, folder: Path) -> Iterator[Callable[[], Any]]:
    """Yield each kind of call."""
    yield lambda: caller.run(client.things.get("1"))
    yield lambda: caller.run(client.things.make(name="x"))
    yield lambda: caller.run(client.things.get.raw("1"))
    yield lambda: caller.list(client.talks.stream())
    yield lambda: caller.list(client.talks.lines())
    yield lambda: caller.run(client.files.download().save(folder / "file"))
    yield lambda: caller.run(client.files.download().read())
    yield lambda: caller.run(client.files.upload(file=b"x", purpose="y"))
    yield lambda: caller.run(client.jobs.wait("1", timeout=5))


def check(error: BaseException) -> None:
    """Check an exception."""
    assert isinstance(error, SpecwireError), traceback.format_exception(error)
    assert "\n" not in str(error)
    assert 0 < len(str(error)) <= 300
    assert KEY not in "".join(traceback.format_exception(error))
    assert str(error) == str(pickle.loads(pickle.dumps(error)))


@pytest.mark.parametrize("name", RESPONSES)
def test_every_call_raises_our_exceptions_for_every_response(
    caller: Caller, client: Any, server: Server, tmp_path: Path, name: str
) -> None:
    """Each unusual response for each kind of call; a redirect without a target keeps its status."""
    server.respond = lambda _: RESPONSES[name]
    for call in calls(caller, client, tmp_path):
        with pytest.raises(SpecwireError) as caught:
            call()
        check(caught.value)
        # httpx rejects some locations before the response is available.
        if "location" in str(RESPONSES[name][0]) and caller.library == "httpx2":
            assert isinstance(caught.value, APIStatusError)
            assert 302 == caught.value.status_code
    server.respond = lambda _: reply({"id": "2"})
    assert Thing(id="2") == caller.run(client.things.get("2"))


@pytest.mark.parametrize("name", RESPONSES)
def test_token_requests_raise_our_exceptions(caller: Caller, server: Server, name: str) -> None:
    """For the same responses."""
    server.respond = lambda _: RESPONSES[name]
    client = caller.client(OAuth2ClientCredentials("id", "secret", token_url=f"{server.url}/token"))
    with pytest.raises(SpecwireError) as caught:
        caller.run(client.things.get("1"))
    check(caught.value)


@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_endless_interim_responses_end_by_the_timeout(
    caller: Caller, client: Any, server: Server, tmp_path: Path, pause: float
) -> None:
    """`timeout` bounds the wait for a real answer."""
    interim = [each for _ in range(500) for each in (head(102), Pause(0.02))]
    server.respond = lambda _: interim
    impatient = client.with_options(timeout=0.1, retry=RetryPolicy(attempts=1))
    for call in calls(caller, impatient, tmp_path):
        with pytest.raises(APITimeoutError) as caught:
            call()
        check(caught.value)


@pytest.mark.parametrize(
    "name", ["Transfer-Encoding", "content-length", "Host", "CONNECTION", "TE", "Upgrade", "Trailer"]
)
def test_framing_headers_of_the_user_are_rejected(caller: Caller, client: Any, server: Server, name: str) -> None:
    """Nothing is sent."""
    framed = client.with_options(headers={name: "5"})
    calls: list[Callable[[], Any]] = [lambda: framed.things.get("1"), lambda: framed.things.make(name="x")]
    for call in calls:
        with pytest.raises(InvalidRequestError, match="is set by the client: leave it out"):
            caller.run(call())
    with pytest.raises(InvalidRequestError, match="is set by the client: leave it out"):
        caller.list(framed.talks.stream())
    assert [] == server.received


def test_a_too_long_url_is_an_invalid_request(caller: Caller, client: Any, server: Server) -> None:
    """Nothing is sent."""
    with pytest.raises(InvalidRequestError, match="the URL has"):
        caller.run(client.things.get("x" * 70_000))
    with pytest.raises(InvalidRequestError, match="the URL has"):
        caller.run(client.with_options(query={"q": "x" * 70_000}).things.get("1"))
    assert [] == server.received


@pytest.mark.parametrize("url", ["http://h.test:99999", f"http://{LONG}.test", "http://a..test", "http://h.test:0"])
def test_an_unusable_base_url_is_rejected(url: str) -> None:
    """When the client is made."""
    for kind in (Sample, AsyncSample):
        with pytest.raises(ConfigurationError, match="is unusable"):
            kind(KEY, base_url=url)


CERTIFICATES = [
    ("/gone/cert.pem", "SSL_CERT_FILE names '/gone/cert.pem', which does not exist"),
    ("/etc/passwd", "SSL_CERT_FILE names '/etc/passwd', which has no usable certificates"),
]
FIRST_CALL = """
import asyncio
from specwire.errors import ConfigurationError
from tests.support.sample import AsyncSample, Sample
try:
    call = {kind}(api_key="k").things.get("1")
    asyncio.run(call) if {kind} is AsyncSample else None
except ConfigurationError as error:
    print(error)
"""


@pytest.mark.parametrize(("file", "message"), CERTIFICATES)
@pytest.mark.parametrize("kind", ["Sample", "AsyncSample"])
def test_an_invalid_certificate_file_is_named(kind: str, file: str, message: str) -> None:
    """When the process makes its TLS context, at the first call."""
    script = [sys.executable, "-c", FIRST_CALL.format(kind=kind)]
    ran = subprocess.run(script, env={**os.environ, "SSL_CERT_FILE": file}, capture_output=True, text=True, timeout=60)
    assert message in ran.stdout, ran.stderr


ENVIRONMENTS: list[tuple[dict[str, str], str]] = [
    ({"ALL_PROXY": "foo://user:hunter2@h:1"}, "ALL_PROXY names the proxy 'foo://***@h:1', whose scheme"),
    (
        {"HTTPS_PROXY": "http://user:hunter2@[::1"},
        "HTTPS_PROXY names the proxy 'http://***@[::1', which is unusable",
    ),
    ({"ALL_PROXY": "socks5://user:hunter2@127.0.0.1:1"}, 'which needs a package: pip install "httpx2[socks]"'),
    ({"HTTP_PROXY": "http://h:99999x"}, "HTTP_PROXY names the proxy 'http://h:99999x', which is unusable"),
]


@pytest.mark.parametrize(("variables", "message"), ENVIRONMENTS)
@pytest.mark.parametrize("kind", [Sample, AsyncSample])
def test_an_invalid_proxy_variable_is_named(
    kind: Any, variables: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch, server: Server, tls: Any
) -> None:
    """With its value, without a password."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    caller = Caller(kind is AsyncSample, "httpx2", server.url, tls)
    with pytest.raises(ConfigurationError) as caught:
        caller.run(caller.client().things.get("1"))
    caller.finish()
    assert message in str(caught.value)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    check(caught.value)


def test_a_proxy_that_is_down_is_named(
    caller: Caller, server: Server, monkeypatch: pytest.MonkeyPatch, tls: Any
) -> None:
    """The error of the connection names the proxy and its environment variable."""
    monkeypatch.setenv("HTTP_PROXY", "http://user:hunter2@127.0.0.1:9")
    client = caller.client(base_url="http://api.test")
    with pytest.raises(APIConnectionError, match=r"through the proxy 127\.0\.0\.1:9 \(HTTP_PROXY\)") as caught:
        caller.run(client.things.get("1"))
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_password_in_the_base_url_is_not_shown(
    caller: Caller, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """It is sent as `Basic`, and is in no log line and no attribute of an error."""
    url = server.url.replace("http://", "http://user:hunter2secret@")
    client = caller.client(base_url=url)
    server.play(
        reply({"id": "1"}), reply({"detail": "hunter2secret and dXNlcjpodW50ZXIyc2VjcmV0"}, status=404), (Close(),)
    )
    with caplog.at_level(logging.DEBUG):
        assert "1" == caller.run(client.things.get("1")).id
        errors = [
            failing(lambda: caller.run(client.things.get("1"))),
            failing(lambda: caller.run(client.things.make(name="x"))),
        ]
    assert "Basic dXNlcjpodW50ZXIyc2VjcmV0" == server.received[0].headers["authorization"]
    assert "hunter2secret" not in caplog.text
    for error in errors:
        assert_no_secret(error, "hunter2secret", "dXNlcjpodW50ZXIyc2VjcmV0")


def failing(call: Callable[[], Any]) -> APIError:
    """Return the exception of a call."""
    with pytest.raises(APIError) as caught:
        call()
    return caught.value


def assert_no_secret(error: BaseException, *secrets: str) -> None:
    """Search everything that is reachable from an exception: attributes, causes, contexts, frames."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or len(seen) > 20_000:
            continue
        seen.add(id(each))
        if isinstance(each, str | bytes | int | float | bool | type(None)):
            text = each.decode("latin-1") if isinstance(each, bytes) else str(each)
            assert not any(secret in text for secret in secrets), text
        elif isinstance(each, BaseException):
            waiting += [each.__cause__, each.__context__, *each.args, *vars(each).values()]
            trace = each.__traceback__
            while trace is not None:
                if "tests" not in trace.tb_frame.f_code.co_filename:
                    waiting += [repr(value) for value in trace.tb_frame.f_locals.values()]
                trace = trace.tb_next
        elif isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            waiting += each
        elif not isinstance(each, type) and not callable(each):
            names = [
                *getattr(each, "__dict__", {}),
                *getattr(each, "__slots__", ()),
                *getattr(each, "__struct_fields__", ()),
            ]
            waiting += [getattr(each, name, None) for name in names if isinstance(name, str)]


@pytest.mark.parametrize("response", [(Close(),), reply({"detail": "no"}, status=401), (b"garbage\r\n\r\n", Close())])
def test_no_exception_leads_to_a_key(caller: Caller, server: Server, response: Any) -> None:
    """A key in a header, the query or a cookie is reachable from no exception."""
    clients = [
        caller.client(),
        caller.client("x", headers={"authorization": f"Bearer {KEY}"}),
        caller.client("x").with_options(query={"api_key": KEY}),
    ]
    for client in clients:
        server.play(response)
        assert_no_secret(raised_by(caller, client), KEY)


def raised_by(caller: Caller, client: Any) -> APIError:
    """Return the exception of a client's call."""
    return failing(lambda: caller.run(client.things.make(name="x")))


def test_cookies_are_kept_only_with_the_option(caller: Caller, server: Server) -> None:
    """A cookie of one response is not sent with the next call by default."""
    server.respond = lambda _: reply({"id": "1"}, headers={"set-cookie": "sid=1; Path=/"})
    if caller.library == "httpx":
        with pytest.raises(ConfigurationError, match="your http_client keeps its own"):
            caller.client(cookies=True)
        return
    for cookies in (False, True):
        client = caller.client(cookies=cookies)
        for _ in range(2):
            caller.run(client.things.get("1"))
        assert ("sid=1" if cookies else None) == server.received[-1].headers.get("cookie")


def test_a_fifo_at_the_path_of_a_part_is_rejected(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """The same holds for its note; neither is waited for."""
    server.respond = lambda _: reply(b"content")
    os.mkfifo(tmp_path / ".file.part")
    with pytest.raises(SpecwireError, match="is not a regular file: remove it"):
        caller.run(client.files.download().save(tmp_path / "file", resume=True))
    os.unlink(tmp_path / ".file.part")
    os.mkfifo(tmp_path / ".file.part.json")
    assert b"content" == caller.run(client.files.download().save(tmp_path / "file", resume=True)).read_bytes()


def test_the_key_is_sent_to_https_of_the_same_host() -> None:
    """A redirect from port 80 to port 443 is the same server; any other is not."""
    from specwire._network.request_url import same_origin

    assert same_origin("http://h.test/a", "https://h.test/b")
    assert same_origin("http://h.test:80/a", "https://H.test:443/b")
    assert not same_origin("http://h.test:8080/", "https://h.test/")
    assert not same_origin("http://h.test/", "https://h.test:8443/")
    assert not same_origin("https://h.test/", "http://h.test/")
    assert not same_origin("http://h.test/", "https://x.h.test/")
