"""Session of a client: provider, credentials, options and transport, shared by its resources."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from specwire._auth.credentials import Credentials
from specwire._exchange.exchange import Exchange
from specwire._exchange.prepared import Prepared
from specwire._http.option_overrides import OptionOverrides
from specwire._http.options import Options
from specwire._http.response import HTTPResponse
from specwire._network.server_url import shown_url
from specwire._operations.provider import Provider
from specwire._operations.request import BaseRequest
from specwire.errors import InvalidRequestError

if TYPE_CHECKING:
    from typing import Self

    from specwire._operations.operation import Operation


_MOST_PREPARED = 1000
"""Maximum number of cached operations: a program may create operations without end."""


class BaseSession:
    """State that synchronous and asynchronous sessions share."""

    def __init__(
        self, name: str, provider: Provider, base_url: str, credentials: Credentials | None, options: Options
    ) -> None:
        self.name = name
        """Name of the client, for messages."""
        self.provider = provider
        self.base_url = base_url
        self.options = options
        self._credentials = credentials
        self._prepared: dict[int, Prepared] = {}
        self._chains: dict[bool, Any] = {}
        """Middleware around the transport, for streams and for other responses."""

    def changed(self, changes: OptionOverrides) -> Self:
        """Return a session with other options on the same connections."""
        changed = copy.copy(self)
        changed.options = self.options.changed(changes)
        changed._prepared, changed._chains = {}, {}
        return changed

    def authenticate(self, credentials: Credentials | None) -> None:
        """Use other credentials from now on."""
        self._credentials = credentials
        self._prepared.clear()

    def exchange(self, request: BaseRequest, options: Options) -> Exchange:
        """Return the exchange of a call."""
        operation = request.operation
        prepared = self._prepared.get(id(operation))
        if prepared is None or options is not self.options:
            prepared = self._prepare(operation, options)
        return Exchange(prepared, request, options)

    def _prepare(self, operation: Operation, options: Options) -> Prepared:
        try:
            prepared = Prepared(self.provider, self.base_url, operation, options, self._credentials)
        except (ValueError, TypeError) as error:
            raise InvalidRequestError(f"{operation.id}: {error}") from error
        if options is self.options:
            if len(self._prepared) >= _MOST_PREPARED:
                self._prepared.clear()
            self._prepared[id(operation)] = prepared  # which refers to the operation, so that its id stays its own
        return prepared

    def renew_auth(self, exchange: Exchange, response: HTTPResponse) -> bool:
        """Return whether a rejected call is repeated with other credentials, as part of the same attempt."""
        auth = exchange.rejected_auth(response)
        if auth is None or self._credentials is None:
            return False
        if not self._credentials.rejected(exchange.request.operation, auth, response.headers):
            return False
        exchange.state.attempts -= 1
        return True

    def __repr__(self) -> str:
        return f"{self.name}(base_url={shown_url(self.base_url)!r})"
