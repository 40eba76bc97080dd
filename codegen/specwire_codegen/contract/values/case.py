"""Generated call of an operation, as values before serialization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class File:
    """A file for a part of a multipart body."""

    filename: str
    content: bytes
    content_type: str


@attrs.frozen
class Body:
    """Body as a value: JSON for JSON, wire name -> value or `File`s for forms, else text or bytes."""

    media_type: str
    value: Any
    headers: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)
    """Headers of the parts of a multipart body: part -> header -> value."""


@attrs.frozen
class Case:
    """Values by wire name for each place of a request; missing values are not sent."""

    path: Mapping[str, Any] = attrs.field(factory=dict)
    query: Mapping[str, Any] = attrs.field(factory=dict)
    header: Mapping[str, Any] = attrs.field(factory=dict)
    cookie: Mapping[str, Any] = attrs.field(factory=dict)
    body: Body | None = None

    @property
    def places(self) -> dict[str, Mapping[str, Any]]:
        """The values of the parameters, by place."""
        return {"path": self.path, "query": self.query, "header": self.header, "cookie": self.cookie}
