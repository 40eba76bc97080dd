"""Request validator, valid requests and reasons for rejection."""

from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote_plus
from uuid import UUID

import attrs

from specwire_codegen.mock.document.operations import Operation, Parameter
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.mock.document.validation import Validators, Violation
from specwire_codegen.mock.request.bodies import Received
from specwire_codegen.mock.request.content import BodyReader, Content, Unreadable
from specwire_codegen.mock.request.form import FORM
from specwire_codegen.mock.request.parameters import Deserializer, Sources, pairs
from specwire_codegen.mock.request.routing import VARIABLE


@attrs.frozen
class Rejection:
    """Reason for an error response."""

    status: int
    message: str
    violations: tuple[Violation, ...] = ()


@attrs.frozen(eq=False)
class Exchange:
    """A valid request to an operation."""

    operation: Operation
    path: Mapping[str, str]
    """Decoded path parameters."""
    query: Mapping[str, Any]
    content: Content
    accept: str
    example: str | None = None
    """Name of the requested example."""
    last_event_id: str | None = None
    """Id of the event after which to resume a stream."""
    undeclared: Mapping[str, str] = {}
    """Query parameters that the document does not declare."""

    def concrete(self, template: str) -> str:
        """Return a path of the document with its parameters filled in."""
        return VARIABLE.sub(lambda hit: self.path.get(hit[1], hit[0]), template)


Understood: TypeAlias = Exchange | Rejection


def is_missing(identifier: str) -> bool:
    """Return True if an id means a resource that does not exist: `missing...` or the nil UUID."""
    return identifier.startswith("missing") or identifier == str(UUID(int=0))


@attrs.frozen(eq=False)
class RequestValidator:
    """Validator that deserializes and checks requests."""

    validators: Validators
    deserializer: Deserializer
    bodies: BodyReader

    def validate(
        self, operation: Operation, path: Mapping[str, str], sources: Sources, received: Received
    ) -> Understood:
        """Return the decoded request, or the reason for its rejection."""
        content = self.bodies.read(operation.body, received, sources.headers.get("content-type", ""))
        if isinstance(content, Unreadable):
            return Rejection(self._readable(operation, content.status), content.reason)
        values: dict[str, Any] = {}
        violations: list[Violation] = []
        for parameter in operation.parameters:
            name = parameter.name
            try:
                value = self._value(parameter, sources, operation)
            except ValueError:
                violations.append(Violation(parameter.place, (name,), "json", "the parameter is not JSON"))
                continue
            if value is not ABSENT:
                violations += self.validators.violations(parameter.schema, value, parameter.place, name)
                values |= {name: value} if parameter.place in {"query", "querystring"} else {}
            elif parameter.required:
                violations.append(Violation(parameter.place, (name,), "required", "the parameter is required"))
        violations += content.violations
        if violations:
            return Rejection(_violation_status(operation), "the request violates the document", tuple(violations))
        wanted = next((name for name, value in values.items() if value is True), None)
        declared = {parameter.name for parameter in operation.parameters if parameter.place == "query"}
        undeclared = {
            key: unquote_plus(value) for name, value in sources.query if (key := unquote_plus(name)) not in declared
        }
        accept, last = sources.headers.get("accept", "*/*"), sources.headers.get("last-event-id")
        return Exchange(operation, path, values, content, accept, wanted, last, undeclared)

    def _value(self, parameter: Parameter, sources: Sources, operation: Operation) -> Any:
        if parameter.place == "querystring" and parameter.media == FORM and sources.query_string:
            return self.bodies.form.read(parameter.schema, parameter.encoding, pairs(sources.query_string))
        return self.deserializer.read(parameter, sources, operation.parameters)

    def _readable(self, operation: Operation, status: int) -> int:
        """Return 422 instead of 400 if the document describes only 422."""
        return 422 if status == 400 and not operation.documents(400) and operation.documents(422) else status


def _violation_status(operation: Operation) -> int:
    return 400 if operation.documents(400) and not operation.documents(422) else 422
