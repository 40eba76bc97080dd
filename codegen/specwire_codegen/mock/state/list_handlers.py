"""Handlers of lists, page by page."""

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.mock.document.operations import MediaType, Operation, Polling
from specwire_codegen.mock.document.pointers import place
from specwire_codegen.mock.request.validator import Exchange
from specwire_codegen.mock.state.operation_roles import LAST_VARIABLE, Listing, Role, collection
from specwire_codegen.mock.state.paging import cut, fill, following, matches, meant
from specwire_codegen.mock.state.resource_lookup import ResourceLookup
from specwire_codegen.mock.state.response_builder import ResponseBuilder
from specwire_codegen.mock.state.store import Resource
from specwire_codegen.mock.values.examples import Examples


@attrs.frozen(eq=False)
class ListHandlers:
    """Handlers of operations that list resources."""

    roles: Mapping[Operation, Role]
    presenter: ResponseBuilder
    examples: Examples
    lookup: ResourceLookup

    def listing(self, exchange: Exchange, role: Listing, media: MediaType) -> Any:
        """Return the requested page."""
        operation = exchange.operation
        pagination = operation.pagination
        paging = {pagination.parameter, pagination.size} if pagination else set()
        filters = {name: value for name, value in exchange.query.items() if name not in paging}
        resources = self.lookup.collection(exchange, role.collection).resources()
        known = [self._item(exchange, role, one) for one in resources]
        items = [item for item in known if matches(item, meant(filters, known))]
        asked = exchange.content.fields if pagination is not None and pagination.in_body else exchange.query
        if pagination is None:
            items = following(items, exchange.undeclared)
        page = cut(pagination, operation, asked, items)
        body = self.examples.value(media, exchange.example)
        return fill(pagination, role.items, body, page, lambda value: self.examples.fits(media, value))

    def _item(self, exchange: Exchange, role: Listing, resource: Resource) -> Any:
        item = resource.body
        if isinstance(item, dict) and not self._fits(role, item):
            item = self.presenter.show(role.schema, self.examples.drawer.draw(role.schema), item)
        job = self.lookup.store.job(f"{exchange.concrete(role.collection)}/{resource.id}")
        polling = self._polling(role.collection)
        if job is None or polling is None:
            return item
        changed = place(item, polling.status, job.status)
        return changed if self._fits(role, changed) else item

    def _fits(self, role: Listing, item: Any) -> bool:
        return self.examples.validators.accepts(role.schema, item)

    def _polling(self, template: str) -> Polling | None:
        readers = (one for one in self.roles if LAST_VARIABLE.fullmatch(one.path) and collection(one.path) == template)
        return next((one.polling for one in readers if one.polling), None)
