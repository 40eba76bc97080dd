"""Complete calls with the synchronous and the asynchronous client."""

from __future__ import annotations

import asyncio
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import getattr_static
from typing import Any, Literal, TypeAlias, TypeVar

import attrs
import msgspec
from specwire import AsyncClient, Client, RetryPolicy
from specwire._client.deprecation import DeprecatedDescriptor
from specwire.errors import DecodeError, InvalidRequestError, SpecwireError

from specwire_codegen.contract.client import async_values, sync_values
from specwire_codegen.contract.client.arguments import Arguments
from specwire_codegen.contract.client.loopback_transport import loopback_clients
from specwire_codegen.contract.closing import Closing
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.wire.credentials import credentials
from specwire_codegen.contract.wire.expected_url import NOWHERE
from specwire_codegen.ir import Operation

C = TypeVar("C", Client, AsyncClient)
Manner: TypeAlias = Literal["once", "retrying", "items", "overridden"]
"""Kind of call: with one attempt, with two, through the items of all pages, or by the override if there is one."""
AnyClient = TypeVar("AnyClient", bound=Client | AsyncClient)
_SUSPICION = re.compile(r"got object of \d+ fields of which the document has ")
_TWICE = RetryPolicy(attempts=2, wait_initial=0)


@attrs.frozen
class Outcome:
    """Outcome of a call: a value (the events of a stream, the bytes of a download), or the client's error."""

    value: Any = None
    error: SpecwireError | None = None


def is_suspicion(error: SpecwireError | None) -> bool:
    """Return True if a client only finds that objects have no declared field, which JSON Schema allows."""
    listed = str(error).partition("the response differs from the document: ")[2]
    return isinstance(error, DecodeError) and bool(listed) and all(map(_SUSPICION.search, listed.split("; ")))


@contextmanager
def _deprecated_allowed() -> Iterator[None]:
    """Call deprecated operations without a warning: a document is checked as a whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


class Clients(Closing):
    """Both clients of a provider at one server, closed by `with`. They do not retry and treat drift as an error."""

    def __init__(
        self, subject: Subject, base_url: str | None, key: str, *, loopback: str | None = None, timeout: float = 60
    ) -> None:
        """Connect to a server, None for the document's own; with `loopback`, all connections go to that address.

        A named server receives all calls, even those of operations with their own servers.
        """
        once = RetryPolicy(attempts=1)
        self._http = None if loopback is None else loopback_clients(loopback)
        sync_http, async_http = self._http or (None, None)
        keys = credentials(subject.sync_client._provider, key)
        named = base_url is not None and loopback is None
        sync_client = _placed(subject.sync_client) if named else subject.sync_client
        async_client = _placed(subject.async_client) if named else subject.async_client
        self.sync: Client = sync_client(
            **keys, base_url=base_url, retry=once, on_drift="raise", timeout=timeout, http_client=sync_http
        )
        self.asynchronous: AsyncClient = async_client(
            **keys, base_url=base_url, retry=once, on_drift="raise", timeout=timeout, http_client=async_http
        )
        self._subject = subject
        self._runner = asyncio.Runner()

    def call(self, operation: Operation, given: Arguments, manner: Manner = "once") -> Outcome:
        """Call with the synchronous client."""
        return self._outcome(
            lambda: sync_values.value_of(self._method(self.sync, operation, manner), operation, given, manner),
            operation,
        )

    def call_async(self, operation: Operation, given: Arguments, manner: Manner = "once") -> Outcome:
        """Call with the asynchronous client."""

        async def value() -> Any:
            method = self._method(self.asynchronous, operation, manner)
            return await async_values.value_of(method, operation, given, manner)

        return self._outcome(lambda: self._runner.run(value()), operation)

    @staticmethod
    def _outcome(call: Callable[[], Any], operation: Operation) -> Outcome:
        try:
            with _deprecated_allowed():
                return Outcome(call())
        except SpecwireError as error:
            return Outcome(error=error)
        except (AttributeError, TypeError) as problem:
            return Outcome(error=unfitting(operation, problem))

    def _method(self, client: C, operation: Operation, manner: Manner) -> Callable[..., Any]:
        return self.method(self._in(client, manner), operation, manner)

    @staticmethod
    def _in(client: C, manner: Manner) -> C:
        return client.with_options(retry=_TWICE) if manner == "retrying" else client

    def method(self, client: Client | AsyncClient, operation: Operation, manner: Manner = "once") -> Callable[..., Any]:
        """Return the client's method; for an override, the generated request sent by the client instead.

        An override may have other arguments or reject calls that the document allows.
        """
        found: Any = client
        for name in operation.method:
            found = getattr(found, name)
        if manner == "overridden" or self.override(operation) is None:
            method: Callable[..., Any] = found.iter if manner == "items" else found
            return method
        builder = self._subject.builder(operation)
        if manner == "items":
            return lambda *args, **kwargs: client._session.items(builder(*args, **kwargs))
        return lambda *args, **kwargs: client.send(builder(*args, **kwargs))

    def waiter(self, operation: Operation) -> Callable[..., Any] | None:
        """Return the synchronous method that waits for a job that an operation reads, or None."""
        if operation.polling is None or operation.polling.method is None:
            return None
        found: Any = self.sync
        for name in operation.polling.method:
            found = getattr(found, name)
        method: Callable[..., Any] = found
        return method

    def warns(self, operation: Operation) -> bool:
        """Return whether the method of an operation warns that the API deprecates it; a hand-written one may not."""
        if self.override(operation) is not None:
            return True
        *path, name = operation.method
        holder: Any = self.sync
        for step in path:
            holder = getattr(holder, step)
        return isinstance(getattr_static(type(holder), name), DeprecatedDescriptor)

    def override(self, operation: Operation) -> Callable[..., Any] | None:
        """Return the hand-written function that replaces a generated method, or None."""
        found: Any = self.sync
        for name in operation.method:
            found = getattr(found, name)
        function: Callable[..., Any] = found.__wrapped__
        return None if function.__module__.startswith(f"{self._subject.package}.") else function

    def close(self) -> None:
        """Close both clients."""
        self.sync.close()
        self._runner.run(self.asynchronous.aclose())
        if self._http is not None:
            self._http[0].close()
            self._runner.run(self._http[1].aclose())
        self._runner.close()


def unfitting(operation: Operation, problem: AttributeError | TypeError) -> InvalidRequestError:
    """Return the error of a client that was made from another document; raise other problems again."""
    name = ".".join(operation.method)
    if isinstance(problem, AttributeError) and problem.name in operation.method:
        return InvalidRequestError(f"the client has no method {name}")
    if isinstance(problem, TypeError) and "argument" in str(problem):
        return InvalidRequestError(f"the method {name} cannot be called with these arguments: {problem}")
    raise problem


def _placed(kind: type[AnyClient]) -> type[AnyClient]:
    """Return a client whose document has one global server, so that another server replaces all."""
    provider = msgspec.structs.replace(kind._provider, base_url=kind._provider.base_url or NOWHERE)
    made: Any = type(kind.__name__, (kind,), {"_provider": provider})
    placed: type[AnyClient] = made
    return placed
