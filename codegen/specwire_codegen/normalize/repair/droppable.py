"""Dispensable fields: those without which the rest of a document keeps its meaning.

A mistake in one of them costs the field, with a warning, and never the client. What is not named here says which calls
there are, where they go, what they send and what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping

from specwire_codegen.openapi.annotations import ANNOTATIONS
from specwire_codegen.openapi.objects import FIELDS, ObjectType

_EVERYWHERE = ANNOTATIONS | set("callbacks links operationId summary tags termsOfService webhooks".split())
_WHOLLY: frozenset[ObjectType] = frozenset(
    {"contact", "encoding", "example", "externalDocs", "info", "license", "link", "xml"}
)
_BY_KIND: Mapping[ObjectType, frozenset[str]] = {
    "info": frozenset({"contact", "license"}),
    "components": frozenset({"examples", "links", "callbacks"}),
    "serverVariable": frozenset({"enum"}),
    "tag": frozenset({"parent", "kind"}),
    "parameter": frozenset({"style"}),
    "header": frozenset({"style"}),
    "mediaType": frozenset({"encoding", "prefixEncoding", "itemEncoding"}),
    "response": frozenset({"headers"}),
    "securityScheme": frozenset({"bearerFormat", "oauth2MetadataUrl"}),
    "oauthFlow": frozenset({"refreshUrl"}),
    "schema": frozenset(
        "contains contentEncoding contentMediaType contentSchema dependentRequired dependentSchemas discriminator else "
        "enum format if not pattern propertyNames required then unevaluatedItems unevaluatedProperties".split()
    ),
    "discriminator": frozenset({"mapping", "defaultMapping"}),
}


def is_dispensable(kind: ObjectType, key: str) -> bool:
    """Whether an object of a kind can do without a field; so it can without all flags and numbers."""
    if key in _EVERYWHERE or kind in _WHOLLY or key in _BY_KIND.get(kind, ()):
        return True
    return FIELDS.get(kind, {}).get(key) in ("flag", "number")
