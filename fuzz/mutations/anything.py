"""Mutations of any value of a document."""

from __future__ import annotations

import copy
from random import Random

from .places import VALUES, Data, found, places


def delete(document: Data, chance: Random) -> bool:
    """Remove a key."""
    place = chance.choice([place for place in places(document) if place.path[0] not in ("openapi", "swagger")])
    del place.holder[place.key]
    return True


def empty(document: Data, chance: Random) -> bool:
    """Empty an object or a list, or, as PHP does, write an empty one of the other type."""
    able = [place for place in places(document) if isinstance(place.value, (dict, list))]
    place = chance.choice(able)
    place.holder[place.key] = chance.choice([{}, [], None, type(place.value)()])
    return True


def mistype(document: Data, chance: Random) -> bool:
    """Write a value of another type."""
    place = chance.choice([place for place in places(document) if place.path[0] not in ("openapi", "swagger")])
    place.holder[place.key] = copy.deepcopy(chance.choice(VALUES))
    return True


def mistype_scalar(document: Data, chance: Random) -> bool:
    """Write a text, number or boolean as another type."""
    able = [place for place in places(document) if not isinstance(place.value, (dict, list))]
    place = chance.choice([place for place in able if place.path[0] not in ("openapi", "swagger")])
    place.holder[place.key] = chance.choice([None, "", 0, 1.5, True, "true", [place.value], str(place.value)])
    return True


def forget(document: Data, chance: Random) -> bool:
    """Remove one field everywhere, like a tool that does not know it."""
    keys = ["operationId", "tags", "responses", "schema", "type", "required", "description", "title", "info", "servers"]
    key = chance.choice([*keys, "components", "items", "properties", "in", "name", "format", "security", "content"])
    able = [place for place in places(document) if place.key == key and isinstance(place.holder, dict)]
    for place in able:
        place.holder.pop(key, None)
    return bool(able)


def swap(document: Data, chance: Random) -> bool:
    """Copy an object over another of its type."""
    role = chance.choice(["schema", "parameter", "response", "media", "operation", "path"])
    able = found(document, role)
    if len(able) < 2:
        return False
    here, there = chance.sample(able, 2)
    here.holder[here.key] = copy.deepcopy(there.value)
    return True
