"""Normalize: any Swagger 2.0 or OpenAPI 3 document as one canonical OpenAPI 3.2 document."""

from __future__ import annotations

from typing import Any

import attrs

from specwire_codegen.diagnostics import Diagnostic, failure, settle
from specwire_codegen.documents.document import Document
from specwire_codegen.normalize import extensions, order
from specwire_codegen.normalize.names import components, hoist
from specwire_codegen.normalize.operations import (
    event_emitters,
    operations,
    parameters,
    stream_envelopes,
    streams,
)
from specwire_codegen.normalize.refs import references
from specwire_codegen.normalize.repair import (
    defaults,
    drop_invalid,
    empty_values,
    field_types,
    lengths,
    missing_fields,
    numbers,
    path_templates,
    responses,
    security,
    tags,
    validity,
)
from specwire_codegen.normalize.resolution import targets
from specwire_codegen.normalize.schema import (
    conditionals,
    enum_names,
    enums,
    read_write_only,
    required_properties,
    simplify,
)
from specwire_codegen.normalize.source_map import Report, origin_at, stamp, strip
from specwire_codegen.normalize.unions import discriminator_values, discriminators, inheritance, recursive
from specwire_codegen.normalize.upgrade import openapi3, swagger2
from specwire_codegen.openapi import pointer as pointers

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
    data = empty_values.fill(openapi3.tuples(data, report), report)
    data = targets.direct(data, report)
    data = responses.describe(data, report)
    data = openapi3.upgrade(data)
    data = numbers.settle(data, report)
    data = extensions.check(enum_names.describe(data), report)
    data = field_types.check(missing_fields.settle(security.settle(data, report), report), report)
    data = path_templates.settle(data, report)
    settle(report.diagnostics)
    data = tags.settle(data, report)
    data, problems = drop_invalid.trim(data, report)
    doubts = [(each.message, origin_at(data, pointers.join("", *each.place))) for each in problems]
    data = references.collapse(data, report)
    data = components.rename(data)
    data = references.inline(data, references.ASKED_BACK, report)
    data = references.inline(data, _HOLDERS, report)
    settle(report.diagnostics)
    data = operations.identify(data, report)
    data = responses.settle(data, report)
    data = conditionals.spread(inheritance.expand(enums.of_items(data, report)))
    data = read_write_only.state(required_properties.declare(simplify.simplify(data, report), report))
    data = recursive.cut(data, report)
    data = order.prune(streams.itemize(stream_envelopes.settle(event_emitters.settle(data))))
    data = hoist.hoist(data)
    data = references.inline(data, _INLINED, report)
    data = parameters.settle(data, report)
    data = discriminator_values.settle(discriminators.settle(data, report), report)
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
