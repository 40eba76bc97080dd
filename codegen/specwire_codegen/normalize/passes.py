"""The passes of normalization: their names, their order and what each needs of the ones before it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from specwire_codegen.normalize import extensions, order
from specwire_codegen.normalize.inference import downloads as inferred_downloads, infer, streams as inferred_streams
from specwire_codegen.normalize.names import components, hoist
from specwire_codegen.normalize.operations import (
    event_emitters,
    operations,
    parameters,
    stated_names,
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
from specwire_codegen.normalize.resolution import generics, targets
from specwire_codegen.normalize.schema import (
    conditionals,
    enum_names,
    enums,
    read_write_only,
    required_properties,
    simplify,
)
from specwire_codegen.normalize.source_map import Report, annotate
from specwire_codegen.normalize.unions import discriminator_values, discriminators, inheritance, recursive
from specwire_codegen.normalize.upgrade import openapi3, swagger2
from specwire_codegen.openapi.objects import Node, ObjectType

Apply = Callable[[Node, Report], Node]


@attrs.frozen
class Pass:
    """A step of normalization: returns a new document and reports what it finds."""

    name: str
    apply: Apply
    needs: tuple[str, ...] = ()
    """Passes whose result this one relies on."""
    stops: bool = False
    """Errors reported so far end the normalization after this pass: later passes rely on the parts that they concern."""


def _swagger2(data: Node, report: Report) -> Node:
    """Return a document of any version as OpenAPI 3, every object with its place in the source."""
    if "swagger" not in data:
        return annotate(data)
    for message, pointer in validity.of_source(data):
        report.warning("invalid-document", message, pointer, "correct the document, or an overlay for it")
    return swagger2.upgrade(data, report)


def _inline(*kinds: ObjectType) -> Apply:
    """Return a pass that puts referenced objects of these kinds in place of their references."""
    return lambda data, report: references.inline(data, frozenset(kinds), report)


PASSES = (
    Pass("swagger2", _swagger2),
    Pass("lengths", lengths.apply, ("swagger2",), stops=True),
    Pass("tuples", openapi3.tuples, ("swagger2",)),
    Pass("empty-values", empty_values.apply, ("tuples",)),
    Pass("generics", generics.apply, ("empty-values",)),
    Pass("references", targets.apply, ("generics",)),
    Pass("response-descriptions", responses.describe, ("references",)),
    Pass("openapi3", openapi3.upgrade, ("tuples", "references")),
    Pass("numbers", numbers.apply, ("openapi3",)),
    Pass("enum-names", enum_names.apply, ("openapi3",)),
    Pass("stated-names", stated_names.apply, ("openapi3",)),
    Pass("extensions", extensions.apply, ("enum-names", "stated-names")),
    Pass("security", security.apply, ("openapi3",)),
    Pass("missing-fields", missing_fields.apply, ("openapi3", "security")),
    Pass("field-types", field_types.apply, ("missing-fields", "extensions")),
    Pass("path-templates", path_templates.apply, ("field-types",), stops=True),
    Pass("tags", tags.apply, ("field-types",)),
    Pass("drop-invalid", drop_invalid.apply, ("field-types", "path-templates", "tags")),
    Pass("aliases", references.collapse, ("references", "drop-invalid")),
    Pass("component-names", components.apply, ("aliases",)),
    Pass("inline-callbacks", _inline(*references.ASKED_BACK), ("component-names",)),
    # A schema inside a media type that is put in place now gets a name after its operation.
    Pass("inline-media-types", _inline("mediaType"), ("component-names",), stops=True),
    Pass("operations", operations.apply, ("inline-callbacks", "path-templates")),
    Pass("responses", responses.apply, ("operations",)),
    Pass("enum-items", enums.apply, ("openapi3",)),
    Pass("inheritance", inheritance.apply, ("aliases",)),
    Pass("conditionals", conditionals.apply, ("inheritance",)),
    Pass("simplify", simplify.apply, ("enum-items", "inheritance", "conditionals")),
    Pass("required-properties", required_properties.apply, ("simplify",)),
    Pass("read-write-only", read_write_only.apply, ("simplify",)),
    Pass("recursive-unions", recursive.apply, ("simplify",)),
    Pass("event-emitters", event_emitters.apply, ("simplify",)),
    Pass("stream-envelopes", stream_envelopes.apply, ("simplify",)),
    # Before the schemas of events that no operation refers to are removed.
    Pass("infer-streams", inferred_streams.apply, ("event-emitters", "stream-envelopes", "inline-media-types")),
    Pass("infer-downloads", inferred_downloads.apply, ("infer-streams",)),
    Pass("streams", streams.apply, ("infer-streams",)),
    Pass("prune", order.prune, ("streams",)),
    Pass("hoist", hoist.apply, ("operations", "responses", "streams", "prune")),
    Pass(
        "inline-components",
        _inline("parameter", "response", "requestBody", "header", "example", "link", "mediaType", "securityScheme"),
        ("hoist",),
    ),
    Pass("parameters", parameters.apply, ("inline-components",)),
    Pass("infer", infer.apply, ("parameters", "extensions")),
    Pass("discriminators", discriminators.apply, ("hoist", "recursive-unions")),
    Pass("discriminator-values", discriminator_values.apply, ("discriminators",)),
    Pass("prune-inlined", order.prune, ("inline-components", "discriminator-values")),
    Pass("defaults", defaults.apply, ("parameters", "discriminator-values")),
    Pass("order", order.sort_keys, ("prune-inlined", "defaults")),
    Pass("validity", validity.apply, ("order", "drop-invalid"), stops=True),
)
"""In the order in which they are applied."""
