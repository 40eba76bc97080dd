"""Latency and faults of every reply."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import httpx2
import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.mock.app import build
from specwire_codegen.mock.profile import Profile, parse_latency
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.server import serve

from tests.support.time_limit import PATIENCE


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("100ms", (0.1, 0.1)),
        ("1.5s", (1.5, 1.5)),
        ("2", (2.0, 2.0)),
        ("50ms-200ms", (0.05, 0.2)),
        ("50-200ms", (0.05, 0.2)),
        ("0.5-1", (0.5, 1.0)),
        ("100ms-1s", (0.1, 1.0)),
        (" 0 ", (0.0, 0.0)),
    ],
)
def test_latencies_have_units(text: str, bounds: tuple[float, float]) -> None:
    """A range without a unit takes that of its end; seconds by default."""
    assert bounds == pytest.approx(parse_latency(text))


@pytest.mark.parametrize("text", ["", "ms", "-1s", "1h", "2s-1s", "1s-", "601s", "1e3", "nan", "1s-2s-3s"])
def test_other_latencies_are_errors(text: str) -> None:
    """The message has examples."""
    with pytest.raises(SpecwireCodegenError, match="write it like 100ms"):
        parse_latency(text)


def test_a_flaky_server_fails_a_fifth_of_requests_the_same_way_for_a_seed() -> None:
    """With statuses and closed connections."""
    flaky = Profile("flaky")
    drawn = [flaky.due(Faults(), 1, index) for index in range(2000)]
    assert drawn == [flaky.due(Faults(), 1, index) for index in range(2000)]
    assert drawn != [flaky.due(Faults(), 2, index) for index in range(2000)]
    kinds = Counter((one.status, one.cut) for one in drawn if one.fails)
    assert 300 < sum(kinds.values()) < 500
    assert {(500, None), (503, None), (429, None), (None, "headers"), (None, "body")} == set(kinds)


def test_a_random_latency_is_between_its_bounds() -> None:
    """And differs from request to request."""
    delays = {Profile(latency=(0.05, 0.2)).due(Faults(), 0, index).delay for index in range(50)}
    assert len(delays) == 50 and min(delays) >= 0.05 and max(delays) <= 0.2


@pytest.mark.parametrize("profile", [Profile("flaky"), Profile("slow"), Profile("down"), Profile(latency=(1, 2))])
def test_instructions_of_a_request_come_first(profile: Profile) -> None:
    """It gets the failure and the delay that it asks for."""
    asked = Faults(status=418, delay=0.25, pause=0.5)
    assert {asked} == {profile.due(asked, 0, index) for index in range(50)}


def test_a_client_that_retries_succeeds_on_a_flaky_server(document: dict[str, Any]) -> None:
    """In the end; a server that is down answers 503 only, and latency delays every reply."""
    headers = {"authorization": "Bearer test-key"}
    with (
        serve(build(document, profile=Profile("flaky"), seed=3)) as url,
        httpx2.Client(base_url=url, timeout=PATIENCE) as client,
    ):
        found: Counter[object] = Counter()
        for _ in range(40):
            try:
                found[client.get("/files", headers=headers).status_code] += 1
            except httpx2.TransportError:
                found["closed"] += 1
        assert found[200] >= 20 and sum(found.values()) > found[200]
    with serve(build(document, profile=Profile("down", (0.1, 0.1)))) as url:
        started = time.monotonic()
        response = httpx2.get(f"{url}/files", headers=headers, timeout=PATIENCE)
        assert (503, "1") == (response.status_code, response.headers["retry-after"])
        assert time.monotonic() - started >= 0.1
