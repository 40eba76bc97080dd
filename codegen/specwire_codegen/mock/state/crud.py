"""Handlers to create, read, change and delete resources."""

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.mock.document.operations import MediaType
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.request.bodies import Part
from specwire_codegen.mock.request.validator import Exchange
from specwire_codegen.mock.state import job_state
from specwire_codegen.mock.state.operation_roles import Create, Delete, Read, Update, collection, identifier
from specwire_codegen.mock.state.resource_lookup import ResourceLookup
from specwire_codegen.mock.state.response_builder import CHANGED, CREATED, ResponseBuilder
from specwire_codegen.mock.state.store import Resource
from specwire_codegen.mock.values.examples import Examples, schema_of
from specwire_codegen.mock.values.identifiers import Identifiers


@attrs.frozen(eq=False)
class Resources:
    """Handlers of operations on single resources."""

    presenter: ResponseBuilder
    examples: Examples
    identifiers: Identifiers
    lookup: ResourceLookup

    def create(self, exchange: Exchange, role: Create, media: MediaType) -> Any:
        """Create an item and return it; a job starts."""
        base = self.examples.value(media, exchange.example)
        if not isinstance(base, dict) or role.key not in base:
            return base
        fresh = self.identifiers.like(base[role.key])
        fields = {**exchange.content.fields, **_upload_fields(exchange.content.parts), role.key: fresh}
        examples = self.examples.values(media, exchange.example) or (base,)
        base = self.presenter.closest(media, examples, fields)
        fields |= self.presenter.times(base, (*CREATED, *CHANGED))
        polling = role.item.polling if role.item else None
        if polling is not None and role.item is not None:
            job = job_state.begin(polling, shown=True, rests=exchange.content.fields.get("auto_start") is False)
            self.lookup.store.put_job(f"{exchange.concrete(collection(role.item.path))}/{fresh}", job)
            body = self.presenter.job(media, polling, job, (), fields)
        else:
            body = self.presenter.show(schema_of(media), base, fields)
        file = _file(exchange.content.parts)
        resource = Resource(
            id=str(fresh),
            body=body,
            fields=_kept(body, fields),
            upload=file.blob if file else None,
            media=file.media if file else "",
        )
        self.lookup.collection(exchange, role.collection).put(resource)
        return body

    def read(self, exchange: Exchange, role: Read, media: MediaType) -> Any:
        """Return one item; for an unknown id, the example."""
        resource = self.lookup.resource(exchange, role.item)
        if resource is not None and self.examples.fits(media, resource.body):
            return resource.body
        own = self.lookup.own(exchange, role.item, role.key, media)
        base = self.examples.value(media, exchange.example)
        return self.presenter.show(schema_of(media), base, {**_fields(resource), **own})

    def update(self, exchange: Exchange, role: Update, media: MediaType | None) -> Any:
        """Update an item with the fields of the request and return it."""
        resource = self.lookup.resource(exchange, role.item)
        changes = dict(exchange.content.fields)
        body: Any = {**_fields(resource), **changes}
        if media is not None:
            base = self.examples.value(media, exchange.example)
            own = self.lookup.own(exchange, role.item, role.key, media)
            changes |= self.presenter.times(base, CHANGED)
            body = self.presenter.show(schema_of(media), base, {**_fields(resource), **changes, **own})
        if isinstance(body, dict):
            known = resource or Resource(exchange.path[identifier(role.item)], body, body)
            fields = {**known.fields, **_kept(body, changes)}
            changed = attrs.evolve(known, body={**_fields(resource), **body}, fields=fields)
            self.lookup.put(exchange, role.item, changed)
        return body

    def delete(self, exchange: Exchange, role: Delete, media: MediaType | None) -> Any:
        """Delete an item and return the documented response."""
        self.lookup.collection(exchange, collection(role.item)).delete(exchange.path[identifier(role.item)])
        if media is None:
            return None
        own = {**self.lookup.own(exchange, role.item, role.key, media), "deleted": True}
        return self.presenter.show(schema_of(media), self.examples.value(media, exchange.example), own)


def _fields(resource: Resource | None) -> Mapping[str, Any]:
    return resource.body if resource is not None and isinstance(resource.body, dict) else {}


def _kept(body: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the response includes."""
    held = body if isinstance(body, dict) else {}
    return {name: value for name, value in fields.items() if held.get(name, ABSENT) == value}


def _file(parts: tuple[Part, ...]) -> Part | None:
    return next((part for part in parts if part.filename is not None), None)


def _upload_fields(parts: tuple[Part, ...]) -> dict[str, Any]:
    file = _file(parts)
    if file is None:
        return {}
    return {"filename": file.filename, "name": file.filename, "bytes": file.blob.size, "size": file.blob.size}
