"""Runs on Ray, for an interpreter that has it: `ray_runs.py FOLDER` prints what came of them as JSON."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import ray
import ray.data
from specwire import bulk
from specwire_clients.mistral import AsyncMistral

from tests.runtime.cluster.cluster_calls import KEY, CountingServer, build, client_on_worker, results, rows

OPTIONS: dict[str, Any] = {"build": build, "id": "key", "concurrency": 8, "progress": False, "workers": 2}


def dataset(count: int, blocks: int) -> Any:
    """Return numbered rows in blocks."""
    return ray.data.from_items(rows(count), override_num_blocks=blocks)


def kill_an_actor(server: CountingServer) -> None:
    """Kill one of the processes that make calls, in the middle of its partition."""
    server.wait_for(150)
    listed = subprocess.run(["pgrep", "-f", "ray::MapWorker"], capture_output=True, text=True, check=True)
    os.kill(int(listed.stdout.split()[0]), signal.SIGKILL)


def refused(**options: Any) -> str:
    """Return the message of a run that fails."""
    try:
        bulk.run(dataset(10, 1), **{"client": AsyncMistral, "sink": "out.parquet", **OPTIONS, **options})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("the run ended without an error")


def main(folder: Path) -> dict[str, Any]:
    """Return what came of all runs."""
    out, found = folder / "out.parquet", dict[str, Any]()
    with CountingServer() as server:
        os.environ |= {"MISTRAL_BASE_URL": server.url, "MISTRAL_API_KEY": KEY}
        ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False)
        server.failing |= {"q7"}
        killer = threading.Thread(target=kill_an_actor, args=(server,))
        killer.start()
        first = bulk.run(dataset(600, 4), client_on_worker, sink=out, **OPTIONS)
        killer.join()
        found["first"] = [first.succeeded + first.skipped, first.failed, server.calls.total()]
        found["failed"] = [one["id"] for one in bulk.read(f"{out}.failed.jsonl")]
        server.calls.clear()
        again = bulk.run(dataset(620, 7), client_on_worker, sink=out, **OPTIONS)  # more rows, in other blocks
        found["again"] = [again.succeeded, again.failed, again.skipped, server.calls.total()]
        server.failing.clear()
        last = bulk.run(
            dataset(620, 3),
            client_on_worker,
            sink=out,
            retry_failed=True,
            rate=bulk.Rate(requests_per_minute=600),
            **OPTIONS,
        )
        found["last"] = [last.succeeded, last.failed, last.skipped]
        found["has_failures"] = os.path.exists(f"{out}.failed.jsonl")
        found["results"] = results(out)
        found["refused"] = {
            "no id": refused(id=None),
            "ordered": refused(ordered=True),
            "unknown id": refused(id="other", sink=folder / "other.parquet"),
            "key": refused(client=functools.partial(AsyncMistral, KEY)),
            "instance": refused(client=AsyncMistral(KEY)),
            "client": refused(client=functools.partial(AsyncMistral, base_url="x"), sink=folder / "url.parquet"),
        }
        ray.shutdown()
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
