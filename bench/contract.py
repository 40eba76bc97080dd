"""Run the contract tests of a folder of documents, each against its own mock server, and write one table.

    SPECWIRE_CORPUS=folder python -m bench.contract [--only GLOB] [--sample 20] [--operations 6] [--examples 2]

The folder has `dev/*.json` (or `.yaml`). SPECWIRE_VENDORS and SPECWIRE_HISTORY, where set, add documents that vendors publish
and `--versions` versions of each history. Written: `contract.md`, and every result as JSON lines, in the folder `--into`.
"""

from __future__ import annotations

import argparse
import fnmatch
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


class Document(msgspec.Struct, frozen=True):
    """A document to check."""

    name: str
    file: Path
    seed: int = 1
    """Seed of the sample of operations; versions of one document have different ones."""


class Amount(msgspec.Struct, frozen=True):
    """Number of operations and examples of one document, and its time limit in seconds of the processor."""

    operations: int
    examples: int
    seconds: float


def published(vendors: Path) -> Iterator[Document]:
    """Yield the documents that vendors publish."""
    for file in sorted(vendors.glob("*/openapi.*")):
        yield Document(f"{file.parent.name}/{file.name}", file)


def versions(histories: Path, count: int, others: Iterable[Document]) -> Iterator[Document]:
    """Yield versions of each history, evenly spaced from the oldest to the newest, none equal to another document."""
    seen = {one.file.read_bytes() for one in others}
    for folder in sorted(path for path in histories.iterdir() if path.is_dir()):
        distinct: dict[bytes, tuple[int, Path]] = {}
        for number, file in enumerate(sorted(folder.iterdir())):
            if (text := file.read_bytes()) not in seen:
                distinct.setdefault(text, (number, file))
        found = [*distinct.values()]
        last = len(found) - 1
        places = range(last + 1) if count > last else sorted({round(n * last / (count - 1)) for n in range(count)})
        for number, file in (found[place] for place in places):
            yield Document(f"{folder.name}/{file.name}", file, number + 1)


def chosen(arguments: argparse.Namespace) -> list[Document]:
    """Return the documents that the command line and the environment name."""
    found = []
    if "SPECWIRE_CORPUS" in os.environ:
        found += [Document(file.name, file) for file in documents(Path(os.environ["SPECWIRE_CORPUS"]), "*")]
    if "SPECWIRE_VENDORS" in os.environ:
        found += published(Path(os.environ["SPECWIRE_VENDORS"]))
    if "SPECWIRE_HISTORY" in os.environ:
        found += versions(Path(os.environ["SPECWIRE_HISTORY"]), arguments.versions, found)
    found = [one for one in found if fnmatch.fnmatch(one.name, arguments.only)]
    if arguments.sample is None or arguments.sample >= len(found):
        return found
    return sorted(random.Random(arguments.seed).sample(found, arguments.sample), key=found.index)


def check_in_child(document: Document, amount: Amount) -> Checked:
    """Check one document in a child process."""
    command = [sys.executable, "-m", "bench.contract_one", str(document.file), str(amount.operations)]
    command += [str(amount.examples), str(document.seed)]
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
        return Checked(document.name, error=f"took more than {amount.seconds:g} s", seconds=amount.seconds)
    if done.returncode == -signal.SIGXCPU:
        return Checked(document.name, error=f"took more than {amount.seconds:g} s", seconds=amount.seconds)
    if done.returncode != 0:
        return Checked(document.name, error=(done.stderr.strip() or f"exit code {done.returncode}")[-2000:])
    return msgspec.structs.replace(msgspec.json.decode(done.stdout, type=Checked), name=document.name)


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
        "| documents | without a finding | operations checked | cases | seconds of the processor |",
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
    parser.add_argument("--versions", type=int, default=4, help="versions of each history, at most (at least 2)")
    parser.add_argument("--operations", type=int, default=6, help="operations of each document, at most")
    parser.add_argument("--examples", type=int, default=2, help="examples for each check of an operation")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=300, help="seconds of the processor for one document")
    parser.add_argument("--into", type=Path, default=BENCH, help="folder for the table and the results")
    arguments = parser.parse_args()
    found = chosen(arguments)
    if not found:
        parser.exit(2, "no documents: set SPECWIRE_CORPUS to the folder that has dev/ with the documents\n")
    amount = Amount(arguments.operations, arguments.examples, arguments.limit)
    arguments.into.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        coming = pool.map(lambda one: check_in_child(one, amount), found)
        results = [*_noted(coming, arguments.into / "contract.jsonl")]
    text = table(results, amount, time.strftime("%Y-%m-%d"))
    (arguments.into / "contract.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
