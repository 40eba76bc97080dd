"""Operations of a document, as values."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.pointers import ABSENT
from specwire_codegen.openapi import media_types

Place: TypeAlias = Literal["path", "query", "querystring", "header", "cookie"]


@attrs.frozen(eq=False)
class Parameter:
    """A parameter and its serialization."""

    name: str
    place: Place
    required: bool
    style: str
    explode: bool
    schema: Schema
    media: str | None
    """The media type of the value, if the document gives `content` instead of `schema`."""
    spans: bool = False
    """True if a path parameter may contain slashes."""
    encoding: Mapping[str, Mapping[str, Any]] = {}
    """The encoding of the fields of a query string."""
    description: str = ""
    example: Any = ABSENT


@attrs.frozen(eq=False)
class Example:
    """A named example: a value, or its serialized text."""

    name: str
    value: Any
    serialized: bool


@attrs.frozen
class StreamFacts:
    """Facts about a sequential media type from `x-specwire-stream`."""

    terminator: str | None
    error: str | None
    field: str | None
    value: str | int | bool | None
    resumable: bool = False


@attrs.frozen(eq=False)
class MediaType:
    """One media type of a request or response body."""

    name: str
    schema: Schema | None
    item_schema: Schema | None
    encoding: Mapping[str, Mapping[str, Any]]
    examples: tuple[Example, ...]
    stream: StreamFacts | None

    @property
    def is_json(self) -> bool:
        """True if a body of this type is one JSON document."""
        return media_types.is_json(self.name)

    @property
    def framing(self) -> media_types.Framing | None:
        """Framing of the events or JSON documents in a body of this type; None for one document."""
        return media_types.framing_of(self.name)


def data_schema(document: Document, media: MediaType) -> Schema:
    """Return the schema of the JSON data of one event or line of a stream."""
    item = True if media.item_schema is None else media.item_schema
    if media.framing != "sse":
        return item
    data = document.properties(item).get("data", True)
    found = next((one["contentSchema"] for one in document.variants(data) if "contentSchema" in one), None)
    return data if found is None else found


@attrs.frozen(eq=False)
class Body:
    """Request body of an operation."""

    required: bool
    media: tuple[MediaType, ...]


@attrs.frozen(eq=False)
class Header:
    """A header that a response may carry."""

    name: str
    required: bool
    schema: Schema
    example: Any


@attrs.frozen(eq=False)
class Response:
    """Response of an operation for one status code, range or `default`."""

    status: str
    media: tuple[MediaType, ...]
    headers: tuple[Header, ...]

    @property
    def json(self) -> MediaType | None:
        """The first JSON media type of the response."""
        return next((media for media in self.media if media.is_json), None)


@attrs.frozen
class Polling:
    """Facts about a long-running job from `x-specwire-polling`."""

    status: str
    success: tuple[str, ...]
    failure: tuple[str, ...]
    attention: tuple[str, ...]
    lifecycle: tuple[str, ...]


@attrs.frozen
class Pagination:
    """Facts about a paginated list from `x-specwire-pagination`."""

    style: Literal["page", "cursor", "offset", "url", "link"]
    parameter: str | None
    """The query parameter for the page number, the cursor or the offset."""
    size: str | None
    first: int
    items: str
    total: str | None
    pages: str | None
    next: str | None
    next_from_last_item: str | None
    more: str | None
    in_body: bool = False


@attrs.frozen(eq=False)
class Operation:
    """One method on one path."""

    id: str
    method: str
    path: str
    prefixes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: tuple[Response, ...]
    security: tuple[tuple[str, ...], ...]
    """Alternatives; each names the schemes that must all be satisfied. Without alternatives, nothing is checked."""
    pagination: Pagination | None
    polling: Polling | None
    summary: str = ""
    description: str = ""
    deprecated: bool = False
    tag: str = ""
    """The first tag."""
    query: str = ""
    """Query that the document states within the path; only requests with it are for this operation."""

    @property
    def stated_path(self) -> str:
        """The path as the document states it, without a fragment."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def success(self) -> Response:
        """The regular response: the lowest 2xx, else `default`, else an empty 204."""
        good = sorted((response for response in self.responses if response.status.startswith("2")), key=_rank)
        return next(iter([*good, *self.under("default")]), Response("204", (), ()))

    def under(self, *statuses: str) -> tuple[Response, ...]:
        """Return the responses under these document keys, in this order."""
        return tuple(response for status in statuses for response in self.responses if response.status == status)

    def documents(self, status: int) -> bool:
        """Return True if the document describes this exact status code."""
        return bool(self.under(str(status)))


def path_and_query(path: str) -> tuple[str, str]:
    """Return a path of a document without the query that it may state, and that query.

    A fragment, which some documents use to distinguish operations of one path, is never sent.
    """
    bare, _, query = path.partition("#")[0].partition("?")
    return bare, query


def _rank(response: Response) -> tuple[bool, str]:
    return not response.status.isdigit(), response.status


def status_code(response: Response) -> int:
    """Return a concrete status code for a response key such as `201`, `2XX` or `default`."""
    if response.status.isdigit():
        return int(response.status)
    return int(response.status[0]) * 100 if response.status[0].isdigit() else 200


def media_names(media: Iterable[MediaType]) -> str:
    """Return the names of media types for a message."""
    return ", ".join(one.name for one in media) or "none"
