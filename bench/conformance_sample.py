"""Conformance of one document in a separate process: its client is generated and checked on a sample of operations."""

from __future__ import annotations

import json
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import attrs
import msgspec


class Outcome(msgspec.Struct, frozen=True):
    """Result of one operation."""

    operation_id: str
    cases: int
    right: int
    wrong: tuple[str, ...]
    responses: int
    equal: int
    unequal: tuple[str, ...]
    undrawn: tuple[str, ...]
    relaxed: bool


class Document(msgspec.Struct, frozen=True):
    """Results of one document."""

    name: str
    version: str = ""
    """Major and minor version of OpenAPI that it states."""
    operations: int = 0
    outcomes: tuple[Outcome, ...] = ()
    error: str = ""
    seconds: float = 0.0


def check_sample(file: Path, package: str, folder: Path, operations: int, cases: int, seconds: float = 10) -> Document:
    """Generate a document as `folder/package`, on the import path, and check it; `seconds` bounds each drawing."""
    from specwire_codegen.contract.client.time_limit import within
    from specwire_codegen.contract.sampled_check import SampledCheck, sample
    from specwire_codegen.contract.subject import subject_in
    from specwire_codegen.diagnostics import SpecwireCodegenError
    from specwire_codegen.generate import build
    from specwire_codegen.output.package import write
    from specwire_codegen.project import single

    started = time.monotonic()
    version = stated_version(file)
    target = single(file, package, folder)
    try:
        built = build(target)
    except SpecwireCodegenError as problem:
        return Document(file.name, version, error=str(problem))
    write(target.output, built.files)
    subject = subject_in(package, file.stem, json.loads(built.normalized), built.api)
    found = []
    with warnings.catch_warnings(), SampledCheck(subject, partial(within, seconds)) as trial:
        warnings.simplefilter("ignore")
        for operation in sample(built.api.operations, operations, seed=1):
            one = trial.run(operation, cases)
            found.append(Outcome(**attrs.asdict(one, recurse=False)))
    return Document(
        file.name,
        version,
        len(built.api.operations),
        tuple(found),
        seconds=round(time.monotonic() - started, 1),
    )


def stated_version(file: Path) -> str:
    """Return the OpenAPI version that a document states, as `3.0`."""
    from specwire_codegen.files.load import load

    data = load(file).data
    return ".".join(str(data.get("openapi", data.get("swagger", "?"))).split(".")[:2])


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[3])
    done = check_sample(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
