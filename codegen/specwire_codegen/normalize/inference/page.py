"""Structure of a page: its items, and the objects that tell about other pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from specwire_codegen.normalize.inference.paging_names import (
    ITEMS,
    LINKS,
    LISTS,
    NEXT_URL,
    NO_ITEMS,
    URLS,
    VAGUE_LINKS,
    by_plain,
    plain,
)
from specwire_codegen.normalize.inference.reading import Schemas, describes, may_be, resolved, types_of
from specwire_codegen.openapi import pointer as pointers


@attrs.frozen
class Place:
    """An object of the response and its pointer."""

    pointer: str
    properties: Mapping[str, Any]

    @cached_property
    def named(self) -> Mapping[str, str]:
        """The names of its properties by plain name."""
        return by_plain(self.properties)

    @property
    def name(self) -> str:
        """The plain name of the object; empty for the response itself."""
        return plain(self.pointer.rpartition("/")[2])

    def holds(self, name: str, schemas: Schemas) -> Mapping[str, Any]:
        """Return the schema of a property by its plain name; empty without one."""
        return resolved(self.properties[self.named[name]], schemas) if name in self.named else {}

    def pointer_to(self, name: str) -> str:
        """Return the pointer to a property by its plain name."""
        return pointers.below(self.pointer, self.named[name])


@attrs.frozen
class Page:
    """The inferred structure of a page."""

    items: str
    element: Mapping[str, Any]
    places: tuple[Place, ...]
    """Objects with paging information: the page, the holder of the items, and objects of links."""
    sure: bool


def page_of(schema: Mapping[str, Any], schemas: Schemas, segments: Sequence[str]) -> Page | None:
    """Return the structure of a response that may be a page; the path without parameters has these segments."""
    if types_of(schema) == {"array"}:
        return Page("", resolved(schema.get("items", {}), schemas), (), True)
    root = Place("", schema.get("properties", {}))
    # The last segment names the items, or the one before a verb: `/posts/search`.
    named = [each for each in map(plain, segments[-2:]) if each not in LISTS][-1:]
    chosen = _holder(root, schemas, named)
    if chosen is None:
        inside = [Place(pointers.below("", name), _properties(each, schemas)) for name, each in root.properties.items()]
        nested = [found for place in inside if (found := _holder(place, schemas, named)) is not None]
        if len(nested) != 1:
            return None
        chosen = nested[0]
    holder, name, sure = chosen
    element = resolved(resolved(holder.properties[name], schemas).get("items", {}), schemas)
    holders_ = [root] if holder is root else [holder, root]
    places = [*holders_, *(place for each in holders_ for place in _links(each, schemas))]
    return Page(pointers.below(holder.pointer, name), element, tuple(places), sure)


def _holder(place: Place, schemas: Schemas, segments: Sequence[str]) -> tuple[Place, str, bool] | None:
    """Return the array of items in an object, and True if it is certain."""
    arrays = [name for name, each in place.properties.items() if types_of(resolved(each, schemas)) == {"array"}]
    if not arrays:
        return None
    spelled = by_plain(arrays)
    named = next((spelled[name] for name in (*ITEMS, *segments) if name in spelled), None)
    if named is not None:
        return place, named, True
    rest = [name for name in arrays if plain(name) not in NO_ITEMS]
    return (place, rest[0], True) if len(rest) == 1 else None


def _properties(schema: Any, schemas: Schemas) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resolved(schema, schemas).get("properties", {})
    return found


def _links(place: Place, schemas: Schemas, depth: int = 2) -> Iterator[Place]:
    for name in LINKS if depth else ():
        if inside := place.holds(name, schemas).get("properties", {}):
            found = Place(place.pointer_to(name), inside)
            yield found
            yield from _links(found, schemas, depth - 1)


def find(page: Page, names: Sequence[str], schemas: Schemas, *kinds: str) -> str | None:
    """Return the pointer to the first of these fields that can have one of these types."""
    for name in names:
        for place in page.places:
            if name not in place.named:
                continue
            schema = place.holds(name, schemas)
            if may_be(schema, *kinds) and not (name in VAGUE_LINKS and _is_url(schema)):
                return place.pointer_to(name)
    return None


def at(page: Page, pointer: str, schemas: Schemas) -> Mapping[str, Any]:
    """Return the schema at a pointer that `find` returned."""
    for place in page.places:
        for name, schema in place.properties.items():
            if pointers.below(place.pointer, name) == pointer:
                return resolved(schema, schemas)
    return {}


def _is_url(schema: Mapping[str, Any]) -> bool:
    example = schema.get("example", next(iter(schema.get("examples", ()) or ()), ""))
    return (
        schema.get("format") in URLS
        or (isinstance(example, str) and example.startswith(("http://", "https://", "/")))
        or describes(schema, r"\b(url|uri|link|href)\b")
    )


def next_url(page: Page, schemas: Schemas) -> str | None:
    """Return the pointer to the URL of the next page: `/next`, `/links/next`, `/_links/next/href`."""
    for place in page.places:
        for name in NEXT_URL:
            schema = place.holds(name, schemas)
            if "href" in schema.get("properties", {}):
                return pointers.below(place.pointer_to(name), "href")
            telling = name not in VAGUE_LINKS or place.name == "links" or _is_url(schema)
            if schema and telling and may_be(schema, "string"):
                return place.pointer_to(name)
    return None
