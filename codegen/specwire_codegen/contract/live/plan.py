"""Plan of a live run: which operations it calls, how often, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import attrs

from specwire_codegen.contract.subject import Subject
from specwire_codegen.diagnostics import SpecwireCodegenError, UsageError
from specwire_codegen.ir import BinaryStream, EventStream, JsonPayload, Operation
from specwire_codegen.mock.document.operations import path_and_query
from specwire_codegen.openapi.suggest import did_you_mean

_READS = ("GET", "HEAD")
_CLIENTS = 2
"""Calls of one operation by the clients, synchronous and asynchronous."""
_EXAMPLES = 4
"""Estimated number of requests of schemathesis for each example: valid, invalid, and their checks."""


@attrs.frozen
class Limits:
    """Limits of a live run."""

    requests: int = 300
    tokens: int = 16
    """Greatest value of fields such as `max_tokens`."""
    upload: int = 65_536
    """Maximum number of bytes of a request body."""
    seconds: float = 600.0
    per_second: float = 5.0
    wait: float = 0.0
    """Seconds in which a job must end; 0 to not wait for jobs."""


@attrs.frozen
class Wishes:
    """Permissions of a user beyond free operations that only read."""

    include: tuple[str, ...] = ()
    """Patterns of operationIds that may change something."""
    spend: float = 0.0
    """Maximum cost of the run."""
    examples: int = 10
    limits: Limits = Limits()


@attrs.frozen
class PlannedCall:
    """Plan for one operation: call it directly, with an id from a list, or not at all."""

    operation: Operation
    source: str | None = None
    """Id of the operation that lists the ids for this one."""
    skip_reason: str | None = None
    """Reason not to call it."""
    requests: int = 0
    """Estimated number of requests."""
    price: float | None = None
    """Price of one request, if it is known."""
    included: bool = False
    """True if the user asked for it by name."""

    @property
    def cost(self) -> float:
        """The estimated cost."""
        return self.requests * (self.price or 0.0)

    @property
    def removes(self) -> bool:
        """True if it removes something, which the run must have created."""
        return self.operation.http_method == "DELETE"

    @property
    def ids(self) -> str:
        """Where its ids come from."""
        return "ids of what the run creates" if self.removes else f"an id from {self.source}"


@attrs.frozen
class Plan:
    """Plan of a run."""

    calls: tuple[PlannedCall, ...]
    wishes: Wishes
    currency: str = ""

    @property
    def called(self) -> tuple[PlannedCall, ...]:
        """The operations that are called."""
        return tuple(call for call in self.calls if call.skip_reason is None)

    @property
    def reads_only(self) -> bool:
        """True if no call changes anything, so that invalid requests are harmless too."""
        return all(call.operation.http_method in _READS for call in self.called)

    @property
    def requests(self) -> int:
        """The estimated number of requests, within the limit."""
        return min(sum(call.requests for call in self.called), self.wishes.limits.requests)

    @property
    def cost(self) -> float:
        """The estimated cost, within the limit."""
        return min(math.fsum(call.cost for call in self.called), self.wishes.spend)

    def lines(self, shown_url: str) -> Iterator[str]:
        """Yield the plan as text."""
        limits = self.wishes.limits
        yield f"plan: call {len(self.called)} of {len(self.calls)} operations at {shown_url}"
        seconds = self.requests / limits.per_second
        yield (
            f"plan: about {self.requests:,} requests, at most {limits.requests:,}, {limits.per_second:g} per second: "
            f"about {seconds:,.0f} s, at most {limits.seconds:,.0f} s"
        )
        unknown = sum(1 for call in self.called if call.price is None and call.operation.http_method not in _READS)
        more = f", and {unknown} operations without a price" if unknown else ""
        yield f"plan: cost about {self.cost:g} {self.currency}".rstrip() + f", at most {self.wishes.spend:g}{more}"
        yield f"plan: max_tokens of at most {limits.tokens:,}, bodies of at most {limits.upload:,} bytes"
        for call in self.called:
            label = f"{call.operation.http_method} {call.operation.path}"
            note = f", with {call.ids}" if call.source else ""
            price = f", {call.cost:g} {self.currency}".rstrip() if call.price else ""
            yield f"  call {call.operation.id} ({label}): about {call.requests} requests{price}{note}"
        for call in self.calls:
            if call.skip_reason is not None:
                yield f"  skip {call.operation.id}: {call.skip_reason}"


def plan_run(subject: Subject, wishes: Wishes) -> Plan:
    """Return the plan of each operation, lists before the operations that read their ids.

    Raise `SpecwireCodegenError` for a pattern or a price of an unknown operation.
    """
    methods = {operation.id: operation for operation in reversed(subject.api.operations)}
    _require_known(subject, wishes, methods)
    lists = {
        path_and_query(operation.path)[0]: operation.id
        for operation in methods.values()
        if operation.http_method == "GET"
        and not required_parameters(operation)
        and isinstance(operation.payload, JsonPayload)
    }
    prices = _prices(subject, methods)
    found = [
        _plan_call(methods[operation_id], lists, prices.get(operation_id), wishes)
        for operation_id in subject.operation_ids
        if operation_id in methods
    ]
    order = sorted(found, key=lambda call: (call.included, call.source is not None))
    return Plan(tuple(order), wishes, subject.currency)


def _plan_call(operation: Operation, lists: Mapping[str, str], price: float | None, wishes: Wishes) -> PlannedCall:
    included = any(fnmatchcase(operation.id, pattern) for pattern in wishes.include)
    call = PlannedCall(operation, price=price, included=included, requests=_CLIENTS)
    if price and price * _CLIENTS > wishes.spend:
        return attrs.evolve(call, skip_reason=f"it costs {price:g} for each request: allow it with --spend")
    if operation.http_method not in _READS and not included:
        reason = f"{operation.http_method} may change something, or cost money: allow it with --include {operation.id}"
        return attrs.evolve(call, skip_reason=reason)
    if isinstance(operation.payload, BinaryStream | EventStream) and not included:
        return attrs.evolve(call, skip_reason=f"its response may be large: allow it with --include {operation.id}")
    needed = required_parameters(operation)
    prefix = operation.path.partition("/{")[0]
    if len(needed) == 1 and prefix in lists and operation.path.count("{") == 1:
        return attrs.evolve(call, source=lists[prefix])
    if needed and not included:
        return attrs.evolve(call, skip_reason=f"no list names a {', '.join(needed)}")
    return attrs.evolve(call, requests=_CLIENTS + _EXAMPLES * wishes.examples)


def required_parameters(operation: Operation) -> list[str]:
    """Return the names of the parameters that a call must have."""
    return [parameter.name for parameter in operation.parameters if parameter.required or parameter.place == "path"]


def _prices(subject: Subject, methods: Mapping[str, Operation]) -> dict[str, float]:
    """Return the prices by operationId."""
    by_endpoint = {f"{one.http_method} {one.path}": one.id for one in methods.values()}
    return {key if key in methods else by_endpoint[key]: price for key, price in subject.prices.items()}


def _require_known(subject: Subject, wishes: Wishes, methods: Mapping[str, Operation]) -> None:
    endpoints = {f"{one.http_method} {one.path}" for one in methods.values()}
    for key in subject.prices:
        if key not in methods and key not in endpoints:
            help_ = did_you_mean(key, methods, "name an operationId")
            raise SpecwireCodegenError(f"[contract] has a price of the unknown operation {key!r}: {help_}")
    for pattern in wishes.include:
        if not any(fnmatchcase(operation_id, pattern) for operation_id in methods):
            help_ = did_you_mean(pattern, methods, "specwire contract NAME --dry-run lists them")
            raise UsageError(f"--include {pattern!r} matches no operation: {help_}")
