"""Normalization of any Swagger 2.0 or OpenAPI 3 document to one canonical OpenAPI 3.2 document."""

from __future__ import annotations

from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, failure, raise_errors
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize.guess import Guess, Inference
from specwire_codegen.normalize.passes import PASSES
from specwire_codegen.normalize.source_map import ORIGIN, Report, strip

__all__ = ["Guess", "Inference", "Normalized", "normalize"]


@attrs.frozen
class Normalized:
    """A canonical OpenAPI 3.2 document, and the warnings of its normalization."""

    data: dict[str, Any]
    warnings: tuple[Diagnostic, ...]
    guesses: tuple[Guess, ...] = ()
    """Guesses, in the order of the operations; only the guesses that were applied are part of `data`."""


def normalize(document: Document, *, after: str | None = None, inference: Inference | None = None) -> Normalized:
    """Return the canonical form of a document; normalizing that again changes nothing.

    With `after`, the name of a pass, return the document as it is after that pass. `inference` chooses the guesses that
    apply; by default, all that are certain.

    Raises DiagnosticError with everything that keeps the document from being understood.
    """
    report = Report(document, list(document.findings), inference=inference or Inference())
    data = document.data
    try:
        for each in PASSES:
            data = each.apply(data, report)
            if each.stops:
                raise_errors(report.diagnostics)
            if each.name == after:
                break
    except RecursionError:
        help = "give inner schemas names under components"
        raise failure("too-deep", "schemas are nested too deeply", document.locate(""), help) from None
    plain = strip(data) if ORIGIN in data else data
    return Normalized(plain, raise_errors(report.diagnostics), tuple(report.guesses))
