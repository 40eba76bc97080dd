"""Check the clients of a folder of documents: the requests that they send, and how they read responses.

    SPECWIRE_CORPUS=folder python bench/conformance.py [--only GLOB] [--sample 25] [--operations 5] [--cases 3]

The folder has `dev/*.json` (or `.yaml`). Written: `bench/conformance.md`, and every problem as JSON lines.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from bench.conformance_sample import Document, Outcome, stated_version
from bench.corpus import BENCH, ROOTS, documents

TIMEOUT = 400
"""Default time limit of one document in seconds."""


class Amount(msgspec.Struct, frozen=True):
    """Number of operations and cases to check."""

    operations: int
    cases: int
    seconds: float
    """Time limit of one document."""


class Problem(msgspec.Struct, frozen=True):
    """Difference from the document."""

    document: str
    operation: str
    kind: str
    """`wire`, `response`, `undrawn`, or `document` if nothing could be checked."""
    what: str


def check_in_child(file: Path, package: str, folder: Path, amount: Amount) -> Document:
    """Check one document in a child process."""
    command = [sys.executable, "-m", "bench.conformance_sample", str(file), package, str(folder)]
    command += [str(amount.operations), str(amount.cases)]
    path = os.pathsep.join([*ROOTS, str(BENCH.parent)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    started = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=amount.seconds,
        )
    except subprocess.TimeoutExpired:
        return Document(file.name, stated_version(file), error=f"took more than {amount.seconds:g} s")
    if done.returncode != 0:
        return Document(file.name, stated_version(file), error=done.stderr.strip()[-2000:])
    found = msgspec.json.decode(done.stdout, type=Document)
    return msgspec.structs.replace(found, seconds=round(time.monotonic() - started, 1))


def problems(document: Document) -> Iterator[Problem]:
    """Yield the problems of a document's client, or the reason why it could not be checked."""
    if document.error:
        yield Problem(document.name, "", "document", document.error)
    for one in document.outcomes:
        for kind, found in (("wire", one.wrong), ("response", one.unequal), ("undrawn", one.undrawn)):
            yield from (Problem(document.name, one.operation_id, kind, what) for what in found)


def _noted(results: Iterable[Document], file: Path) -> Iterator[Document]:
    """Yield results as they arrive, and write their problems to a file at once."""
    with file.open("w", encoding="utf-8") as notes:
        for one in results:
            notes.writelines(msgspec.json.encode(problem).decode() + "\n" for problem in problems(one))
            notes.flush()
            yield one


def table(results: Sequence[Document], amount: Amount, day: str) -> str:
    """Return the result as Markdown, one row for each version of OpenAPI."""
    versions = sorted({one.version for one in results})
    rows = [_row(version, [one for one in results if one.version == version]) for version in versions]
    found = [problem for one in results for problem in problems(one)]
    lines = [
        f"# Emitted clients on the wire, {day}",
        "",
        f"{len(results)} documents, at most {amount.operations} operations of each, chosen for their variety, with at",
        f"most {amount.cases} drawn calls and responses each; every third call is made with the asynchronous client. A",
        "call is right when method, host, path, query, headers, cookies and body arrive as documented, an",
        "response, or an error that the document describes, when what the client decoded encodes back equal. Operations",
        "are relaxed where no values could be found in ten seconds of work that meet the bounds, patterns and `oneOf` of",
        "their schemas, which a client does not check: they are tried with values that need not.",
        "",
        "| OpenAPI | documents | operations tried | requests as documented | responses equal | "
        "operations relaxed | operations not drawable | seconds |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        _row("**all**", results),
        "",
        "## What falls short",
        "",
    ]
    lines += [f"- `{one.document}` {one.operation} ({one.kind}): {_short(one.what)}" for one in _firsts(found)]
    return "\n".join([*lines, *([] if found else ["Nothing."]), ""])


def _row(name: str, results: Sequence[Document]) -> str:
    outcomes: list[Outcome] = [outcome for one in results for outcome in one.outcomes]
    cells = [
        name,
        f"{sum(1 for one in results if not one.error)} of {len(results)}",
        len(outcomes),
        _part(sum(one.right for one in outcomes), sum(one.cases for one in outcomes)),
        _part(sum(one.equal for one in outcomes), sum(one.responses for one in outcomes)),
        sum(one.relaxed for one in outcomes),
        sum(1 for one in outcomes if one.undrawn),
        round(sum(one.seconds for one in results)),
    ]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _part(count: int, whole: int) -> str:
    """Return a count, a total and the percentage, which is 100 only if all are counted."""
    return f"{count} of {whole} ({count * 10000 // whole / 100:.2f} %)" if 0 < count < whole else f"{count} of {whole}"


def _firsts(found: Sequence[Problem]) -> list[Problem]:
    """Return the first problem of each kind of each operation."""
    return list({(one.document, one.operation, one.kind): one for one in reversed(found)}.values())[::-1]


def _short(text: str) -> str:
    line = text.partition("\n")[0].replace("|", "\\|").replace("`", "'")
    return line if len(line) <= 200 else f"{line[:200]}..."


def main() -> None:
    """Parse the command line, run, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="documents to take, by a pattern of their names")
    parser.add_argument("--sample", type=int, help="take so many of these documents, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=5, help="operations of each document, at most")
    parser.add_argument("--cases", type=int, default=3, help="calls and responses of each operation, at most")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=TIMEOUT, help="seconds for one document")
    parser.add_argument("--into", type=Path, default=BENCH, help="folder for the table and the problems")
    arguments = parser.parse_args()
    if "SPECWIRE_CORPUS" not in os.environ:
        parser.exit(2, "SPECWIRE_CORPUS is not set: name the folder that has dev/ with the documents\n")
    files = documents(Path(os.environ["SPECWIRE_CORPUS"]), arguments.only)
    if arguments.sample is not None and arguments.sample < len(files):
        files = sorted(random.Random(arguments.seed).sample(files, arguments.sample))
    amount = Amount(arguments.operations, arguments.cases, arguments.limit)
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(arguments.jobs) as pool:
        names = [f"p{number:03}" for number in range(len(files))]
        coming = pool.map(lambda file, name: check_in_child(file, name, Path(scratch), amount), files, names)
        arguments.into.mkdir(parents=True, exist_ok=True)
        results = list(_noted(coming, arguments.into / "conformance.jsonl"))
    text = table(results, amount, time.strftime("%Y-%m-%d"))
    (arguments.into / "conformance.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
