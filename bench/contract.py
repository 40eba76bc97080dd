"""Run the contract tests of a folder of documents, each against its own mock server, and write one table.

    SPECWIRE_CORPUS=folder python bench/contract.py [--only GLOB] [--sample 20] [--operations 6] [--examples 2]

The folder has `dev/*.json` (or `.yaml`). Written: `bench/contract.md`, and every result as JSON lines.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from bench.contract_one import Checked
from bench.corpus import BENCH, ROOTS, documents

_MEMORY = 6 * 1024**3
"""Address space of one document's process, in bytes."""


_WAITING = 8
"""Longest time of one document, as a multiple of its processor time: other programs may run."""


class Amount(msgspec.Struct, frozen=True):
    """Number of operations and examples of one document, and its time limit in seconds of the processor."""

    operations: int
    examples: int
    seconds: float


def check_in_child(file: Path, amount: Amount) -> Checked:
    """Check one document in a child process."""
    command = [sys.executable, "-m", "bench.contract_one", str(file), str(amount.operations), str(amount.examples)]
    path = os.pathsep.join([*ROOTS, str(BENCH.parent)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=amount.seconds * _WAITING,
            preexec_fn=lambda: _limit(amount),
        )
    except subprocess.TimeoutExpired:
        return Checked(file.name, error=f"took more than {amount.seconds:g} s", seconds=amount.seconds)
    if done.returncode == -signal.SIGXCPU:
        return Checked(file.name, error=f"took more than {amount.seconds:g} s", seconds=amount.seconds)
    if done.returncode != 0:
        return Checked(file.name, error=(done.stderr.strip() or f"exit code {done.returncode}")[-2000:])
    return msgspec.json.decode(done.stdout, type=Checked)


def _limit(amount: Amount) -> None:
    seconds = round(amount.seconds)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


def _noted(results: Iterable[Checked], file: Path) -> Iterator[Checked]:
    """Yield results as they arrive, and write them to a file at once."""
    with file.open("w", encoding="utf-8") as notes:
        for one in results:
            notes.write(msgspec.json.encode(one).decode() + "\n")
            notes.flush()
            yield one


def table(results: Sequence[Checked], amount: Amount, day: str) -> str:
    """Return the result as Markdown."""
    good = [one for one in results if not one.problems and not one.error]
    checked = sum(one.checked for one in results)
    lines = [
        f"# Documents against their own mock servers, {day}",
        "",
        f"{len(results)} documents, at most {amount.operations} operations of each, {amount.examples} examples for each",
        "check: what `specwire contract DOCUMENT` does. schemathesis calls the mock server of the document, both clients",
        "send generated calls to it, and read generated responses.",
        "",
        "| documents | without a finding | operations checked | cases | seconds |",
        "|---|---|---|---|---|",
        f"| {len(results)} | {len(good)} | {checked:,} | {sum(one.cases for one in results):,} | "
        f"{sum(one.seconds for one in results):,.0f} |",
        "",
        "## Findings",
        "",
    ]
    bad = [one for one in results if one.problems or one.error]
    for one in bad:
        lines += [f"- `{one.name}`:"]
        lines += [f"  - {_short(each)}" for each in (one.error and (one.error,)) or one.problems[:6]]
    lines += [] if bad else ["None."]
    noted = [one for one in results if one.notes]
    lines += ["", "## Not checked", ""]
    lines += [f"- `{one.name}`: {_short('; '.join(one.notes))}" for one in noted] or ["Nothing."]
    return "\n".join([*lines, ""])


def _short(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    return line if len(line) <= 240 else f"{line[:240]}..."


def main() -> None:
    """Parse the command line, run, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="documents to take, by a pattern of their names")
    parser.add_argument("--sample", type=int, help="take so many of these documents, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=6, help="operations of each document, at most")
    parser.add_argument("--examples", type=int, default=2, help="examples for each check of an operation")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=300, help="seconds of the processor for one document")
    parser.add_argument("--into", type=Path, default=BENCH, help="folder for the table and the results")
    arguments = parser.parse_args()
    if "SPECWIRE_CORPUS" not in os.environ:
        parser.exit(2, "SPECWIRE_CORPUS is not set: name the folder that has dev/ with the documents\n")
    files = documents(Path(os.environ["SPECWIRE_CORPUS"]), arguments.only)
    if arguments.sample is not None and arguments.sample < len(files):
        files = sorted(random.Random(arguments.seed).sample(files, arguments.sample))
    amount = Amount(arguments.operations, arguments.examples, arguments.limit)
    arguments.into.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        coming = pool.map(lambda file: check_in_child(file, amount), files)
        results = [*_noted(coming, arguments.into / "contract.jsonl")]
    text = table(results, amount, time.strftime("%Y-%m-%d"))
    (arguments.into / "contract.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
