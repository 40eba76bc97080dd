"""Operations, overrides and the API as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location
from specwire_codegen.ir.compat import Compat
from specwire_codegen.ir.models import Model
from specwire_codegen.ir.modules import module_names
from specwire_codegen.ir.paging import Pagination, Polling
from specwire_codegen.ir.requests import Body, Formats, Parameter
from specwire_codegen.ir.responses import BinaryStream, ErrorEnvelope, Errors, Payload, Status
from specwire_codegen.ir.security import Requirement, Security
from specwire_codegen.ir.types import LiteralValue


@attrs.frozen
class Operation:
    """A method of the client.

    A document operation with several response forms becomes several of these with the same `id`. `fixed` are the body
    fields and `fixed_query` the query parameters that select a stream; other forms are selected by media type.
    """

    id: str
    method: tuple[str, ...]
    """Dotted path of the method on the client, such as `("batch", "jobs", "list")`."""
    http_method: str
    path: str
    summary: str
    description: str
    deprecated: bool
    parameters: tuple[Parameter, ...]
    body: Body | None
    fixed: tuple[tuple[str, LiteralValue], ...]
    payload: Payload
    errors: Errors
    payloads_by_status: tuple[tuple[Status, Payload], ...]
    """Payloads of success statuses that differ from `payload`."""
    safe: bool
    """True if repeating it does not change the server again."""
    secure: bool
    security: tuple[Requirement, ...] | None
    """The alternatives of a secure operation if they differ from those of the API."""
    location: Location | None = attrs.field(default=None, eq=False)
    pagination: Pagination | None = None
    polling: Polling | None = None
    error_envelope: ErrorEnvelope | None = None
    server: str | None = None
    """Base URL of the operation if it differs from that of the API."""
    formats: Formats = Formats()
    billed: bool = False
    """True if repeating it costs again."""
    aliases: tuple[tuple[str, ...], ...] = ()
    """Other methods that make the same call."""
    form: str = ""
    """Name of the response form if the operation has several and this is not the first."""
    fixed_query: tuple[tuple[str, LiteralValue], ...] = ()
    streams: tuple[tuple[str, ...], ...] = ()
    """Method for the stream of the same operation, and its aliases."""
    switch: tuple[str, LiteralValue] | None = None
    """Argument that makes this method return that stream, and its value; None without one."""

    by_position: tuple[str, ...] = ()
    """Arguments that may be passed by position; the last parameter of the path if empty."""
    body_argument: str = "body"
    """Name of the argument for a body that is one value."""

    @property
    def methods(self) -> tuple[tuple[str, ...], ...]:
        """All its methods: aliases and the one that waits included."""
        waiting = () if self.polling is None or self.polling.method is None else (self.polling.method,)
        return (self.method, *self.aliases, *waiting)

    @property
    def mixed(self) -> bool:
        """True if it returns bytes for one status and other content for another."""
        return isinstance(self.payload, BinaryStream) and any(
            not isinstance(payload, BinaryStream) for _, payload in self.payloads_by_status
        )

    named_by: str = attrs.field(default="", eq=False)
    """Origin of its name: `client.toml`, path, tag, operationId."""

    @property
    def positional(self) -> Parameter | None:
        """The only parameter that may be passed by position: the last one of the path."""
        return next((each for each in reversed(self.parameters) if each.place == "path"), None)

    @property
    def resource(self) -> tuple[str, ...]:
        """Dotted path of the resource."""
        return self.method[:-1]

    @property
    def name(self) -> str:
        """Name of the method on its resource."""
        return self.method[-1]


@attrs.frozen
class ServerVariable:
    """A variable of a server's URL, which is a keyword of the client."""

    name: str
    default: str
    values: tuple[str, ...]
    """The allowed values; any if empty."""


@attrs.frozen
class Server:
    """A server that the client can be made for."""

    name: str
    url: str
    """With the names of its variables in braces."""
    description: str
    variables: tuple[ServerVariable, ...]


@attrs.frozen
class Retry:
    """Retry rules of the document."""

    statuses: tuple[int, ...]
    non_retryable_path: tuple[str, ...] = ()
    non_retryable_values: tuple[str, ...] = ()
    idempotency_header: str | None = None
    """Header for an idempotency key."""


@attrs.frozen
class Override:
    """Hand-written code that adds or replaces a generated method.

    `returns` is the name in the return annotation of its function; `"Accumulator"` for a class that combines the events
    of the operation's stream.
    """

    operation_id: str
    kind: Literal["adds", "replaces"]
    method: tuple[str, ...]
    module: str
    name: str
    returns: Literal["Request", "PagedRequest", "StreamRequest", "DownloadRequest", "Workflow", "Accumulator"]
    arguments: tuple[str, ...]
    """As shown in the API reference."""
    type_arguments: tuple[str, ...]
    """The type arguments of its return annotation."""
    doc: str
    location: Location | None = attrs.field(default=None, eq=False)


@attrs.frozen
class Api:
    """A whole client."""

    package: str
    class_name: str
    title: str
    version: str
    description: str
    base_url: str | None
    base_url_variable: str | None
    security: Security | None
    retry: Retry | None
    operations: tuple[Operation, ...]
    models: tuple[Model, ...]
    inputs: frozenset[str]
    """Names of the models that requests can contain."""
    webhooks: frozenset[str] = frozenset()
    """Names of the models that the payloads of webhooks and callbacks can contain."""
    webhook_responses: frozenset[str] = frozenset()
    """Names of the models that the responses of users to webhooks and callbacks can contain."""
    casing: Mapping[str, str] = attrs.field(factory=dict)
    """Spelling of words in class names."""
    servers: tuple[Server, ...] = ()
    """All servers by name, the default first; empty if there is nothing to choose."""
    tags: tuple[tuple[str, str], ...] = ()
    """Resource -> one-line description, from the document's tags."""
    warnings: tuple[Diagnostic, ...] = ()
    overrides: tuple[Override, ...] = ()
    open_enums: bool = True
    """True if requests take any string for an enumeration."""
    open_unions: bool = False
    """True if requests take any object for a union with a discriminator."""
    compat: Compat | None = None
    """Style and names of a published client; None for a client in the style of this project."""
    overrides_package: str | None = None
    """Import name of the package of the override modules."""

    def alternatives(self, operation: Operation) -> tuple[Requirement, ...]:
        """Return the credentials each of which is enough for an operation: those that it states, or the default."""
        if operation.security is None and self.security is not None:
            return self.security.requirements
        return operation.security or ()

    @cached_property
    def modules(self) -> Mapping[tuple[str, ...], str]:
        """The module of each resource, that of the client included."""
        methods = {method for operation in self.operations for method in operation.methods}
        methods |= {override.method for override in self.overrides}
        return module_names({method[:depth] for method in methods for depth in range(len(method))})
