"""Generated call of an operation, as values before serialization."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs


def shown(value: Any) -> str:
    """Return a value for a message: JSON if it has that form; empty for None."""
    if value is None:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


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

    def __str__(self) -> str:
        """Return the values by place, without the places that have none."""
        found = [f"{place} {shown(dict(values))}" for place, values in self.places.items() if values]
        if self.body is not None:
            found.append(f"{self.body.media_type} {shown(self.body.value)}")
        return ", ".join(found) or "a call without arguments"

    @property
    def places(self) -> dict[str, Mapping[str, Any]]:
        """The values of the parameters, by place."""
        return {"path": self.path, "query": self.query, "header": self.header, "cookie": self.cookie}
