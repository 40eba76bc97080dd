"""Resources that dotted tags and dotted operationIds name."""

from __future__ import annotations

import os.path
import re
from collections.abc import Mapping, Sequence

from specwire_codegen.lower.naming.named import Named
from specwire_codegen.lower.naming.vocabulary import BASIC, HOLDERS, is_verb
from specwire_codegen.openapi.casing import snake, words

_DEPTH = 10
"""Maximum number of parts in a dotted operationId."""
_DOTTED = re.compile(r"[\w-]+(\.[\w-]+)+")
_SHARE = 0.3
"""Share of the operations that must have a dotted tag for tags to be paths of resources."""


def by_ids(operations: Sequence[Named]) -> dict[str, tuple[str, ...]]:
    """Return resources and verb of each operation if all operationIds are dotted: `drive.files.list`.

    A common first part is the name of the API and dropped, if more than resource and verb remain.
    """
    parts = {one.key: [part for part in one.id.split(".") if words(part)] for one in operations}
    if any("." not in one.id for one in operations) or not all(0 < len(each) <= _DEPTH for each in parts.values()):
        return {}
    sizes = [len(each) for each in parts.values()]
    if len({each[0] for each in parts.values()}) == 1 and min(sizes) > 1 and max(sizes) > 2:
        parts = {key: each[1:] for key, each in parts.items()}
    return {key: (*map(resource_name, each[:-1]), snake(each[-1])) for key, each in parts.items()}


def by_tags(operations: Sequence[Named]) -> dict[str, tuple[str, ...]]:
    """Return the resources of each tagged operation if many tags are dotted: `beta.conversations`."""
    dotted = sum(one.tag is not None and _DOTTED.fullmatch(one.tag) is not None for one in operations)
    if dotted < 2 or dotted < _SHARE * len(operations):
        return {}
    return {
        one.key: tuple(resource_name(part) for part in one.tag.split(".") if words(part))
        for one in operations
        if one.tag and words(one.tag)
    }


def shared_prefixes(
    names: Mapping[str, tuple[str, ...]], owners: Mapping[str, tuple[str, ...]]
) -> dict[tuple[str, ...], int]:
    """Return how many words all operationIds of a resource begin with, up to the first verb."""
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for key, owner in owners.items():
        if names[key]:
            groups.setdefault(owner, []).append(names[key])
    found = {}
    for owner, each in groups.items():
        shared = os.path.commonprefix(each) if len(each) > 1 else ()
        size = next((index for index, word in enumerate(shared) if word in BASIC or is_verb(word)), len(shared))
        found[owner] = min(size, *(len(name) - 1 for name in each))
    return found


def resource_name(tag: str) -> str:
    """Return the resource that a tag names, without what frameworks append: `pet-controller` is `pet`."""
    parts = re.findall(r"[^\W_]+", tag)
    found = list(parts)
    while len(found) > 1 and found[-1].lower() in HOLDERS:
        found.pop()
    return snake(" ".join(found)) if len(found) < len(parts) else snake(tag)
