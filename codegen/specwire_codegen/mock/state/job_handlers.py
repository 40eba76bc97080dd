"""Handlers to submit, poll, cancel and start long-running jobs."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.mock.document.operations import MediaType, Operation, Polling
from specwire_codegen.mock.document.pointers import find
from specwire_codegen.mock.request.validator import Exchange, Rejection
from specwire_codegen.mock.state import job_state
from specwire_codegen.mock.state.job_state import Job
from specwire_codegen.mock.state.operation_roles import Act, Below, Create, Poll, Read, Role, Submit
from specwire_codegen.mock.state.resource_lookup import ResourceLookup
from specwire_codegen.mock.state.response_builder import CHANGED, ResponseBuilder
from specwire_codegen.mock.state.store import Resource
from specwire_codegen.mock.values.examples import Examples, schema_of
from specwire_codegen.mock.values.identifiers import Identifiers


@attrs.frozen(eq=False)
class JobHandlers:
    """Handlers of operations on jobs."""

    roles: Mapping[Operation, Role]
    presenter: ResponseBuilder
    examples: Examples
    identifiers: Identifiers
    lookup: ResourceLookup

    def submit(self, exchange: Exchange, role: Submit, media: MediaType) -> Any:
        """Start a job that an unrelated operation polls, and return its id."""
        base = self.examples.value(media, exchange.example)
        fresh = self.identifiers.like(find(base, "/" + role.field))
        self.lookup.store.collection(role.reader.path).put(Resource(str(fresh), {}, exchange.content.fields))
        return self.presenter.show(schema_of(media), base, {role.field: fresh})

    def poll(self, exchange: Exchange, role: Poll, polling: Polling, media: MediaType) -> Any:
        """Advance a job whose path has no collection and return it; any id is a job."""
        template = exchange.operation.path
        path = exchange.concrete(template)
        job = job_state.poll(self.lookup.store.job(path) or job_state.begin(polling, shown=False), polling)
        self.lookup.store.put_job(path, job)
        name = next(iter([*exchange.path.values()][-1:]), "")
        resource = self.lookup.store.collection(template).get(name)
        fields = {**(resource.fields if resource else {}), role.key: name}
        return self.presenter.job(media, polling, job, (), fields)

    def read(self, exchange: Exchange, role: Read, polling: Polling, media: MediaType) -> Any:
        """Advance the job at the path of an item and return it."""
        job = job_state.poll(self.lookup.job(exchange, role.item, polling), polling)
        self.lookup.store.put_job(exchange.concrete(role.item), job)
        return self._show(exchange, role.item, role.key, polling, job, media)

    def act(self, exchange: Exchange, role: Act, media: MediaType | None) -> Any:
        """Perform an action on an item: cancel or start a job, or return the example."""
        polling = role.reader.polling if role.reader else None
        if polling is not None:
            job = self._acted(exchange, role, polling, media)
            if isinstance(job, Rejection):
                return job
            self.lookup.store.put_job(exchange.concrete(role.item), job)
            return None if media is None else self._show(exchange, role.item, role.key, polling, job, media)
        return None if media is None else self.below(exchange, role, media)

    def below(self, exchange: Exchange, role: Act | Below, media: MediaType) -> Any:
        """Return the example as a part of the item in the path."""
        own = self.lookup.own(exchange, role.item, role.key, media)
        return self.presenter.show(schema_of(media), self.examples.value(media, exchange.example), own)

    def _acted(self, exchange: Exchange, role: Act, polling: Polling, media: MediaType | None) -> Job | Rejection:
        job = self.lookup.job(exchange, role.item, polling)
        if role.action in {"start", "resume", "continue"}:
            return job_state.start(job, polling)
        if not role.action.startswith("cancel"):
            return job
        if job_state.has_ended(job, polling) and not job_state.is_cancelled(job):
            return Rejection(409, f"the job has ended as {job.status} and cannot be cancelled")
        return job_state.cancel(job, polling, self._interim(media, polling))

    def _show(self, exchange: Exchange, item: str, key: str, polling: Polling, job: Job, media: MediaType) -> Any:
        resource = self.lookup.resource(exchange, item)
        own = self.lookup.own(exchange, item, key, media)
        fields = {**_steady(resource, polling), **(resource.fields if resource else {}), **own}
        return self.presenter.job(media, polling, job, self._others(resource, item), fields)

    def _others(self, resource: Resource | None, item: str) -> Iterator[Any]:
        """Yield the other examples of such a job: its state at creation, and the examples of new jobs."""
        if resource is not None:
            yield resource.body
        for operation, role in self.roles.items():
            media = operation.success.json
            if media is not None and isinstance(role, Create) and role.item is not None and role.item.path == item:
                yield from self.examples.values(media)

    def _interim(self, media: MediaType | None, polling: Polling) -> str | None:
        """Return the status of a job during cancellation, from the document's example."""
        statuses = [find(one, polling.status) for one in self.examples.values(media)] if media else []
        return next((one for one in statuses if isinstance(one, str) and "CANCEL" in one.upper()), None)


def _steady(resource: Resource | None, polling: Polling) -> dict[str, Any]:
    """Return the lasting fields of a job's first response: all but the status and the pending ones."""
    body = resource.body if resource is not None and isinstance(resource.body, dict) else {}
    course = {polling.status.split("/")[1], "progress", *CHANGED}
    return {name: value for name, value in body.items() if value is not None and name not in course}
