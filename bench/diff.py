"""`specwire diff` on published histories, with mypy as the judge.

    SPECWIRE_HISTORY=folder python -m bench.diff [DOCUMENT...] > bench/diff.md

Each adjacent pair of versions is compared forwards and backwards. Code that uses everything in one client is checked by
mypy against the other; each error must be explained by a change that is reported as breaking.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.project import single

from tests.codegen.diff.judging import Client, Pair, Verdict, generate, judged

_HEAD = """\
# Changes between published versions

`specwire diff` on adjacent versions of public documents, forwards and backwards, with mypy as the judge: code that calls
every method with all its arguments and with the required ones, reads every field and makes every request object of one
version is checked against the client of the other. A row counts pairs, changes by severity, errors of mypy, and errors
that no breaking change explains. Written by `python -m bench.diff`.

| document | pairs | breaking | risky | safe | errors of mypy | not called breaking |
|---|---|---|---|---|---|---|"""


def versions(folder: Path, document: str) -> list[Path]:
    """Return the versions of a document, oldest first."""
    return sorted(path for path in (folder / document).iterdir() if path.suffix in (".yaml", ".json"))


def pairs(specs: Sequence[Path], folder: Path) -> Iterator[Pair]:
    """Generate the clients of all versions, and yield adjacent pairs in both directions."""
    last: Client | None = None
    names = folder / "client.toml"
    names.write_text('[client]\nclass = "Vendor"\n', "utf-8")  # a name of the package would differ in each version
    for number, spec in enumerate(specs):
        try:
            client = generate(attrs.evolve(single(spec, f"version{number}", folder), config=names))
        except SpecwireCodegenError as problem:
            print(f"{spec}: {problem}", file=sys.stderr)
            continue
        if last is not None:
            yield Pair(f"{last.package} to {client.package}", last, client)
            yield Pair(f"{client.package} to {last.package}", client, last)
        last = client


def verdicts(folder: Path, document: str, first: int = 0, count: int | None = None) -> list[Verdict]:
    """Return the verdicts on the pairs of a document, or on some of its versions."""
    with tempfile.TemporaryDirectory(prefix="specwire-diff-") as place:
        specs = versions(folder, document)[first : None if count is None else first + count]
        return judged(Path(place), list(pairs(specs, Path(place))))


def main() -> None:
    """Print the table."""
    folder = Path(os.environ["SPECWIRE_HISTORY"])
    names = sys.argv[1:] or sorted(path.name for path in folder.iterdir() if path.is_dir())
    print(_HEAD, flush=True)
    rows: list[tuple[int, ...]] = []
    for name in names:
        started = time.monotonic()
        found = verdicts(folder, name)
        counts = [
            sum(change.severity == each for verdict in found for change in verdict.changes) for each in _SEVERITIES
        ]
        errors = sum(verdict.errors for verdict in found)
        missing = [line for verdict in found for line in verdict.unreported]
        rows.append((len(found), *counts, errors, len(missing)))
        print(f"| {name} | {' | '.join(f'{number:,}' for number in rows[-1])} |", flush=True)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
        for verdict in found:
            for line in verdict.unreported:
                print(f"  {verdict.name}: {line}", file=sys.stderr, flush=True)
    print(f"| all | {' | '.join(f'{sum(column):,}' for column in zip(*rows, strict=True))} |")


_SEVERITIES = ("breaking", "risky", "safe")

if __name__ == "__main__":
    main()
