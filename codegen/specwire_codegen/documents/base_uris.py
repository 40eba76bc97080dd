"""Base URIs of a document: `$self`, and the `$id` of schemas, which references in them are relative to."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

import attrs

from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.walk import walk


@attrs.frozen
class BaseURIs:
    """The base URI of a document and of the schemas in it that have their own."""

    bases: Mapping[str, str]
    """By the pointer of the document or schema."""
    places: Mapping[str, str]
    """The pointer of the document or schema that a URI names first."""

    def around(self, pointer: str) -> str:
        """Return the pointer of the schema that sets the base URI of a place, or that of the document."""
        return next(each for each in pointers.ancestors(pointer) if each in self.bases) if len(self.bases) > 1 else ""

    def find(self, reference: str, pointer: str) -> str | None:
        """Return the pointer of the document or schema that a reference at a place names, without its fragment."""
        return self.named(reference, self.bases[self.around(pointer)])

    def named(self, reference: str, base: str) -> str | None:
        """Return the pointer of the document or schema that a reference with this base URI names."""
        return self.places.get(_joined(base, reference))


def base_uris(data: Node, kind: ObjectType, address: str) -> BaseURIs:
    """Return the base URIs of a document; `address` is the URI that it was read from."""
    stated = data.get("$self")
    bases = {"": _joined(address, stated if isinstance(stated, str) else "")}
    found = BaseURIs(bases, places := {bases[""]: ""})
    for node, each, trail in walk(data, kind):
        identifier = node.get("$id")
        if each == "schema" and isinstance(identifier, str) and not identifier.startswith("#"):
            pointer = pointers.of(trail)
            bases[pointer] = _joined(bases[found.around(pointer)], identifier)
            places.setdefault(bases[pointer], pointer)
    return found


def _joined(base: str, reference: str) -> str:
    """Return a URI reference resolved against a base URI, without its fragment."""
    try:
        return urljoin(base, reference).partition("#")[0]
    except ValueError:  # an invalid host
        return reference
