"""Walk over the models that a type refers to."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, get_args, get_type_hints

import msgspec

from specwire._models.union import UnionMarker


def models_in(kind: Any, skip: Container[Any] = ()) -> Iterator[type[msgspec.Struct]]:
    """Yield each model that values of a type may contain, once; models in `skip` and what only they contain are not."""
    seen: set[Any] = set()
    queue = [kind]
    while queue:
        each = queue.pop()
        if each in seen or each in skip:
            continue
        seen.add(each)
        if isinstance(each, UnionMarker):
            queue += each.variants()
        elif isinstance(each, type) and issubclass(each, msgspec.Struct):
            yield each
            queue += get_type_hints(each).values()
        else:
            queue += get_args(each)
