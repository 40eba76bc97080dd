"""Table of failures: each has its result with every client."""

from __future__ import annotations

import ssl
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from specwire.errors import APIStatusError, SpecwireError

from tests.faults.catalogue.conditions import Scenario
from tests.faults.catalogue.faults import FAULTS, Fault
from tests.faults.catalogue.outcomes import CALLS, Call, Gives, Good, Raises
from tests.sampling import sampled
from tests.support.caller import KEY, Caller
from tests.support.pool import busy
from tests.support.sample import Thing
from tests.support.server import Server, reply

EACH = [pytest.param(fault, id=fault.what) for group in FAULTS for fault in group.faults]


@pytest.mark.parametrize("call", [pytest.param(call, id=call.name) for call in CALLS])
@pytest.mark.parametrize("fault", EACH)
def test_a_failure_has_its_result(
    fault: Fault, call: Call, caller: Caller, server: Server, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    """No partial file and no used connection stay, and the next call works."""
    check(fault, call, caller, server, tls, tmp_path)


OTHERS = [
    (fault, call, kind)
    for kind in ("async-aiohttp", "async-pyreqwest", "sync-pyreqwest")
    for group in FAULTS
    for fault in group.faults
    for call in CALLS
]


@pytest.mark.parametrize(("fault", "call", "kind"), sampled(OTHERS, 30))
def test_a_failure_has_the_same_result_with_another_library(
    fault: Fault, call: Call, kind: str, server: Server, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    """Or the one that the catalogue has for this library."""
    way, library = kind.split("-")
    caller = Caller(way == "async", library, server.url, tls)
    check(fault, call, caller, server, tls, tmp_path)
    caller.finish()


def check(fault: Fault, call: Call, caller: Caller, server: Server, tls: ssl.SSLContext, tmp_path: Path) -> None:
    """Meet a failure, and compare the result with that of the catalogue."""
    with ExitStack() as stack:
        client = fault.arrange(Scenario(caller, server, call, tls, stack))
        match fault.outcome(call.name, caller.library):
            case Good():
                assert call.value == call.make(caller, client, tmp_path)
            case Gives(value):
                assert value == call.make(caller, client, tmp_path)
            case Raises(kind, attempts, message):
                error = raised(kind, lambda: call.make(caller, client, tmp_path))
                assert attempts == getattr(error, "attempts", 1)
                assert message in str(error)
                assert [] == list(tmp_path.iterdir())
        assert [] == busy(client)
        if fault.recovers:
            server.respond = lambda _: reply({"id": "2"})
            assert Thing(id="2") == caller.run(client.things.make(name="y"))
            assert [] == busy(client)


def raised(kind: type[SpecwireError], call: Any) -> SpecwireError:
    """Return the exception of a call, which has exactly this class, this text in one line, and no secret."""
    with pytest.raises(SpecwireError) as caught:
        call()
    assert kind is type(caught.value)
    assert 0 < len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value) + repr(vars(caught.value))
    if isinstance(caught.value, APIStatusError):
        assert caught.value.response is not None
    return caught.value
