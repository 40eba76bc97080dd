"""The intermediate representation: what a client is made of, between the document and the source text.

Every name stands twice, as on the wire and as in Python. Values are frozen and hold tuples; unions are closed.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location

PrimitiveName: TypeAlias = Literal[
    "str", "int", "float", "bool", "bytes", "datetime", "date", "time", "timedelta", "UUID", "Decimal"
]
LiteralValue: TypeAlias = str | int | bool
DefaultValue: TypeAlias = str | int | float | bool | tuple[str | int | float | bool, ...]


@attrs.frozen
class Primitive:
    """A scalar type, by its Python name."""

    name: PrimitiveName


@attrs.frozen
class ModelRef:
    """A named component, by its Python class name."""

    name: str


@attrs.frozen
class ListOf:
    """An array."""

    item: TypeExpr


@attrs.frozen
class MapOf:
    """An object with free keys."""

    value: TypeExpr


@attrs.frozen
class Literals:
    """One of a few constants."""

    values: tuple[LiteralValue, ...]


@attrs.frozen
class UnionOf:
    """One of several types; null is `Nullable`'s."""

    variants: tuple[TypeExpr, ...]


@attrs.frozen
class Nullable:
    """A type or null; of anything, null alone, for anything may be null as it is."""

    type: TypeExpr


@attrs.frozen
class Anything:
    """Any JSON value."""


TypeExpr: TypeAlias = Primitive | ModelRef | ListOf | MapOf | Literals | UnionOf | Nullable | Anything


@attrs.frozen
class Field:
    """A property of an object."""

    name: str
    wire_name: str
    type: TypeExpr
    required: bool
    doc: str = ""
    secret: bool = False
    owner: Literal["both", "server", "client"] = "both"
    """Who sends it: what is read-only is the server's, what is write-only the client's, and required of no other."""
    default: LiteralValue | None = None
    """What a call sends if it says nothing: the only possible value of what is required."""

    @property
    def constant(self) -> LiteralValue | None:
        """The only value that it has in answers; None if it may have others, or none."""
        match self.type:
            case Literals((value,)) if self.promised:
                return value
            case _:
                return None

    @property
    def asked(self) -> bool:
        """Whether a request must have it."""
        return self.required and self.owner != "server"

    @property
    def promised(self) -> bool:
        """Whether an answer must have it."""
        return self.required and self.owner != "client"


@attrs.frozen
class Tag:
    """The property that tells a variant of a union from its siblings."""

    name: str
    wire_name: str
    value: str | int


ADDITIONAL = "x-specwire-additional-properties"
"""Wire name of the field that holds the properties a document does not name; the runtime knows it too."""


@attrs.frozen
class ObjectModel:
    """A component that is an object with properties: a class."""

    name: str
    fields: tuple[Field, ...]
    doc: str = ""
    tag: Tag | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may have more properties than those that the document names."""
        return any(field.wire_name == ADDITIONAL for field in self.fields)


@attrs.frozen
class Discriminator:
    """The property whose value names the variant of a union, and the variants' class names by value."""

    wire_name: str
    variants: tuple[tuple[str, str], ...]
    default: str | None = None
    """Class name of the variant of objects with another value."""


@attrs.frozen
class AliasModel:
    """A component that is anything else: a name for a type.

    `resolved_by` says who tells the variants apart at run time: `"msgspec"` natively, or `"structure"` (required keys).
    """

    name: str
    type: TypeExpr
    doc: str = ""
    resolved_by: Literal["msgspec", "structure"] = "msgspec"
    discriminator: Discriminator | None = None


Model: TypeAlias = ObjectModel | AliasModel


@attrs.frozen
class Style:
    """How a parameter is serialized."""

    style: str
    explode: bool
    allow_reserved: bool = False
    content_json: bool = False
    base64: bool = False
    """Bytes are written in base64."""
    empty: bool = False
    """A path parameter may be empty."""
    spans: bool = False
    """The slashes of a path parameter are sent as slashes."""


Place: TypeAlias = Literal["path", "query", "header", "cookie"]


@attrs.frozen
class Parameter:
    """A parameter; `style` is None where it is the default of its place."""

    name: str
    wire_name: str
    place: Place
    type: TypeExpr
    required: bool
    doc: str = ""
    style: Style | None = None
    default: DefaultValue | None = None
    """What a call sends if it says nothing, of what is required."""


@attrs.frozen
class Part:
    """A part of a multipart body."""

    name: str
    wire_name: str
    type: TypeExpr
    required: bool
    file: Literal["no", "one", "many"] = "no"
    doc: str = ""
    content_type: str | None = None
    """What the document says of the part's content, None if it leaves that open."""
    style: Style | None = None
    """How it is written, None where a list is a part for each item and an object is JSON."""
    headers: tuple[Parameter, ...] = ()
    """What it is sent with besides; headers of the part, not of the request."""
    default: LiteralValue | None = None
    """What a call sends if it says nothing: the only possible value of what is required."""


@attrs.frozen
class Formats:
    """Wire names of body fields, at any depth, whose values are text of another type; "" for the whole body."""

    base64: tuple[str, ...] = ()
    decimal: tuple[str, ...] = ()


@attrs.frozen
class JsonBody:
    """A JSON body: the fields of an object as keywords, or one value as `body`."""

    type: TypeExpr
    fields: tuple[Field, ...] | None
    required: bool
    media_type: str
    blank: bool = False
    """Whether an empty object is sent where a call says nothing: the document names no property of it."""


@attrs.frozen
class FormBody:
    """A body of `application/x-www-form-urlencoded` fields; `free` if the document does not name them."""

    fields: tuple[Field, ...]
    styles: tuple[tuple[str, Style], ...] = ()
    """How fields are serialized, by wire name, where it is not the default."""
    free: bool = False


