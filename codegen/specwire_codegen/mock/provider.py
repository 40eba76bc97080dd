"""Imitation of a provider, built from its document."""

from collections.abc import Collection, Mapping
from typing import Any

import attrs

from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.document.operations import Operation
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.reply.errors import Errors
from specwire_codegen.mock.reply.faults import Faults
from specwire_codegen.mock.reply.responses import Reply, Whole
from specwire_codegen.mock.reply.streams import Streams
from specwire_codegen.mock.request import routing, security
from specwire_codegen.mock.request.bodies import Received
from specwire_codegen.mock.request.coercion import Coercion
from specwire_codegen.mock.request.content import BodyReader
from specwire_codegen.mock.request.form import FormReader
from specwire_codegen.mock.request.parameters import Deserializer, Sources
from specwire_codegen.mock.request.routing import Router
from specwire_codegen.mock.request.security import Guard
from specwire_codegen.mock.request.validator import Rejection, RequestValidator
from specwire_codegen.mock.responder import Responder, missing
from specwire_codegen.mock.state import operation_roles
from specwire_codegen.mock.state.crud import Resources
from specwire_codegen.mock.state.job_handlers import JobHandlers
from specwire_codegen.mock.state.list_handlers import ListHandlers
from specwire_codegen.mock.state.operation_roles import Role
from specwire_codegen.mock.state.resource_lookup import ResourceLookup
from specwire_codegen.mock.state.response_builder import ResponseBuilder
from specwire_codegen.mock.state.seeds import Seeds
from specwire_codegen.mock.state.store import Store
from specwire_codegen.mock.values.examples import Examples
from specwire_codegen.mock.values.identifiers import Clock, Identifiers, Ticking
from specwire_codegen.mock.values.sampling import Sampler


@attrs.frozen(eq=False)
class Provider:
    """Stateless part of the mock; the responder that `new_responder` returns holds the state."""

    document: Document
    operations: tuple[Operation, ...]
    router: Router
    guard: Guard
    errors: Errors
    validator: RequestValidator
    roles: Mapping[Operation, Role]
    examples: Examples
    request_examples: Examples
    seed: int
    clock: Clock | None

    def new_responder(self) -> Responder:
        """Return a responder with empty state; every new one behaves the same."""
        identifiers = Identifiers(self.seed)
        examples = self.examples
        presenter = ResponseBuilder(self.document, examples, self.clock or Ticking())
        lookup = ResourceLookup(Store(), Seeds(self.roles, examples, identifiers), examples)
        return Responder(
            roles=self.roles,
            examples=examples,
            streams=Streams(self.document, examples),
            lookup=lookup,
            crud=Resources(presenter, examples, identifiers, lookup),
            list_handlers=ListHandlers(self.roles, presenter, examples, lookup),
            job_handlers=JobHandlers(self.roles, presenter, examples, identifiers, lookup),
            error_event=self.errors.event,
        )

    def reply(
        self,
        responder: Responder,
        operation: Operation,
        path: Mapping[str, str],
        sources: Sources,
        received: Received,
        faults: Faults,
        scripted: Reply | None = None,
    ) -> tuple[Reply, Rejection | None]:
        """Return the reply to a request, and the reason for its rejection, if any.

        A scripted reply to a valid request replaces the regular one.
        """
        if faults.status is not None and faults.status >= 400:
            return self.errors.reply(operation, faults.status), None
        denied = self.guard.refusal(operation, sources)
        if denied is not None:
            challenge = ("www-authenticate", self.guard.challenge(operation))
            return self.errors.reply(operation, 401, denied, headers=[challenge]), Rejection(401, denied)
        validated = missing(path) or self.validator.validate(operation, path, sources, received)
        if isinstance(validated, Rejection):
            return self.rejection_reply(operation, validated), validated
        if scripted is not None:
            return scripted, None
        found = responder.reply_to(attrs.evolve(validated, example=faults.example or validated.example), faults)
        if isinstance(found, Rejection):
            return self.rejection_reply(operation, found), found
        if faults.malformed == "json" and isinstance(found, Whole):
            found = attrs.evolve(found, body=found.body[: len(found.body) // 2] or b"{")
        return found, None

    def rejection_reply(self, operation: Operation | None, refusal: Rejection) -> Whole:
        """Return the error reply for a rejection."""
        return self.errors.reply(operation, refusal.status, refusal.message, refusal.violations)


def build(data: dict[str, Any], keys: Collection[str], seed: int, clock: Clock | None) -> Provider:
    """Return the provider for a document.

    Raise MockError if the document cannot be served.
    """
    document = Document(data)
    operations = load_operations.read(document)
    requests, responses = Validators(document, "request"), Validators(document, "response")
    coercion = Coercion(document, requests)
    deserializer = Deserializer(document, coercion)
    examples = Examples(responses, Sampler(document, responses))
    return Provider(
        document=document,
        operations=operations,
        router=routing.build(operations),
        guard=security.guard(document, keys),
        errors=Errors(document, examples),
        validator=RequestValidator(
            requests, deserializer, BodyReader(document, requests, coercion, FormReader(deserializer))
        ),
        roles=operation_roles.roles(document, operations),
        examples=examples,
        request_examples=Examples(requests, Sampler(document, requests, full=False)),
        seed=seed,
        clock=clock,
    )
