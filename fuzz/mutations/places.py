"""Places of a raw document by their type, and names and values to put there."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, TypeAlias

import msgspec

Data: TypeAlias = dict[str, Any]


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


UNIONS = ("allOf", "oneOf", "anyOf")


_DATA = frozenset({"example", "examples", "default", "enum", "const"})


_NAMES = frozenset({"properties", "patternProperties", "schemas", "definitions", "responses", "parameters", "headers"})


AWKWARD = (
    *"1 404 2fa 3d_secure -1 +1 $ $filter @type # _ __ . a.b.C a/b a-b A_B x[] x[y][z] foo:bar Größe 日本語".split(),
    *"имя 😀 é naïve İ ﬁ ² class def from None True import async match type self cls id list dict str int".split(),
    *"print property super Any Literal Unset UNSET Field Struct models client inputs resources operations".split(),
    *"specwire msgspec datetime date lazy Client AsyncClient Request Response Operation Resource Model".split(),
    *"WireModel Exception request raw iter send close with_options base_url key timeout body fields files".split(),
    *"params json __init__ __class__ __slots__ __struct_fields__ mro model_config _private copy keys".split(),
    *"ALLCAPS HTTPServer iOS v1.0 v1 V1 List<Item> Page«Item» Map[String,Int] Foo`1 a,b".split(),
    *("", " ", "a b", "the quick brown fox jumps over the lazy dog and then some more words of a long name", "x" * 120),
)
"""Names that are invalid in Python, or used by Python, the runtime or the generated package."""


VALUES: tuple[Any, ...] = (None, "", [], {}, 0, 7, 1.5, True, False, "text", ["text"], {"a": "b"}, [None], [{}], "null")


class Place(msgspec.Struct, frozen=True):
    """Member of an object or a list of a document."""

    holder: Any
    key: Any
    path: tuple[Any, ...]

    @property
    def value(self) -> Any:
        """Return the value at the place."""
        return self.holder[self.key]

    @value.setter
    def value(self, new: Any) -> None:
        self.holder[self.key] = new

    @property
    def role(self) -> str:
        """Return the type of the object at the place, as far as it is known."""
        above = self.path[-2] if len(self.path) > 1 else None
        if above in ("properties", "schemas", "definitions", "patternProperties") or above in UNIONS:
            return "schema"
        if self.key in ("schema", "items", "additionalProperties", "not"):
            return "schema"
        if above == "parameters" or self.path[:1] == ("parameters",):
            return "parameter"
        if self.key in METHODS and len(self.path) == 3:
            return "operation"
        return {"responses": "response", "content": "media", "paths": "path"}.get(str(above), "")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[Place]:
    """Yield every member of a document except those of examples and extensions, parents first."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in list(members):
        is_name = bool(path) and path[-1] in _NAMES
        if not is_name and (key in _DATA or str(key).startswith("x-")):
            continue
        yield Place(value, key, (*path, key))
        yield from places(member, (*path, key))


def found(document: Data, role: str) -> list[Place]:
    """Return the objects of a type."""
    return [place for place in places(document) if place.role == role and isinstance(place.value, dict)]


def one(document: Data, chance: Random, role: str, *keys: str) -> Any:
    """Return an object of a type with all these keys, or None."""
    able = [place.value for place in found(document, role) if all(key in place.value for key in keys)]
    return chance.choice(able) if able else None


def is_swagger(document: Data) -> bool:
    """Tell whether a document is Swagger 2.0."""
    return "swagger" in document


def schemas_of(document: Data) -> Data:
    """Return the named schemas of a document, which may be changed in place."""
    holder = document if is_swagger(document) else document.setdefault("components", {})
    schemas = holder.setdefault("definitions" if is_swagger(document) else "schemas", {})
    return schemas if isinstance(schemas, dict) else {}


def ref(document: Data, name: str) -> Data:
    """Return a reference to a named schema."""
    escaped = name.replace("~", "~0").replace("/", "~1")
    return {"$ref": f"#/{'definitions' if is_swagger(document) else 'components/schemas'}/{escaped}"}


def redirect(value: Any, old: str, new: str) -> None:
    """Replace references in place."""
    for place in list(places(value)):
        if place.value == old and (place.key == "$ref" or "mapping" in place.path):
            place.holder[place.key] = new
