"""Normalize: any Swagger 2.0 or OpenAPI 3 document as one canonical OpenAPI 3.2 document."""

from __future__ import annotations

from typing import Any

import attrs

from specwire_codegen import pointer as pointers
from specwire_codegen.diagnostics import Diagnostic, failure, settle
from specwire_codegen.document import Document
from specwire_codegen.normalize import (
    blanks,
    components,
    conditions,
    cycles,
    defaults,
    dialect,
    discriminators,
    emitters,
    enum_names,
    enums,
    envelopes,
    extensions,
    hoist,
    inheritance,
    lengths,
    numbers,
    omissions,
    operations,
    order,
    owners,
    parameters,
    references,
    requirements,
    responses,
    security,
    shapes,
    simplify,
    streams,
    swagger2,
    tagging,
    tags,
    targets,
    templates,
    trimming,
    validity,
)
from specwire_codegen.normalize.origin import Report, origin_at, stamp, strip

__all__ = ["Normalized", "normalize"]

_HOLDERS = frozenset({"mediaType"})
"""What is put in place before inline schemas are named: one that stands there is named after its operation."""
_INLINED = frozenset(
    {"parameter", "response", "requestBody", "header", "example", "link", "mediaType", "securityScheme"}
)


@attrs.frozen
class Normalized:
    """A canonical OpenAPI 3.2 document, and what was noticed on the way."""

    data: dict[str, Any]
    warnings: tuple[Diagnostic, ...]


def normalize(document: Document) -> Normalized:
    """Return the canonical form of a document; normalizing that again changes nothing.

    Raises DiagnosticError with everything that keeps the document from being understood.
    """
    try:
        return _normalized(document)
    except RecursionError:
        help = "give inner schemas names under components"
        raise failure("too-deep", "schemas are nested too deeply", document.locate(""), help) from None


def _normalized(document: Document) -> Normalized:
    report = Report(document, list(document.findings))
    data = _opened(document, report)
    lengths.check(data, report)
    settle(report.diagnostics)
    data = blanks.fill(dialect.tuples(data, report), report)
    data = targets.direct(data, report)
    data = responses.describe(data, report)
    data = dialect.upgrade(data)
    data = numbers.settle(data, report)
    data = extensions.check(enum_names.describe(data), report)
    data = shapes.check(omissions.settle(security.settle(data, report), report), report)
    data = templates.settle(data, report)
    settle(report.diagnostics)
    data = tags.settle(data, report)
    data, problems = trimming.trim(data, report)
    doubts = [(each.message, origin_at(data, pointers.join("", *each.place))) for each in problems]
    data = references.collapse(data, report)
    data = components.rename(data)
    data = references.inline(data, references.ASKED_BACK, report)
    data = references.inline(data, _HOLDERS, report)
    settle(report.diagnostics)
    data = operations.identify(data, report)
    data = responses.settle(data, report)
    data = conditions.spread(inheritance.expand(enums.of_items(data, report)))
    data = owners.state(requirements.declare(simplify.simplify(data, report), report))
    data = cycles.cut(data, report)
    data = order.prune(streams.itemize(envelopes.settle(emitters.settle(data))))
    data = hoist.hoist(data)
    data = references.inline(data, _INLINED, report)
    data = parameters.settle(data, report)
    data = tagging.settle(discriminators.settle(data, report), report)
    data = order.prune(data)
    data = order.arrange(defaults.settle(data, report))
    wrong = list(validity.of_whole(data))
    for message, pointer in wrong:
        report.error("invalid-document", message, pointer, "correct the document, or an overlay for it")
    told = {each.location for each in report.diagnostics}
    for message, pointer in doubts:
        if (message, pointer) not in wrong and report.locate(pointer) not in told:
            report.warning("invalid-document", f"{message}; mended", pointer, "correct the document")
    return Normalized(strip(data), settle(report.diagnostics))


def _opened(document: Document, report: Report) -> dict[str, Any]:
    """Return the data of a document as OpenAPI 3, every object with its origin."""
    if "swagger" not in document.data:
        return stamp(document.data)
    for message, pointer in validity.of_source(document.data):
        report.warning("invalid-document", message, pointer, "correct the document, or an overlay for it")
    return swagger2.upgrade(document.data, report)