@attrs.frozen
class MultipartBody:
    """A body of `multipart/form-data` parts; `free` if the document does not name them."""

    parts: tuple[Part, ...]
    free: bool = False


@attrs.frozen
class BinaryBody:
    """A body of bytes."""

    media_type: str
    required: bool


@attrs.frozen
class TextBody:
    """A body of text."""

    media_type: str
    required: bool


Framing: TypeAlias = Literal["sse", "jsonl", "json-seq"]


@attrs.frozen
class LinesBody:
    """A body of JSON values, one after the other."""

    item: TypeExpr
    framing: Framing
    media_type: str
    required: bool


Body: TypeAlias = JsonBody | FormBody | MultipartBody | BinaryBody | TextBody | LinesBody


@attrs.frozen
class JsonPayload:
    """A JSON answer."""

    type: TypeExpr
    media_type: str = "application/json"


@attrs.frozen
class EventError:
    """What makes an event of a stream an error: a path that leads somewhere, or to `equals`."""

    path: tuple[str, ...]
    equals: str | None = None


@attrs.frozen
class EventStream:
    """An answer of events."""

    event: TypeExpr
    framing: Framing
    media_type: str
    terminator: str | None = None
    errors: tuple[EventError, ...] = ()
    resumable: bool = False
    finish: tuple[str, ...] = ()
    """Path to what is set when a part of the answer ends; `*` stands for every item."""
    item: tuple[str, ...] = ()
    """Path to the event in what the server sends; empty where it sends events as they are."""


@attrs.frozen
class BinaryStream:
    """An answer of bytes."""

    media_type: str


@attrs.frozen
class Text:
    """An answer of text."""

    media_type: str


@attrs.frozen
class Empty:
    """No answer."""

    open: bool = False
    """Whether a server may answer something all the same: no status without a body says otherwise."""


Payload: TypeAlias = JsonPayload | EventStream | BinaryStream | Text | Empty


@attrs.frozen
class PageNumber:
    """Pages by number; paths are of Python attribute names."""

    page: str
    items: tuple[str, ...]
    item: TypeExpr
    size: str | None = None
    first: int | None = 0
    total: tuple[str, ...] | None = None
    pages: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None


@attrs.frozen
class Offset:
    """Pages by offset."""

    offset: str
    items: tuple[str, ...]
    item: TypeExpr
    size: str | None = None
    total: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None


@attrs.frozen
class Cursor:
    """Pages by cursor."""

    cursor: str
    items: tuple[str, ...]
    item: TypeExpr
    next: tuple[str, ...] | None = None
    last: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None


@attrs.frozen
class NextURL:
    """Pages that name the next by its URL: in the page, or else in the `Link` header."""

    items: tuple[str, ...]
    item: TypeExpr
    next: tuple[str, ...] | None = None


Pagination: TypeAlias = PageNumber | Offset | Cursor | NextURL


@attrs.frozen
class Polling:
    """How a job tells that it is done, and the method that waits for it."""

    status: tuple[str, ...]
    success: tuple[str, ...]
    failure: tuple[str, ...]
    attention: tuple[str, ...]
    progress: tuple[str, ...]
    interval: float
    method: tuple[str, ...] | None


@attrs.frozen
class Refusal:
    """How a server says no inside a successful answer."""

    code: tuple[str, ...]
    accepted: tuple[int | str, ...]
    message: tuple[str, ...]


Status: TypeAlias = int | str
"""A status code, a range such as `4XX`, or `default`."""


@attrs.frozen
class Errors:
    """Types of error bodies by status, in ascending order; ranges and the default come last."""

    by_status: tuple[tuple[Status, TypeExpr], ...] = ()


Requirement: TypeAlias = tuple[str, ...]
"""Security schemes that are taken all together, by name."""


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
    refusal: Refusal | None = None
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
class BearerScheme:
    """A bearer token that the user has."""


@attrs.frozen
class BasicScheme:
    """A user and a password."""


@attrs.frozen
class DigestScheme:
    """A user and a password that are not sent."""


@attrs.frozen
class HttpScheme:
    """Another scheme of HTTP, by its name."""

    name: str


@attrs.frozen
class ApiKeyScheme:
    """A key in a header, the query or a cookie."""

    name: str
    place: Literal["header", "query", "cookie"]
    prefix: str = ""
    """What stands before the key in its header."""


@attrs.frozen
class OAuth2Scheme:
    """A bearer token that a token endpoint grants."""

    token_url: str
    refresh_url: str | None = None


@attrs.frozen
class MutualTLSScheme:
    """A certificate of the client."""


@attrs.frozen
class UndeclaredScheme:
    """A scheme that calls require, though the document does not say how it is met."""


SecurityScheme: TypeAlias = (
    BearerScheme
    | BasicScheme
    | DigestScheme
    | HttpScheme
    | ApiKeyScheme
    | OAuth2Scheme
    | MutualTLSScheme
    | UndeclaredScheme
)


@attrs.frozen
class Security:
    """The schemes that operations take, by name; the first is the one that `key` is for."""

    schemes: tuple[tuple[str, SecurityScheme], ...]
    requirements: tuple[Requirement, ...]
    """The alternatives of every operation that does not say otherwise."""
    variables: tuple[tuple[str, str], ...]
    """Scheme -> environment variable of its key."""
    required: bool
    """Whether the document says that no call, but for those that say otherwise, goes without credentials."""


@attrs.frozen
class Retry:
    """What the document says of repeating."""

    statuses: tuple[int, ...]
    never_path: tuple[str, ...] = ()
    never_values: tuple[str, ...] = ()
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
    returns: Literal["Request", "PagedRequest", "StreamRequest", "DownloadRequest", "Flow", "Accumulator"]
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
