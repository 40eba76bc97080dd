"""Measure the runtime against its peers: `python bench/perf/run.py [--quick] [--only NAME]`.

Each peer works in an environment and a process of its own, all against one local server. They take turns (A B C, B C A,
...), and only the ratio of two figures of the same round counts, so that other load on the machine matters less.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import environments
import fixtures
from chart import chart
from plan import MEGABYTE, PEERS, SECTIONS, Peer, Section
from report import Samples, report
from server import serving

HERE = Path(__file__).parent


class Worker:
    """Process of a peer."""

    def __init__(self, command: list[str], variables: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
        )

    def ask(self, order: dict[str, Any]) -> dict[str, float]:
        """Send an order and return its cost."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended at {order}: see its message above")
        cost: dict[str, float] = json.loads(line)
        return cost

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


class Harness:
    """One run: the server, the peers' processes, how long each may work."""

    def __init__(self, envs: Path, origin: str, seconds: float, upload: int) -> None:
        self._envs = envs
        self._origin = origin
        self._seconds = seconds
        self._upload = upload
        self._workers: dict[str, Worker] = {}

    def sample(self, peer: Peer, section: Section) -> dict[str, float]:
        """Let a peer do the work of a section once and return its cost."""
        if section.group == "cold":
            command, variables = self._command(peer)
            done = subprocess.run([*command, "--cold"], env=variables, stdout=subprocess.PIPE, check=True, cwd=HERE)
            cost: dict[str, float] = json.loads(done.stdout)
            return cost
        if section.group in ("upload", "download"):
            # Growth of memory is visible only in a process that was never larger.
            worker = Worker(*self._command(peer))
            try:
                return worker.ask(self._order(peer, section))
            finally:
                worker.close()
        if peer.name not in self._workers:
            self._workers[peer.name] = Worker(*self._command(peer))
        return self._workers[peer.name].ask(self._order(peer, section))

    def _order(self, peer: Peer, section: Section) -> dict[str, Any]:
        order = {"seconds": self._seconds, **section.order}
        if section.group == "stream":
            order["events"] = fixtures.FEW_EVENTS if peer.slow else fixtures.EVENTS
            order["place"] = f"/few{order['place']}" if peer.slow else order["place"]
        if section.group == "upload":
            order |= {"size": self._upload, "path": str(Path(tempfile.gettempdir()) / f"specwire-{os.getpid()}.jsonl")}
        if section.group in ("upload", "crowd"):
            order["seconds"] = 0.0
        return order

    def _command(self, peer: Peer) -> tuple[list[str], dict[str, str]]:
        interpreter = environments.python(self._envs, peer.environment)
        variables = environments.variables(self._envs, peer.environment)
        return [str(interpreter), str(HERE / "worker.py"), peer.module, self._origin], variables

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers.values():
            worker.close()


def measure(envs: Path, sections: list[Section], rounds: int, seconds: float, upload: int) -> Samples:
    """Return the samples of each section and peer, one for each round."""
    samples: Samples = {section.name: {} for section in sections}
    with ExitStack() as stack:
        bench = Harness(envs, stack.enter_context(serving()), seconds, upload)
        stack.callback(bench.close)
        for section in sections:
            peers = [peer for peer in PEERS if section.group in peer.groups]
            if section.group == "cold":
                for peer in peers:
                    bench.sample(peer, section)  # of a new checkout or environment, the first process compiles modules
            for turn in range(rounds):
                first = turn % len(peers)
                for peer in peers[first:] + peers[:first]:
                    samples[section.name].setdefault(peer.name, []).append(bench.sample(peer, section))
            print(f"{section.name} done", file=sys.stderr)
    return samples


def machine(envs: Path, rounds: int, seconds: float) -> dict[str, str]:
    """Return the facts of machine and run that are needed to read the figures."""
    found: dict[str, str] = {}
    for name in environments.REQUIREMENTS:
        found |= environments.versions(envs, name)
    listed = ", ".join(f"{name} {found[name]}" for name in environments.SHOWN if name in found)
    return {
        "Machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "Python": platform.python_version(),
        "Packages": listed,
        "Rounds": f"{rounds}, {seconds} s of work each",
        "Load": f"{os.getloadavg()[1]:.1f} processes running on average, of which this bench needs up to two",
    }


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description="Measure the runtime of specwire against its peers.")
    parser.add_argument("--quick", action="store_true", help="three short rounds; prints the results, writes nothing")
    parser.add_argument("--only", metavar="NAME", help="only sections whose name begins so; writes nothing")
    parser.add_argument("--rounds", type=int, help="rounds (7, or 3 with --quick)")
    parser.add_argument(
        "--envs", type=Path, default=environments.FOLDER, help="where the environments of the peers are made"
    )
    arguments = parser.parse_args()
    envs: Path = arguments.envs.resolve()
    rounds: int = arguments.rounds or (3 if arguments.quick else 7)
    seconds = 0.2 if arguments.quick else 0.4
    upload = (128 if arguments.quick else 1024) * MEGABYTE
    measured = [section for section in SECTIONS if not section.of]
    sections = [section for section in measured if section.name.startswith(arguments.only or "")]
    if not sections:
        names = ", ".join(section.name for section in measured)
        parser.error(f"no section begins with {arguments.only}: there are {names}")
    for name in environments.REQUIREMENTS:
        environments.prepare(envs, name)
    samples = measure(envs, sections, rounds, seconds, upload)
    text = report(samples, machine(envs, rounds, seconds))
    print(text)
    if not arguments.quick and not arguments.only:
        (HERE / "results.md").write_text(text, encoding="utf-8")
        (HERE / "results.svg").write_text(chart(samples), encoding="utf-8")


if __name__ == "__main__":
    main()
