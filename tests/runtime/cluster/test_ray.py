"""Runs on a local Ray of several processes, one of which is killed; in an environment of its own, since Ray is large."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.cluster.cluster_calls import expected
from tests.support.paths import ROOT

PYTHON = Path(sys.prefix) / "ray/bin/python"
SECONDS = 240

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(not PYTHON.is_file(), reason="Ray is not installed: run `make ray`"),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of all runs; processes of Ray otherwise have the lowest priority."""
    folder = tmp_path_factory.mktemp("ray")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RAY_worker_niceness": "0",
        "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    }
    script = Path(__file__).with_name("ray_runs.py")
    done = subprocess.run(
        [PYTHON, str(script), str(folder)], env=environment, capture_output=True, text=True, timeout=SECONDS, cwd=folder
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_a_killed_actor_loses_and_doubles_no_row(found: dict[str, Any]) -> None:
    """Only calls that were in flight in the killed process are made twice."""
    rows, failed, calls = found["first"]
    assert rows + failed == 600
    assert failed <= 1
    assert 600 <= calls <= 608
    assert found["failed"] == ["row-7"]


def test_a_second_run_calls_only_new_rows(found: dict[str, Any]) -> None:
    """Rows are known by their ids, whatever the blocks are."""
    assert found["again"] == [20, 0, 600, 20]


def test_failed_rows_are_called_again(found: dict[str, Any]) -> None:
    assert found["last"] == [1, 0, 619]
    assert not found["has_failures"]
    assert found["results"] == expected(620)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("no id", "name the column with their ids"),
        ("ordered", "leave out ordered=True"),
        ("unknown id", "InvalidRequestError: a row has no value for the id 'other'"),
        ("key", "contains its key"),
        ("instance", "not sent to workers"),
        ("client", "ConfigurationError: a worker cannot make its client"),
    ],
)
def test_what_ray_cannot_do_is_refused(case: str, message: str, found: dict[str, Any]) -> None:
    assert message in found["refused"][case]
