"""Droppable fields: those that can be removed without changing the meaning of the rest.

A mistake in one of them costs only the field, with a warning. All other fields determine the calls: URL, request or
response.
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


def is_droppable(kind: ObjectType, key: str) -> bool:
    """Return whether an object of a kind is valid without a field; booleans and numbers are always optional."""
    if key in _EVERYWHERE or kind in _WHOLLY or key in _BY_KIND.get(kind, ()):
        return True
    return FIELDS.get(kind, {}).get(key) in ("boolean", "number")
