"""State of the mock server between requests."""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from specwire_codegen.mock.request.bodies import Blob
from specwire_codegen.mock.state.job_state import Job


@attrs.frozen(eq=False)
class Resource:
    """A resource: the response at its creation, and the fields that belong to this resource alone."""

    id: str
    body: Any
    fields: Mapping[str, Any]
    upload: Blob | None = None
    media: str = ""
    """The Content-Type of the upload, or the empty string."""


class Collection:
    """The resources under one path, seeded or created by requests."""

    def __init__(self) -> None:
        """Start empty and without seeds."""
        self.seeded = False
        self._seeds: dict[str, Resource] = {}
        self._created: dict[str, Resource] = {}
        self._deleted: set[str] = set()

    def seed(self, resources: Iterable[Resource]) -> None:
        """Add the records that exist before the first request."""
        self.seeded = True
        self._seeds = {resource.id: resource for resource in resources if resource.id not in self._deleted}

    def put(self, resource: Resource) -> None:
        """Add a resource, or replace the one with its id."""
        home = self._seeds if resource.id in self._seeds else self._created
        home[resource.id] = resource
        self._deleted.discard(resource.id)

    def get(self, identifier: str) -> Resource | None:
        """Return the resource with this id."""
        return self._created.get(identifier) or self._seeds.get(identifier)

    def delete(self, identifier: str) -> None:
        """Delete a resource permanently."""
        self._created.pop(identifier, None)
        self._seeds.pop(identifier, None)
        self._deleted.add(identifier)

    def restore(self, identifier: str) -> None:
        """Forget that a resource was deleted."""
        self._deleted.discard(identifier)

    def is_deleted(self, identifier: str) -> bool:
        """Return True if a resource with this id was deleted."""
        return identifier in self._deleted

    def resources(self) -> tuple[Resource, ...]:
        """Return the created records, newest first, then the seeded ones in their order."""
        return (*reversed(self._created.values()), *self._seeds.values())


class Store:
    """All collections and jobs, by concrete path."""

    def __init__(self) -> None:
        """Start empty."""
        self._collections: dict[str, Collection] = {}
        self._jobs: dict[str, Job] = {}

    def collection(self, path: str) -> Collection:
        """Return the collection at a path with its parameters filled in."""
        return self._collections.setdefault(path, Collection())

    def job(self, path: str) -> Job | None:
        """Return the job at an item's path."""
        return self._jobs.get(path)

    def put_job(self, path: str, job: Job) -> None:
        """Store a job."""
        self._jobs[path] = job

    def clear(self) -> None:
        """Delete everything."""
        self._collections.clear()
        self._jobs.clear()
