"""Responses: payloads, events and errors."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from specwire_codegen.ir.types import TypeExpr
from specwire_codegen.openapi.media_types import Framing


@attrs.frozen
class Envelope:
    """An object around the value that a method returns."""

    type: TypeExpr
    path: tuple[str, ...]
    """Attribute names that lead to the value."""
    keys: tuple[str, ...]
    """The same path in JSON."""


@attrs.frozen
class JsonPayload:
    """A JSON response."""

    type: TypeExpr
    """Type of the value that the method returns."""
    media_type: str = "application/json"
    envelope: Envelope | None = None
    """What the server sends around the value; None if it sends the value."""


@attrs.frozen
class EventError:
    """Condition for an error event of a stream: the path exists, or its value is `equals`."""

    path: tuple[str, ...]
    equals: str | None = None


@attrs.frozen
class EventStream:
    """A response of events."""

    event: TypeExpr
    framing: Framing
    media_type: str
    terminator: str | None = None
    last: tuple[str, ...] = ()
    """Names of events that end the stream."""
    ignored: tuple[str, ...] = ()
    """Names of events that are left out."""
    errors: tuple[EventError, ...] = ()
    resumable: bool = False
    finish: tuple[str, ...] = ()
    """Path set when a part of the response ends; `*` is every item."""
    item: tuple[str, ...] = ()
    """Path to the event in each message; empty if the message is the event."""


@attrs.frozen
class BinaryStream:
    """A response of bytes."""

    media_type: str


@attrs.frozen
class Text:
    """A response of text."""

    media_type: str


@attrs.frozen
class Empty:
    """A response without content."""

    open: bool = False
    """True if the server may still send a body: the status permits one."""


Payload: TypeAlias = JsonPayload | EventStream | BinaryStream | Text | Empty


@attrs.frozen
class ErrorEnvelope:
    """An error reported in a successful response."""

    code: tuple[str, ...]
    accepted: tuple[int | str, ...]
    message: tuple[str, ...]


Status: TypeAlias = int | str
"""A status code, a range such as `4XX`, or `default`."""


@attrs.frozen
class Errors:
    """Types of error bodies by status, in ascending order; ranges and the default come last."""

    by_status: tuple[tuple[Status, TypeExpr], ...] = ()
