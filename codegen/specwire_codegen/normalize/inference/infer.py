"""Inference of pagination and jobs: certain guesses are written as extensions, the others are proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.normalize.guess import INFERRED, Guess
from specwire_codegen.normalize.inference.hints import stated_pages
from specwire_codegen.normalize.inference.jobs import guess_polling
from specwire_codegen.normalize.inference.pagination import guess_pages
from specwire_codegen.normalize.inference.reading import Schemas, target_of
from specwire_codegen.normalize.operations.operations import with_operations
from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi.objects import Node


def apply(data: Node, report: Report) -> Node:
    """Return the document with the pagination and the jobs that are certain."""
    schemas: Schemas = data.get("components", {}).get("schemas", {})

    def inferred(path: str, method: str, operation: Node) -> Node:
        name = str(operation.get("operationId", ""))
        for guess in guesses_at(path, method, operation, schemas, report.document.data):
            applied = guess.certain and report.inference.allows(guess.kind, name)
            report.guesses.append(attrs.evolve(guess, applied=applied, operation=name))
            if applied:
                reasons = {**operation.get(INFERRED, {}), guess.kind: guess.reason}
                operation = {**operation, guess.extension: dict(guess.value), INFERRED: reasons}
        return operation

    return with_operations(data, inferred)


def guesses_at(path: str, method: str, operation: Node, schemas: Schemas, source: Mapping[str, Any]) -> Iterator[Guess]:
    """Yield guesses at an operation; `source` is the document with the extensions of other generators."""
    if "x-specwire-unwrap" in operation:  # both need the whole response
        return
    target = target_of(operation, path, method)
    if "x-specwire-pagination" not in operation:
        stated = stated_pages(target, operation, schemas, source)
        yield from stated or guess_pages(target, path, method, operation, schemas)
    if method == "get":
        yield from guess_polling(target, path, operation, schemas)
