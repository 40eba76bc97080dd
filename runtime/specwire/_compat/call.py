"""A call and its own options: the headers, query parameters, body fields and timeout that each method takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypedDict, TypeVar

import msgspec

from specwire._models.unset import UNSET, Unset
from specwire._operations.request import BaseRequest
from specwire.errors import InvalidRequestError

if TYPE_CHECKING:
    import httpx2

    from specwire._http.option_overrides import OptionOverrides

    Timeout: TypeAlias = float | httpx2.Timeout | None

RequestT_co = TypeVar("RequestT_co", bound=BaseRequest, covariant=True)
T = TypeVar("T")

Omit: TypeAlias = Unset
NotGiven: TypeAlias = Unset
omit = NOT_GIVEN = not_given = UNSET
"""An argument that is left out; as a header, one that is not sent."""
Headers: TypeAlias = Mapping[str, str | Omit]
Query: TypeAlias = Mapping[str, object]
Body: TypeAlias = object


CallTimeout: TypeAlias = "Timeout | NotGiven"
URLInput: TypeAlias = "str | httpx2.URL"


class RequestOptions(TypedDict, total=False):
    """Options of a call."""

    headers: Headers
    params: Query
    extra_json: Mapping[str, object]
    timeout: Timeout
    max_retries: int
    idempotency_key: str


class Call(msgspec.Struct, Generic[RequestT_co], frozen=True):
    """A request that hasn't been sent, and the options of its call."""

    request: RequestT_co
    headers: Headers | None = None
    query: Query | None = None
    body: Body | None = None
    timeout: Any = UNSET

    @property
    def is_plain(self) -> bool:
        """True if the call has no options of its own."""
        return self.headers is None and self.query is None and self.body is None and self.timeout is UNSET

    def options(self) -> OptionOverrides:
        """Return the options of the call as changes of those of its client."""
        changes: OptionOverrides = {}
        if self.headers is not None:
            changes["headers"] = {name: value for name, value in self.headers.items() if isinstance(value, str)}
        if self.query:
            changes["query"] = dict(self.query)
        if self.body is not None:
            if not isinstance(self.body, Mapping):
                raise InvalidRequestError(f"extra_body must be a mapping, got {type(self.body).__name__}")
            changes["body"] = self.body
        if self.timeout is not UNSET:
            changes.update(waits(self.timeout))
        return changes


def waits(timeout: Timeout) -> OptionOverrides:
    """Return a timeout, in seconds or as that of the HTTP library, as options."""
    if timeout is None or isinstance(timeout, int | float):
        return {"timeout": timeout, "connect_timeout": timeout, "idle_timeout": timeout}
    return {"timeout": timeout.read, "connect_timeout": timeout.connect, "idle_timeout": timeout.read}


def path_value(name: str, value: T) -> T:
    """Return a path parameter; raise for an empty one, which would lead to another route."""
    if not value and isinstance(value, str):
        raise InvalidRequestError(f"Expected a non-empty value for `{name}` but received {value!r}")
    return value
