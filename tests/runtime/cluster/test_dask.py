"""Runs on Dask: a local cluster of several processes, some of which are killed."""

from __future__ import annotations

import functools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import dask.bag as dask_bag
import dask.dataframe as dask_frames
import distributed
import pandas
import pytest
from dask.delayed import delayed
from specwire import bulk
from specwire.errors import AuthenticationError, ConfigurationError, SpecwireError
from specwire_clients.mistral import AsyncMistral, Mistral

from tests.runtime.cluster.cluster_calls import (
    KEY,
    CountingServer,
    build,
    client_on_worker,
    expected,
    made_clients,
    results,
    rows,
    set_key,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]
BAGS: Any = dask_bag
FRAMES: Any = dask_frames
DISTRIBUTED: Any = distributed
OPTIONS: dict[str, Any] = {"build": build, "id": "key", "concurrency": 8, "progress": False}


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    with CountingServer() as server:
        yield server


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def cluster(server: CountingServer, made: Path) -> Iterator[Any]:
    """A cluster whose workers have the key; the driver does not."""
    environment = {"MISTRAL_API_KEY": KEY, "MISTRAL_BASE_URL": server.url, "CLIENTS_MADE": str(made)}
    with (
        DISTRIBUTED.LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None, env=environment) as workers,
        DISTRIBUTED.Client(workers) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def _afresh(server: CountingServer, made: Path) -> None:
    server.calls.clear()
    server.times.clear()
    server.failing.clear()
    for each in made.iterdir():
        each.unlink()


def bag(count: int, partitions: int) -> Any:
    return BAGS.from_sequence(rows(count), npartitions=partitions)


def frame(count: int, partitions: int) -> Any:
    return FRAMES.from_pandas(pandas.DataFrame(rows(count)), npartitions=partitions)


def delayed_parts(count: int, partitions: int) -> Any:
    size = count // partitions
    return [delayed(rows)(size, size * number) for number in range(partitions)]


@pytest.mark.parametrize("collection", [bag, frame, delayed_parts])
def test_every_row_of_a_collection_is_called_once(
    collection: Callable[[int, int], Any], cluster: Any, server: CountingServer, made: Path, tmp_path: Path
) -> None:
    """One client per process makes the calls of all its partitions, and a second run makes none."""
    out = tmp_path / "out.parquet"
    report = bulk.run(collection(120, 6), client_on_worker, sink=out, **OPTIONS)
    assert (report.succeeded, report.failed, report.skipped, report.input_tokens) == (120, 0, 0, 1200)
    assert results(out) == expected(120)
    processes = list(made_clients(made))
    assert len(processes) == len(set(processes)) <= 2
    again = bulk.run(collection(120, 6), client_on_worker, sink=out, **OPTIONS)
    assert (again.succeeded, again.skipped) == (0, 120)
    assert set(server.calls.values()) == {1}


def test_synchronous_clients_work_too(cluster: Any, server: CountingServer, tmp_path: Path) -> None:
    report = bulk.run(bag(40, 4), Mistral, sink=tmp_path / "out.parquet", **OPTIONS)
    assert report.succeeded == 40


