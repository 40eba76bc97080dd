"""Lookup of the resources and jobs behind the path of a request."""

from collections.abc import Iterable
from typing import Any

import attrs

from specwire_codegen.mock.document.operations import MediaType, Polling
from specwire_codegen.mock.document.pointers import find
from specwire_codegen.mock.request.validator import Exchange
from specwire_codegen.mock.state import job_state
from specwire_codegen.mock.state.job_state import Job
from specwire_codegen.mock.state.operation_roles import collection, identifier
from specwire_codegen.mock.state.seeds import Seeds
from specwire_codegen.mock.state.store import Collection, Resource, Store
from specwire_codegen.mock.values.examples import Examples


@attrs.frozen(eq=False)
class ResourceLookup:
    """Lookup of resources and jobs."""

    store: Store
    seeds: Seeds
    examples: Examples

    def collection(self, exchange: Exchange, template: str) -> Collection:
        """Return the collection behind a path of the document, with its seeds."""
        found = self.store.collection(exchange.concrete(template))
        if not found.seeded:
            found.seed(self.seeds.resources(template))
        return found

    def resource(self, exchange: Exchange, item: str) -> Resource | None:
        """Return the resource behind the path of an item."""
        return self.collection(exchange, collection(item)).get(exchange.path[identifier(item)])

    def put(self, exchange: Exchange, item: str, resource: Resource) -> None:
        """Store a resource under the path of an item."""
        self.collection(exchange, collection(item)).put(resource)

    def restore(self, exchange: Exchange, items: Iterable[str]) -> None:
        """Let items exist again that were deleted, and that a request to their collection names in its body."""
        for item in items:
            if collection(item) != exchange.operation.path:
                continue
            for field in (identifier(item), "id"):
                value = exchange.content.fields.get(field)
                if isinstance(value, str | int):
                    self.collection(exchange, collection(item)).restore(str(value))

    def is_gone(self, exchange: Exchange, item: str) -> bool:
        """Return True if an item was deleted."""
        return self.collection(exchange, collection(item)).is_deleted(exchange.path[identifier(item)])

    def own(self, exchange: Exchange, item: str, key: str, media: MediaType) -> dict[str, Any]:
        """Return the id in the path as the response field that holds it."""
        if not key:
            return {}
        name = exchange.path[identifier(item)]
        example = self.examples.value(media)
        numeric = isinstance(example, dict) and isinstance(example.get(key), int) and name.isdigit()
        return {key: int(name) if numeric else name}

    def job(self, exchange: Exchange, item: str, polling: Polling) -> Job:
        """Return the job behind the path of an item; an unknown one is in its first status."""
        known = self.store.job(exchange.concrete(item))
        if known is not None:
            return known
        resource = self.resource(exchange, item)
        status = find(resource.body, polling.status) if resource else None
        if not isinstance(status, str):
            return job_state.begin(polling, shown=False)
        course = polling.lifecycle if status in polling.lifecycle else (status,)
        return Job(course, course.index(status), shown=True)
