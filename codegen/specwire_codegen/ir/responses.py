"""Responses: payloads, events and errors."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from specwire_codegen.ir.requests import Framing
from specwire_codegen.ir.types import TypeExpr


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
class ErrorEnvelope:
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
