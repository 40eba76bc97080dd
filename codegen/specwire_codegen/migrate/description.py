"""Content of a configuration about a client, independent of its format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from specwire_codegen.migrate.node import Node


@attrs.frozen
class Option:
    """An argument of the constructor."""

    name: str
    variable: str | None = None
    """Environment variable with its default."""
    scheme: str | None = None
    """Security scheme whose credential it is, or a part of it."""
    role: str | None = None
    """Part of the credential: `username`, `password`, `client_id` or `client_secret`."""
    header: str | None = None
    """Header that sends it with every request."""
    query: str | None = None
    """Query parameter that sends it with every request."""
    server: str | None = None
    """Variable of the server's URL that it fills."""
    default: str | None = None
    optional: bool = False
    doc: str = ""


@attrs.frozen
class Method:
    """A dotted name, and where the configuration has it."""

    name: str
    node: Node


@attrs.frozen
class Model:
    """The class of a component, and where the configuration names it."""

    class_name: str
    node: Node


@attrs.frozen
class Example:
    """A call to show first."""

    route: str
    arguments: Mapping[str, Any]


@attrs.define
class Compat:
    """Names of a published client that its users know."""

    style: str
    timeout: float | None = None
    """Default timeout, in seconds."""
    types: dict[str, str] = attrs.field(factory=dict)
    """Components by dotted name below `types`."""
    pages: dict[str, str] = attrs.field(factory=dict)
    """Classes of pages by route."""
    positional: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Arguments by position, by route."""
    headers: dict[str, str] = attrs.field(factory=dict)
    max_retries: int | None = None
    headers_variable: str | None = None
    """Environment variable with headers."""


@attrs.define
class Description:
    """The parts of a client that its configuration chooses; routes are `GET /pets/{id}`."""

    format: str
    """Name of the format, for people."""
    class_name: str | None = None
    key_variable: str | None = None
    base_url_variable: str | None = None
    methods: dict[str, list[Method]] = attrs.field(factory=dict)
    """Methods by route; those after the first are aliases."""
    omitted: dict[str, str] = attrs.field(factory=dict)
    """Reasons by route."""
    models: dict[str, Model] = attrs.field(factory=dict)
    """Classes by component."""
    casing: dict[str, str] = attrs.field(factory=dict)
    complete: bool = False
    """True if it states all streams and pages, so that none are inferred."""
    options: list[Option] = attrs.field(factory=list)
    examples: list[Example] = attrs.field(factory=list)
    compat: Compat | None = None
    """Published client that the client is called like."""

    def add_method(self, route: str, name: str, node: Node) -> None:
        """Add a method, or an alias, of an operation."""
        methods = self.methods.setdefault(route, [])
        if all(each.name != name for each in methods):
            methods.append(Method(name, node))
