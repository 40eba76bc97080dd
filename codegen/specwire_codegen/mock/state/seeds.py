"""Resources that exist before the first request."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle, islice
from typing import Any, Final

import attrs

from specwire_codegen.mock.document.operations import Operation, Pagination
from specwire_codegen.mock.document.pointers import ABSENT, find, place
from specwire_codegen.mock.state.operation_roles import Listing, Role
from specwire_codegen.mock.state.store import Resource
from specwire_codegen.mock.values.examples import Examples
from specwire_codegen.mock.values.identifiers import Identifiers

SEEDED: Final = 7
"""Number of items in a paged collection: two pages of the default size."""


@attrs.frozen(eq=False)
class Seeds:
    """Factory of the first records of collections, from the examples of their lists."""

    roles: Mapping[Operation, Role]
    examples: Examples
    identifiers: Identifiers

    def resources(self, template: str) -> tuple[Resource, ...]:
        """Return the records of the collection at a path of the document; none if no operation lists it."""
        for operation, role in self.roles.items():
            if isinstance(role, Listing) and role.collection == template:
                return tuple(self._resources(operation, role))
        return ()

    def _resources(self, operation: Operation, role: Listing) -> Iterator[Resource]:
        media = operation.success.json
        bodies = () if media is None else self.examples.values(media) or (self.examples.value(media),)
        items = list(_unique((item for body in bodies for item in _items(body, role.items)), role.key))
        if not items:
            items = [self.examples.drawer.draw(role.schema)]
        for index, item in enumerate(items):
            yield _resource(item, role.key, index)
        if operation.pagination is None:
            return
        for index, item in enumerate(islice(cycle(items), max(SEEDED - len(items), 0)), len(items)):
            yield _resource(self._renamed(item, operation.pagination, role), role.key, index)

    def _renamed(self, item: Any, pagination: Pagination, role: Listing) -> Any:
        """Return an item with a new id, and with a new value where the cursor of the next page is."""
        if not isinstance(item, dict):
            return item
        renamed = {**item, role.key: self.identifiers.like(item[role.key])} if role.key in item else item
        cursor = pagination.next_from_last_item
        known = ABSENT if cursor in (None, f"/{role.key}") else find(item, str(cursor))
        if known is not ABSENT:
            renamed = place(renamed, str(cursor), self.identifiers.like(known))
        return renamed if self.examples.validators.accepts(role.schema, renamed) else item


def _items(body: Any, pointer: str) -> list[Any]:
    found = find(body, pointer)
    return found if isinstance(found, list) else []


def _unique(items: Iterable[Any], key: str) -> Iterator[Any]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        name = _name(item, key, index)
        if name not in seen:
            seen.add(name)
            yield item


def _resource(item: Any, key: str, index: int) -> Resource:
    return Resource(_name(item, key, index), item, item if isinstance(item, dict) else {})


def _name(item: Any, key: str, index: int) -> str:
    return str(item[key]) if isinstance(item, dict) and key in item else f"seed-{index}"
