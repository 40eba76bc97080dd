"""Contract tests of one document against its own mock server, in a separate process."""

from __future__ import annotations

import random
import sys
import tempfile
import time
import warnings
from pathlib import Path

import msgspec
from specwire_codegen.contract.values.exchange import Exchange, text_of


class Checked(msgspec.Struct, frozen=True):
    """Result of one document."""

    name: str
    operations: int = 0
    """Operations of the document."""
    checked: int = 0
    cases: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Parts that could not be checked, and the reasons."""
    error: str = ""
    seconds: float = 0.0


def check(file: Path, operations: int, examples: int, seed: int) -> Checked:
    """Check a sample of a document's operations against its mock server."""
    from specwire_codegen.contract.run import check_mock
    from specwire_codegen.contract.subject import subject_of_document
    from specwire_codegen.diagnostics import SpecwireCodegenError
    from specwire_codegen.files.access import Access

    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            subject = subject_of_document(str(file), Access(), Path(folder))
        except SpecwireCodegenError as problem:
            return Checked(file.name, error=str(problem))
        ids = [*subject.operation_ids]
        chosen = sorted(random.Random(seed).sample(ids, min(operations, len(ids))), key=ids.index)
        found = check_mock(subject, examples, lambda *_: None, chosen)
    return Checked(
        file.name,
        len(ids),
        found.checked,
        sum(row.tried for row in found.rows),
        tuple(f"{operation_id}: {finding}{_evidence(finding.exchange)}" for operation_id, finding in found.findings),
        tuple(f"{row.operation_id}: {row.note}" for row in found.rows if row.note),
        seconds=round(time.process_time() - started, 1),
    )


def _evidence(exchange: Exchange | None) -> str:
    if exchange is None:
        return ""
    return f" | {exchange.curl} | {exchange.status} {text_of(exchange.response_body)[:300]}"


if __name__ == "__main__":
    done = check(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
