"""Operations, and the API that has them."""

from __future__ import annotations

from typing import Literal

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location
from specwire_codegen.ir.models import Model
from specwire_codegen.ir.paging import Pagination, Polling
from specwire_codegen.ir.requests import Body, Formats, Parameter
from specwire_codegen.ir.responses import BinaryStream, ErrorEnvelope, Errors, Payload, Status
from specwire_codegen.ir.security import Requirement, Security
from specwire_codegen.ir.types import LiteralValue


@attrs.frozen
class Operation:
    """A method of the client.

    A document's operation that answers in several forms, as the caller says, is several of these with one `id`. `fixed`
    are the body fields that select a stream; other forms are selected by their media type.
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
    answers: tuple[tuple[Status, Payload], ...]
    """Payloads of success statuses that are not `payload`."""
    safe: bool
    """Whether repeating it changes nothing on the server."""
    secure: bool
    security: tuple[Requirement, ...] | None
    """The alternatives of a secure operation, where they are others than the API's."""
    location: Location | None = attrs.field(default=None, eq=False)
    pagination: Pagination | None = None
    polling: Polling | None = None
    error_envelope: ErrorEnvelope | None = None
    server: str | None = None
    """Where the operation is, if not where the others are."""
    formats: Formats = Formats()
    billed: bool = False
    """Whether repeating it costs again."""
    form: str = ""
    """Name of the form that is asked for, where the document's operation answers several and this is not the first."""

    @property
    def mixed(self) -> bool:
        """Whether it answers bytes under one status, and something else under another."""
        return isinstance(self.payload, BinaryStream) and any(
            not isinstance(payload, BinaryStream) for _, payload in self.answers
        )

    @property
    def resource(self) -> tuple[str, ...]:
        """Dotted path of the resource."""
        return self.method[:-1]

    @property
    def name(self) -> str:
        """Name of the method on its resource."""
        return self.method[-1]


@attrs.frozen
class Retry:
    """What the document says of repeating."""

    statuses: tuple[int, ...]
    non_retryable_path: tuple[str, ...] = ()
    non_retryable_values: tuple[str, ...] = ()
    idempotency_header: str | None = None
    """Header of a key under which the server does a thing once, however often it is asked."""


@attrs.frozen
class Override:
    """Hand-written code that stands beside or in the place of a generated method.

    `returns` is what its function makes, by the name in its annotation; `"Accumulator"` for a class that adds up the
    events of the operation's stream.
    """

    operation_id: str
    kind: Literal["adds", "replaces"]
    method: tuple[str, ...]
    module: str
    name: str
    returns: Literal["Request", "PagedRequest", "StreamRequest", "DownloadRequest", "Workflow", "Accumulator"]
    arguments: tuple[str, ...]
    """As the reference shows them."""
    answers: tuple[str, ...]
    """The types in the brackets of its annotation."""
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
    """Names of the models that requests can hold."""
    tags: tuple[tuple[str, str], ...] = ()
    """Resource -> one-line description, from the document's tags."""
    warnings: tuple[Diagnostic, ...] = ()
    overrides: tuple[Override, ...] = ()
    overrides_package: str | None = None
    """Import name of the package that the overrides' modules are in."""