def test_a_killed_worker_loses_and_doubles_no_row(cluster: Any, server: CountingServer, tmp_path: Path) -> None:
    """Dask runs its partitions again; only calls that were in flight in that process are made twice."""
    count, out = 600, tmp_path / "out.parquet"
    pids = list(cluster.run(os.getpid).values())

    def kill() -> None:
        server.wait_for(150)
        os.kill(pids[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    report = bulk.run(bag(count, 6), client_on_worker, sink=out, **OPTIONS)
    killer.join()
    assert results(out) == expected(count)
    assert report.succeeded + report.skipped == count
    assert server.calls.total() - count <= OPTIONS["concurrency"]
    cluster.wait_for_workers(2, timeout=30)


def test_all_workers_share_one_rate(cluster: Any, server: CountingServer, tmp_path: Path) -> None:
    """Two workers together send what the limit allows."""
    rate = bulk.Rate(requests_per_minute=3000)
    bulk.run(bag(200, 8), client_on_worker, sink=tmp_path / "out.parquet", rate=rate, **OPTIONS)
    seconds = max(server.times) - min(server.times)
    assert len(server.times) == 200
    assert seconds >= (200 - 2 * 50) / 50  # a second's worth in advance, and one in a lease


def test_failed_rows_are_collected_and_called_again(cluster: Any, server: CountingServer, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    server.failing |= {"q3", "q33"}
    report = bulk.run(bag(40, 4), client_on_worker, sink=out, **OPTIONS)
    failures = list(bulk.read(f"{out}.failed.jsonl"))
    assert (report.succeeded, report.failed) == (38, 2)
    assert {(one["id"], one["error"], one["input"]["text"]) for one in failures} == {
        ("row-3", "BadRequestError", "q3"),
        ("row-33", "BadRequestError", "q33"),
    }
    server.failing.clear()
    again = bulk.run(bag(40, 4), client_on_worker, sink=out, retry_failed=True, **OPTIONS)
    assert (again.succeeded, again.failed, again.skipped) == (2, 0, 38)
    assert results(out) == expected(40)
    assert not Path(f"{out}.failed.jsonl").exists()


def test_a_worker_without_the_key_ends_the_run(cluster: Any, tmp_path: Path) -> None:
    cluster.run(set_key, "")
    try:
        with pytest.raises(ConfigurationError, match="a worker cannot make its client.* needs an API key"):
            bulk.run(bag(10, 2), AsyncMistral, sink=tmp_path / "out.parquet", **OPTIONS)
    finally:
        cluster.run(set_key, KEY)


def test_a_wrong_key_ends_the_run(cluster: Any, server: CountingServer, tmp_path: Path) -> None:
    """The error has its type, and no worker goes on."""

    def refuse(received: Any) -> Any:
        server.calls["?"] += 1
        return [b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"]

    usual, server.respond = server.respond, refuse
    try:
        with pytest.raises(AuthenticationError):
            bulk.run(bag(2000, 4), client_on_worker, sink=tmp_path / "out.parquet", **OPTIONS)
    finally:
        server.respond = usual
    assert server.calls.total() < 200


def test_another_input_is_refused(cluster: Any, tmp_path: Path) -> None:
    """Other rows, and another number of partitions."""
    out = tmp_path / "out.parquet"
    bulk.run(bag(40, 4), client_on_worker, sink=out, **OPTIONS)
    with pytest.raises(SpecwireError, match="of a run on Dask with 4 partitions, not on Dask with 2 partitions"):
        bulk.run(bag(40, 2), client_on_worker, sink=out, **OPTIONS)
    other = BAGS.from_sequence(rows(40, 1), npartitions=4)
    with pytest.raises(SpecwireError, match="are not those of the journal"):
        bulk.run(other, client_on_worker, sink=out, **OPTIONS)


def test_keys_never_reach_the_scheduler(cluster: Any, tmp_path: Path) -> None:
    """Neither clients nor functions that contain a key are sent."""
    out = tmp_path / "out.parquet"
    with pytest.raises(ConfigurationError, match="not sent to workers: give a function"):
        bulk.run(bag(4, 2), AsyncMistral(KEY), sink=out, **OPTIONS)
    for made in (
        functools.partial(AsyncMistral, KEY),
        lambda: AsyncMistral(KEY),
        functools.partial(AsyncMistral, headers={"x-api-key": KEY}, api_key="other-key"),
    ):
        assert KEY.encode() in cloudpickle.dumps(made)
        with pytest.raises(ConfigurationError, match="contains its key"):
            bulk.run(bag(4, 2), made, sink=out, **OPTIONS)
    client = AsyncMistral(KEY)
    with pytest.raises(ConfigurationError, match="cannot be sent to workers"):
        bulk.run(
            bag(4, 2), AsyncMistral, sink=out, build=lambda row: client.chat.complete.request(model="m", messages=[])
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sink": print}, "the sink is a folder of Parquet files"),
        ({"sink": "out.jsonl"}, "it is a folder of Parquet files"),
        ({"journal": "x.journal"}, "leave out journal="),
        ({"concurrency": 0}, "concurrency is 0"),
        ({"client": 3}, "client is 3: give a function"),
        ({"client": dict}, "made a dict: let it return a client"),
    ],
)
def test_what_a_cluster_cannot_do_is_refused(
    options: dict[str, Any], message: str, cluster: Any, tmp_path: Path
) -> None:
    whole = {"client": client_on_worker, "sink": tmp_path / "out.parquet", **OPTIONS, **options}
    with pytest.raises(ConfigurationError, match=message):
        bulk.run(bag(4, 2), **whole)


def test_an_interrupted_run_stops_its_workers(cluster: Any, server: CountingServer, tmp_path: Path) -> None:
    """The calls that were sent get their outcome, and the next run continues."""
    out = tmp_path / "out.parquet"

    def interrupt(progress: bulk.Progress) -> None:
        raise KeyboardInterrupt

    options = {**OPTIONS, "progress": interrupt}
    parts = [delayed(rows)(10), delayed(rows)(590, 10)]
    server.seconds = 0.5  # too slow to finish before the interruption
    with pytest.raises(KeyboardInterrupt):
        bulk.run(parts, client_on_worker, sink=out, **options)
    server.seconds = 0.02
    report = bulk.run(parts, client_on_worker, sink=out, **OPTIONS)
    assert report.skipped >= 10
    assert report.succeeded > 0
    assert results(out) == expected(600)
    assert set(server.calls.values()) == {1}
