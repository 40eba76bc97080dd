"""Log `specwire`: an INFO line per call, a DEBUG line per retry, and no secrets."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from specwire.errors import APIConnectionError, NotFoundError

from tests.support.caller import KEY, Caller
from tests.support.ports import free_port
from tests.support.server import DONE, Reset, Server, reply, stream


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the log lines with their levels, without milliseconds."""
    found = [f"{one.levelname} {one.getMessage()}" for one in caplog.records if one.name == "specwire"]
    return [re.sub(r"\d+ ms", "N ms", line) for line in found]


def test_each_call_is_logged(caller: Caller, client: Any, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """The line has operation, method, path, status, time, request id and attempts."""
    server.play(
        reply({}, status=503, headers={"x-request-id": "r-1"}),
        reply({"id": "1"}, headers={"x-request-id": "r-2"}),
        stream({"text": "a"}, DONE),
        reply({"message": "none"}, status=404),
        (Reset(),),
    )
    with caplog.at_level(logging.DEBUG, "specwire"):
        caller.run(client.things.get("1", tags=["hidden"], trace="hidden", session="hidden"))
        caller.list(client.talks.stream(prompt="hidden"))
        with pytest.raises(NotFoundError, match="HTTP 404"):
            caller.run(client.things.get("2"))
        with pytest.raises(APIConnectionError, match="no response from"):
            caller.run(client.things.make(name="hidden"))
    assert [
        "DEBUG get_thing: GET /things/1: 503 in N ms (request id r-1), attempt 1, again in 0 s",
        "INFO get_thing: GET /things/1: 200 in N ms (request id r-2), 2 attempts",
        "INFO talk: POST /talk: 200 in N ms, 1 attempt",
        "INFO get_thing: GET /things/2: 404 in N ms, 1 attempt",
        "INFO make_thing: POST /things: no response in N ms, 1 attempt",
    ] == lines(caplog)
    assert not re.search(f"hidden|{KEY}", "".join(lines(caplog)))


def test_secrets_of_a_base_url_are_not_logged(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    """User and password of a base URL are in no line."""
    client = caller.client(base_url=f"http://user:hidden@127.0.0.1:{free_port()}/v1")
    with caplog.at_level(logging.DEBUG, "specwire"), pytest.raises(APIConnectionError, match="no response from"):
        caller.run(client.things.get("1"))
    assert 3 == len(lines(caplog))
    assert "INFO get_thing: GET /v1/things/1: no response in N ms, 3 attempts" == lines(caplog)[-1]


def test_nothing_is_logged_at_level_warning(
    caller: Caller, client: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A failed call is not logged either: the exception has the facts."""
    server.play(reply({}, status=404))
    with caplog.at_level(logging.WARNING, "specwire"), pytest.raises(NotFoundError, match="HTTP 404"):
        caller.run(client.things.get("1"))
    assert [] == lines(caplog)
