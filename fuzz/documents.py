"""Fuzz target: a real document, changed a little by chance, becomes a whole client or is refused with a message.

    SPECWIRE_CORPUS=folder python -m fuzz.documents [--seconds 600] [--first 0] [--only SEED] [--types] [--into FOLDER]

An input is a number, so that what it finds can be had again with `--only`; `--into` keeps documents and packages.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import yaml
from specwire_codegen.contract.client.time_limit import TimeLimitExceeded, within
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.incremental import generate
from specwire_codegen.project import single

from bench.corpus import mypy_errors

from .flaws import flaws, unclear, unstable
from .mutations import SINGLE, Data, merged, reduced, split

CASES = Path(__file__).parents[1] / "tests" / "cases" / "positive"
PATIENCE = 60
"""Time limit of a document in seconds."""
BATCH = 20
"""Number of packages per run of mypy."""


class Mutant(msgspec.Struct, frozen=True):
    """Mutated document, and its mutations."""

    seed: int
    origin: str
    changes: tuple[str, ...]
    document: Data
    beside: Data | None
    is_yaml: bool

    @property
    def text(self) -> str:
        """Return all text of the document."""
        return json.dumps([self.document, self.beside], ensure_ascii=False)

    def write(self, folder: Path) -> Path:
        """Write the document and its other files; return its path."""
        if self.beside is not None:
            (folder / "beside.json").write_text(json.dumps(self.beside), "utf-8")
        path = folder / ("spec.yaml" if self.is_yaml and self.beside is None else "spec.json")
        as_json = path.suffix == ".json"
        path.write_text(
            json.dumps(self.document) if as_json else yaml.safe_dump(self.document, sort_keys=False), "utf-8"
        )
        return path


class Outcome(msgspec.Struct, frozen=True):
    """Result for a mutant; it is correct if `findings` is empty."""

    seed: int
    origin: str
    changes: tuple[str, ...]
    refused: tuple[str, ...] = ()
    """Codes of the errors that reject the document."""
    message: str = ""
    findings: tuple[str, ...] = ()
    operations: int = 0
    package: str = ""


def sources(corpus: str | None) -> tuple[Path, ...]:
    """Return the original documents: those of a corpus, or of the tests if there is none."""
    found = Path(corpus, "dev").iterdir() if corpus else CASES.glob("*/spec.yaml")
    return tuple(sorted(path for path in found if path.suffix in (".json", ".yaml")))


@cache
def loaded(path: Path) -> Data:
    """Return a document as written, with texts as keys."""
    text = path.read_text("utf-8")
    data = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    document: Data = json.loads(json.dumps(data, default=str))
    return document


def mutant(seed: int, among: Sequence[Path]) -> Mutant:
    """Return the mutant of a seed: the same for the same documents."""
    chance = Random(seed)
    source = chance.choice(among)
    document = reduced(loaded(source), chance, chance.choice([10] * 15 + [100]))
    changes: list[str] = []
    if chance.random() < 0.05:
        other = chance.choice(among)
        if ("swagger" in loaded(other)) == ("swagger" in document):
            document = merged(document, reduced(loaded(other), chance))
            changes.append(f"merged {other.name}")
    for _ in range(chance.choice([1, 1, 1, 2, 2, 3, 4])):
        mutation = chance.choice(SINGLE)
        before = copy.deepcopy(document)
        try:
            changes.append(mutation.__name__ if mutation(document, chance) else f"no {mutation.__name__}")
        except (
            AttributeError,
            IndexError,
            KeyError,
            TypeError,
        ):  # earlier mutations may not fit
            document = before
    beside: Data | None = None
    if chance.random() < 0.05:
        try:
            document, beside = split(document, chance)
            changes.append("split")
        except (AttributeError, TypeError):
            beside = None
    document = json.loads(json.dumps(document))
    return Mutant(seed, source.name, tuple(changes), document, beside, chance.random() < 0.1)


def outcome(made: Mutant, folder: Path, package: str) -> Outcome:
    """Generate a mutant as `folder/package` and check the result."""
    whole = Outcome(made.seed, made.origin, made.changes)
    beside = folder / f"{package}_spec"
    beside.mkdir()
    spec = made.write(beside)
    try:
        with within(PATIENCE):
            target = single(spec, package, folder)
            generated = generate(target, force=True)
            found = (*flaws(made.document, made.text, package, generated.warnings), *unstable(target))
    except DiagnosticError as problem:
        errors = [each for each in problem.diagnostics if each.severity == "error"]
        codes = tuple(sorted({each.code for each in errors}))
        return msgspec.structs.replace(whole, refused=codes, message=str(problem), findings=tuple(unclear(errors)))
    except TimeLimitExceeded:
        return msgspec.structs.replace(whole, findings=(f"hang: {traceback.format_exc()[-1500:]}",))
    except Exception as problem:
        frame = traceback.extract_tb(problem.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.name}"
        text = f"traceback: {type(problem).__name__} in {place}: {str(problem)[:300]}\n{traceback.format_exc()[-2500:]}"
        return msgspec.structs.replace(whole, findings=(text,))
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
    return msgspec.structs.replace(whole, findings=found, package=package)


def run(seeds: Iterable[int], among: Sequence[Path], folder: Path, *, types: bool, keep: bool) -> Iterator[Outcome]:
    """Check mutants and yield their results; findings of mypy follow those of the batch."""
    waiting: list[Outcome] = []
    sys.path.insert(0, str(folder))
    for seed in seeds:
        package = f"m{seed}"
        one = outcome(mutant(seed, among), folder, package)
        yield one
        if types and one.package and not one.findings:
            waiting.append(one)
        elif not keep:
            discard(folder, package)
        if len(waiting) == BATCH:
            yield from checked(waiting, folder)
            for each in waiting if not keep else ():
                discard(folder, each.package)
            waiting = []
    yield from checked(waiting, folder)


def discard(folder: Path, package: str) -> None:
    """Remove the files of a mutant."""
    for name in (package, f"{package}_spec"):
        shutil.rmtree(folder / name, ignore_errors=True)


def checked(made: list[Outcome], folder: Path) -> Iterator[Outcome]:
    """Yield the results in which mypy --strict finds something."""
    errors = mypy_errors(folder, [one.package for one in made]) if made else {}
    for one in made:
        if errors[one.package]:
            found = tuple(f"mypy: {error}" for error in errors[one.package][:3])
            yield msgspec.structs.replace(one, findings=found)


def until(end: float, first: int) -> Iterator[int]:
    """Yield numbers until a time."""
    while time.monotonic() < end:
        yield first
        first += 1


def main() -> int:
    """Check mutants for a while, print findings and a summary, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.documents", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--only", type=int, action="append", help="try one number, and keep what comes")
    parser.add_argument("--types", action="store_true", help="let mypy see what comes")
    parser.add_argument("--into", type=Path, help="keep documents and packages here")
    parser.add_argument("--refusals", action="store_true", help="print the documents that were refused, and why")
    options = parser.parse_args()
    refusals: Counter[str] = Counter()
    tried = flawed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.into or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        seeds = iter(options.only) if options.only else until(time.monotonic() + options.seconds, options.first)
        for one in run(
            seeds,
            sources(os.environ.get("SPECWIRE_CORPUS")),
            folder,
            types=options.types,
            keep=options.into is not None,
        ):
            tried += not any(each.startswith("mypy") for each in one.findings)
            flawed += bool(one.findings)
            refusals.update(one.refused)
            head = f"{one.seed} {one.origin} {', '.join(one.changes)}"
            for each in one.findings:
                print(f"FOUND {head}\n  {each}", flush=True)
            if options.refusals and one.refused:
                print(f"REFUSED {head}\n{one.message}", flush=True)
    print(f"{tried} documents, {sum(refusals.values())} errors {dict(refusals.most_common())}, {flawed} with findings")
    return 1 if flawed else 0


if __name__ == "__main__":
    sys.exit(main())
