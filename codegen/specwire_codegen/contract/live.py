"""Read-only calls of a live API with the generated client, free of cost and side effects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from specwire._operations.response import Response
from specwire.errors import APIStatusError, AuthenticationError, SpecwireError

from specwire_codegen.contract.client.arguments import Arguments, arguments
from specwire_codegen.contract.client.calls import Clients
from specwire_codegen.contract.report import Row
from specwire_codegen.contract.strategies.property_check import simplest
from specwire_codegen.contract.strategies.requests import requests
from specwire_codegen.contract.subject import Subject
from specwire_codegen.ir import BinaryStream, EventStream, JsonPayload, Operation
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.openapi.media_types import is_json

_READS = ("GET", "HEAD")


@attrs.frozen
class PlannedCall:
    """Plan for one operation: call it directly, with an id from a list, or not at all."""

    operation: Operation
    source: str | None = None
    """Id of the operation that lists the ids for this one."""
    skip_reason: str | None = None
    """Reason not to call it."""


def plan_calls(subject: Subject) -> list[PlannedCall]:
    """Return the plan of each operation, lists before the operations that read their ids."""
    methods = {operation.id: operation for operation in reversed(subject.api.operations)}
    lists = {
        operation.path: operation.id
        for operation in methods.values()
        if operation.http_method == "GET" and not _needs(operation) and isinstance(operation.payload, JsonPayload)
    }
    found = [_plan_call(methods[operation_id], lists) for operation_id in subject.operation_ids]
    return sorted(found, key=lambda planned_call: planned_call.source is not None)


def _plan_call(operation: Operation, lists: Mapping[str, str]) -> PlannedCall:
    if operation.http_method not in _READS:
        return PlannedCall(operation, skip_reason=f"{operation.http_method} may change something, or cost money")
    if isinstance(operation.payload, BinaryStream | EventStream):
        return PlannedCall(operation, skip_reason="it sends files, which may be large")
    needed = _needs(operation)
    if not needed:
        return PlannedCall(operation)
    prefix = operation.path.partition("/{")[0]
    if len(needed) == 1 and prefix in lists:
        return PlannedCall(operation, source=lists[prefix])
    return PlannedCall(operation, skip_reason=f"no list names a {', '.join(needed)}")


def _needs(operation: Operation) -> list[str]:
    return [parameter.name for parameter in operation.parameters if parameter.required or parameter.place == "path"]


class Reader:
    """Runner of planned calls with both clients; it collects ids from lists."""

    def __init__(self, subject: Subject, clients: Clients) -> None:
        """Read with these clients."""
        self._subject = subject
        self._clients = clients
        self._validators = Validators(Document(dict(subject.document)), "response")
        self._ids: dict[str, Any] = {}

    def run(self, planned_call: PlannedCall) -> Row:
        """Make one planned call. Raise `AuthenticationError` if the key is rejected."""
        operation = planned_call.operation
        if planned_call.skip_reason is not None:
            return Row(operation.id, (0,), note=planned_call.skip_reason, checked=False)
        if planned_call.source is not None and planned_call.source not in self._ids:
            return Row(operation.id, (0,), note=f"{planned_call.source} lists nothing", checked=False)
        given = Arguments(() if planned_call.source is None else (self._ids[planned_call.source],), {})
        return self._read(operation, given)

    def call(self, operation: Operation) -> Row:
        """Call an operation with the smallest arguments that the document allows."""
        return self._read(operation, arguments(operation, simplest(requests(self._subject, operation))))

    def _read(self, operation: Operation, given: Arguments) -> Row:
        problems: list[str] = []
        statuses: list[int] = []
        for name, result in self._clients.responses(operation, given):
            match result:
                case AuthenticationError():
                    raise result
                case APIStatusError():
                    statuses.append(result.status_code)
                    problems += [f"{name}: {problem}" for problem in self._rejection_problems(operation, result)]
                case SpecwireError():
                    problems.append(f"{name}: {type(result).__name__}: {result}")
                case Response():
                    statuses.append(result.status_code)
                    problems += [f"{name}: {problem}" for problem in self._response_problems(operation, result)]
        note = ", ".join(
            f"responded with {status}" for status in sorted({status for status in statuses if status >= 300})
        )
        return Row(operation.id, (len(statuses),), tuple(problems), note)

    def _rejection_problems(self, operation: Operation, error: APIStatusError) -> Iterator[str]:
        documented = self._subject.raw(operation.id)["responses"]
        if not {str(error.status_code), f"{error.status_code // 100}XX", "default"} & set(documented):
            yield f"the document has no status {error.status_code}"
        if error.status_code >= 500:
            yield f"the server failed with {error.status_code}"
        for drift in error.response.drift if error.response is not None else ():
            yield f"drift at {drift}"

    def _response_problems(self, operation: Operation, response: Response[Any]) -> Iterator[str]:
        if not isinstance(operation.payload, JsonPayload):
            return
        value = json.loads(response.content)
        for schema in self._schemas(operation, response.status_code):
            for violation in self._validators.violations(schema, value, "body"):
                yield f"the response does not match the document: {violation}"
        found = next(_ids(value), None)
        if found is not None and not _needs(operation):
            self._ids[operation.id] = found

    def _schemas(self, operation: Operation, status: int) -> list[Any]:
        responses = self._subject.raw(operation.id)["responses"]
        response = responses.get(str(status), responses.get("2XX", {}))
        return [
            media["schema"]
            for name, media in response.get("content", {}).items()
            if is_json(name) and "schema" in media
        ]


def _ids(listing: Any) -> Iterator[Any]:
    """Yield the ids of the items of a list, at any depth of the response."""
    arrays = [listing] if isinstance(listing, list) else [one for one in listing.values() if isinstance(one, list)]
    for array in arrays:
        yield from (item["id"] for item in array if isinstance(item, dict) and "id" in item)
